"""Pages on sheets: where each A5 page and each panel stands on the paper, and that readers still get them in order."""

from __future__ import annotations

import io
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest

from generator.model import Artifact, Project
from generator.pipeline import project_of
from generator.press import plan, stack
from generator.press.engine import Press
from generator.reading.load import load
from tests import paper
from tests.house import ROOT, House, examples

HTML = """<!doctype html><html lang="zh-CN" data-impose="{scheme}"><head><title>试</title><style>
@page{{size:{size};margin:10mm;@bottom-center{{content:counter(page)}}}}
body{{margin:0}} section{{break-after:page;font:12pt var(--song)}} section:last-child{{break-after:auto}}
h1{{font-size:12pt}} .spare{{page:spare}}
</style></head><body>{pages}</body></html>"""
SIZES = {"booklet": "148mm 210mm", "halves": "148mm 210mm", "fold": "100mm 210mm"}


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(ROOT / "themes", tmp_path_factory.mktemp("content"), ROOT / ".cache" / "fonts")


def imposed(press: Press, folder: Path, scheme: str, count: int, spare: int = 0) -> Path:
    """Return a PDF of so many pages, each with 甲乙丙… as its heading and a link to the last one."""
    names = "甲乙丙丁戊己庚辛壬癸"[:count]
    pages = "".join(
        f'<section><h1 id="{name}">{name}页</h1><p><a href="#{names[-1]}">往后翻</a></p></section>' for name in names
    )
    pages += '<section class="spare"><h1>记录</h1></section>' * spare
    html = HTML.format(scheme=scheme, size=SIZES[scheme], pages=pages)
    pdf = press.render(html)
    assert pdf.problems == ()
    assert press.render(html).data == pdf.data
    path = folder / "imposed.pdf"
    path.write_bytes(pdf.data)
    return path


def heads(path: Path) -> list[list[tuple[str, float]]]:
    """Return the headings of each side from left to right with the place of their left edge in mm."""
    sides = []
    for page in paper.pages(path):
        found = [(a.text, a.left) for a, b in pairwise(page) if a.text + b.text in PAIRS]
        sides.append(sorted(found, key=lambda pair: pair[1]))
    return sides


PAIRS = {f"{name}页" for name in "甲乙丙丁戊己庚辛壬癸"} | {"记录"}


def spoken(path: Path) -> str:
    """Return the text in the order of the structure, as a second program reads it."""
    found = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True).stdout
    return "".join(re.findall(r'^\s+"(.*)"$', found, re.M))


def test_a_booklet_of_eight_pages_folds_into_reading_order(press: Press, tmp_path: Path) -> None:
    sides = heads(imposed(press, tmp_path, "booklet", 8))
    assert ["".join(name for name, _ in side) for side in sides] == ["辛甲", "乙庚", "己丙", "丁戊"]
    for side in sides:
        # The inner edges of both pages meet in the fold at 148.5 mm.
        assert [round(left - 10, 1) for _, left in side] == pytest.approx([0.5, 148.5], abs=0.6)


@pytest.mark.parametrize(("count", "notes"), [(5, 3), (6, 2), (7, 1), (8, 0)])
def test_notes_fill_a_booklet_to_whole_sheets(press: Press, tmp_path: Path, count: int, notes: int) -> None:
    sides = heads(imposed(press, tmp_path, "booklet", count, spare=3))
    assert all(len(side) == 2 for side in sides)
    assert sum(name == "记" for side in sides for name, _ in side) == notes


@pytest.mark.parametrize("scheme", ["booklet", "fold"])
def test_tags_links_and_bookmarks_follow_the_pages(press: Press, tmp_path: Path, scheme: str) -> None:
    path = imposed(press, tmp_path, scheme, 6)
    assert re.findall("[甲乙丙丁戊己](?=页)", spoken(path)) == list("甲乙丙丁戊己")
    assert paper.bookmarks(path) == [f"{name}页" for name in "甲乙丙丁戊己"]
    pdf = pikepdf.open(path)
    pages = [page.obj.objgen for page in pdf.pages]
    placed = {name: (number, left) for number, side in enumerate(heads(path)) for name, left in side}
    targets = pdf.Root.Names.Dests.Names
    for name, target in zip(map(str, targets[::2]), targets[1::2], strict=True):
        number, left = placed[name]
        assert pages.index(target[0].objgen) == number
        assert float(target[2]) * paper.MM == pytest.approx(left, abs=1)
    # A link lies over its words, which stand below the heading of its page.
    for number, page in enumerate(pdf.pages):
        links = [float(link.Rect[0]) * paper.MM for link in page.Annots]
        assert all(any(abs(link - left) < 1 for link in links) for _, left in heads(path)[number])


def test_marks_of_pages_that_share_a_sheet_are_told_apart(press: Press, tmp_path: Path) -> None:
    pdf = pikepdf.open(imposed(press, tmp_path, "booklet", 8))
    for page in pdf.pages:
        operators = [(o, str(op)) for o, op in pikepdf.parse_content_stream(page)]
        marks = [int(o[1].MCID) for o, op in operators if op == "BDC" and "/MCID" in o[1]]
        elements = pdf.Root.StructTreeRoot.ParentTree.Nums[1 + 2 * page.index]
        # What became an artifact, such as a page number, has a place in the list and nothing in it.
        assert sorted(marks) == [number for number, element in enumerate(elements) if element is not None]


def test_halves_are_equal_and_the_second_is_no_content(press: Press, tmp_path: Path) -> None:
    path = imposed(press, tmp_path, "halves", 2)
    for page in paper.pages(path):
        left = sorted((c.text, round(c.left, 1), round(c.top, 1)) for c in page if c.left < 148.5)
        right = sorted((c.text, round(c.left - 148.5, 1), round(c.top, 1)) for c in page if c.left > 148.5)
        assert left == right != []
    assert spoken(path).count("甲页") == spoken(path).count("乙页") == 1
    assert dark(path, 148.5, 100) or dark(path, 148.5, 102)


def test_panels_of_a_folded_leaflet_lie_where_the_folds_ask(press: Press, tmp_path: Path) -> None:
    """Letter fold: 97 + 100 + 100 mm outside, 100 + 100 + 97 mm inside, the flap behind the third inner panel."""
    path = imposed(press, tmp_path, "fold", 6)
    outer, inner = heads(path)
    assert "".join(name for name, _ in outer) == "乙己甲"
    assert "".join(name for name, _ in inner) == "丙丁戊"
    assert [left - 10 for _, left in outer] == pytest.approx([0, 97, 197], abs=1)
    assert [left - 10 for _, left in inner] == pytest.approx([0, 100, 200], abs=1)
    for number, folds in enumerate(((97, 197), (100, 200))):
        assert all(dark(path, fold, y, number) for fold in folds for y in (1.5, 208.5))
        assert not any(dark(path, fold, 100, number) for fold in folds)


def dark(path: Path, x: float, y: float, page: int = 0) -> bool:
    """Tell whether there is ink within half a millimetre of a place on the paper."""
    image = pypdfium2.PdfDocument(path)[page].render(scale=6).to_pil().convert("L")
    px, py = (round(value / paper.MM * 6) for value in (x, y))
    darkest, _ = image.crop((px - 8, py - 8, px + 8, py + 8)).getextrema()
    return bool(darkest < 128)


# The library's own documents


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return replace(project_of(ROOT / "content"), cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def planned(project: Project) -> list[Artifact]:
    library, found = load(project)
    assert found == []
    return plan.plan(library, project)


def made(artifacts: Sequence[Artifact], project: Project, folder: Path) -> dict[str, Path]:
    """Make artifacts, and return the files by path without folder and suffix."""
    files = {}
    for artifact in artifacts:
        result = plan.make(artifact, project)
        assert result.problems == (), artifact.path
        files[artifact.path.removeprefix("site/pdf/").removesuffix(".pdf")] = file = folder / Path(artifact.path).name
        file.write_bytes(result.data)
    return files


def test_leaflets_are_two_sides_in_readable_type_and_reading_order(
    planned: list[Artifact], project: Project, tmp_path: Path
) -> None:
    files = made([a for a in planned if a.path.endswith("-leaflet.pdf")], project, tmp_path)
    assert "guide/for-parents-leaflet" in files
    for file in files.values():
        outer, inner = paper.pages(file)
        assert min(char.size for char in inner) > 9.4  # the engine's 10 pt, and 9.5 pt of a label beside its words
        assert sum(char.size < 9.9 for char in (*outer, *inner)) < 0.15 * len((*outer, *inner))
        read = spoken(file)
        order = [read.index(words) for words in ("学生欺凌防治资源库", "找人帮忙")]
        assert order == sorted(order)
    read = spoken(files["guide/for-parents-leaflet"])
    places = [read.index(w) for w in ("今晚做什么", "证据这样留", "先陪先听", "找谁怎么说", "学校要做什么", "找人帮忙")]
    assert places == sorted(places)


def test_booklets_are_whole_sheets_with_cover_and_help_outside(
    planned: list[Artifact], project: Project, tmp_path: Path
) -> None:
    files = made([a for a in planned if a.path.endswith("-students-booklet.pdf")], project, tmp_path)
    (file,) = files.values()
    sides = paper.pages(file)
    assert len(sides) % 2 == 0
    front = "".join(char.text for char in sides[0] if char.left > 148.5)
    back = "".join(char.text for char in sides[0] if char.left < 148.5)
    assert "同学手册" in front
    assert "找人帮忙" in back
    assert "12355" in back
    folios = {
        int(
            "".join(
                c.text
                for c in side
                if c.top > 195 and round(c.size) == 10 and c.text.isdigit() and (c.left > 148.5) == right
            )
            or 0
        )
        for side in sides[1:]
        for right in (False, True)
    }
    assert folios == set(range(2, 2 * len(sides)))
    body = Counter(round(char.size, 1) for side in sides for char in side).most_common(1)[0][0]
    assert 10.5 <= body <= 11


def test_a_panel_that_is_too_full_is_told_with_its_text(tmp_path: Path) -> None:
    house = House(tmp_path, {f"guide/full/{n}": t for n, t in _leaflet(words=60).items()})
    built = house.build()
    assert "P602" in built.codes
    assert all("第 3 页" in d.message for d in built.result.diagnostics if d.code == "P602")
    house.write("guide/full/leaflet.yml", _leaflet(words=5)["leaflet.yml"])
    assert house.build().codes == []


def _leaflet(words: int) -> dict[str, str]:
    text = "不追问，先听他说完，再一起想办法。" * words
    panel = "{title: 标题, text: 短短一句话就够。}"
    leaflet = f"headline: [今晚做什么]\nlead: 先陪，先听。\nflap: {panel}\ninside:\n"
    leaflet += f"  - {{title: 先听, text: {text}}}\n  - {panel}\n  - {panel}\n"
    return {"guide.md": examples(ROOT / "generator" / "kinds")["guide/example.md"], "leaflet.yml": leaflet}


def test_halves_of_real_sheets_keep_readable_type(planned: list[Artifact], project: Project, tmp_path: Path) -> None:
    files = made([a for a in planned if a.args["edition"]["id"] == "halves"], project, tmp_path)
    assert {name.split("/")[0] for name in files} == {"kit", "letter"}
    for file in files.values():
        sizes = Counter(round(char.size, 1) for page in paper.pages(file) for char in page)
        assert sizes.most_common(1)[0][0] >= 11


def test_every_print_for_parents_has_an_edition_in_large_type(
    planned: list[Artifact], project: Project, tmp_path: Path
) -> None:
    """18 pt, at most 24 characters a line, and no word of the usual edition is lost."""
    masters = ("letter.html", "sheet.html")
    prints = [a for a in planned if a.audience == "家长" and a.args["master"] in masters]
    large = {a.path: a for a in prints if a.args["edition"]["id"] == "large"}
    plain = [a for a in prints if a.args["edition"]["id"] == "plain"]
    assert plain
    for artifact in plain:
        path = artifact.path.replace(".pdf", "-large.pdf")
        usual, big = made([artifact, large[path]], project, tmp_path).values()
        body = [[c for c in page if c.size > 17.9] for page in paper.pages(big)]
        for line in (line for page in body for line in paper.lines(page)):
            # Measured, since marks that meet take half a character each.
            assert (line.right - line.left) / (18 * paper.MM) < 24.2, line.text
            assert line.left > 28
            assert line.right < 182
        words = Counter(c.text for number, page in enumerate(paper.pages(usual)) for c in page if _is_body(c, number))
        found = Counter(c.text for page in body for c in page)
        assert words - found == Counter(), path
        assert sum(words.values()) > 100


@pytest.mark.parametrize(
    ("usual", "large", "copies"),
    [
        ("survey/parents", "survey/parents-large", 1),
        ("pledge/school-family", "pledge/school-family-large", 2),
        ("card/parent-card", "card/parent-card-by-phone-large", 10),
        ("guide/for-parents-leaflet", "guide/for-parents-leaflet-text-large", 1),
    ],
    ids=["survey", "pledge", "card", "leaflet"],
)
def test_what_parents_fill_in_sign_and_fold_is_also_in_large_type(
    planned: list[Artifact], project: Project, tmp_path: Path, usual: str, large: str, copies: int
) -> None:
    """18 pt, and no word is lost; what the usual edition says in several copies is said once."""
    of = {a.path.removeprefix("site/pdf/").removesuffix(".pdf"): a for a in planned}
    small, big = made([of[usual], of[large]], project, tmp_path).values()
    body = [char for page in paper.pages(big) for char in page if char.size > 17.9]
    words = Counter(char.text for page in paper.pages(small) for char in page if char.size > 9.6)
    once = Counter({char: number // copies for char, number in words.items()})
    lost = once - Counter(char.text for char in body)
    # Not said in 18 pt: who publishes it, whose copy it is, on what it rests.
    assert lost.total() < 40, lost
    text = "".join(char.text for char in body)
    assert [phrase for phrase in SAID[large] if phrase not in text] == []


SAID = {
    "survey/parents-large": ["孩子在哪个学段？", "学校接到以后会怎么做、多久答复", "大概知道", "有人念给我听"],
    "pledge/school-family-large": ["先听完，再出主意", "孩子中途转学的", "甲方存（学校）", "本责任书一式两份"],
    "card/parent-card-by-phone-large": ["先听完，再打电话", "没接就打学校专线", "12345", "派出所"],
    "guide/for-parents-leaflet-text-large": ["先陪他，先听他", "整屏截图", "谁看着他", "先不要做", "12356"],
}


def _is_body(char: paper.Char, page: int) -> bool:
    """Tell running text from masthead, page number, note of the cut and list of law."""
    return char.size > 9.6 and char.top < 278 and (page > 0 or char.top > 32)


def test_tables_of_three_columns_are_stacked_without_losing_a_word(press: Press) -> None:
    table = "<table><thead><tr><td></td><th>玩笑</th><th>欺凌</th></tr></thead><tbody>{}</tbody></table>"
    rows = '<tr><th scope="row">心里</th><td>两边<b>都笑</b></td><td>一边怕</td></tr>'
    html = (
        '<!doctype html><html lang="zh-CN" data-stack="3"><head><title>试</title></head><body>'
        f"{table.format(rows)}</body></html>"
    )
    text = pypdfium2.PdfDocument(io.BytesIO(press.render(html).data))[0].get_textpage().get_text_bounded()
    assert text.split() == ["心里", "玩笑", "两边都笑", "欺凌", "一边怕"]


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><th>一</th><td colspan='2'>二</td></tr>",
        "<tr><th rowspan='2'>一</th><td>二</td><td>三</td></tr><tr><td>四</td><td>五</td></tr>",
        "<tr><th>一</th><td>二</td><td>三</td><td>四</td></tr>",
        "<tr><th>一</th><td>二</td></tr>",
    ],
    ids=["colspan", "rowspan", "longer row", "shorter row"],
)
def test_an_uneven_table_is_not_stacked(rows: str) -> None:
    html = f"<body><table><thead><tr><th>甲</th><th>乙</th><th>丙</th></tr></thead><tbody>{rows}</tbody></table></body>"
    root = ElementTree.fromstring(html)
    stack.stack(root, 3)
    assert ElementTree.tostring(root) == ElementTree.tostring(ElementTree.fromstring(html))
