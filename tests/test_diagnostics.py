"""What an editor is told: every code, where the mark stands, each form of the report, exit status."""

from __future__ import annotations

import json
import os
import re
import string
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from generator.diagnostics import annotated, as_json, full, short
from generator.diagnostics.diagnostic import Diagnostic, catalogue, diagnose, in_order, nearest
from generator.model import Place
from tests.helpers import BAD, LIBRARY, ROOT, check, content, places, run, text

HEAD = re.compile(r"^(?:错误|提醒)\[(\w+)\] .+\n  --> (.+)$", re.M)
# Built by a test of its own: a link does not survive every checkout, and a missing registry would hide its users.
ELSEWHERE = {"F112", "F115"}


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, str]]:
    rows = BAD.with_name("bad.expected").read_text("utf-8").splitlines()
    return [(code, place) for code, place in (row.split(" ", 1) for row in rows if not row.startswith("#"))]


@pytest.fixture(scope="module")
def report() -> subprocess.CompletedProcess[str]:
    return run("check", BAD.relative_to(ROOT))


def test_every_planted_fault_is_printed_once_with_its_place(
    report: subprocess.CompletedProcess[str], expected: list[tuple[str, str]]
) -> None:
    printed = [(code, place.removeprefix("tests/fixtures/bad/")) for code, place in HEAD.findall(report.stdout)]
    assert Counter(printed) == Counter(expected)
    assert report.returncode == 1
    assert report.stderr == ""
    severities = Counter(catalogue()[code]["severity"] for code, _ in expected)
    assert f"共 {severities['error']} 个错误、{severities['warning']} 个提醒。" in report.stdout


def test_every_code_outside_the_press_is_planted_once(expected: list[tuple[str, str]]) -> None:
    codes = {code for code in catalogue() if not code.startswith("P")}
    assert Counter(code for code, _ in expected) == Counter(codes - ELSEWHERE)


def test_links_and_missing_registries(tmp_path: Path) -> None:
    root = content(tmp_path, {"laws.yml": None, "guide/a.md": text()})
    (root / "guide" / "linked.md").symlink_to(root / "guide" / "a.md")
    (root / "guide" / "nowhere.md").symlink_to(tmp_path / "nothing")
    (root / "guide" / "circle").symlink_to(root)
    (root / "kit").symlink_to("/etc")
    assert places(check(tmp_path, {"laws.yml": None})) == [
        ("F115", "guide/circle", 0, 0),
        ("F115", "guide/linked.md", 0, 0),
        ("F115", "guide/nowhere.md", 0, 0),
        ("F115", "kit", 0, 0),
        ("F112", "laws.yml", 0, 0),
    ]


@pytest.mark.parametrize("code", catalogue())
def test_catalogue_words_every_code_in_full_sentences(code: str) -> None:
    entry = catalogue()[code]
    assert set(entry) - {"near"} == {"severity", "title", "message", "hint", "why", "example"}
    assert entry["severity"] in ("error", "warning", "info")
    for key in ("message", "why", *({"near"} & set(entry))):
        assert entry[key].endswith(("。", "？", "）")), f"{key}: {entry[key]}"
    fields = {f for key in ("message", "hint", "near") for _, f, _, _ in string.Formatter().parse(entry.get(key, ""))}
    found = diagnose(
        code, Place("a"), near="近" if "near" in entry else None, **dict.fromkeys(fields - {None, "near"}, "值")
    )
    assert "近" in found.hint or "near" not in entry


def test_the_page_of_all_codes_is_up_to_date_and_a_stale_one_is_noticed(tmp_path: Path) -> None:
    command = [sys.executable, "tools/diagnostics_doc.py", "--check"]
    fresh = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (fresh.returncode, fresh.stderr) == (0, "")
    page = tmp_path / "diagnostics.md"
    page.write_text((ROOT / "docs" / "diagnostics.md").read_text("utf-8").replace("F104", "F199"), "utf-8")
    stale = subprocess.run([*command, page], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert stale.returncode == 1
    assert "tools/diagnostics_doc.py" in stale.stderr


def excerpt(line: str, column: int, width: int) -> tuple[str, str]:
    """Return the source line and the line with the mark of a report about `line`, both without the margin."""
    found = diagnose("C506", Place("a.md", 1, column, width), tag="x")
    lines = full.render([found], lambda file: [line]).split("\n")
    assert lines[3].startswith("  1 | ")
    return lines[3].removeprefix("  1 | "), lines[4].removeprefix("    | ")


@pytest.mark.parametrize(
    ("line", "column", "width", "mark"),
    [
        ("abc def", 5, 3, "    ^^^"),
        ("学段: [小学高年段]", 6, 5, "       ^^^^^^^^^^"),
        ("ＡＢ：甲", 4, 1, "      ^^"),
        ("𫖯𠮷b", 3, 1, "    ^"),
        ("e\u0301a", 3, 1, " ^"),
        ("a\u200bb", 3, 1, " ^"),
        ("甲\t乙", 3, 1, "   ^^"),
        ("甲乙", 1, 0, "^^^^"),
        ("甲乙  ", 2, 0, "  ^^"),
        ("", 1, 0, "^"),
        ("甲", 9, 3, "  ^"),
    ],
)
def test_the_mark_stands_under_the_span(line: str, column: int, width: int, mark: str) -> None:
    shown, below = excerpt(line, column, width)
    assert below == mark
    assert full.width(shown) >= full.width(below) - 1


@pytest.mark.parametrize(("start", "span"), [(1, 300), (150, 5), (150, 400), (298, 2)])
def test_a_line_longer_than_a_screen_is_cut_around_the_span(start: int, span: int) -> None:
    line = "".join(chr(0x4E00 + i) for i in range(300))
    shown, below = excerpt(line, start, span)
    assert full.width(shown) <= 96 >= full.width(below)
    indent = len(below) - len(below.lstrip(" "))
    at = next(i for i in range(len(shown)) if full.width(shown[:i]) == indent)
    assert shown[at] == line[start - 1]
    assert (shown.startswith("…"), shown.endswith("…")) == (start > 25, start < 270)
    assert below.count("^") == min(2 * span, full.width(shown[at:].rstrip("…")))


def test_what_a_file_holds_cannot_steer_the_terminal(tmp_path: Path) -> None:
    found = check(tmp_path, {"guide/a.md": text(stages="[\x1b[2J初中]", body="# \x1b]0;x\x07甲\n")})
    root = tmp_path / "content"
    lines = {"guide/a.md": (root / "guide/a.md").read_text("utf-8").split("\n")}
    report = full.render(found, lambda file: lines.get(file, []))
    assert "F106" in report
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", report + short.render(found) + annotated.render(found))


def test_repeated_advice_is_given_once_and_other_advice_in_full() -> None:
    found = [diagnose("F104", Place(name)) for name in ("a.md", "b.md", "c.md")]
    found += [diagnose("S301", Place("d.md"), field=f, known="", near=n) for f, n in (("titel", "title"), ("x", "y"))]
    report = full.render(found, lambda file: [])
    assert report.count(catalogue()["F104"]["hint"]) == 1
    assert report.count("怎么改：同上（空文件）") == 2
    assert "你是不是想写“title”？" in report
    assert "你是不是想写“y”？" in report


def test_related_places_are_named(report: subprocess.CompletedProcess[str]) -> None:
    blocks = {block.split("]")[0][3:]: block for block in report.stdout.split("\n\n")}
    assert "另见 tests/fixtures/bad/letter/r408/letter.md\n" in blocks["R408"]
    assert "另见 tests/fixtures/bad/guide/y204-doubled-field.md:7" in blocks["Y204"]
    assert re.search(r"另见 tests/fixtures/bad/lesson/c501-minutes/lesson\.md:\d+", blocks["C501"])


def test_a_pipe_gets_no_colour(report: subprocess.CompletedProcess[str]) -> None:
    assert "\x1b" not in report.stdout


@pytest.mark.parametrize(("no_colour", "coloured"), [(False, True), (True, False)])
def test_a_terminal_gets_colour_unless_told_otherwise(tmp_path: Path, no_colour: bool, coloured: bool) -> None:
    root = content(tmp_path, {"guide/a.md": text(title=None)})
    master, slave = os.openpty()
    environment = {**os.environ, "PYTHONUTF8": "1"} | ({"NO_COLOR": "1"} if no_colour else {})
    command = [sys.executable, "build.py", "check", str(root)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=slave, stderr=slave) as process:
        os.close(slave)
        data = b""
        # A terminal whose other end was closed reads as an error on Linux.
        try:
            while chunk := os.read(master, 65536):
                data += chunk
        except OSError:
            pass
    os.close(master)
    assert process.returncode == 1
    assert ("\x1b[1;31m错误[S302]\x1b[0m" in data.decode()) == coloured
    assert "缺少栏目“title”" in data.decode()


def test_json_parses_and_holds_every_place(expected: list[tuple[str, str]]) -> None:
    done = run("check", BAD, "--format", "json")
    listed = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 1
    assert len(listed) == len(expected)
    assert {tuple(sorted(entry)) for entry in listed} == {
        ("code", "hint", "message", "place", "related", "severity"),
    }
    entry = next(entry for entry in listed if entry["code"] == "S304")
    assert entry["place"] == {"file": "tests/fixtures/bad/guide/fields.md", "line": 5, "column": 10, "width": 5}
    assert (entry["severity"], "小学高年级" in entry["hint"]) == ("error", True)
    assert json.loads(as_json.render([])) == {"diagnostics": []}


def test_annotations_escape_what_the_form_reserves() -> None:
    odd = Diagnostic("X1", "warning", Place("a,b:c%.md", 3, 7, 2), "百分之 50%，\r\n第二行", "改：a,b")
    assert annotated.render([odd], "r/") == (
        "::warning file=r/a%2Cb%3Ac%25.md,line=3,col=7,title=X1::百分之 50%25，%0D%0A第二行改：a,b"
    )


def test_annotations_and_short_form_give_one_line_each(expected: list[tuple[str, str]]) -> None:
    for form, pattern in (
        ("annotations", r"::(error|warning) file=tests/fixtures/bad/\S+,line=\d+,col=\d+,title=\w+::.+"),
        ("short", r"tests/fixtures/bad/\S+:\d+:\d+: (error|warning) [A-Z]\d{3} .+"),
    ):
        lines = run("check", BAD, "--format", form).stdout.splitlines()
        assert len(lines) == len(expected)
        assert all(re.fullmatch(pattern, line) for line in lines)


def test_a_message_stays_one_line_whatever_the_content_holds(tmp_path: Path) -> None:
    found = check(tmp_path, {"guide/a.md": text(stages='["初\\n中"]', minutes='"4\\t0\\n"')})
    assert [d.code for d in found] == ["S304", "S303"]
    assert all(re.fullmatch(r"[^\x00-\x1f]+", d.message + d.hint) for d in found)


def test_order_is_by_place_and_each_fault_stands_once() -> None:
    here, there = Place("a.md", 2, 3), Place("a.md", 10, 1)
    found = [diagnose("F104", Place("b.md")), diagnose("C507", there), diagnose("C507", here), diagnose("C507", here)]
    assert places(in_order(found)) == [("C507", "a.md", 2, 3), ("C507", "a.md", 10, 1), ("F104", "b.md", 0, 0)]


@pytest.mark.parametrize(
    ("word", "words", "offered"),
    [
        ("titel", ["title", "topics"], "title"),
        ("小学高年段", ["小学高年级", "小学低年级"], "小学高年级"),
        ("until", ["title", "minutes"], None),
        ("初中", ["高中", "小学"], None),
        ("x", [], None),
    ],
)
def test_near_misses_are_offered_and_far_ones_are_not(word: str, words: list[str], offered: str | None) -> None:
    assert nearest(word, words) == offered


@pytest.mark.parametrize(
    ("fields", "strict", "status"),
    [({}, False, 0), ({}, True, 0), ({"review_due": "2026-11-23"}, False, 0), ({"review_due": "2026-11-23"}, True, 1)],
)
def test_strict_makes_warnings_count(tmp_path: Path, fields: dict[str, str], strict: bool, status: int) -> None:
    root = content(tmp_path, {"guide/a.md": text(**fields)})
    done = run("check", root, *(["--strict"] if strict else []))
    assert done.returncode == status
    assert ("提醒[C502]" in done.stdout) == bool(fields)
    assert ("没有问题" in done.stdout) == (not fields)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "还缺少：命令"),
        (["chekc"], "没有 chekc 这一项，可以用："),
        (["check", "nowhere"], "没有这个文件夹：nowhere"),
        (["check", "--format", "xml"], "没有 xml 这一项，可以用："),
        (["check", "--colour"], "不认识的参数：--colour"),
        (["check", "--school"], "后面要写一个值"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_why_in_chinese(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.startswith("用法：")
    assert not re.search(r"\b(error|usage|invalid|required|argument|choose)\b", done.stderr)


def test_help_is_chinese() -> None:
    done = run("check", "--help")
    assert done.returncode == 0
    assert "只检查材料，不生成" in done.stdout
    assert "显示这份说明" in done.stdout
    assert not re.search(r"\b(usage|options|positional|show|exit)\b", done.stdout)


def test_a_missing_school_profile_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    root = content(tmp_path, {"guide/a.md": text(), "library.yml": LIBRARY})
    done = run("check", root, "--school", "nosuch")
    assert (done.returncode, done.stderr) == (1, "")
    assert "schools/nosuch.yml" in done.stdout
