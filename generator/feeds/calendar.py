"""The days of the school year as an iCalendar file (RFC 5545) that phones and office programs take in.

Days that return with a rule are events of a whole day that repeat every year, with a reminder a week before. What has
only a month is left out: the school sets its day.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from generator.model import Artifact, Calendar, Day, Document, Info, Library, Made, Project
from generator.reading.year import matching
from generator.store import code_digest, key_of, key_of_data

PATH = "site/calendar.ics"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# 9:00, a week before the day begins.
REMINDER = "-P6DT15H"
MATERIALS = 4
LINE = 75  # octets, without the line end (3.1)


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return the one file, or none for a library without a calendar."""
    calendar = library.calendar
    if calendar is None:
        return []
    args = {
        "name": f"{library.info.name}全年日历",
        "updated": calendar.updated,
        "events": [_event(day, matching(day, library.documents)[:MATERIALS], library.info) for day in dated(calendar)],
    }
    return [
        Artifact(PATH, "text/calendar", "calendar", args, key_of(code_digest(), key_of_data(args)), label="全年日历")
    ]


def dated(calendar: Calendar) -> Sequence[Day]:
    """Return the days that have a date."""
    return [day for day in calendar.days if len(day.date) == len("2026-12-04")]


def make(artifact: Artifact, project: Project) -> Made:
    """Return the bytes of the file; they depend on the content alone, the time stamps too."""
    args = artifact.args
    stamp = f"{args['updated'].replace('-', '')}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//campus-library//{_text(args['name'])}//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(args['name'])}",
        *(line for event in args["events"] for line in _lines(event, stamp)),
        "END:VCALENDAR",
    ]
    return Made(b"".join(_folded(line) for line in lines))


def _event(day: Day, documents: Sequence[Document], info: Info) -> dict[str, Any]:
    about = [day.do, *([f"提前一周：{day.prepare}"] if day.prepare else [])]
    about += [f"材料：{each.title} {info.address(f'{each.id}.html')}".rstrip() for each in documents]
    return {
        "name": day.name,
        "date": day.date,
        "nth": day.nth,
        "about": "\n".join(about),
        "prepare": day.prepare,
        "url": info.address("calendar.html"),
    }


def _lines(event: dict[str, Any], stamp: str) -> Iterator[str]:
    date = datetime.date.fromisoformat(event["date"])
    # A name keeps its identity, so that taking the file in once more brings no second event.
    identity = hashlib.sha256(f"{event['name']} {event['date'][5:7]}".encode()).hexdigest()[:24]
    yield "BEGIN:VEVENT"
    yield f"UID:{identity}@campus-library"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{date:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{date + datetime.timedelta(days=1):%Y%m%d}"
    weekday = f";BYMONTH={date.month};BYDAY={event['nth']}{WEEKDAYS[date.weekday()]}" if event["nth"] else ""
    yield f"RRULE:FREQ=YEARLY{weekday}"
    yield f"SUMMARY:{_text(event['name'])}"
    yield f"DESCRIPTION:{_text(event['about'])}"
    if event["url"]:
        yield f"URL:{event['url']}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"TRIGGER:{REMINDER}"
    yield "DESCRIPTION:" + _text(f"一周后是{event['name']}。{event['prepare']}")
    yield "END:VALARM"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """Return a value of type TEXT (3.3.11)."""
    for mark in "\\;,":
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """Return a content line with its end, folded between characters (3.1)."""
    folded, length = b"", 0
    for character in line:
        octets = character.encode()
        if length + len(octets) > LINE:
            folded += b"\r\n "
            length = 1
        folded += octets
        length += len(octets)
    return folded + b"\r\n"


OUTPUTS = {"calendar": (plan, make)}
