"""`paths.yml` and `calendar.yml`: the way through a term for each stage, and the days of a school year.

A library may do without either; then the site has no such page.
"""

from __future__ import annotations

import calendar as months
import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.diagnostics.diagnostic import Diagnostic
from generator.model import STAGES, Calendar, Day, Document, Step, Term
from generator.reading import registry, shape

FIXED = re.compile(r"(\d\d)-(\d\d)")
NTH = re.compile(r"(\d+)月(第[一二三四]个|最后一个)星期([一二三四五六日])")
FIRST_MONTH = 9
TEXTS = ("prepare", "occasion", "law", "source")


def terms(content: Path) -> tuple[tuple[Term, ...], list[Diagnostic]]:
    """Return the terms of `paths.yml` in the order of the stages; a faulty one is left out."""
    if not (content / "paths.yml").exists():
        return (), []
    source, found = registry.read(content, "paths.yml", "paths")
    data = {} if source.faulty else shape.sound(source.data, registry.schema("paths"))
    read = (
        Term(stage, data[stage]["title"], tuple(Step(**step) for step in data[stage]["steps"]), source.places)
        for stage in STAGES
        if stage in data
    )
    return tuple(read), found


def calendar(content: Path) -> tuple[Calendar | None, list[Diagnostic]]:
    """Return `calendar.yml` with the days in their order, or None where there is none or it is faulty."""
    if not (content / "calendar.yml").exists():
        return None, []
    source, found = registry.read(content, "calendar.yml", "calendar")
    if source.faulty or found:
        return None, found
    year = source.data["year"]
    return Calendar(year, source.data["updated"], tuple(_day(d, year) for d in source.data["days"]), source.places), []


def matching(day: Day, documents: Iterable[Document]) -> list[Document]:
    """Return the documents for a day: those that it names, then those of its occasion in the order given."""
    known = {document.id: document for document in documents}
    named = [known[id_] for id_ in day.materials if id_ in known]
    return [*named, *(each for each in known.values() if day.occasion in each.occasions and each not in named)]


def _day(fields: dict[str, Any], year: int) -> Day:
    when = fields["when"]
    fixed, nth = FIXED.fullmatch(when), NTH.fullmatch(when)
    month = int(fixed[1] if fixed else when.partition("月")[0])
    # A school year begins in September.
    date = f"{year if month >= FIRST_MONTH else year + 1}-{month:02}"
    which = 0
    if fixed:
        date += f"-{fixed[2]}"
    elif nth:
        which = -1 if nth[2] == "最后一个" else "一二三四".index(nth[2][1]) + 1
        date = _weekday(date, which, "一二三四五六日".index(nth[3]))
    return Day(
        name=fields["name"],
        date=date,
        nth=which,
        do=fields["do"],
        materials=tuple(fields.get("materials", ())),
        verified=fields["verified"],
        **{name: fields.get(name, "") for name in TEXTS},
    )


def _weekday(month: str, nth: int, weekday: int) -> str:
    """Return the `nth` (-1: last) `weekday` (0: Monday) of an ISO month as an ISO date."""
    first = datetime.date.fromisoformat(f"{month}-01")
    length = months.monthrange(first.year, first.month)[1]
    days = [day for day in range(1, length + 1) if first.replace(day=day).weekday() == weekday]
    return f"{month}-{days[nth if nth < 0 else nth - 1]:02}"
