"""Content written in bad faith or by accident: nothing of it runs, leaves the machine or ends in a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from generator import markup, pipeline, view
from generator.store import Store
from generator.theme import date_cn
from tests.helpers import LAWS, check, content, places, project, text
from tests.house import ROOT, House

CLASHING = {
    "lesson/x/lesson.md": text("lesson"),
    "lesson/x/worksheet.md": "正文。\n",
    "lesson/x-worksheet/lesson.md": text("lesson"),
    "lesson/x-worksheet/worksheet.md": "正文。\n",
}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('&#123;{x" onmouseover="alert(1)" y="}}', '{{x" onmouseover="alert(1)" y="}}'),
        (r"\{\{学校名称\}\}", "{{学校名称}}"),
        ("&#123;&#123;nix}}", "{{nix}}"),
        ("{<var>{学校名称}}", "{{学校名称}}"),
        ('<va<var>r data-fill="nix"></var>', "{{nix}}"),
    ],
)
def test_what_only_looks_like_a_placeholder_stays_text(tmp_path: Path, typed: str, shown: str) -> None:
    house = House(tmp_path, {"guide/a.md": text(body=f"开头。\n\n{typed}\n")})
    built = house.build()
    assert not built.result.faulty, built.codes
    page = built.read("site/guide/a.html")
    assert shown in page
    assert not re.search(r"<[^>]*onmouseover", page)


def test_a_placeholder_in_typed_html_is_filled_and_escaped(tmp_path: Path) -> None:
    body = '<p>{{学校名称}}</p>\n\n<p>{{x" onmouseover="alert(1)" y="}}</p>\n'
    root = content(tmp_path, {"guide/a.md": text(body=body)})
    assert places(pipeline.check(project(root))[1]) == [("R401", "guide/a.md", 15, 4)]
    kept = markup.html(body, Store(tmp_path / "store"))
    assert '<var data-fill="学校名称"></var>' in kept
    assert 'data-fill="x&quot; onmouseover=&quot;alert(1)&quot; y=&quot;"' in kept


def test_the_frame_escapes_what_editors_call_the_library_and_its_shelves() -> None:
    env = Environment(loader=FileSystemLoader(ROOT / "themes" / "site" / "frame"))  # escapes nothing, as in MkDocs
    rude = '"><b id=rude>'
    shelf = {"id": "x", "href": "x.html", "title": rude, "name": rude}
    named = dict.fromkeys(("name", "tagline", "publisher", "licence_note", "base_url"), rude)
    site = {**named, "nav": [shelf], "audiences": [shelf], "kinds": [shelf]}
    meta = {"root": "", "description": rude, "url": rude, "image": rude, "data": ""}
    for nav in ("home", "x"):
        page = {"title": rude, "content": "", "canonical_url": rude, "meta": {**meta, "nav": nav}}
        html = env.get_template("main.html").render(page=page, config={"extra": {"site": site, "version": "1"}})
        assert html.count("&lt;b id=rude&gt;") > 10
        assert rude not in html


def test_an_unknown_placeholder_is_shown_as_typed() -> None:
    assert view.filler({}, None)("<b>") == "{{&lt;b&gt;}}"


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ('<img src="data:image/svg+xml,x">', 11),
        ('<img alt="a>b" src="file:///etc/hostname">', 21),
        ("<img src='//evil.example/x.png'>", 11),
        ("<img src=data:x>", 10),
        ('<a href="//evil.example">甲</a>', 10),
        (r'<a href="\\evil.example">甲</a>', 10),
        ('<a href="&#47;/evil.example">甲</a>', 10),
        ('<A HREF="java&#10;script:x">甲</A>', 10),
    ],
)
def test_addresses_in_typed_html_that_are_taken_away_are_reported(tmp_path: Path, typed: str, column: int) -> None:
    found = check(tmp_path, {"guide/a.md": text(body=f"{typed}\n")})
    line = text().split("\n").index("正文。") + 1
    assert places(found) == [("R413", "guide/a.md", line, column)]


def test_addresses_in_typed_html_that_are_kept_are_no_fault(tmp_path: Path) -> None:
    body = '<a href="https://a.cn">甲</a><a href="tel:110">乙</a><a href="#丙">丙</a>\n\n## 丙\n\n文。\n'
    assert check(tmp_path, {"guide/a.md": text(body=body)}) == []


def test_hidden_files_and_links_are_not_published(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.write("letter/shown.png", b"png").write("letter/.hidden/x.png", b"png").write("letter/~x.png", b"png")
    (house.content / "letter" / ".x.png").symlink_to("/etc/hostname")
    (house.content / ".away").symlink_to(tmp_path)
    (house.content / "letter" / ".folder.png").mkdir()
    built = house.build()
    pictures = {
        entry.path for entry in built.result.entries if entry.path.endswith(".png") and "/content/" in entry.path
    }
    assert pictures == {"site/content/letter/shown.png"}


def test_a_linked_picture_is_not_found(tmp_path: Path) -> None:
    root = content(tmp_path, {"guide/a.md": text(body="![名](.x.png)\n")})
    (root / "guide" / ".x.png").symlink_to("/etc/hostname")
    assert [d.code for d in pipeline.check(project(root))[1]] == ["R407"]


@pytest.mark.parametrize(
    ("written", "read"), [("2021-06-01", "2021年6月1日"), ('"2021-06"', "2021年6月"), ('"2021"', "2021年")]
)
def test_a_law_may_be_in_force_from_a_day_month_or_year(tmp_path: Path, written: str, read: str) -> None:
    assert check(tmp_path, {"laws.yml": LAWS.replace("2021-06-01", written)}) == []
    assert date_cn(written.strip('"')) == read


@pytest.mark.parametrize("written", ["二〇二一年", '"2021-6"', '"2021-13"', "2021-06-32", '""'])
def test_another_date_in_the_registry_of_laws_is_reported(tmp_path: Path, written: str) -> None:
    found = check(tmp_path, {"laws.yml": LAWS.replace("2021-06-01", written)})
    assert places(found)[0][:3] == ("S310", "laws.yml", 6)
    assert "2021-06" in found[0].message


@pytest.mark.parametrize("closed", ["guide/a.md", "lesson/x/worksheet.md", "guide"])
def test_what_cannot_be_opened_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    files = {"guide/a.md": text(), "lesson/x/lesson.md": text("lesson"), "lesson/x/worksheet.md": "正文。\n"}
    root = content(tmp_path, files)

    def refusing(name: str) -> None:
        real = getattr(Path, name)

        def refuse(path: Path) -> object:
            if path == root / closed:
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(Path, name, refuse)

    # Root, who runs the tests in containers, may open everything.
    refusing("read_bytes")
    refusing("iterdir")
    assert places(pipeline.check(project(root))[1]) == [("F112", closed, 0, 0)]


def test_two_documents_with_one_pdf_are_reported(tmp_path: Path) -> None:
    (found,) = check(tmp_path, CLASHING)
    assert (found.code, found.place.file) == ("R415", "lesson/x-worksheet/lesson.md")
    assert [place.file for place in found.related] == ["lesson/x/lesson.md"]
    assert "lesson/x" in found.message
    assert "学习单" in found.message


@pytest.mark.parametrize("school", ["../library", "../laws", "nowhere", "./demo"])
def test_only_a_profile_is_a_school(tmp_path: Path, school: str) -> None:
    files = {"schools/demo.yml": "学校名称: 某某小学\n"}
    assert [d.code for d in check(tmp_path, files, school)] == ["F112"]
    assert check(tmp_path, files, "demo") == []


def test_a_faulty_profile_is_not_missing_as_well(tmp_path: Path) -> None:
    assert [d.code for d in check(tmp_path, {"schools/demo.yml": "- 甲\n"}, "demo")] == ["Y205"]
