"""A project's folders to a Library."""

from __future__ import annotations

from generator.diagnostics.diagnostic import Diagnostic
from generator.model import Library, Project, School
from generator.reading import documents, kinds, registry
from generator.store import Store


def load(project: Project, school: str = "") -> tuple[Library, list[Diagnostic]]:
    """Return the library and what is wrong with its files and fields; `school` names a profile in `content/schools`.

    Raises `kinds.KindError` where a kind's own definition is wrong.
    """
    own, found = registry.library(project.content)
    laws, problems = registry.laws(project.content)
    found += problems
    known = kinds.load(project.kinds, own["topics"], own["occasions"])
    profile = School("", {})
    if school:
        profile, problems = registry.school(project.content, school, own["blanks"])
        found += problems
    read, problems = documents.read_all(project.content, known, own["info"].licence, Store(project.cache))
    return Library(laws=laws, kinds=known, documents=tuple(read), school=profile, **own), found + problems
