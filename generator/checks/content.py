"""What a document says must hold together: minutes, dates, headings, boxes, annexes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator import markup
from generator.charts import CHARTS
from generator.checks.place import Lines, at, of_text
from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Document, Library, Markdown, Place
from generator.reading import resolve
from generator.store import Store

# A reader slows down and speeds up: two thirds of a minute off is a wrong figure, less is not.
SPEECH_TOLERANCE = 0.67
PAUSE_SECONDS = 2
# Not an address in angle brackets: <https://…>, <name@example.cn>.
TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])")
CODE = re.compile(r"`[^`\n]*`")
# As Python-Markdown reads them: the space after the hashes may be missing.
HASHES = re.compile(r"^([#＃]{1,6})[ ]*(.*?)[ #＃]*$", re.M)


def check(library: Library, lines: Lines, store: Store, today: str) -> Iterator[Diagnostic]:
    """Yield what contradicts itself or is due; `today` is an ISO date."""
    for document in library.documents:
        kind = library.kinds[document.kind]
        yield from _minutes(document, kind.schema["properties"])
        yield from _dates(document, today)
        if kind.characters_per_minute and document.minutes:
            yield from _speech(document, kind.characters_per_minute, store)
        yield from _annexes(document)
        for path, text in resolve.texts(document):
            start = of_text(document, path)
            yield from _headings(text, start, lines)
            yield from _boxes(text, start, lines)
            yield from _charts(text, start, lines, store)
            yield from _tags(text, start, lines)


def _minutes(document: Document, fields: dict[str, dict[str, object]]) -> Iterator[Diagnostic]:
    for name, spec in fields.items():
        steps = document.data.get(name)
        if spec.get("adds_up_to") != "minutes" or not steps or document.minutes is None:
            continue
        total = sum(step.get("minutes", 0) for step in steps)
        if total != document.minutes:
            place = _at(document, "minutes")
            related = (_at(document, name),)
            yield diagnose("C501", place, label=spec["title"], total=total, minutes=document.minutes, related=related)


def _dates(document: Document, today: str) -> Iterator[Diagnostic]:
    place = _at(document, "review_due")
    if document.reviewed and document.review_due:
        if document.review_due < document.reviewed:
            yield diagnose("C503", place, due=document.review_due, reviewed=document.reviewed)
        elif document.review_due < today:
            yield diagnose("C502", place, due=document.review_due)
    days = [change["date"] for change in document.changes]
    for index, (day, before) in enumerate(zip(days[1:], days, strict=False), 1):
        if day >= before:
            yield diagnose("C514", _at(document, "changes", index, "date"), date=day, before=before)
    if document.written > today:
        yield diagnose("C515", _at(document, "written"), date=document.written)
    for index, day in enumerate(days):
        if day > today:
            yield diagnose("C515", _at(document, "changes", index, "date"), date=day)


def _at(document: Document, *path: str | int) -> Place:
    """Return the place of a field, of the file where it has none."""
    return document.places.get(path, Place(document.file))


def _speech(document: Document, per_minute: int, store: Store) -> Iterator[Diagnostic]:
    characters = markup.outline(document.body, store).characters
    pauses = markup.placeholders(document.body).count("停")
    needed = characters / per_minute + pauses * PAUSE_SECONDS / 60
    assert document.minutes is not None
    if abs(needed - document.minutes) > SPEECH_TOLERANCE:
        place = _at(document, "minutes")
        yield diagnose(
            "C504",
            place,
            characters=characters,
            needed=f"{needed:.1f}",
            minutes=document.minutes,
            rounded=max(1, round(needed)),
        )


def _annexes(document: Document) -> Iterator[Diagnostic]:
    titles = [part.title for part in document.parts if part.name.startswith("annex-")]
    # The title of an annex that cannot be read is empty; it may be any of the names.
    if "" in titles:
        return
    for index, name in enumerate(document.data.get("annexes") or []):
        if name not in titles:
            place = _at(document, "annexes", index)
            yield diagnose("C510", place, name=name, near=nearest(name, titles))


def _headings(text: Markdown, start: Place, lines: Lines) -> Iterator[Diagnostic]:
    level = 1
    for match in HASHES.finditer(text):
        depth = len(match[1])
        if depth == 1:
            yield diagnose("C505", at(lines, start, text, match.start(), match[0]), text=match[2])
            continue
        if depth > level + 1:
            yield diagnose("C509", at(lines, start, text, match.start(), match[0]), text=match[2])
        level = depth


def _boxes(text: Markdown, start: Place, lines: Lines) -> Iterator[Diagnostic]:
    names = (*markup.BOXES, *CHARTS)
    for box in markup.boxes(text):
        place = at(lines, start, text, box.start, box.line)
        if not box.name:
            yield diagnose("C512", place)
            continue
        if not box.closed:
            yield diagnose("C507", place)
        if box.name not in names:
            yield diagnose("C508", place, name=box.name, known="、".join(names), near=nearest(box.name, names))


def _charts(text: Markdown, start: Place, lines: Lines, store: Store) -> Iterator[Diagnostic]:
    if any(name in text for name in CHARTS):
        for offset, line, code, values in markup.outline(text, store).faults:
            yield diagnose(code, at(lines, start, text, offset, line), near=None, related=(), **values)


def _tags(text: Markdown, start: Place, lines: Lines) -> Iterator[Diagnostic]:
    if "<" not in text:
        return
    for match in TAG.finditer(CODE.sub(lambda code: " " * len(code[0]), text)):
        if match[1].lower() not in markup.TAGS - {"var"}:
            yield diagnose("C506", at(lines, start, text, match.start(), match[0]), tag=match[1])
