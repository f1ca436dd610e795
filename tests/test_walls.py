"""What hangs on walls and lies in wallets: one page each, read from as far as it says, cut where the marks are."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
import yaml
from PIL import Image

from tests import paper
from tests.house import KINDS, ROOT, House, examples

HAN = re.compile(r"[\u4e00-\u9fff]")
METRES = {"一": 1, "两": 2, "三": 3, "四": 4}
EDITIONS = {"": (210, 297), "-a3": (297, 420), "-colour": (210, 297), "-a3-colour": (297, 420)}
FILES = examples(KINDS)
POSTER, CARD = FILES["poster/example.md"], FILES["card/example.md"]
GROUPS = ("poster", "wall", "slogans", "wallet", "notice")


def only(text: str, *groups: str) -> str:
    """Return a document with these groups of fields and no other."""
    for group in GROUPS:
        if group not in groups:
            text = re.sub(rf"^{group}:\n(?:  .*\n)+", "", text, flags=re.M)
    return text


# A poster alone; one at the limit of what its kind allows, and one with as little.
ALONE = only(POSTER, "poster")
FULL = (
    ALONE.replace("[坐过去，, 一分钟。]", "[孩子说了先听完, 再一起想办法吧]")
    .replace("[端着盘子坐过去, 问", "[不催不打断他慢慢说出来, 记下时间和地点还有人, 问")
    .replace("say: [这儿有人吗]", "say: [谢谢你告诉, 我不是你的, 错我来帮你]")
)
SMALL = ALONE.replace("  say: [这儿有人吗]\n", "").replace("[坐过去，, 一分钟。]", "[坐过去]")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    files = {"poster/example.md": POSTER, "poster/full.md": FULL, "poster/small.md": SMALL, "card/example.md": CARD}
    house = House(tmp_path_factory.mktemp("walls"), files)
    assert house.build().codes == []
    return house


def pdf(house: House, name: str) -> Path:
    return house.dist / "site" / "pdf" / f"{name}.pdf"


def size(path: Path) -> tuple[int, int]:
    width, height = pypdfium2.PdfDocument(path)[0].get_size()
    return round(width * paper.MM), round(height * paper.MM)


def tallest(chars: list[paper.Char]) -> dict[float, float]:
    """Return for each type size the height in mm of its tallest Han character: a 一 says nothing of a size."""
    heights: dict[float, float] = {}
    for char in chars:
        # What is set in a point is there to be read out, not seen.
        if HAN.match(char.text) and char.size > 2:
            key = round(char.size, 1)
            heights[key] = max(heights.get(key, 0), char.bottom - char.top)
    return heights


def imprint(chars: list[paper.Char]) -> tuple[int, int]:
    """Return how many mm high the smallest text is and how many metres away it is read, as the sheet says itself."""
    found = re.search(r"正文字高(\d+)毫米以上，(.)米可读", "".join(char.text for char in chars))
    assert found
    return int(found[1]), METRES[found[2]]


def grey(path: Path, page: int = 0) -> Image.Image:
    return pypdfium2.PdfDocument(path)[page].render(scale=1).to_pil().convert("L")


def dark(path: Path, page: int = 0) -> float:
    """Return which part of a page is darker than middle grey."""
    image = grey(path, page)
    return sum(image.histogram()[:128]) / (image.width * image.height)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", ["poster/example", "poster/full", "poster/small", "card/example-notice"])
def test_a_poster_is_one_page_and_its_text_is_as_high_as_it_says(house: House, name: str, edition: str) -> None:
    path = pdf(house, name + edition)
    pages = paper.pages(path)
    assert len(pages) == 1
    assert size(path) == EDITIONS[edition]
    # The imprint stands outside the frame, the frame ends 12 mm (A3) above the edge.
    foot = EDITIONS[edition][1] * (1 - 12 / 420)
    heights = tallest([char for char in pages[0] if char.bottom < foot])
    stated, metres = imprint(pages[0])
    assert min(heights.values()) >= stated
    assert stated >= 4 * metres
    assert max(heights.values()) >= 20 * metres * 0.97  # the face's ink differs from character to character


def test_a_short_poster_is_read_from_three_metres_on_a3_and_two_on_a4(house: House) -> None:
    assert imprint(paper.pages(pdf(house, "poster/example-a3"))[0]) == (15, 3)
    assert imprint(paper.pages(pdf(house, "poster/example"))[0]) == (10, 2)
    a3, a4 = (paper.text(pdf(house, f"poster/example{edition}")) for edition in ("-a3", ""))
    assert a3.replace("15毫米以上，三米", "10毫米以上，两米") == a4


def test_two_calls_as_wide_as_they_may_be_keep_a_gap(tmp_path: Path) -> None:
    calls = '  calls:\n    - {say: 网上举报, number: "12377"}\n    - {say: 想找人说, number: "12355"}\n'
    wide = re.sub(r"  calls:\n(?:    - .*\n)+", calls, ALONE)
    house = House(tmp_path, {"poster/wide.md": wide})
    assert house.build().codes == []
    for edition, gap in (("-a3", 8), ("", 8 * 0.707)):
        (line,) = [
            each for each in paper.lines(paper.pages(pdf(house, f"poster/wide{edition}"))[0]) if "网上" in each.text
        ]
        chars = [char for char in line.chars if char.text.strip()]
        second = next(number for number, char in enumerate(chars) if char.text == "想")
        assert chars[second].left - chars[second - 1].right >= gap
    # On the web no face is known: what is drawn for the first call must end before the second, digits 0.6 wide.
    html = (house.dist / "site" / "poster" / "wide.html").read_text("utf-8")
    size = float(re.search(r'y="389" font-size="([\d.]+)"', html)[1])  # type: ignore[index]
    assert 2 * size * (4 + 0.33 + 5 * 1.2 * 0.6) <= 239 - 8


def test_every_sheet_is_light_and_without_colour(house: House) -> None:
    names = ("poster/example", "poster/full", "poster/example-a3", "poster/example-panels", "poster/example-heads")
    names += ("poster/example-letters", "card/example", "card/example-notice", "card/example-classes")
    for name in names:
        path = pdf(house, name)
        for page in range(len(pypdfium2.PdfDocument(path))):
            assert dark(path, page) < 0.14, f"{name} page {page + 1}"
        image = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("RGB")
        assert all(max(colour) - min(colour) <= 8 for _, colour in image.getcolors(1 << 24)), name


def test_the_picture_is_grey_in_mono_and_has_its_colours_in_the_colour_edition(house: House) -> None:
    sun = (0xF6, 0xBC, 0x3A)
    for edition, there in (("-a3", False), ("-a3-colour", True)):
        image = pypdfium2.PdfDocument(pdf(house, f"poster/example{edition}"))[0].render(scale=1).to_pil().convert("RGB")
        counts = {colour: count for count, colour in image.getcolors(1 << 24)}
        assert (counts.get(sun, 0) > 1000) is there
        assert (counts.get((0xD9, 0xD9, 0xD9), 0) > 1000) is not there


def test_every_panel_is_a_page_of_its_own_and_read_from_a_metre(house: House) -> None:
    pages = paper.pages(pdf(house, "poster/example-panels"))
    assert len(pages) == 3
    for chars in pages:
        stated, metres = imprint(chars)
        assert (stated >= 6, metres) == (True, 1)
        assert min(tallest([char for char in chars if char.bottom < 280]).values()) >= stated
    law, flap = ("".join(char.text for char in chars) for chars in pages[1:])
    assert "2021年6月1日起施行" in law
    assert "2021年6月1日起施行" not in flap
    # The question is on the lower half: the upper one is folded back behind it.
    answer = next(char for char in pages[2] if char.text == "答")
    question = next(line for line in paper.lines(pages[2]) if "谁都不跟" in line.text)
    assert answer.bottom < 148.5 < question.chars[0].top


def test_a_panel_that_is_too_long_is_told_and_not_printed(tmp_path: Path) -> None:
    long = only(POSTER, "wall").replace(
        "text: 全班约好，", "text: " + "课间有人把小林的本子藏起来，大家看着不说话。" * 30
    )
    built = House(tmp_path, {"poster/long.md": long}).build()
    assert "P602" in built.codes
    assert not built.written


def test_letters_to_hang_are_outlined_one_on_each_sheet(house: House) -> None:
    path = pdf(house, "poster/example-letters")
    pages = paper.pages(path)
    assert len(pages) == len("等一等他")
    for character, chars in zip("等一等他", pages, strict=True):
        (huge,) = [char for char in chars if char.right - char.left > 100]
        assert huge.text == character
    # Three tints stand for ink on white: the outline is black, the inside a light grey.
    assert grey(path).getpixel((5, 5)) == 255
    assert dark(path) < 0.05


def test_slogans_are_sorted_by_length_and_a_longer_one_is_told(tmp_path: Path, house: House) -> None:
    assert "坐过去，陪一会儿8" not in paper.text(pdf(house, "poster/example-list"))
    assert "坐过去，陪一会儿7" in paper.text(pdf(house, "poster/example-list"))  # marks do not count
    long = only(POSTER, "slogans").replace("short: [坐过去，陪一会儿]", "short: [坐过去陪他一会儿吧好吗]")
    built = House(tmp_path, {"poster/long.md": long}).build()
    assert built.codes == ["S305"]
    assert "8 个字" in built.result.diagnostics[0].message


def test_the_librarys_slogans_are_at_least_ten_and_threaten_nobody() -> None:
    text = (ROOT / "content" / "poster" / "slogans.md").read_text("utf-8").split("---")[1]
    slogans = yaml.safe_load(text)["slogans"]
    assert min(len(slogans[length]) for length in ("short", "middle", "long")) >= 10
    for slogan in (each for texts in slogans.values() for each in texts):
        assert not re.search("严惩|零容忍|后果|霸凌者|校霸|打回去|！", slogan)


CROSSES = [(x, y) for x in (15, 105) for y in (13.5, 67.5, 121.5, 175.5, 229.5)]


def test_ten_cards_lie_between_their_crop_marks_and_match_on_the_back(house: House) -> None:
    """90 × 54 mm, two by five: margins of 15 and 13.5 mm; marks outside, crosses between."""
    path = pdf(house, "card/example")
    pages = paper.pages(path)
    assert len(pages) == 2
    for number, chars in enumerate(pages):
        scale = 300 / 72
        image = pypdfium2.PdfDocument(path)[number].render(scale=scale).to_pil().convert("L")
        dots = scale * 72 / 25.4

        def black(x: float, y: float, image: Image.Image = image, dots: float = dots) -> bool:
            box = (round(x * dots) - 2, round(y * dots) - 2, round(x * dots) + 3, round(y * dots) + 3)
            return image.crop(box).getextrema()[0] < 100

        assert all(black(x, y) for x in (15, 105, 195) for y in (9, 287))
        assert all(black(x, y) for x in (10, 199) for y in (13.5, 67.5, 121.5, 175.5, 229.5, 283.5))
        assert all(black(105, y) for y in (67.5, 121.5, 175.5, 229.5))
        on_cards = [char for char in chars if char.top > 8]
        for x, y in CROSSES:
            inside = [c for c in on_cards if x < c.left < x + 90 and y < c.top < y + 54]
            assert "".join(c.text for c in inside) == "".join(c.text for c in on_cards[: len(inside)])
            assert min(c.left for c in inside) >= x + 3
            assert max(c.right for c in inside) <= x + 87
            assert min(c.top for c in inside) >= y + 3
            assert max(c.bottom for c in inside) <= y + 51
        assert sum(1 for c in on_cards) % 10 == 0
        assert min(round(char.size, 1) for char in chars) >= 8
    assert "求助卡" in "".join(char.text for char in pages[0])
    assert "可以这样说" in "".join(char.text for char in pages[1])


def test_a_notice_leaves_room_to_write_what_the_school_has_not_given(tmp_path: Path) -> None:
    house = House(tmp_path, {"card/example.md": CARD})
    house.write("schools/demo.yml", "学校名称: 某某小学\n班主任电话: 0000-0000000\n学校求助电话: 0000-1111111\n")
    assert house.build(school="demo").codes == []
    notice = paper.text(pdf(house, "card/example-notice"))
    assert "0000-0000000" in notice
    assert "某某小学" in notice
    assert "心理老师" not in notice
    assert "0000-1111111" in paper.text(pdf(house, "card/example"))


def test_a_notice_over_its_page_is_told(tmp_path: Path) -> None:
    person = '    - {post: 班主任, use: 第一个找, name: "{{班主任}}", phone: "{{班主任电话}}", when: 在校时间}\n'
    assert person in CARD
    long = only(CARD, "notice").replace(person, person.replace("时间}", "时间，" + "也可以写信。" * 20 + "}") * 6)
    built = House(tmp_path, {"card/long.md": long}).build()
    assert set(built.codes) == {"P607"}


def test_a_document_has_the_prints_of_the_groups_that_it_writes_and_stands_in_no_book(tmp_path: Path) -> None:
    house = House(tmp_path, {"poster/only.md": ALONE, "guide/example.md": FILES["guide/example.md"]})
    assert house.build().codes == []
    made = {path.stem for path in (house.dist / "site" / "pdf" / "poster").glob("*.pdf")}
    assert made == {"only", "only-a3", "only-colour", "only-a3-colour"}
    assert not list((house.dist / "site" / "pdf").glob("book-students*"))
    nothing = only(POSTER)
    assert House(tmp_path / "b", {"poster/nothing.md": nothing}).build().codes == ["S311"]


def test_pictures_that_an_editor_may_name_are_there() -> None:
    kind = yaml.safe_load((KINDS / "poster" / "kind.yml").read_text("utf-8"))
    names = kind["defs"]["picture"]["enum"]
    assert all((ROOT / "themes" / "art" / f"{name}.svg").is_file() for name in names)
    assert all(name in kind["defs"]["picture"]["description"] for name in names)
