"""Terms and the calendar as their editors write them, and the calendar's file as other programs read it."""

from __future__ import annotations

import datetime
from pathlib import Path

import icalendar
import pytest
from dateutil.rrule import rrulestr

from generator.feeds import calendar
from generator.model import Library, Project
from tests.helpers import LIBRARY, check, content, project, read, text

TERM = """\
初中:
  title: 一学期
  steps:
    - {id: guide/a, aim: 会走开, week: 2}
    - {id: guide/b, aim: 会叫人, week: 5}
    - {id: guide/c, aim: 会陪伴, week: 9}
"""
YEAR = """\
year: 2026
updated: 2026-11-24
days:
  - {name: 开学, when: 9月, occasion: 开学, do: 说一说找谁。, verified: true}
  - name: 反欺凌日
    when: 11月第一个星期四
    materials: [guide/b, guide/a]
    do: 讲一讲。
    prepare: 先念两遍。
    verified: true
  - {name: 宪法日, when: 12-04, law: wbf 39, occasion: 开学, do: "请人来讲：\\\\;,", verified: true}
  - {name: 安全教育日, when: 3月最后一个星期一, occasion: 开学, do: 查一遍。, verified: true}
"""
GUIDES = {f"guide/{name}.md": text(title=f"第{name}份", occasions="[开学]") for name in "abc"}


def codes(folder: Path, **files: str) -> list[str]:
    named = {f"{name}.yml": data for name, data in files.items()}
    return [each.code for each in check(folder, {**GUIDES, "paths.yml": TERM, "calendar.yml": YEAR, **named})]


def test_a_sound_term_and_calendar_are_read(tmp_path: Path) -> None:
    library, found = read(content(tmp_path, {**GUIDES, "paths.yml": TERM, "calendar.yml": YEAR}))
    assert found == []
    assert [(step.id, step.week) for step in library.terms[0].steps] == [("guide/a", 2), ("guide/b", 5), ("guide/c", 9)]
    assert library.calendar is not None
    dates = [day.date for day in library.calendar.days]
    assert dates == ["2026-09", "2026-11-05", "2026-12-04", "2027-03-29"]


def test_a_library_does_without_them(tmp_path: Path) -> None:
    library, found = read(content(tmp_path, GUIDES))
    assert (found, library.terms, library.calendar) == ([], (), None)
    assert calendar.plan(library, project(tmp_path / "content")) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("guide/b, aim", "guide/bb, aim", "R405"),
        ("guide/b, aim", "guide/a, aim", "C530"),
        ("week: 5", "week: 2", "C532"),
        ("初中:", "高中:", "C531"),
        ("初中:", "初中生:", "S301"),
        ("week: 9", "week: 99", "S307"),
        ("    - {id: guide/c, aim: 会陪伴, week: 9}\n", "", "S306"),
    ],
)
def test_faults_of_a_term_are_told(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert set(codes(tmp_path, paths=TERM.replace(old, new))) == {code}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[guide/b, ", "[guide/x, ", "R405"),
        ("when: 9月, occasion: 开学", "when: 9月, occasion: 放学", "S304"),
        ("when: 9月, occasion: 开学,", "when: 9月,", "C534"),
        ("when: 12-04", "when: 02-30", "S310"),
        ("when: 12-04", "when: 12月第五个星期五", "S310"),
        ("law: wbf 39", "law: wbf 40", "R403"),
        ("year: 2026", "year: 2024", "C533"),
        ("verified: true}\n", "}\n", "S302"),
    ],
)
def test_faults_of_the_calendar_are_told(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert set(codes(tmp_path, calendar=YEAR.replace(old, new, 1))) == {code}


def made(folder: Path, library: str = LIBRARY) -> tuple[bytes, Library, Project]:
    root = content(folder, {**GUIDES, "calendar.yml": YEAR, "library.yml": library})
    found, _ = read(root)
    own = project(root)
    (artifact,) = calendar.plan(found, own)
    return calendar.make(artifact, own).data, found, own


def test_the_calendar_file_is_read_by_another_program(tmp_path: Path) -> None:
    data, _, _ = made(tmp_path)
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    names = [str(event["SUMMARY"]) for event in events]
    assert names == ["反欺凌日", "宪法日", "安全教育日"]
    assert str(events[1]["DESCRIPTION"]).startswith("请人来讲：\\;,\n材料：第a份")
    assert "提前一周：先念两遍。\n材料：第b份\n材料：第a份" in str(events[0]["DESCRIPTION"])
    for event in events:
        assert type(event.decoded("DTSTART")) is datetime.date
        assert event.decoded("DTEND") - event.decoded("DTSTART") == datetime.timedelta(days=1)
        assert event.decoded("DTSTAMP") == datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
        (alarm,) = event.walk("VALARM")
        assert alarm.decoded("TRIGGER") == datetime.timedelta(days=-7, hours=9)
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_lines_of_the_calendar_file_are_ended_and_folded(tmp_path: Path) -> None:
    data, _, _ = made(tmp_path)
    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert max(map(len, lines)) > 60
    for line in lines:
        line.decode()


def test_days_return_in_later_years_by_their_rule(tmp_path: Path) -> None:
    data, _, _ = made(tmp_path)
    later = {}
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        start = datetime.datetime.combine(event.decoded("DTSTART"), datetime.time())
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
        later[str(event["SUMMARY"])] = [date.date().isoformat() for date in rule[:3]]
    assert later["反欺凌日"] == ["2026-11-05", "2027-11-04", "2028-11-02"]
    assert later["宪法日"] == ["2026-12-04", "2027-12-04", "2028-12-04"]
    assert later["安全教育日"] == ["2027-03-29", "2028-03-27", "2029-03-26"]


def test_events_keep_their_identity_and_get_an_address(tmp_path: Path) -> None:
    plain = icalendar.Calendar.from_ical(made(tmp_path / "a")[0]).walk("VEVENT")
    based = LIBRARY.replace("licence: CC", "base_url: https://example.edu.cn/sun/\nlicence: CC")
    public = icalendar.Calendar.from_ical(made(tmp_path / "b", based)[0]).walk("VEVENT")
    assert [str(event["UID"]) for event in plain] == [str(event["UID"]) for event in public]
    assert {str(event["URL"]) for event in public} == {"https://example.edu.cn/sun/calendar.html"}
    assert "https://example.edu.cn/sun/guide/b.html" in str(public[0]["DESCRIPTION"])
    assert "URL" not in plain[0]
