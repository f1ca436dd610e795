"""Flow charts and bar charts: read back from page and paper, the same bytes everywhere, harmless whatever they say."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
from playwright.sync_api import Page, sync_playwright
from pypdfium2 import raw

from generator.charts import chart
from tests import paper
from tests.helpers import check, places, text
from tests.house import KINDS, ROOT, House, examples
from tests.test_site_access import VOICE

FLOW = """\
发现 -> 叫停，分开：立即 -> 受伤了吗？
受伤了吗？有 -> 打 {{号码 120}}：叫一位同事来一起陪着 -> 报德育主任
受伤了吗？没有 -> 报德育主任：30 分钟内
报德育主任 -> 停了吗？
停了吗？没停 -> 发现
停了吗？停了 -> 单独回访：1 周、2 周、1 个月
"""
BARS = """\
被起难听的外号：12 人
分组时总是最后：6 人
东西被藏：0 人
来源：某某小学不记名问卷，2026 年 11 月，收回 41 份
"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A guide that shows both charts, printed as a sheet and as a chapter of a book."""
    files = {"guide/example.md": examples(KINDS)["guide/example.md"]}
    house = House(tmp_path_factory.mktemp("charts"), files)
    house.edit("guide/example.md", "## 明天找谁", f"::: 流程图 发现以后\n{FLOW}:::\n\n## 明天找谁")
    house.edit("guide/example.md", "## 学校要做什么", f"::: 条形图 问卷\n{BARS}:::\n\n## 学校要做什么")
    assert house.build().codes == []
    return house


@pytest.fixture(scope="module")
def printed(house: House) -> Path:
    return house.dist / "site" / "pdf" / "guide" / "example.pdf"


@pytest.fixture(scope="module")
def page(house: House) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto((house.dist / "site" / "guide" / "example.html").as_uri())
        yield page
        browser.close()


def svg(figure: str) -> ElementTree.Element:
    """Return the drawing of a figure; raises ParseError where it is not well-formed."""
    found = re.search(r"<svg .*</svg>", figure, re.S)
    assert found, figure
    return ElementTree.fromstring(found[0])


def drawn(figure: str) -> list[str]:
    return [element.text or "" for element in svg(figure).iter(f"{SVG}text")]


# On paper


def test_labels_are_real_text_in_the_faces_of_their_role(printed: Path) -> None:
    chars = [char for page in paper.pages(printed) for char in page]
    found = "".join(char.text for char in chars)
    for label, font in (("叫停，分开", "hei"), ("叫一位同事来", "kai"), ("没停", "hei"), ("分组时总是", "song")):
        at = found.index(label)
        assert {char.font for char in chars[at : at + len(label)]} == {font}


def test_labels_stand_inside_their_boxes_and_no_type_is_below_9_points(printed: Path) -> None:
    """The room that is reckoned for a label is enough for the faces that are printed."""
    inside = 0
    for page, chars in zip(pypdfium2.PdfDocument(printed), paper.pages(printed), strict=True):
        for shape in page.get_objects([raw.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = (edge * paper.MM for edge in shape.get_bounds())
            # The boxes of steps are the only filled shapes of this size.
            filled, stroked = ctypes.c_int(), ctypes.c_int()
            raw.FPDFPath_GetDrawMode(shape, filled, stroked)
            if not (filled.value and 25 < right - left < 60 and 5 < top - bottom < 25):
                continue
            high = page.get_height() * paper.MM
            for char in chars:
                if left < char.right and char.left < right and high - top < char.bottom and char.top < high - bottom:
                    assert left + 1 < char.left, char
                    assert char.right < right - 1, char
                    assert high - top < char.top, char
                    assert char.bottom < high - bottom, char
                    assert char.size >= 9, char
                    inside += 1
    assert inside > 40


def test_chart_has_an_alternative_text_that_tells_every_step_and_a_caption(printed: Path) -> None:
    with pikepdf.open(printed) as pdf:
        things = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)]
        told = [str(thing.Alt) for thing in things if thing.get("/S") == "/Figure" and "/Alt" in thing]
        captions = [thing for thing in things if thing.get("/S") == "/Caption"]
    flow = next(alt for alt in told if alt.startswith("发现以后："))
    assert "受伤了吗？有：打 120；没有：报德育主任。" in flow
    assert "叫停，分开（立即），然后：受伤了吗？ 受伤了吗？有" in flow
    assert flow.endswith("单独回访（1 周、2 周、1 个月）。")
    assert any(alt.startswith("问卷：被起难听的外号：12人") for alt in told)
    assert len(captions) == 2
    checked = subprocess.run(
        [Path(sys.executable).with_name("pdfua"), "check", printed], capture_output=True, text=True, cwd=ROOT
    )
    assert checked.returncode == 0, checked.stdout


def test_the_list_below_a_chart_is_not_printed_and_its_source_is(printed: Path) -> None:
    found = paper.text(printed)
    assert "图里的文字" not in found
    assert "来源：某某小学不记名问卷" in found


def test_a_character_that_no_face_holds_is_reported_in_a_chart(tmp_path: Path) -> None:
    house = House(tmp_path, {"guide/example.md": examples(KINDS)["guide/example.md"]})
    house.edit("guide/example.md", "## 明天找谁", "::: 流程图 名称\n发现 -> 叫\ue000停\n:::\n\n## 明天找谁")
    found = [d for d in house.build().result.diagnostics if d.code == "P601"]
    assert {(d.place.file, d.place.line) for d in found} == {("guide/example.md", 24)}


# On a phone


def test_a_phone_shows_charts_whole_and_legible(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(
        """[...document.querySelectorAll('.diagram svg')].map(svg => {
            const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width
            return [box.left, box.right, scale * Math.min(...[...svg.querySelectorAll('text')].map(
                text => parseFloat(text.getAttribute('font-size'))))]
        })"""
    )
    assert len(sizes) == 2
    assert all(left >= 0 and right <= 390 and smallest >= 12 for left, right, smallest in sizes), sizes


def test_labels_stay_inside_their_boxes_and_off_each_other_in_the_fonts_of_a_phone(page: Page) -> None:
    """Every label of a step lies in one box with room around it; no two texts overlap."""
    wrong = page.evaluate(
        """[...document.querySelectorAll('.diagram svg')].flatMap(svg => {
            const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBBox()])
            const boxes = [...svg.querySelectorAll('.p,.g')].map(path => path.getBBox())
            const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height - 3
                && b.y < a.y + a.height - 3
            const inside = (a, b) => a.x >= b.x + 4 && a.x + a.width <= b.x + b.width - 4 && a.y >= b.y
                && a.y + a.height <= b.y + b.height
            return texts.filter(([, a], i) => boxes.some(b => meet(a, b) && !inside(a, b))
                || texts.some(([, b], j) => i < j && meet(a, b))).map(([words]) => words)
        })"""
    )
    assert wrong == []


def test_the_words_of_a_chart_open_below_it_as_a_list(page: Page) -> None:
    figure = page.locator(".diagram").first
    figure.locator("summary").click()
    assert figure.locator("li").all_inner_texts()[0] == "发现，然后：叫停，分开。"


def test_a_chart_is_read_aloud_as_its_list(page: Page) -> None:
    page.add_init_script(VOICE % "true")
    page.reload()
    page.locator("#main [data-do=read]:visible").first.click()
    for _ in range(400):
        if not page.evaluate("!!speechSynthesis.speaking"):
            break
        page.evaluate("ended()")
    said = page.evaluate("said.map(each => each.trim())")
    at = said.index("发现，然后：叫停，分开。")
    assert said[at - 1] == "发现以后"
    assert said[at + 1] == "叫停，分开（立即），然后：受伤了吗？"
    assert "图里的文字" not in said
    assert page.locator(".diagram svg").first.is_visible()


# As bytes


def test_the_same_chart_has_the_same_bytes_without_fonts_and_in_another_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = chart("流程图", "名称", FLOW)
    for name, value in {"FONTCONFIG_FILE": "/dev/null", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Shanghai"}.items():
        monkeypatch.setenv(name, value)
    assert chart("流程图", "名称", FLOW) == before


@pytest.mark.parametrize("arrow", ["->", "→", "-->", "——》", "=>", " －＞ ", "—>"])
def test_arrows_of_every_keyboard_are_read(arrow: str) -> None:
    assert drawn(chart("流程图", "名称", f"发现{arrow}制止{arrow}报告")[0]) == ["发现", "制止", "报告"]


def test_a_question_inside_quotation_marks_asks_nobody() -> None:
    figure, faults = chart("流程图", "名称", "问“哪里疼？”再看伤 -> 报告")
    assert faults == []
    assert "".join(drawn(figure)) == "问“哪里疼？”再看伤报告"


def test_the_course_written_first_runs_straight_down() -> None:
    figure = svg(chart("流程图", "名称", FLOW)[0])
    middles = {text.text: float(text.get("x", "")) for text in figure.iter(f"{SVG}text")}
    assert len({middles[name] for name in ("发现", "叫停，分开", "受伤了吗？", "打 120", "报德育主任")}) == 1


def test_bars_are_as_long_as_their_numbers_and_hatched() -> None:
    figure = svg(chart("条形图", "名称", BARS)[0])
    bars = [path.get("d", "") for path in figure.iter(f"{SVG}path") if path.get("class") == "p"]
    ends = [[float(number) for number in re.findall(r"[\d.]+", bar)] for bar in bars]
    long = [end[2] - end[0] for end in ends]
    assert long[1] / long[0] == pytest.approx(0.5, abs=0.01)
    assert len(long) == 2  # nothing is drawn for 0
    assert {path.get("fill") for path in figure.iter(f"{SVG}path")} <= {"#fff", "none"}
    assert [words for words in drawn(chart("条形图", "名称", BARS)[0]) if words.endswith("人")] == [
        "12人",
        "6人",
        "0人",
    ]


@pytest.mark.parametrize(
    "label", ["<script>alert(1)</script>", "</text></svg><b>", "a&b\"c'd]]>", "<!--", "W" * 30, "]; n9 [label=x"]
)
def test_an_evil_label_is_drawn_as_typed(label: str) -> None:
    figure, faults = chart("流程图", label, f"甲 -> {label}\n乙：{label} -> 甲")
    assert faults == []
    assert "".join("".join(drawn(figure)).split()).count("".join(label.split())) == 2
    assert {element.tag.removeprefix(SVG) for element in svg(figure).iter()} == {"svg", "title", "path", "text"}
    assert not re.search(r"<(?:script|b)\b|<!--", figure)
    assert ElementTree.fromstring(figure.replace('xmlns="http://www.w3.org/2000/svg"', "")).tag == "figure"


def test_charts_of_the_authors_guide_can_be_drawn() -> None:
    shown = re.findall(r"^::: (\S+图) (.+)\n([^:]+?)^:::", (ROOT / "docs" / "authoring.md").read_text("utf-8"), re.M)
    assert len(shown) >= 2
    assert [chart(*each)[1] for each in shown] == [[]] * len(shown)


# What is wrong


@pytest.mark.parametrize(
    ("written", "code", "line"),
    [
        ("::: 流程图\n甲 -> 乙\n:::", "C520", 0),
        ("::: 流程图 名\n\n甲 -> 乙\n-> 丙\n:::", "C521", 3),
        ("::: 流程图 名\n甲 -> 受伤了吗？有\n:::", "C521", 1),
        ("::: 流程图 名\n甲：一 -> 乙\n\n甲：二 -> 丙\n:::", "C522", 3),
        ("::: 流程图 名\n甲 -> 乙\n丙\n:::", "C523", 2),
        ("::: 流程图 名\n甲 -> 对吗？\n对吗？对 -> 乙\n:::", "C524", 1),
        ("::: 流程图 名\n甲 -> 对吗？ -> 乙\n:::", "C524", 1),
        ("::: 流程图 名\n甲 -> 对吗？\n对吗？对 -> 乙\n对吗？对 -> 丙\n:::", "C524", 1),
        ("::: 流程图 名\n甲 -> " + "长" * 31 + "\n:::", "C525", 1),
        ("::: 流程图 名\n" + " -> ".join("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午") + "\n:::", "C526", 0),
        ("::: 流程图 名\n" + "\n".join(f"问吗？{n} -> 第{n}个做法" for n in "一二三四五六") + "\n:::", "C526", 0),
        ("::: 流程图 名\n" + " -> ".join(f"第{n}步：{'长' * 60}" for n in "一二三四五六七八九") + "\n:::", "C526", 0),
        ("::: 条形图 名\n甲：1\n乙：2\n:::", "C527", 0),
        ("::: 条形图 名\n甲：1 人\n乙：2 次\n来源：问卷\n:::", "C522", 2),
        ("::: 条形图 名\n甲：很多\n乙：2\n丙：3\n来源：问卷\n:::", "C521", 1),
        ("::: 条形图 名\n甲：1\n来源：问卷\n:::", "C526", 0),
        ("::: 流程图 名\n甲 -> 报{{学校名称}}\n:::", "C528", 1),
    ],
)
def test_wrong_syntax_is_reported_at_its_line(tmp_path: Path, written: str, code: str, line: int) -> None:
    found = check(tmp_path, {"guide/a.md": text(body=f"正文。\n\n{written}\n")})
    first = text().split("\n").index("正文。") + 3
    assert places(found) == [(code, "guide/a.md", first + line, 1)]


def test_a_machine_without_graphviz_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = check(tmp_path, {"guide/a.md": text(body="::: 流程图 名\n甲 -> 乙\n:::\n")})
    assert [d.code for d in found] == ["P608"]


def test_a_graphviz_that_gives_up_is_told_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    found = check(tmp_path, {"guide/a.md": text(body="::: 流程图 名\n甲 -> 乙\n:::\n")})
    assert [d.code for d in found] == ["P608"]
