"""Printed sheets read back from the PDF: geometry, fonts, copies for pupils, books."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdfium2
import pytest

from tests import paper
from tests.house import House

PARAGRAPH = "学校应当把防治学生欺凌列入每学期工作安排明确专人负责" * 12
LONG = f"""---
title: 示例学校学生欺凌防治工作安排
summary: 用来量公文版面的一份长文。
audiences: [学校]
stages: [初中]
topics: [制度建设]
answers: [怎么做]
reviewed: 2026-11-20
review_due: 2027-08-31
issuer: 某某学校
---
{PARAGRAPH}。

## 一、总体要求

### （一）谁来做

{PARAGRAPH}。

{PARAGRAPH}。

{PARAGRAPH}。

请到第2会议室咨询。
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("press")).write("policy/long.md", LONG)
    assert house.build().codes == []
    return house


def pdf(house: House, name: str) -> Path:
    return house.dist / "site" / "pdf" / f"{name}.pdf"


def test_official_document_has_22_lines_of_28_characters_in_its_type_area(house: House) -> None:
    """GB/T 9704-2012, 5.2: type area 156 × 225 mm, margins 37 and 28 mm, 22 lines of 28 characters, 3号仿宋."""
    pages = paper.pages(pdf(house, "policy/long"))
    middle = [line for line in paper.lines(pages[1]) if line.chars[0].top < 262]
    assert len(middle) == 22
    full = [line for line in middle if len(line.chars) >= 27]
    assert full
    assert {len(line.chars) for line in full} == {28}
    assert all(abs(line.right - line.left - 156) < 1.5 for line in full)
    # Odd pages are bound at the left: 28 mm there, 26 mm on even pages.
    assert all(abs(line.left - 26) < 1 for line in full)
    assert all(line.chars[0].top >= 37 and line.bottom <= 262.5 for line in middle)
    body = {(char.font, round(char.size, 1)) for line in full for char in line.chars}
    assert body == {("fang", 16.0)}


def test_official_headings_are_set_in_their_own_faces(house: House) -> None:
    """GB/T 9704-2012, 7.3.3: 一、 in 黑体, （一） in 楷体."""
    fonts = {
        line.text: line.chars[0].font for page in paper.pages(pdf(house, "policy/long")) for line in paper.lines(page)
    }
    assert fonts["一、总体要求"] == "hei"
    assert fonts["（一）谁来做"] == "kai"


def test_official_page_numbers_stand_outside_in_song_digits(house: House) -> None:
    """GB/T 9704-2012, 7.5: 4号 Song digits between dashes, 7 mm below the type area, odd right and even left."""
    for number, chars in enumerate(paper.pages(pdf(house, "policy/long")), 1):
        foot = [char for char in chars if char.top > 262]
        digit = next(char for char in foot if char.text == str(number))
        assert (digit.font, round(digit.size)) == ("song", 14)
        assert {char.text for char in foot} == {str(number), "—"}
        dash = next(char for char in foot if char.text == "—")
        assert 268 < (dash.top + dash.bottom) / 2 < 271
        assert (digit.left > 150) == (number % 2 == 1)


def test_letter_keeps_its_receipt_whole_on_one_page(house: House) -> None:
    pages = paper.pages(pdf(house, "letter/example"))
    assert len(pages) == 1
    text = "".join(char.text for char in pages[0])
    for words in ("尊敬的家长", "回执", "信已读，和孩子谈过了", "家长签名"):
        assert words in text


def test_a_blank_prints_as_a_line_and_a_school_fills_it(house: House) -> None:
    assert "班主任电话" not in paper.text(pdf(house, "guide/example")).replace("班主任，电话", "")
    house.write("schools/demo.yml", "学校名称: 某某小学\n班主任电话: 0000-0000000\n")
    assert house.build(school="demo").codes == []
    assert "0000-0000000" in paper.text(pdf(house, "guide/example"))
    house.build()


def test_pupils_copies_hold_no_answers(house: House) -> None:
    teacher = paper.text(pdf(house, "kit/example"))
    assert "第一张不是欺凌" in teacher
    for name in ("kit/example-handout", "kit/example-cases", "lesson/example-worksheet"):
        assert "不是欺凌" not in paper.text(pdf(house, name))
        assert "参考答案" not in paper.text(pdf(house, name))


def test_cited_law_stands_on_the_paper_with_its_date_in_force(house: House) -> None:
    text = paper.text(pdf(house, "guide/example"))
    assert "《中华人民共和国未成年人保护法》第三十九条" in text
    assert "2021年6月1日起施行" in text


def test_fonts_are_embedded_and_named_by_their_roles(house: House) -> None:
    listed = subprocess.run(["pdffonts", pdf(house, "policy/long")], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()[2:]]
    assert rows
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)
    assert {"fang", "hei", "kai"} <= {row[0].partition("+")[2] for row in rows}


def test_book_has_cover_contents_with_page_numbers_and_bookmarks(house: House) -> None:
    book = pdf(house, "book-parents")
    pages = paper.pages(book)
    assert "家长读本" in "".join(char.text for char in pages[0])
    contents = next(page for page in pages if "目录" in "".join(char.text for char in page)[:8])
    entry = next(line for line in paper.lines(contents) if "今晚问孩子一句话" in line.text)
    number = int("".join(char.text for char in entry.chars if char.text.isdigit())[-2:] or 0)
    chapter = "".join(char.text for char in pages[[_folio(page) for page in pages].index(number)])
    assert "今晚问孩子一句话" in chapter
    titles = paper.bookmarks(book)
    assert "今晚问孩子一句话" in titles
    assert "孩子不想上学又不肯说" in titles


def _folio(page: list[paper.Char]) -> int:
    foot = [char.text for char in page if char.top > 275 and char.text.isdigit()]
    return int("".join(foot)) if foot else 0


def test_pages_are_a4_or_a3_and_none_is_empty(house: House) -> None:
    for file in sorted((house.dist / "site" / "pdf").rglob("*.pdf")):
        for number, page in enumerate(pypdfium2.PdfDocument(file), 1):
            width, height = (side * paper.MM for side in page.get_size())
            allowed = [(297, 420)] if file.stem.endswith(("-a3", "-a3-colour")) else [(210, 297), (297, 210)]
            assert (round(width), round(height)) in allowed, file
            assert number == 1 or page.get_textpage().count_chars() > 20, f"{file.name} page {number}"


def test_a_book_says_on_which_pages_the_chapters_that_use_a_line_or_a_law_begin(house: House) -> None:
    book = pdf(house, "book-parents")
    starts = {item.get_title(): item.get_dest().get_index() + 1 for item in pypdfium2.PdfDocument(book).get_toc()}
    guide, letter = starts["孩子不想上学又不肯说"], starts["今晚问孩子一句话"]
    rows = [line.text for page in paper.pages(book)[starts["附"] - 1 :] for line in paper.lines(page)]
    for entry, pages in (("12355", f"{guide}、{letter}"), ("12356", f"{guide}"), ("第三十九条", f"{guide}、{letter}")):
        row = next(row for row in rows if row.startswith(entry))
        assert row.endswith(pages), row


def test_a_quarter_lies_between_han_and_latin_but_not_on_the_grid_of_official_papers(house: House) -> None:
    def step(name: str, pair: str) -> float:
        chars = [char for page in paper.pages(pdf(house, name)) for char in page]
        at = "".join(char.text for char in chars).index(pair)
        return (chars[at + 1].left - chars[at].left) / (chars[at].size * paper.MM)

    assert 1.15 < step("letter/example", "打1") < 1.4
    assert 0.9 < step("policy/long", "第2") < 1.1
