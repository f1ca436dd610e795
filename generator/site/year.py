"""The pages of a school year: the way through a term for each stage, and the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from generator.feeds.calendar import dated
from generator.model import Calendar, Day, Document, Term
from generator.reading import resolve
from generator.reading.year import matching
from generator.site import frames
from generator.site.frames import STAGE_KEYS
from generator.site.shelf import Entries, Page, Shelf

WEEKDAYS = "一二三四五六日"
# So many minutes fill a lesson; shorter things are a speech or a paper.
LESSON = 30
MATERIALS = 3
MONTH = len("2026-09")


def pages(shelf: Shelf) -> Iterable[Page]:
    """Yield the page of the terms and that of the calendar, where the library has them."""
    library = shelf.library
    if library.terms:
        yield shelf.page(
            "paths.html",
            "pages/paths.html",
            "一学期这样上",
            "每个学段一条路线：第几周上哪一份，学会什么，下一节是什么",
            {
                "terms": [_term(shelf, term) for term in library.terms],
                "links": term_links(shelf),
                "has_calendar": library.calendar is not None,
            },
            nav="all",
        )
    if library.calendar:
        yield shelf.page(
            "calendar.html",
            "pages/calendar.html",
            "全年日历",
            "一学年里用得上这些材料的日子：哪一天，做什么，提前一周备好什么",
            _year(shelf, library.calendar),
            nav="calendar",
        )


def term_links(shelf: Shelf) -> Entries:
    """Return the stages that have a term, with the number of its steps."""
    stages = {stage["name"]: stage for stage in shelf.site["stages"]}
    return [
        {**stages[term.stage], "value": term.stage, "href": _href(term), "count": len(term.steps)}
        for term in shelf.library.terms
    ]


def of_document(shelf: Shelf, document: Document) -> Entries:
    """Return the terms in which a document is a step, each with its steps and the number of this one."""
    found = []
    for term in shelf.library.terms:
        ids = [step.id for step in term.steps]
        if document.id in ids:
            steps = [
                {"phrases": shelf.cards[step.id]["phrases"], "href": f"{step.id}.html", "week": step.week}
                for step in term.steps
            ]
            found.append({"stage": term.stage, "href": _href(term), "steps": steps, "at": ids.index(document.id)})
    return found


def leaves(shelf: Shelf) -> Entries:
    """Return the days of the calendar in their order, with two documents each."""
    return [_day(shelf, day, 2) for day in _days(shelf.library.calendar)] if shelf.library.calendar else []


def _href(term: Term) -> str:
    return f"paths.html#{STAGE_KEYS[term.stage]}"


def _term(shelf: Shelf, term: Term) -> dict[str, Any]:
    return {
        "stage": next(stage for stage in shelf.site["stages"] if stage["name"] == term.stage),
        "title": term.title,
        "phrases": frames.phrases(term.title),
        "steps": [{"week": step.week, "aim": step.aim, "card": shelf.cards[step.id]} for step in term.steps],
        "lessons": sum((shelf.by_id[step.id].minutes or 0) >= LESSON for step in term.steps),
        "weeks": term.steps[-1].week,
    }


def _year(shelf: Shelf, calendar: Calendar) -> dict[str, Any]:
    months = [
        {"number": int(month[5:]), "year": int(month[:4]), "id": f"m{int(month[5:])}", "days": list(days)}
        for month, days in groupby(
            (_day(shelf, day, MATERIALS) for day in _days(calendar)), key=lambda day: str(day["date"])[:MONTH]
        )
    ]
    return {
        "months": months,
        "year": calendar.year,
        "updated": calendar.updated,
        "dated": len(dated(calendar)),
    }


def _days(calendar: Calendar) -> Sequence[Day]:
    """Return the days by month; within a month in the order written, for some have no date."""
    return sorted(calendar.days, key=lambda day: day.date[:MONTH])


def _day(shelf: Shelf, day: Day, most: int) -> dict[str, Any]:
    found = matching(day, shelf.documents)
    date = datetime.date.fromisoformat(day.date) if len(day.date) > MONTH else None
    id_, _, article = day.law.partition(" ")
    law = resolve.law_value(id_, article, shelf.library.laws)
    return {
        "name": day.name,
        "date": day.date,
        "month": int(day.date[5:MONTH]),
        "day": date.day if date else 0,
        "weekday": f"星期{WEEKDAYS[date.weekday()]}" if date else "",
        "moves": bool(day.nth),
        "do": day.do,
        "prepare": day.prepare,
        "occasion": day.occasion,
        "count": sum(day.occasion in document.occasions for document in found),
        "cards": shelf.list(found[:most]),
        "law": frames.law(law) if law else None,
        "source": day.source,
        "verified": day.verified,
    }
