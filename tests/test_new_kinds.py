"""A faulty kind, a kind's own help lines, one fault told once, and plain `mkdocs build` on faulty content."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import pipeline
from generator.bundles import books
from generator.checks import printed
from generator.model import Place, Problem
from generator.reading import kinds, resolve
from tests import helpers
from tests.house import KINDS, ROOT, House
from tests.test_kinds import NEW_KIND, NOTICE

KIND = NEW_KIND["kind.yml"]


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a kind `notice` of these files over those of NEW_KIND; return the folder of kinds."""
    for name, text in {**NEW_KIND, **files}.items():
        path = folder / "kinds" / "notice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "kinds"


FAULTS = {
    "empty": (KIND, "", "这个文件是空的"),
    "a list": (KIND, "- a\n- b\n", "栏目：内容"),
    "bad YAML": ("name: 公告", "name: [公告", "没有写完"),
    "no name": ("name: 公告\n", "", "缺少栏目“name”"),
    "fields as a list": ("fields:\n  place: {type: string, title: 贴在哪里}", "fields: []", "“fields”应当是一组"),
    "unknown key": ("prints:", "prnts:", "你是不是想写“prints”"),
    "unknown icon": ("icon: msg", "icon: mgs", "icon（图标）”里的“mgs”不在词表里"),
    "unknown master": ("master: sheet", "master: shet", "你是不是想写“sheet”"),
    "wrong type": ("type: string", "type: strng", "fields.place.type 写的“strng”"),
    "bad regex": ("type: string", 'type: string, pattern: "["', "fields.place.pattern 写的“[”"),
    "bad $ref": ("type: string", '$ref: "#/$defs/nowhere"', "fields.place.$ref 写的“#/$defs/nowhere”"),
    "required, but no field": ("required: [place]", "required: [plce]", "required 里的“plce”"),
    "reads no field": ("reads: [place, body]}\nprints", "reads: [plce, body]}\nprints", "page reads：没有栏目“plce”"),
    "no template": ("template: page.html", "template: pgae.html", "page template：没有模板 notice/pgae.html"),
    "no field": ("master: sheet", "field: plce, master: sheet", "prints 公告 field：没有栏目“plce”"),
    "no part": ("master: sheet", "part: annex, master: sheet", "prints 公告 part：没有叫“annex”的部分"),
}


@pytest.mark.parametrize(("old", "new", "words"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_kind_is_named_with_file_and_field(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = KIND.replace(old, new)
    assert text != KIND
    folder = write(tmp_path, {"kind.yml": text})
    with pytest.raises(kinds.KindError) as fault:
        kinds.load([KINDS, folder], (), ())
    assert str(folder / "notice" / "kind.yml") in str(fault.value)
    assert words in str(fault.value)


def test_two_prints_of_one_name_are_a_fault(tmp_path: Path) -> None:
    folder = write(tmp_path, {"kind.yml": KIND + KIND.splitlines()[-1] + "\n"})
    with pytest.raises(kinds.KindError, match="每份印刷品的 name 要不同"):
        kinds.load([KINDS, folder], (), ())


def test_a_template_with_a_slip_of_syntax_is_named_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, {"page.html": "<p>\n{% if place %}\n</p>\n{{ place }"})
    with pytest.raises(kinds.KindError, match=r"page\.html 第 4 行：模板的写法有误"):
        kinds.load([KINDS, folder], (), ())


def test_a_second_kind_of_the_same_id_is_a_fault(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a", {}), write(tmp_path / "b", {})
    with pytest.raises(kinds.KindError, match="种类“notice”已经有了"):
        kinds.load([KINDS, first, second], (), ())


def test_a_faulty_kind_ends_a_check_with_words_and_status_one(tmp_path: Path) -> None:
    folder = write(tmp_path, {"kind.yml": ""})
    shown = helpers.run("check", helpers.content(tmp_path, {}), "--kinds", folder)
    assert shown.returncode == 1
    assert "材料种类的定义有误" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_help_lines_are_listed_from_every_field_that_is_marked(tmp_path: Path) -> None:
    more = """fields:
  ask: {type: string, help_line: true, title: 问谁}
  more: {type: array, title: 还可以问, items: {$ref: "#/$defs/one"}}
"""
    defs = """defs:
  one: {type: object, properties: {line: {type: string, help_line: true, title: 电话}}, title: 一个}
parts:
  - {name: annex-*, label: 附件, fields: {lines: {type: array, items: {type: string, help_line: true}, title: 电话}}}
"""
    folder = write(tmp_path, {"kind.yml": KIND.replace("fields:\n", more) + defs})
    own = NOTICE.replace("place:", 'ask: "12355"\nmore: [{line: "110"}]\nplace:')
    files = {"notice/a/notice.md": own + "也可以打{{热线 12348}}。\n", "notice/a/annex-1.yml": 'lines: ["12345"]\n'}
    library, found = pipeline.check(House(tmp_path, files, kinds=(folder,)).project)
    assert [diagnostic for diagnostic in found if diagnostic.severity == "error"] == []
    assert resolve.help_lines(library.documents[0], library) == ["12355", "110", "12345", "12348"]


def test_a_fault_of_a_sheet_is_not_told_again_for_the_book(tmp_path: Path) -> None:
    root = helpers.content(tmp_path, {"guide/a.md": helpers.text(body="很长的一句。\n")})
    library, _ = helpers.read(root)
    lines = pipeline.lines_of(helpers.project(root))
    told: set[tuple[str, Place, str]] = set()
    found = [
        diagnostic
        for path, page in (("site/pdf/guide/a.pdf", "第 1 页"), ("pdf/book.pdf", "第 9 页"))
        for diagnostic in printed.check(path, library.documents, [Problem("overflow", "很长的一句", page)], lines, told)
    ]
    assert len(found) == 1
    assert "第 1 页，site/pdf/guide/a.pdf" in found[0].message


def mkdocs_build(house: House, out: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "LIBRARY_CONTENT": str(house.content),
        "LIBRARY_CACHE": str(house.project.cache),
        "LIBRARY_KINDS": os.pathsep.join(str(folder) for folder in house.project.kinds[1:]),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(out)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("fault", ["content", "kind"])
def test_plain_mkdocs_build_ends_with_status_one_on_a_fault(tmp_path: Path, fault: str) -> None:
    folder = write(tmp_path, {"kind.yml": KIND.replace("icon: msg", "icon: mgs")} if fault == "kind" else {})
    house = House(tmp_path, {"notice/railing.md": NOTICE.replace("summary:", "sumary:")}, kinds=(folder,))
    shown = mkdocs_build(house, tmp_path / "out")
    assert shown.returncode == 1
    assert ("icon（图标）" if fault == "kind" else "错误[S301]") in shown.stderr
    assert "Traceback" not in shown.stderr
    assert not (tmp_path / "out" / "index.html").exists()


def test_plain_mkdocs_build_prints_warnings_and_goes_on(tmp_path: Path) -> None:
    text = NOTICE.replace("2027-08-31", "2026-11-21")
    house = House(tmp_path, {"notice/railing.md": text}, kinds=(write(tmp_path, {}),))
    shown = mkdocs_build(house, tmp_path / "out")
    assert shown.returncode == 0, shown.stderr
    assert "提醒[" in shown.stderr
    assert (tmp_path / "out" / "notice" / "railing.html").is_file()


def test_clean_removes_what_builds_leave() -> None:
    recipe = subprocess.run(["make", "-n", "clean"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    assert {"dist", ".dist*", "preview", ".preview*"} <= set(recipe.split())


def test_a_page_template_that_reads_what_it_is_not_given_is_named(tmp_path: Path) -> None:
    page = '{% extends "pages/document.html" %}\n{% block content %}{{ nix.name }}{% endblock %}\n'
    house = House(tmp_path, {"notice/railing.md": NOTICE}, kinds=(write(tmp_path, {"page.html": page}),))
    with pytest.raises(kinds.KindError, match=r"notice/page\.html.*nix"):
        house.build()


def test_a_kind_without_prints_is_left_out_of_the_books(tmp_path: Path) -> None:
    head, _, _ = NEW_KIND["kind.yml"].partition("prints:")
    house = House(tmp_path, {"notice/railing.md": NOTICE}, kinds=(write(tmp_path, {"kind.yml": head}),))
    library, found = pipeline.check(house.project)
    assert found == []
    assert books.plan(library, house.project) == []
