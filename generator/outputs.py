"""Every output's plan and maker, merged by hand; the rooms that make things are not known above this line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from generator.bundles import books, previews, share
from generator.feeds import addresses, atom, calendar, catalogue
from generator.model import Artifact, Library, Made, Project
from generator.press import plan as sheets
from generator.search import index

Plan = Callable[[Library, Project], list[Artifact]]
Gather = Callable[[Sequence[Artifact]], list[Artifact]]
Make = Callable[[Artifact, Project], Made]
OUTPUTS: Mapping[str, tuple[Plan, Make]] = {
    **sheets.OUTPUTS,
    **books.OUTPUTS,
    **index.OUTPUTS,
    **share.OUTPUTS,
    **atom.OUTPUTS,
    **calendar.OUTPUTS,
    **addresses.OUTPUTS,
}
# What is made of other artifacts, planned when these are known.
GATHERED: Mapping[str, tuple[Gather, Make]] = {**previews.GATHERED}
# What tells of the made files and of the pages, planned when both are known.
TOLD: Mapping[str, Make] = {**catalogue.TOLD, **addresses.TOLD}
MAKERS: Mapping[str, Make] = {
    **{name: make for name, (_, make) in (*OUTPUTS.items(), *GATHERED.items())},
    **TOLD,
}


class Clash(Exception):
    """Two artifacts would be published under one path. The text names both sources."""


def plan(
    library: Library, project: Project, only: frozenset[str] = frozenset(), without: frozenset[str] = frozenset()
) -> list[Artifact]:
    """Return every artifact by path; with `only`, those of these documents; `without` leaves outputs out by name.

    Raises Clash if two artifacts have one path. Equal names of copies get a number in order of ids.
    """
    planned = [a for name, (plan_, _) in OUTPUTS.items() if name not in without for a in plan_(library, project)]
    if only:
        planned = [artifact for artifact in planned if artifact.document in only]
    planned += [a for name, (gather, _) in GATHERED.items() if name not in without for a in gather(planned)]
    seen: dict[str, Artifact] = {}
    for artifact in planned:
        if artifact.path in seen:
            raise Clash(f"{artifact.path}: {seen[artifact.path].document}, {artifact.document}")
        seen[artifact.path] = artifact
    taken: set[str] = set()
    return [replace(artifact, copies=tuple(_free(copy, taken) for copy in artifact.copies)) for artifact in planned]


def tell(library: Library, receipts: catalogue.Receipts, pages: Sequence[str]) -> list[Artifact]:
    """Return what tells of all files, of which pages know the receipts, and of all pages, given by their paths."""
    return [*catalogue.plan(library, receipts), *addresses.plan(library, pages)]


def make(artifact: Artifact, project: Project) -> Made:
    """Make one artifact by the maker that its `output` names."""
    return MAKERS[artifact.output](artifact, project)


def _free(path: str, taken: set[str]) -> str:
    stem, dot, suffix = path.rpartition(".")
    number, free = 1, path
    # Windows and macOS hold two names equal that differ in case only.
    while free.casefold() in taken:
        number += 1
        free = f"{stem}（{number}）{dot}{suffix}"
    taken.add(free.casefold())
    return free
