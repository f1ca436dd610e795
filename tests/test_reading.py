"""Files to values with places: encodings, YAML without its traps, fields."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from generator.model import Place
from generator.reading import files
from tests.helpers import LIBRARY, check, places, text

Found = list[tuple[str, int, int]]


def read_yaml(folder: Path, data: str | bytes, *, front_matter: bool = False) -> tuple[files.Source, Found]:
    """Read one file and return it with code, line and column of what is wrong."""
    path = folder / "a.yml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    source, found = files.read(path, "a.yml", front_matter=front_matter)
    return source, [(d.code, d.place.line, d.place.column) for d in found]


# --- Scalars: what YAML 1.1 would make of them, and what they are here ---


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("9:30", "9:30"),
        ("0571", "0571"),
        ("2026-09-01", "2026-09-01"),
        ("2026-13-45", "2026-13-45"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("True", "True"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        (".5", ".5"),
        ("=", "="),
        ("<<", "<<"),
        ("40", 40),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ('"40"', "40"),
        ("'true'", "true"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_stay_what_was_written(tmp_path: Path, written: str, value: object) -> None:
    source, found = read_yaml(tmp_path, f"a: {written}\n")
    assert found == []
    assert source.data == {"a": value}
    assert type(source.data["a"]) is type(value)


def test_a_doubled_key_is_found_and_the_first_one_counts(tmp_path: Path) -> None:
    source, found = read_yaml(tmp_path, "a: 1\nb: 2\na: 3\nc:\n  d: 1\n  d: 2\n")
    assert source.data == {"a": 1, "b": 2, "c": {"d": 1}}
    assert found == [("Y204", 3, 1), ("Y204", 6, 3)]


def test_a_merge_key_is_an_ordinary_field(tmp_path: Path) -> None:
    assert read_yaml(tmp_path, "<<: {a: 1}\n")[0].data == {"<<": {"a": 1}}


# --- Places ---


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_count_characters_and_lines_as_editors_do(tmp_path: Path, end: str, mark: str) -> None:
    lines = ["---", "标题: 甲𫖯😀乙", "列: [一, 二三]", "深: {里: 值}", "---", "", "正文"]
    source, found = read_yaml(tmp_path, mark + end.join(lines), front_matter=True)
    assert found == ([("F103", 1, 1)] if mark else [])
    assert source.places[("标题",)] == Place("a.yml", 2, 5, 4)
    assert source.places[("列", 1)] == Place("a.yml", 3, 8, 2)
    assert source.places[("深", "里")] == Place("a.yml", 4, 8, 1)
    assert source.keys[("深", "里")] == Place("a.yml", 4, 5, 1)
    assert (source.body, source.body_line) == ("\n正文", 6)


def test_the_place_of_a_text_of_several_lines_ends_with_its_first_line(tmp_path: Path) -> None:
    source, _ = read_yaml(tmp_path, 'a: |\n  甲\n  乙\nb:\n  - 丙\nc: "丁\n  戊"\n')
    assert source.data == {"a": "甲\n乙\n", "b": ["丙"], "c": "丁 戊"}
    assert source.places[("a",)] == Place("a.yml", 1, 4, 0)
    assert source.places[("b",)] == Place("a.yml", 5, 3, 0)
    assert source.places[("c",)] == Place("a.yml", 6, 4, 0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fault_in_a_block_of_text_a_part_or_a_body_has_its_own_place(tmp_path: Path, end: str) -> None:
    block = "|\n  先说一句。\n\n  {{学校名字}}，{{学校名字}}"
    found = check(
        tmp_path,
        {
            "lesson/a/lesson.md": text("lesson", learners=block, body="正文{{学校名字}}\n").replace("\n", end).encode(),
            "lesson/a/worksheet.md": f"---{end}title: 单{end}---{end}{end}{end}写：{{{{学校名字}}}}".encode(),
            "lesson/a/answers.md": "{{学校名字}}",
        },
    )
    body = text("lesson", learners=block).count("\n")
    assert places(found) == [
        ("R401", "lesson/a/answers.md", 1, 1),
        ("R401", "lesson/a/lesson.md", 16, 3),
        ("R401", "lesson/a/lesson.md", 16, 12),
        ("R401", "lesson/a/lesson.md", body, 3),
        ("R401", "lesson/a/worksheet.md", 6, 3),
    ]
    assert {d.place.width for d in found} == {8}


def test_equal_words_are_told_apart(tmp_path: Path) -> None:
    body = "## 一、总则\n\n# 一、总则\n\n{{热线 12335}}和{{热线 12335}}\n\n打 12355，还是打 12355。\n"
    start = text().count("\n")
    assert places(check(tmp_path, {"guide/a.md": text(body=body)})) == [
        ("C505", "guide/a.md", start + 2, 1),
        ("R404", "guide/a.md", start + 4, 1),
        ("R404", "guide/a.md", start + 4, 14),
        ("R411", "guide/a.md", start + 6, 3),
        ("R411", "guide/a.md", start + 6, 13),
    ]


# --- Encodings and characters ---


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (text().encode("gb18030"), ["F101"]),
        (text().encode("utf-16"), ["F102"]),
        (b"PK\x03\x04\xff\xff\x00\x80", ["F102"]),
        (b"", ["F104"]),
        (b" \r\n\n", ["F104"]),
        ("\ufeff \n".encode(), ["F104"]),
        (("\ufeff" + text()).encode(), ["F103"]),
        (text(body="甲\t乙\t丙\n").encode(), ["F105"]),
        (text(body="甲\u2028乙\x85丙\n").encode(), ["F106"]),
        (text(title='"甲\x07乙"').encode(), ["F106"]),
        (text(body="甲\x00乙\uffff\n").encode(), ["F106"]),
        (text(body="甲\u200b乙\u3000丙\n").encode(), []),
    ],
)
def test_encodings_and_control_characters(tmp_path: Path, data: bytes, codes: list[str]) -> None:
    assert [d.code for d in check(tmp_path, {"guide/a.md": data})] == codes


def test_advice_on_encodings_says_how_to_convert(tmp_path: Path) -> None:
    known, unknown = check(tmp_path, {"guide/a.md": text().encode("gbk"), "guide/b.md": text().encode("utf-16")})
    assert "GB18030" in known.message
    assert "另存为" in known.hint
    assert "UTF-8" in known.hint
    assert "读不出文字" in unknown.message
    assert "编码选 UTF-8" in unknown.hint


def test_unseen_characters_are_counted_and_later_columns_stay(tmp_path: Path) -> None:
    found = check(tmp_path, {"guide/a.md": text(calls='["110",\t"112"]', body="甲\u2028乙{{丙}}\u2028\t。\n")})
    assert places(found) == [
        ("F105", "guide/a.md", 11, 15),
        ("R404", "guide/a.md", 11, 16),
        ("F106", "guide/a.md", 13, 2),
        ("R401", "guide/a.md", 13, 4),
    ]
    assert [("2 个" in d.message) for d in found] == [True, False, True, False]


# --- Syntax ---


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        ("a: 周五: 班会\n", 1, 6, "两个“冒号加空格”"),
        ("b: 1\na: [甲, 乙\nc: 2\n", 2, 4, "方括号没有写完"),
        ("b: 1\na: [甲, 乙,\n", 2, 4, "括号"),
        ("a: {b: 甲\n", 1, 4, "大括号没有写完"),
        ('b: 1\na: "甲\nc: 2\n', 2, 4, "没有写完"),
        ('a: "甲" 乙\n', 1, 8, "引号后面多了字"),
        ("b: 1\na：甲\nc: 2\n", 2, 1, "没有英文冒号"),
        ("a:\n  - 甲\n - 乙\n", 3, 2, "缩进没有对齐"),
        ("a: @甲\n", 1, 4, "不能开头的符号"),
        ("a: `甲`\n", 1, 4, "不能开头的符号"),
        ("a: *重要\n", 1, 5, "以 * 或 & 开头"),
        ('a: "甲\\乙"\n', 1, 6, "反斜杠"),
        ("a: - 甲\n", 1, 4, "列表写在了不该写的地方"),
        ("a: {{学校名称}}的信\n", 1, 4, "以 {{ 开头的文字"),
        ("a: {{学校名称}}\n", 1, 4, "以 {{ 开头的文字"),
        ("b: 1\na: [甲, 问{{学校名称}}]\nc: 2\n", 2, 9, "[ ] 里带 {{ 的文字要加引号"),
        ("b: 1\na: {甲: 问{{学校名称}}}\n", 2, 9, "[ ] 里带 {{ 的文字要加引号"),
        ("[甲]: 乙\n", 1, 1, "栏目名不能用括号"),
        ("a: 1\n---\nb: 2\n", 2, 1, "多了一行“---”"),
        ("a: }\n", 1, 4, "括号"),
        ('a: "\\ud800"\n', 1, 7, "读不下去"),
    ],
)
def test_a_syntax_error_stands_where_it_is_mended(
    tmp_path: Path, data: str, line: int, column: int, words: str
) -> None:
    path = tmp_path / "a.yml"
    path.write_text(data, "utf-8")
    _, found = files.read(path, "a.yml", front_matter=False)
    assert places(found) == [("Y201", "a.yml", line, column)]
    assert words in found[0].message


def test_an_unquoted_placeholder_is_one_fault(tmp_path: Path) -> None:
    assert places(check(tmp_path, {"policy/a.md": text("policy", issuer="{{学校名称}}")})) == [
        ("Y201", "policy/a.md", 10, 9),
    ]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ("甲\n", ["Y205"]),
        ("- 甲\n", ["Y205"]),
        ("# 只有说明\n", ["Y205"]),
        ("标题：甲\n", ["Y205"]),
        ("a: &x 甲\nb: *x\n", ["Y202"]),
        ("a: !!int 四\n", ["Y206"]),
        ("a: !local 四\n", ["Y206"]),
        ("a: !!python/object/apply:os.system [ls]\n", ["Y206"]),
        ("a: &a [*a]\n", ["Y202"]),
    ],
)
def test_what_is_no_set_of_fields_or_more_than_text(tmp_path: Path, data: str, codes: list[str]) -> None:
    source, found = read_yaml(tmp_path, data)
    assert [code for code, _, _ in found] == codes
    assert source.faulty


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("[" * 25_000, "Y203"),
        ("{" * 25_000, "Y203"),
        ("- " * 25_000, "Y203"),
        ("? " * 25_000, "Y203"),
        ("a: " + "[" * 25_000 + "]" * 25_000, "Y203"),
        ("a: &a [x]\n" + "".join(f"b{i}: &b{i} [{'*a, ' * 9}]\n" for i in range(1000)), "Y202"),
        ("a: " + "[x, " * 49 + "]" * 49 + "\n", ""),
    ],
)
def test_hostile_yaml_ends_within_a_second(tmp_path: Path, data: str, code: str) -> None:
    started = time.monotonic()
    _, found = read_yaml(tmp_path, data)
    assert time.monotonic() - started < 1
    assert [c for c, _, _ in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("正文\n", [("F111", 1, 1)]),
        ("---\ntitle: 甲\n正文\n", [("F111", 1, 1)]),
        ("\n---\ntitle: 甲\n---\n", [("F111", 1, 1)]),
        ("--- \ntitle: 甲\n--- \n正文", []),
        ("---\ntitle: 甲\n---", []),
        ("---\n---\n正文\n", [("Y205", 2, 1)]),
    ],
)
def test_front_matter(tmp_path: Path, data: str, found: Found) -> None:
    assert read_yaml(tmp_path, data, front_matter=True)[1] == found


def test_a_syntax_error_hides_the_rest_of_its_own_front_matter_only(tmp_path: Path) -> None:
    broken = text(title="甲: 乙", stages="[小学]", body="{{丙}}\n")
    found = check(
        tmp_path,
        {"guide/a.md": broken, "guide/b.md": text(body="[甲](doc:guide/a)\n"), "guide/c.md": text(stages="[小学]")},
    )
    assert [(d.code, d.place.file) for d in found] == [
        ("Y201", "guide/a.md"),
        ("R401", "guide/a.md"),
        ("S304", "guide/c.md"),
    ]


# --- Fields ---


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"titel": "甲乙", "title": None}, "S301", "你是不是想写“title”？"),
        ({"标题": "甲乙", "title": None}, "S301", "你是不是想写“title”？"),
        ({"colour": "红"}, "S301", "这里可以写的栏目：title、summary"),
        ({"review_due": None}, "S302", "加一行 review_due，写上下次复核。"),
        ({"minutes": "四十"}, "S303", "写阿拉伯数字"),
        ({"minutes": "40.0"}, "S303", "应当是整数，现在是数字 40.0"),
        ({"minutes": '"40"'}, "S303", "应当是整数，现在是文字“40”"),
        ({"calls": "[110]"}, "S303", '加上英文引号，写成 "110"。'),
        ({"title": "12355"}, "S303", '加上英文引号，写成 "12355"。'),
        ({"title": "true"}, "S303", '加上英文引号，写成 "true"。'),
        ({"stages": "初中"}, "S303", "用方括号括起来"),
        ({"stages": "[12]"}, "S303", "应当是文字，现在是数字 12"),
        ({"title": ""}, "S303", "写上内容；不需要就把这一行删掉。"),
        ({"first": "先停下来"}, "S303", "另起一行，缩进两个空格"),
        ({"stages": "[小学高年段]"}, "S304", "你是不是想写“小学高年级”？"),
        ({"topics": "[别的]"}, "S304", "可以写：认识欺凌、求助。"),
        ({"title": "长" * 31}, "S305", "有 31 个字，应当最多 30 个字"),
        ({"title": "短"}, "S305", "有 1 个字，应当至少 2 个字"),
        ({"stages": "[]"}, "S306", "有 0 条，应当至少 1 条"),
        ({"first": "{lead: 停, steps: [甲, 乙]}"}, "S306", "应当正好 3 条"),
        ({"minutes": "0"}, "S307", "应当至少 1"),
        ({"minutes": "400"}, "S307", "应当最多 240"),
        ({"stages": "[初中, 初中]"}, "S308", "重复"),
        ({"reviewed": "2026-11-31"}, "S309", "而且要真有这一天"),
        ({"reviewed": "2026-W47-2"}, "S309", "写成 2026-11-20 这样"),
        ({"reviewed": "20261120"}, "S309", "写成 2026-11-20 这样"),
        ({"reviewed": "2026年11月20日"}, "S309", "四位年、两位月、两位日"),
    ],
)
def test_a_wrong_field_is_one_fault_with_its_cure(
    tmp_path: Path, fields: dict[str, str | None], code: str, said: str
) -> None:
    found = check(tmp_path, {"guide/a.md": text(**fields)})
    assert [d.code for d in found] == [code]
    assert said in found[0].message + found[0].hint


def test_a_misspelt_field_excuses_only_its_own_absence(tmp_path: Path) -> None:
    steps = (
        "\n  - {name: 导入, minutes: 5, techer: 问, students: 答, intent: 引入}"
        "\n  - {name: 练习, minutes: 7, students: 练, intent: 会做}"
    )
    found = check(tmp_path, {"lesson/a/lesson.md": text("lesson", steps=steps), "lesson/a/worksheet.md": "写\n"})
    assert places(found) == [("S301", "lesson/a/lesson.md", 19, 28), ("S302", "lesson/a/lesson.md", 20, 5)]


def test_all_faults_of_a_file_come_in_one_run(tmp_path: Path) -> None:
    found = check(tmp_path, {"guide/a.md": text(titel="甲", minutes="四十", stages="[小学]", body="# 甲\n\n{{乙}}\n")})
    assert sorted(d.code for d in found) == ["C505", "R401", "S301", "S303", "S304"]


def test_a_second_run_finds_what_the_first_one_did_and_what_has_changed(tmp_path: Path) -> None:
    files = {"guide/a.md": text(), "guide/b.md": text(stages="[小学]"), "guide/c.md": text(topics="[认识欺凌]")}
    before = places(check(tmp_path, files))
    assert before == [("S304", "guide/b.md", 5, 10)]
    assert places(check(tmp_path, files)) == before
    library = LIBRARY.replace("认识欺凌, ", "")
    assert [d.place.file for d in check(tmp_path, {**files, "library.yml": library})] == ["guide/b.md", "guide/c.md"]
    assert check(tmp_path, {**files, "guide/b.md": text()}) == []
