"""The published tree: laid out fresh beside the old one and swapped in as a whole; described by its manifest."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
AT_FDCWD = -100


class Busy(Exception):
    """Another build is writing the same tree."""


class Foreign(Exception):
    """The folder holds something that no build put there, or a whole tree that a part of one would replace."""


@dataclass(frozen=True)
class Entry:
    """One file of the tree: where its bytes come from and what the manifest says of it.

    `copies` are further paths of the same bytes, hard links where the file system has them.
    """

    path: str
    digest: str
    size: int
    sources: tuple[str, ...]
    copies: tuple[str, ...]
    read: Callable[[], bytes]


def claim(target: Path, part: bool = False) -> Path:
    """Return the real folder to publish into, after putting right what a killed build left of it.

    `part` says that less than the whole library is to be published. Raises Foreign for a folder that is not empty and
    not a tree of ours, and for a whole tree in the place of a part.
    """
    target = target.resolve()
    recover(target)
    if target.exists():
        if not target.is_dir() or (any(target.iterdir()) and not (target / MANIFEST).is_file()):
            raise Foreign(str(target))
        if part and not _read(target).get("part", True):
            raise Foreign(str(target))
    return target


def unchanged(target: Path, entries: list[Entry]) -> bool:
    """Return whether `target` already is what `entries` describe, and nobody changed its files since."""
    if _manifest_data(entries) != manifest(target):
        return False
    stamp = _stamp(target)
    paths = ((path, entry.size) for entry in entries for path in (entry.path, *entry.copies))
    return all(_intact(os.path.join(target, path), size, stamp) for path, size in paths)


def manifest(target: Path) -> list[dict[str, Any]]:
    """Return the manifest of a published tree, empty if there is none."""
    listed: list[dict[str, Any]] = _read(target).get("artifacts", [])
    return listed


def _read(target: Path) -> dict[str, Any]:
    try:
        data = json.loads((target / MANIFEST).read_text("utf-8"))
        return data if isinstance(data, dict) else {}
    except (FileNotFoundError, ValueError):
        return {}


def publish(target: Path, entries: list[Entry], part: bool = False) -> None:
    """Lay out `entries` in a fresh folder and put it in the place of `target` (see `claim`), all or nothing.

    Files that the old tree holds unchanged are linked, not copied. Raises Busy if another build holds the tree.
    """
    with locked(target):
        stamp = _stamp(target)
        old = {entry["path"]: entry["digest"] for entry in manifest(target)}
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
        try:
            paths = (path for entry in entries for path in (entry.path, *entry.copies))
            for folder in dict.fromkeys(os.path.dirname(path) for path in paths):
                (fresh / folder).mkdir(parents=True, exist_ok=True)
            for entry in entries:
                _lay(entry, fresh, target, old, stamp)
            lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in _manifest_data(entries))
            text = f'{{"part": {json.dumps(part)}, "artifacts": [\n{lines}\n]}}\n'
            (fresh / MANIFEST).write_text(text, "utf-8")
            fresh.chmod(0o755)
            _swap(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def recover(target: Path) -> None:
    """Put the old tree back where a build was killed between two renames, and drop what killed builds left."""
    with contextlib.suppress(Busy), locked(target):
        aside = target.with_name(f".{target.name}.old")
        if aside.is_dir() and not target.exists():
            aside.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
        for left in target.parent.glob(f".{target.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the tree for one build. Raises Busy at once if another one does."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = open(target.parent / f".{target.name}.lock", "w")  # noqa: SIM115
    try:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # Windows: two builds at a time are the user's own care there
        except OSError as error:
            raise Busy(str(target)) from error
        yield
    finally:
        lock.close()


def _manifest_data(entries: list[Entry]) -> list[dict[str, Any]]:
    return [
        {"path": e.path, "digest": e.digest, "size": e.size, "sources": list(e.sources), "copies": list(e.copies)}
        for e in sorted(entries, key=lambda e: e.path)
    ]


def _lay(entry: Entry, fresh: Path, target: Path, old: Mapping[str, str], stamp: int) -> None:
    path = os.path.join(fresh, entry.path)
    before = os.path.join(target, entry.path)
    same = old.get(entry.path) == entry.digest and _intact(before, entry.size, stamp)
    if not (same and _linked(before, path)):
        Path(path).write_bytes(entry.read())
    for copy in entry.copies:
        other = os.path.join(fresh, copy)
        if not _linked(path, other):
            shutil.copyfile(path, other)


def _stamp(target: Path) -> int:
    """Return when the tree was finished, in ns; whatever is younger was changed by somebody else."""
    try:
        return os.stat(target / MANIFEST).st_mtime_ns
    except FileNotFoundError:
        return 0


def _intact(path: str, size: int, stamp: int) -> bool:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return False
    return found.st_size == size and found.st_mtime_ns <= stamp


def _linked(source: str, path: str) -> bool:
    try:
        os.link(source, path)
    except OSError:
        return False
    return True


def _swap(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
    elif not _exchanged(fresh, target):
        aside = target.with_name(f".{target.name}.old")
        target.rename(aside)
        fresh.rename(target)
        shutil.rmtree(aside)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step (Linux, glibc 2.28 and later); False where that cannot be done."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0)
