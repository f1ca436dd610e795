"""Makers at work: in this process for a few artifacts, else in a pool of processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from generator.model import Artifact, Made, Problem

Make = Callable[[Artifact], Made]
# Starting a pool costs about as much as making four sheets.
FEW = 4
NEW = 20_000  # objects after which a worker looks for garbage among them


def run(artifacts: Sequence[Artifact], make: Make, jobs: int) -> Iterator[tuple[Artifact, Made]]:
    """Yield each artifact with what was made of it, as they get done. `make` must be picklable.

    A maker that fails gives a Made with the problem "failed" and no bytes; the others are made all the same.
    """
    if jobs == 1 or len(artifacts) <= FEW:
        yield from ((artifact, _tried(make, artifact)) for artifact in artifacts)
        return
    try:
        pool = _pool(jobs)
    except (OSError, PermissionError):
        # Without a usable /dev/shm there is no pool.
        yield from ((artifact, _tried(make, artifact)) for artifact in artifacts)
        return
    # The longest first: begun last, one of them would leave the other processors idle at the end.
    left = dict.fromkeys(sorted(range(len(artifacts)), key=lambda number: -len(repr(artifacts[number].args))))
    with pool:
        futures = {pool.submit(_tried, make, artifacts[number]): number for number in left}
        for future in as_completed(futures):
            try:
                made = future.result()
            except BrokenProcessPool:
                break
            # What is done is let go: the sheets of a whole library are large.
            number = futures.pop(future)
            del left[number]
            yield artifacts[number], made
    # A worker was killed: what is left is made one by one, so that the one that kills is named.
    for number in left:
        yield artifacts[number], _alone(make, artifacts[number])


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Prepare a worker: it looks for garbage less often, and ends when the build is killed, not to wait for ever."""
    # A sheet's boxes live until it is done; to go through them after every 700 new ones is an eighth of the time.
    gc.set_threshold(NEW)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _tried(make: Make, artifact: Artifact) -> Made:
    try:
        return make(artifact)
    except Exception as error:
        return Made(b"", (Problem("failed", artifact.path, f"{type(error).__name__}: {error}"),))


def _alone(make: Make, artifact: Artifact) -> Made:
    with _pool(1) as pool:
        try:
            return pool.submit(_tried, make, artifact).result()
        except BrokenProcessPool:
            return Made(b"", (Problem("failed", artifact.path, "排版程序中途退出"),))
