"""The command line: Chinese help, exit statuses, what each command leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import COUNT, ROOT, House


def run(*arguments: str | Path, cache: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, **environment, **({"LIBRARY_CACHE": str(cache)} if cache else {})}
    command = [sys.executable, "build.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("cli"))


@pytest.mark.parametrize("command", ["", "build", "proof", "check", "serve", "list", "clean", "doctor"])
def test_help_is_in_chinese(command: str) -> None:
    shown = run(*filter(None, [command]), "--help")
    assert shown.returncode == 0
    words = set(re.findall(r"[a-z]{4,}", re.sub(r"-{1,2}[a-z]+|\S*[/.]\S*", "", shown.stdout)))
    assert words <= {
        "build",
        "proof",
        "check",
        "serve",
        "list",
        "clean",
        "doctor",
        "content",
        "full",
        "short",
        "json",
        "annotations",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frob"],
        ["build", "--jobs", "x"],
        ["check", "/nowhere"],
        ["build", "--frob"],
        ["build", "--jobs", "-1"],
        ["serve", "--address", "8000"],
    ],
)
def test_wrong_use_says_so_in_chinese_and_exits_2(arguments: list[str]) -> None:
    shown = run(*arguments)
    assert shown.returncode == 2
    assert re.search(r"[\u4e00-\u9fff]", shown.stderr)
    assert "Traceback" not in shown.stderr


def test_build_tells_what_it_made_then_that_nothing_changed(house: House, tmp_path: Path) -> None:
    first = run("build", house.content, "--out", tmp_path / "dist", cache=house.project.cache)
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"{COUNT} 份材料" in first.stdout
    assert str(tmp_path / "dist" / "site" / "index.html") in first.stdout
    again = run("build", house.content, "--out", tmp_path / "dist", cache=house.project.cache)
    assert "没有变化" in again.stdout


def test_only_makes_one_document(house: House, tmp_path: Path) -> None:
    made = run("build", house.content, "--only", "kit/example", "--out", tmp_path / "one", cache=house.project.cache)
    assert made.returncode == 0, made.stdout
    pdfs = {path.name for path in (tmp_path / "one" / "site" / "pdf").rglob("*.pdf")}
    assert pdfs == {"example.pdf", "example-slides.pdf", "example-handout.pdf", "example-cases.pdf"}
    assert [p.name for p in (tmp_path / "one" / "site").rglob("*.html")] == ["example.html"]
    unknown = run("build", house.content, "--only", "kit/nix", "--out", tmp_path / "none", cache=house.project.cache)
    assert unknown.returncode == 2
    assert "kit/nix" in unknown.stderr
    assert not (tmp_path / "none").exists()


def test_strict_turns_warnings_into_failure(tmp_path: Path) -> None:
    house = House(tmp_path)
    late = {"LIBRARY_TODAY": "2030-01-01"}
    assert run("check", house.content, **late).returncode == 0
    assert run("check", house.content, "--strict", **late).returncode == 1
    listed = json.loads(run("check", house.content, "--format", "json", **late).stdout)["diagnostics"]
    assert {d["code"] for d in listed} == {"C502"}
    assert len(listed) == COUNT


def test_out_never_takes_the_place_of_something_else(house: House, tmp_path: Path) -> None:
    thesis = tmp_path / "mine" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    for out in (tmp_path / "mine", house.content / "out", house.content, ROOT):
        for command in (
            (["build", str(house.content)], ["clean"])
            if out != house.content / "out"
            else (["build", str(house.content)],)
        ):
            refused = run(*command, "--out", out, cache=house.project.cache)
            assert refused.returncode == 1, (command, out)
            assert "空文件夹" in refused.stderr
    assert thesis.read_text() == "mine"
    assert not (house.content / "out").exists()


def test_one_document_does_not_take_the_place_of_the_whole_library(house: House, tmp_path: Path) -> None:
    whole = tmp_path / "dist"
    assert run("build", house.content, "--out", whole, cache=house.project.cache).returncode == 0
    refused = run("build", house.content, "--only", "kit/example", "--out", whole, cache=house.project.cache)
    assert refused.returncode == 1
    assert (whole / "site" / "index.html").is_file()


def test_a_linked_dist_stays_a_link(house: House, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "dist").symlink_to(tmp_path / "disk" / "dist")
    assert run("build", house.content, "--out", tmp_path / "dist", cache=house.project.cache).returncode == 0
    assert (tmp_path / "dist").is_symlink()
    assert (tmp_path / "disk" / "dist" / "site" / "index.html").is_file()


def test_a_report_for_programs_stands_alone_on_standard_output(house: House, tmp_path: Path) -> None:
    shown = run("build", house.content, "--out", tmp_path / "d", "--format", "json", cache=house.project.cache)
    assert json.loads(shown.stdout) == {"diagnostics": []}


def test_an_ascii_terminal_is_no_reason_to_fail(house: House) -> None:
    shown = run("check", house.content, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert shown.returncode == 0
    assert "Traceback" not in shown.stderr


def test_list_shows_ids_and_titles(house: House) -> None:
    rows = [line.split("\t") for line in run("list", house.content).stdout.splitlines()]
    assert ["letter/example", "今晚问孩子一句话", "家长"] in [row[:3] for row in rows]


def test_clean_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    for name in ("build.py", "hooks.py", "mkdocs.yml", "generator", "themes", "content"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, tmp_path / name)
    for name in (
        "dist/site/index.html",
        "dist/manifest.json",
        ".cache/made/html/x",
        ".cache/fonts/face.otf",
        "preview/manifest.json",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    before = {p for p in tmp_path.rglob("*") if p.is_file()}
    subprocess.run([sys.executable, "build.py", "clean"], cwd=tmp_path, check=True, capture_output=True)
    gone = {p.relative_to(tmp_path).parts[0] for p in before if not p.exists()}
    assert gone == {"dist", ".cache", "preview"}
    assert (tmp_path / ".cache" / "fonts" / "face.otf").is_file()


def test_doctor_names_the_face_of_every_role_and_every_library() -> None:
    shown = run("doctor")
    assert shown.returncode == 0
    for words in ("仿宋", "楷体", "宋体", "黑体", "大标题", "FandolFang-Regular", "libharfbuzz-subset", "weasyprint"):
        assert words in shown.stdout


def test_a_faulty_kind_is_named_without_a_traceback(house: House, tmp_path: Path) -> None:
    (tmp_path / "memo").mkdir()
    (tmp_path / "memo" / "kind.yml").write_text(
        "name: 便条\nicon: msg\npage: {template: page.html, reads: []}\n", "utf-8"
    )
    shown = run("check", house.content, "--kinds", tmp_path)
    assert shown.returncode == 1
    assert "page.html" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_without_the_library_that_cuts_faces_one_sentence_says_so(tmp_path: Path) -> None:
    house = House(tmp_path)
    program = "import sys, build; from generator.press import fonts"
    program += "; fonts.SUBSETTER = ('libnone.so',); sys.exit(build.main(['build', *sys.argv[1:]]))"
    command = [sys.executable, "-c", program, str(house.content), "--out", str(house.dist)]
    settings = {"LIBRARY_CACHE": str(tmp_path / "cache"), "PATH": os.environ["PATH"]}
    told = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "没有 libharfbuzz-subset，做不了 PDF" in told.stderr
    assert not house.dist.exists()
