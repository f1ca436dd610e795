"""A pledge read back from the PDF: two copies that say the same, each signed and sealed on one page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import paper
from tests.house import ROOT, House

# The library's own pledges; what they lead to is not in this house.
FILES = {
    f"pledge/{path.name}": re.sub(r"^related:.*\n", "", path.read_text("utf-8"), flags=re.M)
    for path in sorted((ROOT / "content" / "pledge").glob("*.md"))
}
NAMES = [name.removesuffix(".md") for name in FILES]
SEALS = {"pledge/bureau-school": 2}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("pledge"), FILES).print()


def copies(house: House, name: str) -> list[list[paper.Line]]:
    path: Path = house.dist / "site" / "pdf" / f"{name}.pdf"
    return [paper.lines(chars) for chars in paper.pages(path)]


@pytest.mark.parametrize("name", NAMES)
def test_two_copies_say_the_same_and_whose_each_is(house: House, name: str) -> None:
    first, second = copies(house, name)
    assert re.fullmatch("甲方存（.+）", first[0].text)
    assert re.fullmatch("乙方存（.+）", second[0].text)
    assert [line.text for line in first[1:]] == [line.text for line in second[1:]]
    assert [(line.left, line.bottom) for line in first[1:]] == [(line.left, line.bottom) for line in second[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_each_copy_is_signed_and_sealed_below_its_text(house: House, name: str) -> None:
    """A signature on a page of its own could be put under any text."""
    for lines in copies(house, name):
        texts = [line.text for line in lines]
        ends = next(n for n, text in enumerate(texts) if text.startswith("本责任书一式两份"))
        assert any(text.startswith("1.") for text in texts[:ends])
        below = lines[ends + 1 :]
        assert re.fullmatch("甲方（.+）乙方（.+）", below[0].text)
        columns = [char.left < 105 for char in below[0].chars]
        assert columns == sorted(columns, reverse=True)
        assert 0 < sum(columns) < len(columns)
        date = next(line for line in below if "年月日" in line.text)
        assert date.text.replace("盖章处", "") == "年月日年月日"
        assert date.bottom < 297 - 12
        assert "".join(line.text for line in below).count("盖章处") == SEALS.get(name, 1)


def test_a_seal_has_room_beside_the_names(house: House) -> None:
    """A school's seal is 40 mm wide: no other text lies under the label's circle."""
    for lines in copies(house, "pledge/bureau-school"):
        seals = [char for line in lines for char in line.chars if char.text == "盖"]
        for seal in seals[-2:]:
            x, y = seal.right + 3, (seal.top + seal.bottom) / 2
            others = [
                char.text
                for line in lines
                for char in line.chars
                if ((char.left - x) ** 2 + (char.top - y) ** 2) ** 0.5 < 15 and char.text not in "盖章处"
            ]
            assert others == []


def test_a_pledge_that_does_not_fit_its_page_is_told_so(house: House, tmp_path: Path) -> None:
    duty = "每天留一小会儿听孩子说学校里的人和事，先听完，再出主意，不急着下结论，第二天再问有没有好一点。"
    name, text = "pledge/school-family.md", FILES["pledge/school-family.md"]
    more = "".join(f"    - {duty}{duty}\n" for _ in range(2))
    own = House(tmp_path, {name: text.replace("  duties:\n", f"  duties:\n{more}")})
    assert own.build().codes == ["P607"]
