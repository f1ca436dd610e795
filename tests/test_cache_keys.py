"""What an artifact's key holds: an edit of any input makes again what depends on it, and nothing else."""

from __future__ import annotations

import base64
import os
import shutil
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from generator import outputs, pipeline, store
from generator.model import Artifact, Made, Project
from generator.press import plan as sheets
from generator.publish import workers
from generator.site import pages, render
from generator.store import Bundle, Store
from tests.house import KINDS, ROOT, House, examples

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="{}" height="90"/></svg>'
GUIDE = "site/pdf/guide/example.pdf"
BOOK = "site/pdf/book-parents.pdf"
PRINTS = ("pdf", "book", "preview", "pages")  # a picture follows its print


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A guide with a picture and a letter, in a project whose themes and kinds may be edited."""
    files = {name: text for name, text in examples(KINDS).items() if name.startswith(("guide", "letter"))}
    house = House(tmp_path, files)
    shutil.copytree(ROOT / "themes", tmp_path / "themes")
    shutil.copytree(KINDS, tmp_path / "kinds")
    house.project = replace(house.project, themes=tmp_path / "themes", kinds=(tmp_path / "kinds",))
    house.project.fonts.mkdir(parents=True)
    for face in (ROOT / ".cache" / "fonts").glob("*.otf"):
        (house.project.fonts / face.name).symlink_to(face)
    house.write("guide/door.svg", SQUARE.format(40))
    house.edit("guide/example.md", "## 明天找谁", "![门](door.svg)\n\n## 明天找谁")
    house.write("schools/demo.yml", "学校名称: 某某小学\n")
    yield house
    store.code_digest.cache_clear()


def keys(project: Project, school: str = "") -> dict[str, str]:
    """Return the key of every artifact by output and path; nothing is made."""
    library, found = pipeline.check(project, school)
    assert not [d for d in found if d.severity == "error"]
    planned = outputs.plan(library, project) + render.artifacts(pages.plan(library, {}), library, project)
    return {f"{artifact.output} {artifact.path}": artifact.depends for artifact in planned}


def append(name: str, text: str) -> Callable[[House], None]:
    def edit(house: House) -> None:
        path = house.content.parent / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    return edit


@pytest.mark.parametrize(
    ("edit", "again"),
    [
        (append("content/guide/door.svg", "<!-- other -->"), {*PRINTS}),
        (append("content/guide/example.md", "\n再说一句。\n"), {*PRINTS, "search", "page"}),
        (append("themes/print/content.css", "/* other */"), {*PRINTS}),
        (append("themes/tokens.yml", "# other\n"), {*PRINTS, "page"}),
        (append("themes/fonts.yml", "# other\n"), {*PRINTS}),
        (append("themes/site/static/assets/base.css", "/* other */"), {"page"}),
        (append("themes/site/pages/_icons.html", "{# other #}"), {"page"}),
        (append("kinds/guide/page.html", "{# other #}"), {*PRINTS, "page"}),
        (
            lambda house: house.edit("library.yml", "publisher: 某某区教育局", "publisher: 示例区教育局"),
            {*PRINTS, "page"},
        ),
    ],
    ids=["picture", "text", "print css", "tokens", "fonts", "site css", "site template", "kind", "publisher"],
)
def test_an_edit_makes_again_what_depends_on_it(house: House, edit: Callable[[House], None], again: set[str]) -> None:
    before = keys(house.project)
    edit(house)
    after = keys(house.project)
    assert {name.split()[0] for name, key in after.items() if before.get(name) != key} == again


def test_a_picture_makes_again_only_what_shows_it(house: House) -> None:
    before = keys(house.project)
    append("content/guide/door.svg", "<!-- other -->")(house)
    after = keys(house.project)
    changed = {name for name in after if before[name] != after[name]}
    assert f"pdf {GUIDE}" in changed
    assert not [name for name in changed if "letter" in name]


def test_a_school_changes_all_that_says_its_name(house: House) -> None:
    before, after = keys(house.project), keys(house.project, "demo")
    assert {name.split()[0] for name in after if before[name] != after[name]} >= {"pdf", "book", "page"}


def test_the_day_is_in_no_key(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(house.project)
    monkeypatch.setenv("LIBRARY_TODAY", "2026-12-01")
    assert keys(house.project) == before


def test_another_program_makes_everything_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(house.project)
    bundle = Bundle(Store(house.project.cache), "test", "1")
    for number in range(store.FEW + 1):
        bundle.put(str(number), number + 1)
    bundle.save()
    assert Bundle(Store(house.project.cache), "test", "1").get("7") == 8
    monkeypatch.setattr(store, "version", lambda name: "99" if name == "nh3" else "1")
    store.code_digest.cache_clear()
    after = keys(house.project)
    assert {name for name in after if before[name] == after[name]} == set()
    assert Bundle(Store(house.project.cache), "test", "1").get("7") is None


def test_the_digest_of_the_program_holds_code_and_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def digest() -> str:
        store.code_digest.cache_clear()
        return store.code_digest()

    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "code.py").write_text("ONE = 1\n", "utf-8")
    monkeypatch.setattr(store, "__file__", str(tmp_path / "store.py"))
    first = digest()
    assert digest() == first
    (tmp_path / "room" / "code.py").write_text("ONE = 2\n", "utf-8")
    second = digest()
    monkeypatch.setattr(store, "_library", lambda function, files: "0.1")
    assert len({first, second, digest()}) == 3
    monkeypatch.undo()
    store.code_digest.cache_clear()


def test_libraries_say_their_version_and_missing_ones_nothing() -> None:
    assert store._library("pango_version_string", store.LIBRARIES["pango_version_string"]).count(".") == 2
    assert store._library("pango_version_string", ("libnowhere.so.9",)) == ""


def test_a_picture_that_is_edited_broken_and_mended_is_printed_as_it_is(house: House) -> None:
    good = house.build()
    assert good.codes == []
    edited = house.write("guide/door.svg", SQUARE.format(80)).build()
    assert {GUIDE, BOOK} <= edited.changed
    broken = house.write("guide/door.svg", "no picture").build()
    assert "P604" in broken.codes
    assert not broken.written
    mended = house.write("guide/door.svg", SQUARE.format(40)).build()
    assert mended.codes == []
    assert {GUIDE, BOOK} <= mended.changed


def test_pictures_are_found_however_they_are_written(house: House) -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
    house.write("guide/dot.png", base64.b64decode(pixel))
    house.edit("guide/example.md", "![门](door.svg)", '![门][a]\n\n[a]: door.svg\n\n<IMG src="dot.png" alt="点">')
    library, _ = pipeline.check(house.project)
    planned = {artifact.path: artifact for artifact in outputs.plan(library, house.project)}
    assert set(planned[GUIDE].args["images"]) == {"door.svg", "dot.png"}
    assert all(planned[GUIDE].args["images"].values())


def test_other_faces_get_a_press_of_their_own(house: House) -> None:
    first = sheets.press(house.project)
    assert sheets.press(house.project) is first
    fonts = house.project.themes / "fonts.yml"
    face = next((ROOT / ".cache" / "fonts").glob("*Hei*Regular.otf"))
    shutil.copy(face, house.project.themes / "own.otf")
    fonts.write_text(fonts.read_text("utf-8").replace('own: ""', "own: own.otf", 1), "utf-8")
    assert sheets.press(house.project) is not first


def _small(artifact: Artifact) -> Made:
    return Made(artifact.path.encode())


def test_what_workers_made_is_let_go_when_it_is_taken() -> None:
    artifacts = [Artifact(str(number), "text/plain", "test", {}, "") for number in range(40)]
    taken, held = [], []
    for _, made in workers.run(artifacts, _small, jobs=2):
        taken.append(weakref.ref(made))
        held.append(sum(one() is not None for one in taken))
    assert len(taken) == 40
    # What a worker hands over at this very moment may still be on its way.
    assert held[-1] < 10


def test_a_style_saved_while_sheets_are_made_is_not_mixed_with_the_old_one(house: House) -> None:
    style = house.project.themes / "print" / "content.css"
    plain = style.read_text("utf-8")

    def save(done: int, total: int, name: str) -> None:
        style.write_text(plain + "\nh2{letter-spacing:1mm}\n", "utf-8")

    def digests(result: pipeline.Result) -> dict[str, str]:
        return {entry.path: entry.digest for entry in result.entries if entry.path.endswith(".pdf")}

    new = digests(pipeline.make(house.project, jobs=1, progress=save))
    assert new == digests(pipeline.make(house.project, jobs=1))
    style.write_text(plain, "utf-8")
    assert new != digests(pipeline.make(house.project, jobs=1))


def test_a_picture_saved_while_sheets_are_made_is_not_mixed_with_the_old_one(house: House) -> None:
    plain = SQUARE.format(40)

    def save(done: int, total: int, name: str) -> None:
        if saving:
            house.write("guide/door.svg", SQUARE.format(80))

    def digests() -> dict[str, str]:
        result = pipeline.make(house.project, jobs=1, progress=save)
        return {entry.path: entry.digest for entry in result.entries if entry.path.endswith(".pdf")}

    saving = True
    # The picture is saved when the first sheet is done, and read for the book after that.
    new = digests()
    saving = False
    assert new == digests()
    house.write("guide/door.svg", plain)
    old = digests()
    assert {path for path in new if old[path] != new[path]} >= {GUIDE, BOOK}


def test_what_cannot_be_made_counts_as_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(artifact: Artifact, project: Project) -> Made:
        raise RuntimeError(artifact.path)

    told: list[tuple[int, int]] = []
    monkeypatch.setitem(outputs.MAKERS, "pdf", fail)
    pipeline.make(house.project, jobs=1, progress=lambda done, total, name: told.append((done, total)))
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("left", [b"", b"\x80\x05"], ids=["emptied", "cut short"])
def test_a_damaged_bundle_is_as_if_nothing_were_kept(tmp_path: Path, left: bytes) -> None:
    bundle = Bundle(Store(tmp_path), "lines", "key")
    for number in range(2 * store.FEW):
        bundle.put(str(number), "kept")
    bundle.save()
    assert Bundle(Store(tmp_path), "lines", "key").get("7") == "kept"
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(left)
    assert Bundle(Store(tmp_path), "lines", "key").get("7") is None


def test_a_store_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    store = Store(tmp_path)
    days = {"asked": 9, "old": 8, "older": 10, "young": 0}
    for name, age in days.items():
        store.put("data", name, b"x" * 100)
        path, then = next(tmp_path.rglob(name[2:])), time.time() - age * 86_400
        os.utime(path, (then, then))
    assert store.get("data", "asked")
    store.prune(limit=300)
    assert [name for name in days if store.size("data", name) == 100] == ["asked", "old", "young"]
    store.prune(limit=0)  # within the hour nothing is looked through again
    assert store.size("data", "old") == 100
    os.utime(tmp_path / "pruned", (0, 0))
    store.prune(limit=0)
    assert [name for name in days if store.size("data", name) == 100] == ["asked", "old", "young"]
