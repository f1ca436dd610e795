"""Terms and the calendar must lead to documents that fit, in an order that a school can follow."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks.references import citation
from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Calendar, Document, Library, Place, Term


def check(library: Library, today: str) -> Iterator[Diagnostic]:
    """Yield what in the terms and the calendar does not hold; `today` is an ISO date."""
    documents = {document.id: document for document in library.documents}
    for term in library.terms:
        yield from _term(term, documents)
    if library.calendar:
        yield from _calendar(library.calendar, library, documents, today)


def _term(term: Term, documents: dict[str, Document]) -> Iterator[Diagnostic]:
    seen: dict[str, Place] = {}
    week = 0
    for index, step in enumerate(term.steps):
        at = (term.stage, "steps", index)
        place = term.places[(*at, "id")]
        if step.id in seen:
            yield diagnose("C530", place, id=step.id, stage=term.stage, related=(seen[step.id],))
        elif step.id not in documents:
            yield diagnose("R405", place, target=step.id, near=nearest(step.id, documents))
        elif documents[step.id].stages and term.stage not in documents[step.id].stages:
            stages = "、".join(documents[step.id].stages)
            yield diagnose("C531", place, id=step.id, stage=term.stage, stages=stages)
        if step.week <= week:
            yield diagnose("C532", term.places[(*at, "week")], week=step.week, before=week)
        seen.setdefault(step.id, place)
        week = step.week


def _calendar(calendar: Calendar, library: Library, documents: dict[str, Document], today: str) -> Iterator[Diagnostic]:
    end = f"{calendar.year + 1}-08-31"
    if end < today:
        yield diagnose("C533", calendar.places["year",], end=end)
    for index, day in enumerate(calendar.days):
        at = ("days", index)
        if day.occasion and day.occasion not in library.occasions:
            known, near = "、".join(library.occasions), nearest(day.occasion, library.occasions)
            place = calendar.places[(*at, "occasion")]
            yield diagnose("S304", place, field="occasion（场合）", value=day.occasion, known=known, near=near)
        for number, id_ in enumerate(day.materials):
            if id_ not in documents:
                place = calendar.places[(*at, "materials", number)]
                yield diagnose("R405", place, target=id_, near=nearest(id_, documents))
        if day.law:
            yield from citation(day.law.split(), calendar.places[(*at, "law")], library)
        if not (day.occasion or day.materials):
            yield diagnose("C534", calendar.places[at], name=day.name)
