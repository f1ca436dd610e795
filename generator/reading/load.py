"""A project's folders to a Library."""

from __future__ import annotations

from generator.diagnostics.diagnostic import Diagnostic, diagnose
from generator.model import Library, Place, Project, School
from generator.reading import documents, kinds, registry, year
from generator.store import Store


def load(project: Project, school: str = "") -> tuple[Library, list[Diagnostic]]:
    """Return the library and what is wrong with its files and fields; `school` names a profile in `content/schools`.

    Raises `kinds.KindError` where a kind's own definition is wrong.
    """
    own, found = registry.library(project.content)
    laws, problems = registry.laws(project.content)
    found += problems
    known = kinds.load(project.kinds, own["topics"], own["occasions"], Store(project.cache))
    words, problems = registry.wording(project.content, known)
    found += problems
    profiles, problems = registry.schools(project.content, own["blanks"])
    found += problems
    name = f"schools/{school}.yml"
    # A profile that has faults of its own is there, though not in `profiles`.
    if school and school not in profiles and not any(problem.place.file == name for problem in problems):
        found.append(diagnose("F112", Place(name), name=name))
    terms, problems = year.terms(project.content)
    found += problems
    calendar, problems = year.calendar(project.content)
    found += problems
    read, problems = documents.read_all(project.content, known, own["info"].licence, Store(project.cache))
    return Library(
        laws=laws,
        kinds=known,
        documents=tuple(read),
        school=profiles.get(school, School("", {})),
        terms=terms,
        calendar=calendar,
        wording=words,
        **own,
    ), found + problems
