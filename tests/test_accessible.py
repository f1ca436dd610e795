"""What a screen reader is told by finished PDFs, and what reading them back reports."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from pypdfium2 import raw

from generator import pipeline
from generator.press import finished, plan
from generator.press.engine import Press
from tests import accessible, paper
from tests.house import ROOT, Built, House

SHEET = """<!doctype html><html lang="zh-CN"><head><title>试</title><style>
@page{{size:A4;margin:30mm;@top-center{{content:"页眉文字";font-family:var(--hei)}}}}
body{{font:12pt/1.6 var(--song);margin:0}}
table{{border-collapse:collapse}} td,th{{border:1px solid #000}}
</style></head><body>{}</body></html>"""


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(ROOT / "themes", tmp_path_factory.mktemp("content"), ROOT / ".cache" / "fonts")


def structure(press: Press, body: str) -> tuple[Any, pikepdf.Pdf]:
    pdf = pikepdf.open(io.BytesIO(press.render(SHEET.format(body)).data))
    return pdf.Root.StructTreeRoot.K[0], pdf


def outline(element: Any) -> Any:
    """Return the structure below an element as nested lists of types; marked content counts as its number."""
    kids = [outline(kid) if isinstance(kid, pikepdf.Dictionary) else int(kid) for kid in element.get("/K", [])]
    return [str(element.get("/S", element.get("/Type"))).lstrip("/"), *kids]


def elements(element: Any, kind: str) -> list[Any]:
    kids = [kid for kid in element.get("/K", []) if isinstance(kid, pikepdf.Dictionary)]
    own = [element] if element.get("/S") == f"/{kind}" else []
    return own + [found for kid in kids for found in elements(kid, kind)]


def test_pdfs_of_all_examples_and_their_books_pass_both_checkers(tmp_path: Path) -> None:
    house = House(tmp_path)
    assert house.build().codes == []
    files = sorted((house.dist / "site" / "pdf").rglob("*.pdf"))
    assert any(file.name.startswith("book-") for file in files)
    assert not accessible.findings(files)


@pytest.mark.slow
def test_pdfs_of_the_whole_library_pass_both_checkers(tmp_path: Path) -> None:
    result = pipeline.make(pipeline.project_of(ROOT / "content"))
    assert not result.faulty
    pdfs = [entry for entry in result.entries if entry.path.startswith("site/pdf/") and entry.path.endswith(".pdf")]
    assert pdfs
    for entry in pdfs:
        (tmp_path / entry.path.removeprefix("site/pdf/").replace("/", "-")).write_bytes(entry.read())
    assert not accessible.findings(sorted(tmp_path.iterdir()))


def test_text_is_one_piece_however_it_was_set(press: Press) -> None:
    top, _ = structure(press, "<h1>标题</h1><p>他说：“好”，<b>走了</b>——这里。</p><div>只有<span>字</span>的一格</div>")
    assert [each[0] for each in outline(top)[1:]] == ["H1", "P", "P"]
    assert all(isinstance(kid, int) for block in outline(top)[1:] for kid in block[1:])


def test_running_heads_and_empty_elements_are_not_read(press: Press) -> None:
    body = "<h2></h2><p>一</p><p><span></span></p><p style='break-before:page'>二</p>"
    top, pdf = structure(press, body)
    assert [each[0] for each in outline(top)[1:]] == ["P", "P"]
    for page in pdf.pages:
        marks = [str(each.operands[0]) for each in pikepdf.parse_content_stream(page) if str(each.operator) == "BDC"]
        assert marks.count("/Artifact") == 1
    assert "页眉文字" in "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data(pdf)))


def data(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def test_a_table_on_two_pages_is_one_with_one_head(press: Press) -> None:
    rows = "".join(f"<tr><th scope='row'>第{n}行</th><td>内容</td></tr>" for n in range(60))
    top, pdf = structure(press, f"<table><thead><tr><th>名</th><th>值</th></tr></thead><tbody>{rows}</tbody></table>")
    assert len(pdf.pages) > 1
    (table,) = elements(top, "Table")
    assert len(elements(table, "THead")) == 1
    assert len(elements(table, "TR")) == 61
    names = {str(cell.ID) for cell in elements(table, "TH")}
    for cell in elements(table, "TD"):
        headers = [str(name) for name in cell.A.Headers]
        assert len(headers) == 2
        assert set(headers) <= names
    assert {str(cell.A.Scope) for cell in elements(table, "TH")} == {"/Column", "/Row"}


def test_a_link_is_one_place_to_press_with_its_words(press: Press) -> None:
    top, pdf = structure(press, '<p>打<a href="tel:12355"><b>12355</b>（<span>热线</span>）</a></p>')
    (link,) = elements(top, "Link")
    (annotation,) = pdf.pages[0].Annots
    assert (str(annotation.Contents), int(annotation.F)) == ("12355（热线）", 4)
    assert annotation.objgen in [kid.Obj.objgen for kid in link.K if isinstance(kid, pikepdf.Dictionary)]


def test_headings_of_a_chapter_rank_below_its_part(press: Press) -> None:
    top, _ = structure(press, "<section><h1>篇</h1><article><h1>章</h1><h2>节</h2></article></section><h1>附</h1>")
    ranks = [each for kind in ("H1", "H2", "H3") for each in elements(top, kind)]
    assert [str(each.S) for each in ranks] == ["/H1", "/H1", "/H2", "/H3"]


def test_a_figure_lies_where_its_structure_says(press: Press) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" style="width:20mm;height:20mm;display:block">'
    top, _ = structure(press, f'{svg}<title>方块</title><path d="M0 0h1v1H0z"/></svg>')
    (figure,) = elements(top, "Figure")
    box = [round(float(each) * paper.MM) for each in figure.A.BBox]
    assert box == [30, 297 - 50, 50, 297 - 30]


def test_a_drawing_without_a_title_is_not_read(press: Press) -> None:
    top, pdf = structure(
        press, '<p>一</p><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
    )
    assert elements(top, "Figure") == []
    marks = [str(each.operands[0]) for each in pikepdf.parse_content_stream(pdf.pages[0]) if each.operands]
    assert "/Figure" not in marks


def test_the_rules_of_a_table_are_one_drawing(press: Press) -> None:
    table = "<table><tr><th>甲</th><th>乙</th></tr>" + "<tr><td>一</td><td>二</td></tr>" * 3 + "</table>"
    page = pypdfium2.PdfDocument(press.render(SHEET.format(table)).data)[0]
    paths = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]))
    assert len(paths) == 1
    # Four rows and two columns have 4 × 3 upright and 5 × 2 level pieces, two points each.
    assert raw.FPDFPath_CountSegments(paths[0]) == 2 * (12 + 10)


def test_a_cell_to_write_in_says_so(press: Press) -> None:
    found = press.render(SHEET.format("<table><tr><th>姓名</th><th>电话</th></tr><tr><td></td><td></td></tr></table>"))
    assert pypdfium2.PdfDocument(found.data)[0].get_textpage().get_text_range().count("待填") == 2


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A library under a theme that stretches pictures, begins a page for nothing and names no language."""
    folder = tmp_path_factory.mktemp("spoilt")
    shutil.copytree(ROOT / "themes", folder / "themes")
    (folder / ".cache").symlink_to(ROOT / ".cache")
    with open(folder / "themes" / "print" / "content.css", "a") as style:
        style.write(".text img{width:100%;image-resolution:96dpi}.source{break-before:page}.source *{display:none}")
    base = folder / "themes" / "print" / "base.html"
    base.write_text(base.read_text("utf-8").replace(' lang="zh-CN"', "", 1), "utf-8")
    house = House(folder)
    house.project = dataclasses.replace(house.project, themes=folder / "themes")
    for name in ("small.png", "plain.png"):
        house.write(f"guide/{name}", png(Image.new("RGB", (80, 60), "white")))
    house.write("guide/camera.png", png(Image.frombytes("RGB", (1400, 1400), os.urandom(1400 * 1400 * 3))))
    pictures = "![一扇小门](small.png)\n\n![一张照片](camera.png)\n\n![](plain.png)\n\n## 明天找谁"
    return house.edit("guide/example.md", "## 明天找谁", pictures).build()


def png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=1)
    return target.getvalue()


@pytest.mark.parametrize(
    ("code", "severity", "line", "words"),
    [
        ("P612", "error", 0, "第 "),
        ("P613", "error", 0, "PDF/UA-1"),
        ("P614", "warning", 23, "一扇小门"),
        ("P615", "warning", 0, " MB"),
        ("P617", "error", 27, "plain.png"),
    ],
)
def test_what_reading_back_finds_is_reported_at_its_place(
    spoilt: Built, code: str, severity: str, line: int, words: str
) -> None:
    found = [each for each in spoilt.result.diagnostics if each.code == code and each.place.file == "guide/example.md"]
    assert found, spoilt.codes
    assert {each.severity for each in found} == {severity}
    assert line in {each.place.line for each in found}
    assert any(words in each.message for each in found)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ('<div style="break-before:page;height:1mm"></div><p style="break-before:page">乙</p>', {"第 2 页"}),
        ('<p style="break-before:right">乙</p>', set()),
    ],
    ids=["by mistake", "so that the next is on the right side"],
)
def test_an_empty_page_without_a_running_head_is_reported_unless_it_was_meant(
    press: Press, second: str, found: set[str]
) -> None:
    bare = re.sub(r"@top-center\{\{.*?\}\}", "", SHEET).format(f"<p>甲</p>{second}")
    made = plan.read_back(press.render(bare))
    assert made.facts["pages"] == 3
    assert {problem.detail for problem in made.problems if problem.code == "empty-page"} == found


def test_a_font_that_is_not_in_the_file_is_reported(press: Press) -> None:
    sheet = press.render(SHEET.format("<p>字</p>")).data
    assert finished.read(sheet)[1] == []
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            descriptor = font.DescendantFonts[0].FontDescriptor
            for name in [key for key in descriptor if key.startswith("/FontFile")]:
                del descriptor[name]
        problems = finished.read(data(pdf))[1]
    assert "loose-font" in {problem.code for problem in problems}


RARE = "𫖯㛃䶮堃祎"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A library with rare characters in names, and a small picture."""
    house = House(tmp_path_factory.mktemp("named"))
    house.write("guide/small.png", png(Image.new("RGB", (300, 150), "white")))
    names = f"![一扇小门](small.png)\n\n先找{'老师、'.join(RARE)}老师，再找班主任"
    return house.edit("guide/example.md", "先找班主任", names).build()


def test_rare_characters_of_names_print_and_are_told_without_failing_the_build(named: Built) -> None:
    assert set(named.codes) == {"P616"}
    told = named.result.diagnostics
    assert {char for char in RARE if any(f"“{char}”" in each.message for each in told)} == set(RARE)
    assert {(each.severity, each.place.file, each.place.line) for each in told} == {("info", "guide/example.md", 27)}
    chars = [char for page in paper.pages(named.dist / "site/pdf/guide/example.pdf") for char in page]
    assert {char.text for char in chars if char.text in RARE} == set(RARE)
    ours = {"song", "fang", "kai", "hei", "title"}
    assert {char.font for char in chars if char.text in RARE}.isdisjoint(ours)
    assert {char.font.partition("-")[0] for char in chars if char.text == "班"} <= ours


def test_a_small_picture_prints_small_and_sharp(named: Built) -> None:
    page = pypdfium2.PdfDocument(named.dist / "site/pdf/guide/example.pdf")[0]
    (picture,) = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])
    left, _, right, _ = picture.get_bounds()
    assert (right - left) * paper.MM == pytest.approx(300 / 150 * 25.4, abs=0.5)
