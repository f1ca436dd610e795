"""A whole build: what an edit makes again, what survives a failure, what two builds have in common."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.publish import tree
from generator.publish.cache import Damaged
from tests.house import ROOT, House

EXAMPLES = [f"{kind}/example" for kind in ("guide", "kit", "lesson", "letter", "pledge", "policy", "speech")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"))
    built = house.build()
    assert built.codes == []
    return house


@pytest.fixture
def house(built: House, tmp_path: Path) -> House:
    """A built house of one's own: the module's, copied with its cache."""
    own = House(tmp_path)
    for name in ("content", "cache", "dist"):
        shutil.copytree(built.content.parent / name, tmp_path / name, dirs_exist_ok=True)
    return own


def bytes_below(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_document_gets_a_page_and_a_pdf_with_a_name_that_says_what_it_is(built: House) -> None:
    for id_ in EXAMPLES:
        assert (built.dist / "site" / f"{id_}.html").is_file()
        assert (built.dist / "site" / "pdf" / f"{id_}.pdf").read_bytes().startswith(b"%PDF")
    assert (built.dist / "pdf" / "家长" / "今晚问孩子一句话（信和回执）.pdf").is_file()
    assert (built.dist / "pdf" / "学生" / "一个人吃饭的时候（学习单）.pdf").is_file()
    assert (built.dist / "pdf" / "教师" / "教师用书.pdf").is_file()
    same = (built.dist / "pdf" / "家长" / "今晚问孩子一句话（信和回执）.pdf").stat()
    assert same.st_ino == (built.dist / "site" / "pdf" / "letter" / "example.pdf").stat().st_ino


def test_manifest_lists_every_file_with_digest_and_source(built: House) -> None:
    listed = json.loads((built.dist / "manifest.json").read_text("utf-8"))["artifacts"]
    found = bytes_below(built.dist)
    named = {path for entry in listed for path in (entry["path"], *entry["copies"])}
    assert named == set(found) - {"manifest.json"}
    assert all(found[entry["path"]] == entry["digest"] for entry in listed)
    assert {e["sources"][0] for e in listed if e["path"].startswith("site/pdf/kit/")} == {"kit/example/kit.md"}


def test_nothing_changed_writes_nothing(house: House) -> None:
    before = {path: path.stat().st_mtime_ns for path in house.dist.rglob("*")}
    again = house.build()
    assert (again.result.made, again.written) == (0, False)
    assert {path: path.stat().st_mtime_ns for path in house.dist.rglob("*")} == before


def test_an_edit_of_the_body_makes_its_own_files_again_and_the_books_that_hold_it(house: House) -> None:
    again = house.edit("letter/example.md", "您好！", "各位家长好！").build()
    own = {
        "site/letter/example.html",
        "site/pdf/letter/example.pdf",
        "site/pdf/letter/example-large.pdf",
        "site/pdf/book-parents.pdf",
        "site/pdf/book-parents-colour.pdf",
        "site/search/t/letter/example.js",
        "site/offline.zip",
        # What lists all files with size and digest.
        "site/catalog.json",
        "site/catalog.csv",
    }
    assert own <= again.changed
    # Pictures follow their prints, and other pages may change where they list it: its size stands there.
    pictures = {path for path in again.changed if path.endswith(".webp")}
    assert {path.split("/")[2].partition("-")[0].partition(".")[0] for path in pictures} == {"letter", "book"}
    shards = {path for path in again.changed if path.startswith("site/search/s/")}
    # On the page for mirrors stands the sum of all sizes.
    for path in again.changed - own - pictures - shards - {"site/mirror.html"}:
        assert path.endswith(".html")
        assert "今晚问孩子一句话" in again.read(path)


def test_a_help_line_written_once_changes_everywhere(house: House) -> None:
    changed = house.edit("library.yml", "name: 青少年服务台", "name: 青少年热线").build()
    assert {"site/letter/example.html", "site/pdf/letter/example.pdf", "site/guide/example.html"} <= changed.changed
    assert "青少年热线" in changed.read("site/letter/example.html")
    assert "青少年服务台" not in changed.read("site/guide/example.html")


def test_a_faulty_edit_leaves_the_last_good_build(house: House) -> None:
    before = bytes_below(house.dist)
    faulty = house.edit("letter/example.md", "title:", "titel:").build()
    assert faulty.result.faulty
    assert "S301" in faulty.codes
    assert bytes_below(house.dist) == before


def test_a_fault_of_the_press_is_reported_at_its_place_and_again_from_the_cache(house: House) -> None:
    house.edit("guide/example.md", "## 明天找谁", "这里有个印不出的字：\ue000。\n\n## 明天找谁")
    for _ in range(2):
        found = [d for d in house.build().result.diagnostics if d.code == "P601"]
        assert found
        assert {(d.place.file, d.place.line) for d in found} == {("guide/example.md", 23)}


def test_an_image_that_cannot_be_read_is_an_error_with_its_place(house: House) -> None:
    house.write("guide/broken.png", b"not a picture")
    house.edit("guide/example.md", "## 明天找谁", "![门](broken.png)\n\n## 明天找谁")
    found = [d for d in house.build().result.diagnostics if d.code == "P604"]
    assert found
    assert all((d.place.file, d.place.line) == ("guide/example.md", 23) for d in found)


def test_a_word_too_long_for_the_page_is_an_error(house: House) -> None:
    house.edit("guide/example.md", "## 明天找谁", f"`{'x' * 200}`\n\n## 明天找谁")
    assert "P602" in house.build().codes


def test_two_clean_builds_give_the_same_bytes(built: House, tmp_path: Path) -> None:
    other = House(tmp_path / "another place")
    environment = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LIBRARY_TODAY": "2026-12-24"}
    command = [sys.executable, "build.py", "build", str(other.content), "--out", str(other.dist), "--jobs", "2"]
    subprocess.run(command, cwd=ROOT, env={**environment, "LIBRARY_CACHE": str(tmp_path / "c")}, check=True)
    assert bytes_below(other.dist) == bytes_below(built.dist)


def processes(cache: Path) -> list[str]:
    """Return the processes that work with `cache`, by their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"LIBRARY_CACHE={cache}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(folder.name)
        except OSError:
            continue
    return found


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_a_killed_build_leaves_the_last_good_one(house: House, tmp_path: Path) -> None:
    before = bytes_below(house.dist)
    house.edit("library.yml", "publisher: 某某区教育局", "publisher: 示例区教育局")
    command = [sys.executable, "build.py", "build", str(house.content), "--out", str(house.dist), "--jobs", "2"]
    build = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LIBRARY_CACHE": str(tmp_path / "cache")})
    wait_until(lambda: len(processes(tmp_path / "cache")) > 2)
    build.send_signal(signal.SIGKILL)
    build.wait()
    assert bytes_below(house.dist) == before
    wait_until(lambda: processes(tmp_path / "cache") == [])
    assert house.build().written


def test_a_second_build_at_the_same_time_is_refused(house: House) -> None:
    entries = house.build().result.entries
    with tree.locked(house.dist), pytest.raises(tree.Busy):
        tree.publish(house.dist, entries)


def test_an_interrupted_swap_is_put_right(house: House) -> None:
    before = bytes_below(house.dist)
    house.dist.rename(house.dist.with_name(".dist.old"))
    (house.dist.parent / ".dist.new-half").mkdir()
    tree.recover(house.dist)
    assert bytes_below(house.dist) == before
    assert sorted(p.name for p in house.dist.parent.glob("*dist*") if p.is_dir()) == ["dist"]


def test_a_damaged_tree_is_mended_by_the_next_build(house: House) -> None:
    before = bytes_below(house.dist)
    (house.dist / "pdf" / "家长" / "家长读本.pdf").unlink()
    page = house.dist / "site" / "index.html"
    text = page.read_text("utf-8")
    page.unlink()
    page.write_text(text.replace("阳光", "月光"), "utf-8")
    assert house.build().written
    assert bytes_below(house.dist) == before


def test_damage_in_the_cache_is_never_published(house: House) -> None:
    before = bytes_below(house.dist)
    for path in sorted((house.project.cache / "data").rglob("*")):
        if path.is_file():
            path.write_bytes(b"")
    for path in sorted((house.project.cache / "record").rglob("*"))[:40]:
        if path.is_file():
            path.write_bytes(b"")
    shutil.rmtree(house.dist)
    assert house.build().written
    assert bytes_below(house.dist) == before


def test_bytes_changed_in_the_cache_are_noticed(house: House) -> None:
    record = max((house.project.cache / "data").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    record.write_bytes(bytes(record.stat().st_size))
    shutil.rmtree(house.dist)
    with pytest.raises(Damaged):
        house.build()
    assert house.build().written


def test_nothing_is_written_into_the_content(house: House) -> None:
    before = bytes_below(house.content)
    house.edit("letter/example.md", "您好！", "各位好！").build()
    assert {p for p, d in bytes_below(house.content).items() if before.get(p) != d} == {"letter/example.md"}


def test_a_school_prints_its_own_name_and_without_one_a_blank(house: House) -> None:
    profile = "学校名称: 某某小学\n班主任电话: 0000-0000000\n"
    own = house.write("schools/demo.yml", profile).build(school="demo")
    assert own.codes == []
    assert "0000-0000000" in own.read("site/letter/example.html")
    assert "（班主任电话）" in house.build().read("site/letter/example.html")
