"""Citations, help lines, blanks, dates, minutes: what is written once and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import theme
from generator.model import Library
from generator.reading import resolve
from tests.helpers import LIBRARY, check, content, places, read, run, text


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return read(content(tmp_path, {}))[0]


# --- Law ---


def test_a_citation_stands_for_title_article_and_what_it_says(library: Library) -> None:
    assert resolve.value("法 wbf 130", library) == {
        "macro": "law",
        "id": "wbf",
        "anchor": "wbf-130",
        "text": "《未成年人保护法》第一百三十条（三）",
        "title": "中华人民共和国未成年人保护法",
        "short": "未成年人保护法",
        "number": "",
        "article": "第一百三十条（三）",
        "says": "学生欺凌的定义。",
        "version": "2024年4月26日修正",
        "in_force": "2021-06-01",
        "verified": True,
        "superseded": False,
    }


@pytest.mark.parametrize(
    ("inside", "words", "anchor", "verified", "superseded"),
    [
        ("法 wbf", "《未成年人保护法》", "wbf", True, False),
        ("法 wbf 39", "《未成年人保护法》第三十九条", "wbf-39", True, False),
        ("法 xxbh 专项保护", "《未成年人学校保护规定》“专项保护”一章", "xxbh", False, False),
        ("法 wbf-2012 43", "《未成年人保护法（旧）》第四十三条", "wbf-2012-43", True, True),
    ],
)
def test_citations(library: Library, inside: str, words: str, anchor: str, verified: bool, superseded: bool) -> None:
    value = resolve.value(inside, library)
    assert value is not None
    assert (value["text"], value["anchor"]) == (words, anchor)
    assert (value["verified"], value["superseded"]) == (verified, superseded)


def test_an_instrument_that_is_not_verified_says_so_with_each_article(tmp_path: Path) -> None:
    root = content(tmp_path, {})
    laws = root / "laws.yml"
    laws.write_text(
        laws.read_text("utf-8").replace("verified: true\n  articles", "verified: false\n  articles"), "utf-8"
    )
    library, found = read(root)
    value = resolve.value("法 wbf 39", library)
    assert found == []
    assert value is not None
    assert value["verified"] is False


@pytest.mark.parametrize(
    ("body", "cites", "found"),
    [
        ("{{法 wbf 39}}{{法 xxbh 专项保护}}", "[wbf 130, xxbh]", []),
        ("{{法 xf 17}}", "[]", [("R402", 14, 1)]),
        ("{{法 wbf 40}}", "[]", [("R403", 14, 1)]),
        ("{{法 wbf 专项保护}}", "[]", [("R403", 14, 1)]),
        ("{{法 wbf-2012 43}}，{{法 wbf-2012 43}}", "[]", [("R410", 14, 1), ("R410", 14, 19)]),
        ("{{法 wbf-2012 44}}", "[]", [("R403", 14, 1), ("R410", 14, 1)]),
        ("正文", "[wbf 39, xf 17, wbf 40, wbf-2012]", [("R402", 12, 17), ("R403", 12, 24), ("R410", 12, 32)]),
        ("正文", '[""]', [("R402", 12, 9)]),
        ("正文", "[wbf 39 一]", [("R403", 12, 9)]),
    ],
)
def test_citations_are_checked(tmp_path: Path, body: str, cites: str, found: list[tuple[str, int, int]]) -> None:
    expected = [(code, "guide/a.md", line, column) for code, line, column in found]
    assert places(check(tmp_path, {"guide/a.md": text(body=body + "\n", cites=cites)})) == expected


def test_old_law_is_a_warning_that_names_the_new(tmp_path: Path) -> None:
    root = content(tmp_path, {"guide/a.md": text(body="{{法 wbf-2012 43}}\n")})
    done, strict = run("check", root), run("check", root, "--strict")
    assert (done.returncode, strict.returncode) == (0, 1)
    assert "提醒[R410] 《未成年人保护法（旧）》（2012年10月26日修正）已被新的文本取代。" in done.stdout
    assert "改为引用“wbf”" in done.stdout


def test_a_document_lists_what_it_cites_once_in_the_order_of_the_registry(tmp_path: Path) -> None:
    written = text(body="{{法 xxbh 专项保护}}{{法 wbf 130}}{{法  wbf 130}}\n", cites='["wbf  39", xxbh, wbf]')
    library, found = read(content(tmp_path, {"guide/a.md": written}))
    assert found == []
    listed = resolve.cited(library.documents[0], library)
    assert [(v["id"], v["article"]) for v in listed] == [
        ("wbf", ""),
        ("wbf", "第三十九条"),
        ("wbf", "第一百三十条（三）"),
        ("xxbh", ""),
        ("xxbh", "“专项保护”一章"),
    ]


@pytest.mark.parametrize(
    ("number", "numeral"),
    [
        *((1, "一"), (9, "九"), (10, "十"), (11, "十一"), (19, "十九"), (20, "二十"), (39, "三十九"), (99, "九十九")),
        *((100, "一百"), (101, "一百零一"), (110, "一百一十"), (111, "一百一十一"), (119, "一百一十九")),
        *((130, "一百三十"), (205, "二百零五"), (999, "九百九十九"), (1000, "一千"), (1001, "一千零一")),
        *((1009, "一千零九"), (1010, "一千零一十"), (1019, "一千零一十九"), (1100, "一千一百")),
        *((1165, "一千一百六十五"), (1199, "一千一百九十九"), (1200, "一千二百"), (1201, "一千二百零一")),
    ],
)
def test_articles_are_numbered_as_laws_number_them(number: int, numeral: str) -> None:
    assert theme.numeral(number) == numeral


def test_numerals_up_to_the_last_article_differ_and_read_back() -> None:
    digits = {name: value for value, name in enumerate(theme.DIGITS)}
    units = {"十": 10, "百": 100, "千": 1000}

    def value(numeral: str) -> int:
        total, digit = 0, 0
        for character in numeral:
            if character in units:
                total += (digit or 1) * units[character]
                digit = 0
            else:
                digit = digits[character]
        return total + digit

    assert [value(theme.numeral(n)) for n in range(1, 1202)] == list(range(1, 1202))
    with pytest.raises(ValueError, match="no article"):
        theme.numeral(0)


@pytest.mark.parametrize(
    ("date", "words"), [("2027-03-05", "2027年3月5日"), ("2025-10", "2025年10月"), ("2016", "2016年")]
)
def test_dates_are_written_as_documents_write_them(date: str, words: str) -> None:
    assert theme.date_cn(date) == words


# --- Help lines ---


def test_a_help_line_is_written_once(library: Library) -> None:
    assert resolve.value("热线 12355", library) == {"macro": "line", "number": "12355", "name": "青少年服务台"}
    assert resolve.value("号码 110", library) == {"macro": "number", "number": "110", "name": "公安报警"}
    assert resolve.value("热线 12335", library) is None


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("打12355，拨 110，热线“12355”，电话\n110。", [2, 10, 17]),
        ("12355号房间，共110人，打1100，打110.5，打 110年", []),
        ("打{{号码 110}}，拨打{{热线 12355}}。", []),
        ("先打{{号码 110}}，再打110。", [16]),
    ],
)
def test_numbers_typed_by_hand_are_noticed(tmp_path: Path, body: str, columns: list[int]) -> None:
    found = check(tmp_path, {"guide/a.md": text(body=body + "\n")})
    assert [(d.code, d.place.column) for d in found if d.place.line == 13] == [("R411", column) for column in columns]


def test_help_lines_in_fields_are_checked_and_a_document_names_its_own(tmp_path: Path) -> None:
    files = {"guide/a.md": text(calls='["110", "12335"]'), "guide/b.md": text(body="{{热线 12355}}{{号码 110}}\n")}
    library, found = read(content(tmp_path, files))
    assert places(found) == [("R404", "guide/a.md", 11, 16)]
    assert [resolve.help_lines(d, library) for d in library.documents] == [["110"], ["110", "12355"]]


# --- Blanks ---


@pytest.mark.parametrize(
    ("school", "name", "value"),
    [("", "学校名称", None), ("demo", "学校名称", "某某小学"), ("demo", "日期", None)],
)
def test_a_blank_is_filled_by_the_school_or_left_to_fill_in(
    tmp_path: Path, school: str, name: str, value: str | None
) -> None:
    library, found = read(content(tmp_path, {"schools/demo.yml": "学校名称: 某某小学\n"}), school)
    width, pattern = {"学校名称": (12, None), "日期": (10, "____年__月__日")}[name]
    assert found == []
    assert resolve.value(name, library) == {
        "macro": "blank",
        "name": name,
        "width": width,
        "text": pattern,
        "value": value,
    }


@pytest.mark.parametrize(
    ("inside", "value"),
    [
        ("空 8", {"macro": "space", "width": 8}),
        ("横线 3", {"macro": "rules", "count": 3}),
        ("方格", {"macro": "tick"}),
        ("停", {"macro": "pause"}),
        ("空", None),
        ("空 八", None),
        ("空 100", None),
        ("学校名字", None),
        ("", None),
    ],
)
def test_blanks_without_a_name(library: Library, inside: str, value: dict[str, object] | None) -> None:
    assert resolve.value(inside, library) == value


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("甲{{学校名称}}乙{{ 日期 }}{{空 8}}{{方格}}{{停}}\n\n{{横线 3}}", []),
        ("甲{{学校名字}}", [("R401", 13, 2)]),
        ("甲｛｛学校名称｝｝", [("R409", 13, 2)]),
        ("甲｛{学校名称}｝", [("R409", 13, 2), ("R409", 13, 3)]),
        ("{学校名称}{法 wbf 39}{别的}", [("R409", 13, 1), ("R409", 13, 7)]),
        ("甲{{学校名称\n乙{{日期}}{{日期", [("R412", 13, 2), ("R412", 14, 8)]),
        ("甲{{学校名称}乙", [("R412", 13, 2)]),
    ],
)
def test_placeholders_are_checked(tmp_path: Path, body: str, found: list[tuple[str, int, int]]) -> None:
    expected = [(code, "guide/a.md", line, column) for code, line, column in found]
    assert places(check(tmp_path, {"guide/a.md": text(body=body + "\n")})) == expected


@pytest.mark.parametrize(
    ("fields", "line", "column"),
    [
        ({"title": '"{{学校名称}}的信"'}, 2, 8),
        ({"summary": "写给{{学校名称}}的人"}, 3, 10),
        ({"asked_as": '[怎么办, "问{{学校名称}}"]'}, 12, 17),
        ({"first": '{lead: 先停下来。, steps: [停, 走开, "问{{学校名称}}"]}'}, 10, 37),
    ],
)
def test_a_field_that_is_printed_as_it_stands_takes_no_placeholder(
    tmp_path: Path, fields: dict[str, str], line: int, column: int
) -> None:
    assert places(check(tmp_path, {"guide/a.md": text(**fields)})) == [("R414", "guide/a.md", line, column)]


def test_every_placeholder_that_a_document_uses_has_a_value(tmp_path: Path) -> None:
    files = {
        "lesson/a/lesson.md": text("lesson", board='"{{学校名称}}"', body="{{停}}{{法 wbf 39}}\n"),
        "lesson/a/worksheet.md": "{{空 8}}\n",
    }
    library, found = read(content(tmp_path, files))
    assert found == []
    assert list(resolve.fills(library.documents[0], library)) == ["停", "法 wbf 39", "学校名称", "空 8"]


# --- Minutes and dates ---


@pytest.mark.parametrize(
    ("minutes", "said"),
    [("12", ""), ("40", "各步加起来是 12 分钟，minutes 写的是 40 分钟"), ("11", "加起来是 12 分钟")],
)
def test_the_minutes_of_the_steps_add_up(tmp_path: Path, minutes: str, said: str) -> None:
    files = {"lesson/a/lesson.md": text("lesson", minutes=minutes), "lesson/a/worksheet.md": "写\n"}
    found = check(tmp_path, files)
    assert places(found) == ([("C501", "lesson/a/lesson.md", 10, 10)] if said else [])
    assert all(said in d.message and d.related for d in found)


def test_steps_that_are_faulty_are_not_also_added_up(tmp_path: Path) -> None:
    steps = "\n  - {name: 导入, minutes: 五, teacher: 问, students: 答, intent: 引入}"
    files = {"lesson/a/lesson.md": text("lesson", steps=steps), "lesson/a/worksheet.md": "写\n"}
    assert [d.code for d in check(tmp_path, files)] == ["S303"]


@pytest.mark.parametrize(
    ("characters", "pauses", "minutes", "fits"),
    [
        (630, 0, 3, True),
        (500, 0, 3, True),
        (480, 0, 3, False),
        (770, 0, 3, True),
        (790, 0, 3, False),
        (480, 6, 3, True),
        (1500, 0, 3, False),
    ],
)
def test_a_speech_fits_its_minutes(tmp_path: Path, characters: int, pauses: int, minutes: int, fits: bool) -> None:
    body = "，".join(["字" * 10] * (characters // 10)) + "／{{停}}" * pauses + "。\n"
    found = check(tmp_path, {"speech/a.md": text("speech", minutes=str(minutes), body=body)})
    assert [d.code for d in found] == ([] if fits else ["C504"])
    assert all(f"约 {characters} 字" in d.message for d in found)


@pytest.mark.parametrize(
    ("today", "reviewed", "due", "codes"),
    [
        ("2027-08-30", "2026-11-20", "2027-08-31", []),
        ("2027-08-31", "2026-11-20", "2027-08-31", []),
        ("2027-09-01", "2026-11-20", "2027-08-31", ["C502"]),
        ("2026-11-24", "2026-11-20", "2026-08-31", ["C503"]),
        ("2026-11-24", "2026-11-20", "2026-11-20", ["C502"]),
        ("2026-11-24", "2026-11-31", "2026-08-31", ["S309"]),
    ],
)
def test_review_dates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, today: str, reviewed: str, due: str, codes: list[str]
) -> None:
    monkeypatch.setenv("LIBRARY_TODAY", today)
    assert [d.code for d in check(tmp_path, {"guide/a.md": text(reviewed=reviewed, review_due=due)})] == codes


def test_the_day_of_the_command_line_is_that_of_the_environment(tmp_path: Path) -> None:
    root = content(tmp_path, {"guide/a.md": text(), "library.yml": LIBRARY})
    assert "没有问题" in run("check", root, today="2027-08-31").stdout
    assert "应当在 2027-08-31 前复核，已经过了" in run("check", root, today="2027-09-01").stdout


@pytest.mark.parametrize(
    ("names", "codes"), [("[情况记录表]", []), ("[记录表]", ["C510"]), ("[情况记录表, 流程图]", ["C510"])]
)
def test_annexes_bear_the_names_that_the_document_gives(tmp_path: Path, names: str, codes: list[str]) -> None:
    annex = "---\ntitle: 情况记录表\n---\n表\n"
    files = {"policy/a/policy.md": text("policy", annexes=names), "policy/a/annex-1.md": annex}
    assert [d.code for d in check(tmp_path, files)] == codes
