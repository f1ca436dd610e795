"""Plain data that the site's templates read: the site as a whole, a document, a card, a law, a help line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from generator.model import STAGES, Document, Library, Receipt
from generator.press.lines import WHOLE
from generator.reading import resolve

Receipts = Mapping[str, Sequence[Receipt]]


@dataclass(frozen=True)
class Door:
    """The way in for one audience; `id` names its page, `art` its picture in `themes/art`."""

    audience: str
    id: str
    title: str
    nav: str
    art: str
    lead: str


DOORS = (
    Door("教师", "teachers", "我是老师", "给老师", "door-class", "周五就能上的班会课"),
    Door("家长", "parents", "我是家长", "给家长", "door-home", "先看今晚能做的三件事"),
    Door("学校", "schools", "我是学校", "给学校", "door-school", "印上校名就能发"),
    Door("学生", "students", "我是学生", "给学生", "door-pupil", "我被欺负了，或者我看见了"),
)
DOOR = {door.audience: door for door in DOORS}

# Keys and order of the stages as in themes/tokens.yml, which holds their colours.
STAGE_KEYS = dict(zip(STAGES, ("low", "mid", "up", "jun", "sen", "voc"), strict=True))
GRADES = dict(zip(STAGES, ("1–2 年级", "3–4 年级", "5–6 年级", "7–9 年级", "10–12 年级", ""), strict=True))

# So many sheets make a pile on the card of a set.
PILE = 3
# A phrase of a title that is longer is cut between words, so that it fits the line of a narrow card.
LONG = 9
_PHRASE = re.compile(r"(?<=[，。：；？！”》）])(?![，。：；？！”》）])|(?<=[^“《（])(?=[“《（])")

_SMALL = re.compile(r"(?<=的).|[和与及把被或]|怎么|什么")


def site(library: Library) -> dict[str, Any]:
    """Return the frame `site`, equal on all pages: no counts in it, so that a new document leaves other pages alone."""
    used = {document.kind for document in library.documents}
    info = library.info
    return {
        "name": info.name,
        "tagline": info.tagline,
        "publisher": info.publisher,
        "licence": info.licence,
        "licence_note": info.licence_note,
        "base_url": info.base_url,
        "school": library.school.values.get("学校名称", ""),
        "nav": [
            {"id": "all", "title": "找材料", "href": "all.html"},
            *({"id": door.id, "title": door.nav, "href": f"for/{door.id}.html"} for door in DOORS),
            *([{"id": "calendar", "title": "全年日历", "href": "calendar.html"}] if library.calendar else []),
            {"id": "laws", "title": "法规依据", "href": "laws.html"},
        ],
        "lines": help_lines(library, library.help_lines),
        "kinds": [
            {"id": kind.id, "name": kind.name, "icon": kind.icon, "href": f"kind/{kind.id}.html"}
            for kind in sorted(library.kinds.values(), key=lambda kind: (kind.order, kind.id))
            if kind.id in used
        ],
        "audiences": [
            {"id": door.id, "name": door.audience, "title": door.title, "href": f"for/{door.id}.html"} for door in DOORS
        ],
        "stages": [
            {"name": name, "key": key, "grades": GRADES[name], "href": f"stage/{key}.html"}
            for name, key in STAGE_KEYS.items()
        ],
    }


def help_lines(library: Library, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Return the library's help lines with these numbers; unknown numbers are left to the checks."""
    return [asdict(library.help_lines[number]) for number in numbers if number in library.help_lines]


def card(library: Library, document: Document, receipts: Receipts) -> dict[str, Any]:
    """Return what a list shows of a document."""
    kind = library.kinds[document.kind]
    files = receipts.get(document.id, ())
    return {
        "id": document.id,
        "href": f"{document.id}.html",
        "title": document.title,
        "phrases": phrases(document.title),
        "summary": document.summary,
        "kind": {"id": kind.id, "name": kind.name, "icon": kind.icon},
        "audiences": list(document.audiences),
        "stages": list(document.stages),
        "stage_keys": [STAGE_KEYS[stage] for stage in document.stages],
        "stage_words": stage_words(document.stages),
        "answers": list(document.answers),
        "topics": list(document.topics),
        "occasions": list(document.occasions),
        "minutes": document.minutes,
        "labels": list(dict.fromkeys(part.label for part in document.parts)),
        "downloads_count": len(files),
        "preview": _preview(files),
        "pile": [asdict(file.preview) for file in files[:PILE]] if len(files) >= PILE else [],
        "size": sum(file.size for file in files),
        "pages": sum(file.pages for file in files),
    }


def _preview(files: Sequence[Receipt]) -> dict[str, Any] | None:
    """Return the picture that stands for a document: of its first file, in colour if there is one."""
    chosen = next((file for file in files if file.colour), files[0] if files else None)
    return asdict(chosen.preview) if chosen else None


def doc(
    library: Library,
    document: Document,
    card: Mapping[str, Any],
    receipts: Receipts,
    related: list[dict[str, Any]],
    terms: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the frame `doc` of a document's page: what stands on its card, and the rest.

    `related` are the cards to go on with, `terms` the ways through a term on which it is a step.
    """
    return {
        **card,
        "kind": {
            "id": document.kind,
            "name": library.kinds[document.kind].name,
            "icon": library.kinds[document.kind].icon,
            "href": f"kind/{document.kind}.html",
        },
        "written": document.written,
        "changes": [dict(change) for change in document.changes],
        "reviewed": document.reviewed,
        "review_due": document.review_due,
        "licence": document.licence,
        "downloads": downloads(receipts.get(document.id, ())),
        "laws": [law(value) for value in resolve.cited(document, library)],
        "lines": help_lines(library, resolve.help_lines(document, library)),
        "related": related,
        "terms": terms,
    }


def downloads(files: Iterable[Receipt]) -> list[dict[str, Any]]:
    """Return files to take away, with their type as people name it."""
    return [
        {
            "label": file.label,
            "audience": file.audience,
            "href": file.path,
            "size": file.size,
            "pages": file.pages,
            "type": file.path.rpartition(".")[2].upper(),
            "preview": asdict(file.preview),
            "all_pages": asdict(file.all_pages),
            "shown": file.shown,
            "how": file.how,
        }
        for file in files
    ]


def law(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a citation (`resolve.law_value`) as lists of law show it, with its place on the page of laws."""
    return {**value, "href": f"laws.html#{value['anchor']}"}


def phrases(title: str) -> list[str]:
    """Cut a title where a line may end: after marks, before what is quoted; at 、 only where a phrase is long.

    A phrase that is still longer than `LONG` is cut between words, as far as these are known.
    """
    found = [phrase for phrase in _PHRASE.split(title) if phrase]
    short = [each for phrase in found for each in (re.split("(?<=、)", phrase) if len(phrase) > 8 else [phrase])]
    return [line for phrase in short for line in (_lines(phrase) if len(phrase) > LONG else [phrase])]


def _lines(phrase: str) -> list[str]:
    """Cut a long phrase at edges of known words and small words, into pieces as long as `LONG` allows."""
    known = [(word.start(), word.end()) for word in WHOLE.finditer(phrase)]
    edges = {edge for word in known for edge in word} | {small.start() for small in _SMALL.finditer(phrase)}
    inside = {at for start, end in known for at in range(start + 1, end)}
    lines = [""]
    for start, end in pairwise([0, *sorted(edges - inside - {0, len(phrase)}), len(phrase)]):
        if lines[-1] and len(lines[-1]) + end - start > LONG:
            lines.append("")
        lines[-1] += phrase[start:end]
    return lines


def stage_words(stages: Sequence[str]) -> str:
    """Return stages the short way: 小学低、中年级, 小学、初中, 各学段."""
    if set(stages) == set(STAGES):
        return "各学段"
    primary = [stage for stage in STAGES[:3] if stage in stages]
    if len(primary) == 3:
        words = ["小学"]
    else:
        words = ["小学" + "、".join(stage[2] for stage in primary) + "年级"] if primary else []
    return "、".join(words + [stage for stage in STAGES[3:] if stage in stages])
