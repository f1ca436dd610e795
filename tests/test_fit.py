"""Sizes that are tried, the limit of pages, editions, and the code that leads to the web page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
import yaml
import zxingcpp

from generator import pipeline
from generator.press import plan as sheets
from tests import paper
from tests.house import KINDS, House

LETTER = yaml.safe_load((KINDS / "letter" / "example.yml").read_text("utf-8"))["example.md"]
PARAGRAPH = "\n今晚请问孩子一句话：今天课间和谁在一起？听完先说谢谢，再把时间和地点写下来，明天告诉班主任。\n"
SHEETS = ("letter/example", "kit/example-handout", "lesson/example-worksheet", "poster/example", "card/example-notice")
ADDRESS = "https://yangguang.example.edu.cn/ziyuan/"


def letter(paragraphs: int) -> str:
    return LETTER + PARAGRAPH * paragraphs


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("fit"))
    house.edit("library.yml", 'base_url: ""', f"base_url: {ADDRESS}")
    for paragraphs in (0, 5, 14):
        house.write(f"letter/long-{paragraphs}.md", letter(paragraphs))
    assert house.build().codes == []
    return house


def pdf(house: House, name: str) -> Path:
    return house.dist / "site" / "pdf" / f"{name}.pdf"


def body_size(path: Path) -> float:
    sizes = Counter(round(char.size, 1) for page in paper.pages(path) for char in page if char.font == "song")
    return sizes.most_common(1)[0][0]


def test_a_letter_takes_the_largest_size_that_needs_no_further_page(house: House) -> None:
    short, longer, long = (pdf(house, f"letter/long-{paragraphs}") for paragraphs in (0, 5, 14))
    assert [len(paper.pages(path)) for path in (short, longer, long)] == [1, 1, 2]
    assert body_size(short) == 16
    assert 12 <= body_size(longer) < 16


def test_a_letter_over_its_two_pages_is_told_with_the_lines_that_are_too_many(tmp_path: Path) -> None:
    house = House(tmp_path, {"letter/long.md": letter(70)})
    built = house.build()
    assert set(built.codes) == {"P607"}
    assert not built.written
    found = built.result.diagnostics[0]
    assert found.place.file == "letter/long.md"
    lines = int(found.message.partition("多出 ")[2].partition(" 行")[0])
    # Cut by as many lines as was said (each paragraph fills two), the letter fits.
    house.write("letter/long.md", letter(70 - (lines + 1) // 2))
    assert house.build().codes == []
    assert len(paper.pages(pdf(house, "letter/long"))) == 2


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_leads_to_its_page_by_code_and_text(house: House, name: str) -> None:
    page = pypdfium2.PdfDocument(pdf(house, name))[0]
    # A laser printer's dots and a phone held a little away.
    codes = zxingcpp.read_barcodes(page.render(scale=150 / 72, grayscale=True).to_pil())
    document = name.partition("-")[0]
    assert [code.text for code in codes] == [f"{ADDRESS}{document}.html"]
    assert f"yangguang.example.edu.cn/ziyuan/{document}.html" in paper.text(pdf(house, name))


def test_without_an_address_no_sheet_shows_a_code(tmp_path: Path) -> None:
    house = House(tmp_path, {"letter/example.md": LETTER})
    house.build()
    page = pypdfium2.PdfDocument(pdf(house, "letter/example"))[0]
    assert zxingcpp.read_barcodes(page.render(scale=2, grayscale=True).to_pil()) == []
    assert "扫码" not in paper.text(pdf(house, "letter/example"))


def colours(path: Path) -> set[tuple[int, ...]]:
    """Return the colours on the first page that are not grey."""
    image = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("RGB")
    return {colour for _, colour in image.getcolors(1 << 24) if max(colour) - min(colour) > 8}


def test_prints_are_black_and_white_and_a_colour_edition_says_the_same_in_colour(house: House) -> None:
    mono, colour = pdf(house, "guide/example"), pdf(house, "guide/example-colour")
    assert colours(mono) == set()
    assert colours(colour)
    assert paper.text(mono) == paper.text(colour)
    assert "彩色版" in [path.stem.partition("·")[2].rstrip("）") for path in (house.dist / "pdf").rglob("*彩色版*")]
    for book in ("book-parents", "book-students"):
        assert colours(pdf(house, book)) == set()
        assert colours(pdf(house, f"{book}-colour"))


@pytest.mark.parametrize(("audiences", "large"), [("家长, 教师", True), ("教师, 家长", True), ("教师", False)])
def test_an_edition_for_one_audience_is_made_wherever_it_is_named(tmp_path: Path, audiences: str, large: bool) -> None:
    example = yaml.safe_load((KINDS / "guide" / "example.yml").read_text("utf-8"))["example.md"]
    given = re.sub(r"^audiences: .*$", f"audiences: [{audiences}]", example, flags=re.M)
    house = House(tmp_path, {"guide/a.md": given})
    library, _ = pipeline.check(house.project)
    planned = {artifact.path for artifact in sheets.plan(library, house.project)}
    assert ("site/pdf/guide/a-large.pdf" in planned) == large
