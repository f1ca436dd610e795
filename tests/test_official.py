"""Official documents read back from the PDF and measured after GB/T 9704-2012."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pytest

from generator.press import lines
from tests import paper
from tests.house import House

LEFT, RIGHT, TOP, BOTTOM = 28, 184, 37, 262  # type area of an odd page in mm (5.2.1)
SENTENCE = "各校把防治学生欺凌的措施落实到每一个孩子身边，接到报告24小时内回话"
FRONT = """---
title: {title}
summary: 用来量公文版面的一份文件。
audiences: [学校]
stages: [初中]
topics: [制度建设]
answers: [怎么做]
reviewed: 2026-11-20
review_due: 2027-08-31
issuer: 某某区教育局
{more}---
{body}
"""
MASTHEAD = """masthead:
  form: 文件
  mark: 某某区教育局文件
  number: 某教督〔2026〕5号
"""
LETTER = """masthead:
  form: 信函
  mark: 某某区教育局
  number: 某教函〔2026〕12号
recipients: 区公安分局、区司法局
copies_to: 区委网信办。
"""
IMPRINT = """copies_to: 区公安分局、区人民检察院、区人民法院、区司法局、团区委、区民政局、区妇联，区卫生健康委。
issued_by: 某某区教育局办公室
"""


def document(body: str, *more: str, title: str = "关于开展学生欺凌防治专项督查的通知") -> str:
    return FRONT.format(title=title, more="".join(more), body=body)


def paragraphs(count: int) -> str:
    return "\n\n".join(f"{SENTENCE}。" for _ in range(count))


FULL = range(14, 21)
FEET = (11, 12, 16, 33, 34)
FILES = {
    "policy/notice/policy.md": document(
        paragraphs(16),
        MASTHEAD,
        "recipients: 各中小学校\n",
        "note: 此件公开发布\n",
        IMPRINT,
        "annexes: [督查要点, 整改清单]\n",
    ),
    "policy/notice/annex-1.md": f"---\ntitle: 督查要点\n---\n{paragraphs(2)}\n",
    "policy/notice/annex-2.md": f"---\ntitle: 整改清单\n---\n{paragraphs(2)}\n",
    "policy/upward.md": document(
        paragraphs(3), MASTHEAD, "  signer: 某某\n", IMPRINT, title="关于学生欺凌防治工作情况的报告"
    ),
    "policy/letter.md": document(paragraphs(14), LETTER, title="关于商请派员参加联席会议的函"),
    "policy/long.md": document(paragraphs(2), MASTHEAD.replace("某某区", "某某某某某某自治县某某某某")),
    "policy/blank.md": document(paragraphs(2), 'masthead: {form: 文件, mark: "{{区教育局}}文件"}\n'),
    **{f"policy/foot-{n}.md": document("\n\n".join(["安。"] * n), IMPRINT, title="安全制度") for n in FEET},
    # One line a paragraph: with 19 of them, and with fewer as far as the signature needs room, page 1 is full.
    **{f"policy/full-{n}.md": document("\n\n".join(["安。"] * n), title="安全制度") for n in FULL},
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("official"), FILES).print()


def pdf(house: House, name: str) -> Path:
    return house.dist / "site" / "pdf" / "policy" / f"{name}.pdf"


def line(chars: list[paper.Char], words: str) -> paper.Line:
    """Return the line of a page that holds these words."""
    return next(line for line in paper.lines(chars) if words in line.text)


def place(rule: paper.Rule) -> tuple[float, float, float, float]:
    return tuple(round(value, 1) for value in (rule.left, rule.right, rule.top, rule.weight))  # type: ignore[return-value]


def test_text_fills_the_type_area_and_its_digits_are_as_large_as_its_characters(house: House) -> None:
    """5.2.1: margins 37 and 28 mm (± 1), mirrored on even pages; 5.2.2: 3号 throughout, digits in the same face."""
    middle = [row for row in paper.lines(paper.pages(pdf(house, "notice"))[1]) if row.chars[0].top < BOTTOM]
    assert len(middle) == 22
    assert min(char.top for char in middle[0].chars) == pytest.approx(TOP, abs=1)
    assert middle[-1].bottom == pytest.approx(BOTTOM, abs=1)
    assert min(row.left for row in middle) == pytest.approx(26, abs=1)
    assert max(row.right for row in middle) == pytest.approx(26 + 156, abs=1)
    for row in middle:
        assert {(char.font, round(char.size, 1)) for char in row.chars} == {("fang", 16.0)}, row.text
    assert {"2", "4"} <= {char.text for row in middle for char in row.chars}


def test_the_mark_begins_35_mm_below_the_type_area_and_keeps_to_one_line(house: House) -> None:
    """7.2.4; 72 mm from the paper's edge."""
    first = paper.pages(pdf(house, "notice"))[0]
    mark = line(first, "某某区教育局文件")
    assert min(char.top for char in mark.chars) == pytest.approx(TOP + 35, abs=0.3)
    assert {char.font for char in mark.chars} == {"title-Bold"}
    assert mark.left - LEFT == pytest.approx(RIGHT - mark.right, abs=0.5)
    mark = line(paper.pages(pdf(house, "long"))[0], "教育局文件")
    assert "某某某某某某自治县某某某某教育局文件" in mark.text
    assert mark.right - mark.left <= 156


def test_number_and_line_stand_below_the_mark(house: House) -> None:
    """7.2.5: number two empty lines below the mark, centred; 7.2.7: a line of 156 mm, 4 mm below it."""
    first = paper.pages(pdf(house, "notice"))[0]
    mark, number = line(first, "教育局文件"), line(first, "某教督〔2026〕5号")
    gap = min(char.top for char in number.chars) - mark.bottom
    assert 2 * 10.4 < gap < 2 * 10.4 + 2
    assert number.left - LEFT == pytest.approx(RIGHT - number.right, abs=0.7)
    (rule,) = paper.rules(pdf(house, "notice"), 100)[0]
    assert rule.top - number.bottom == pytest.approx(4, abs=0.4)
    assert place(rule)[:2] == (LEFT, RIGHT)
    title = line(first, "关于开展学生欺凌防治专项督查的通知")
    assert {(char.font, round(char.size)) for char in title.chars} == {("title-Bold", 22)}
    assert "各校把防治学生欺凌的措施" in "".join(char.text for char in first)  # 7.3.3: text on the first page


def test_a_paper_to_a_higher_office_names_its_signer_at_the_right(house: House) -> None:
    """7.2.5, 7.2.6: number one character in at the left, signer one in at the right, the name in 楷体."""
    row = line(paper.pages(pdf(house, "upward"))[0], "签发人：某某")
    assert row.left - LEFT == pytest.approx(5.6, abs=1)
    assert RIGHT - row.right == pytest.approx(5.6, abs=1)
    assert [char.font for char in row.chars[-3:]] == ["fang", "kai", "kai"]


def test_the_head_is_black_and_in_the_colour_edition_red(house: House) -> None:
    """7.2.4, 7.2.7; a black-and-white printer would make a pale grey of red."""
    for name, suffix in (("notice", ""), ("notice", "-colour"), ("letter", ""), ("letter", "-colour")):
        found = paper.rules(pdf(house, name + suffix), 100)[0]
        assert {rule.colour for rule in found} == {(0xD7, 0, 0x0F) if suffix else (0, 0, 0)}


def test_a_missing_number_is_left_to_the_pen(house: House) -> None:
    text = "".join(char.text for char in paper.pages(pdf(house, "blank"))[0])
    assert "〔〕号" in text
    assert "文件" in text


def test_the_imprint_ends_on_the_lower_edge_of_the_last_page(house: House) -> None:
    """7.4: after the annexes, on an even page; rules of 0.35, 0.25 and 0.35 mm; text 4号, one character in."""
    for name, text, before, at in (("notice", "附件2", 4, 5), ("upward", SENTENCE[-8:], 1, 1)):
        pages, rules = paper.pages(pdf(house, name)), paper.rules(pdf(house, name), 100)
        assert len(pages) == at + 1
        assert text in "".join(char.text for char in pages[before])
        assert [len(found) for found in rules[1:]] == [0] * (at - 1) + [3]
        left = LEFT if at % 2 == 0 else 26
        assert [place(rule)[:2] for rule in rules[at]] == [(left, left + 156)] * 3
        assert [round(rule.weight, 2) for rule in rules[at]] == [0.35, 0.25, 0.35]
        assert rules[at][-1].bottom == pytest.approx(BOTTOM, abs=0.2)
        copies, wrapped = line(pages[at], "抄送："), line(pages[at], "区卫生健康委。")
        assert {round(char.size) for char in copies.chars} == {14}
        assert copies.left - left == pytest.approx(4.9, abs=1)
        assert wrapped.left == pytest.approx(copies.chars[3].left, abs=1)
        last = line(pages[at], "印发")
        assert "某某区教育局办公室" in last.text
        assert left + 156 - last.right == pytest.approx(4.9, abs=1)


@pytest.mark.parametrize(
    ("count", "page", "blank", "number"),
    [(11, 2, False, "2—"), (12, 2, False, "2—"), (16, 2, False, "2—"), (33, 2, False, "2—"), (34, 4, True, "")],
)
def test_text_ends_above_the_imprint_or_it_takes_the_next_even_page(
    house: House, count: int, page: int, blank: bool, number: str
) -> None:
    """7.5: behind a blank page it has no number, nor has that page."""
    found, rules = paper.pages(pdf(house, f"foot-{count}")), paper.rules(pdf(house, f"foot-{count}"), 100)
    assert len(found) == page
    assert (found[-2] == []) == blank
    assert "".join(char.text for page in found for char in page).count("安。") == count
    first, _, last = rules[-1]
    assert last.bottom == pytest.approx(BOTTOM, abs=0.2)
    below = [row.text for row in paper.lines(found[-1]) if row.bottom > first.top - 1]
    assert below[0].startswith("抄送：")
    assert below[2].endswith("印发")
    assert "".join(below[3:])[-2:] == number


def test_annexes_begin_pages_of_their_own(house: House) -> None:
    """7.3.4: named two characters in, the second name under the first; 7.3.7: mark on line 1, title on line 3."""
    pages = paper.pages(pdf(house, "notice"))
    first, second = line(pages[2], "附件：1.督查要点"), line(pages[2], "2.整改清单")
    assert first.left - LEFT == pytest.approx(11.6, abs=1)
    assert second.left == pytest.approx(first.chars[3].left, abs=0.5)
    for chars, mark, title in ((pages[3], "附件1", "督查要点"), (pages[4], "附件2", "整改清单")):
        rows = paper.lines(chars)
        assert [row.text for row in rows[:2]] == [mark, title]
        assert {char.font for char in rows[0].chars} == {"hei"}
        assert min(char.top for char in rows[0].chars) == pytest.approx(TOP, abs=1)
        assert rows[1].bottom - rows[0].bottom == pytest.approx(2 * 10.45, abs=1.5)


def test_date_and_organ_stand_where_the_seal_goes(house: House) -> None:
    """7.3.5.1: date four characters in from the right, the organ centred above it; 7.3.6: note on the next line."""
    rows = paper.lines(paper.pages(pdf(house, "notice"))[2])
    number = next(number for number, row in enumerate(rows) if row.text == "年月日")
    organ, day, note = rows[number - 1 : number + 2]
    assert organ.text == "某某区教育局"
    assert RIGHT - day.right == pytest.approx(4 * 5.57, abs=1.5)
    assert note.text == "（此件公开发布）"
    assert note.left - LEFT == pytest.approx(11.1 + 2.8, abs=1.5)


@pytest.mark.parametrize("count", FULL)
def test_a_signature_never_stands_alone(house: House, count: int) -> None:
    """7.3.5.5; never "此页无正文": the last paragraph goes over with it, whatever room the page leaves."""
    pages = ["".join(char.text for char in page) for page in paper.pages(pdf(house, f"full-{count}"))]
    signed = next(page for page in pages if "某某区教育局" in page)
    assert "安。" in signed.split("某某区教育局")[0]
    assert "无正文" not in "".join(pages)
    assert "".join(pages).count("安。") == count


def test_one_of_these_documents_fills_its_first_page(house: House) -> None:
    counts = [len(paper.pages(pdf(house, f"full-{count}"))) for count in FULL]
    assert counts[0] == 1
    assert counts[-1] == 2


def test_a_letter_has_its_own_head(house: House) -> None:
    """10.1: mark 30 mm below the paper's edge, double lines of 170 mm 4 mm below it and 20 mm above the lower edge,
    number flush right, text at least 7/8 of a character from the lines, no number on page 1, copies without rules."""
    pages, rules = paper.pages(pdf(house, "letter")), paper.rules(pdf(house, "letter"), 100)
    rows = paper.lines(pages[0])
    assert rows[0].text == "某某区教育局"
    assert min(char.top for char in rows[0].chars) == pytest.approx(30, abs=0.3)
    thick, thin, thin_foot, thick_foot = rules[0]
    assert {place(rule)[:2] for rule in rules[0]} == {(21, 191)}
    assert thick.top - rows[0].bottom == pytest.approx(4, abs=0.3)
    assert thick.weight > thin.weight
    assert thick_foot.weight > thin_foot.weight
    assert thick_foot.bottom == pytest.approx(277, abs=0.3)
    assert rows[1].text == "某教函〔2026〕12号"
    assert RIGHT - rows[1].right < 1
    assert min(char.top for char in rows[1].chars) - thin.bottom == pytest.approx(4.9, abs=0.5)
    assert thin_foot.top - rows[-1].bottom >= 4.9
    assert rows[-1].text != "—1—"
    assert rules[1] == []
    last = paper.lines(pages[1])
    assert last[-1].text == "—2—"
    assert last[-2].text == "抄送：区委网信办。"
    assert last[-2].bottom == pytest.approx(BOTTOM, abs=1.5)


TITLES = {
    "关于印发学生欺凌防治专项督查反馈意见和整改清单的通知": 12,
    "关于召开学生欺凌防治联席会议和法治副校长培训会的通知": 15,
    "学生欺凌防治工作领导小组组成人员名单及职责分工": 12,
    "中小学校学生欺凌治理委员会成员及求助方式备案表": 13,
    "关于2026—2027学年学生欺凌防治工作情况的报告": 13,
    "关于开展2027年春季学期中小学生欺凌防治专项督查的通知": 13,
}


@pytest.mark.parametrize(("title", "first"), TITLES.items())
def test_a_long_title_breaks_between_words_into_lines_of_two_lengths(title: str, first: int) -> None:
    """7.3.1: whole phrases, a trapezoid: never two lines of one length, which would be a rectangle."""
    root = fromstring(f'<h1><span data-measure="20">{title}</span></h1>')
    lines.prepare(root)
    broken = [re.sub("<.*?>", "", line) for line in tostring(root, "unicode").split("<br />")]
    assert broken == [title[:first], title[first:]]
    assert len({sum(0.5 if char.isascii() else 1 for char in line) for line in broken}) == 2


def test_a_title_about_something_names_its_organ_on_a_line_of_its_own(house: House) -> None:
    rows = [row.text for row in paper.lines(paper.pages(pdf(house, "notice"))[0])]
    assert rows[2:4] == ["某某区教育局", "关于开展学生欺凌防治专项督查的通知"]
