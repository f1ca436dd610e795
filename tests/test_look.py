"""Pages of the real library as readers see them: nothing sticks out, one thing to do first, how to print is said.

The prints behind the pages are stand-ins, since making them all takes minutes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from generator import outputs, pipeline, theme
from generator.model import Receipt
from generator.publish.cache import Record
from generator.reading import resolve
from generator.site import look, pages, render
from tests import paper
from tests.house import ROOT, House

WIDTHS = (320, 390, 1440)
LARGEST = 4096  # bytes of a picture
# What the classes of pictures are, see theme.ILLUSTRATION; a page without style for another would draw it black.
CLASSES = {"o", "p", "s", "l", "k", "g", "t"}
IMPOSED = {"booklet": "沿短边翻转", "leaflet": "沿短边翻转", "halves": "从中间裁开", "a3": "用 A3 纸"}


class Tags(HTMLParser):
    """Names and attributes of a page's elements in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Sequence[Receipt]]]:
    """Return the folder of the site and what its pages know of their prints."""
    folder = tmp_path_factory.mktemp("look")
    project = replace(pipeline.project_of(ROOT / "content"), cache=folder / "cache")
    read, _ = pipeline.check(project)
    planned = outputs.plan(read, project)
    stand_in = Record(100_000, "", (), {"pages": 2, "width": 320, "height": 453, "shown": 2})
    ways = theme.tokens(project.themes)["to-print"]
    receipts = pipeline._receipts(planned, {each.path: stand_in for each in planned}, ways)
    planned_pages = render.artifacts(pages.plan(read, receipts), read, project)
    made = {each.path: html for each, html in render.render(planned_pages, read, project, pipeline.CONFIG)}
    made |= {f"site/{path}": data for path, data in look.files(project.themes).items()}
    for path, data in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder / "site", {document.id: receipts[document.id] for document in read.documents}


@pytest.mark.parametrize("large", [False, True])
def test_no_page_of_a_document_is_wider_than_the_screen(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], browser: Browser, large: bool
) -> None:
    site, documents = library
    page, wide = browser.new_page(), []
    for id_ in documents:
        page.goto(f"file://{site}/{id_}.html")
        page.evaluate("on => document.documentElement.classList.toggle('big', on)", large)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((id_, width))
    page.close()
    assert wide == []


def test_a_page_printed_from_the_browser_has_its_title_and_its_text(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], page: Page
) -> None:
    site, documents = library
    page.emulate_media(media="print")
    for id_ in documents:
        page.goto(f"file://{site}/{id_}.html")
        assert page.locator("h1").is_visible(), id_
        assert page.locator(".body").is_visible(), id_
        assert not page.locator(".take").is_visible(), id_


def test_one_thing_to_do_is_in_the_sun_and_no_picture_moves_the_page(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]],
) -> None:
    site, documents = library
    for id_ in documents:
        tags = Tags((site / f"{id_}.html").read_text("utf-8")).found
        suns = [names for _, names in tags if "go" in names.get("class", "").split()]
        # A guide is read where it is found: there the answer lies in the light, not the download.
        assert len(suns) == (0 if id_.startswith("guide/") else 1), id_
        for tag, names in tags:
            assert tag != "img" or {"width", "height", "alt"} <= names.keys(), (id_, names)


def test_pictures_on_pages_are_there_and_a_sheet_lies_beside_its_title(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], browser: Browser
) -> None:
    site, documents = library
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    for id_ in documents:
        for tag, names in Tags((site / f"{id_}.html").read_text("utf-8")).found:
            if tag == "img" and "/art/" in names["src"]:
                assert (site / id_).parent.joinpath(names["src"]).resolve().is_file(), (id_, names["src"])
    for id_ in (
        "letter/term-start",
        "form/urgent-report",
        "card/pupil-card",
        "pledge/school-family",
        "survey/students",
    ):
        page.goto(f"file://{site}/{id_}.html")
        sheet, title = page.locator(".page-1 img").bounding_box(), page.locator("h1").bounding_box()
        assert sheet
        assert title
        assert sheet["width"] >= 300
        assert sheet["x"] > title["x"] + title["width"] / 2
        assert sheet["y"] < 400
    context.close()


def test_beside_a_download_stands_how_it_is_printed(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], page: Page
) -> None:
    site, documents = library
    found = set()
    for id_, receipts in documents.items():
        special = [receipt for receipt in receipts if receipt.how]
        if special:
            page.goto(f"file://{site}/{id_}.html")
            said = page.locator(".take").inner_text().replace("\n", "")
            assert all(receipt.how in said for receipt in special), id_
        found |= {end for end in IMPOSED for receipt in special if f"-{end}" in receipt.path}
        for end, words in IMPOSED.items():
            assert all(words in receipt.how for receipt in receipts if receipt.path.endswith(f"-{end}.pdf")), id_
    assert found == IMPOSED.keys()


def test_a_booklet_and_a_card_say_on_paper_what_the_page_says(tmp_path: Path) -> None:
    ways = theme.tokens(ROOT / "themes")["to-print"]
    names = ("guide/example.md", "card/example.md")
    house = House(tmp_path)
    files = {name: (house.content / name).read_text("utf-8") for name in names}
    house = House(tmp_path / "two", files).print()
    for path, way in (("guide/example-booklet", "booklet"), ("card/example", "wallet")):
        text = paper.text(house.dist / "site" / "pdf" / f"{path}.pdf")
        assert re.sub(r"\s", "", ways[way]) in re.sub(r"\s", "", text)


def test_an_article_of_a_rule_has_an_address_of_its_own(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], page: Page
) -> None:
    site, _ = library
    page.goto(f"file://{site}/policy/prevention-and-handling.html")
    page.get_by_text("按条找").click()
    page.locator(".byart").get_by_role("link", name="二十八", exact=True).click()
    assert page.evaluate("decodeURIComponent(location.hash)") == "#第二十八条"
    assert page.locator("[id='第二十八条']").inner_text().startswith("第二十八条")
    box = page.locator("[id='第二十八条']").bounding_box()
    assert box
    assert 0 <= box["y"] < 200


def test_the_clock_of_a_speech_runs_to_its_end(
    library: tuple[Path, Mapping[str, Sequence[Receipt]]], page: Page
) -> None:
    site, documents = library
    for id_ in (each for each in documents if each.startswith("speech/")):
        page.goto(f"file://{site}/{id_}.html")
        told = [text for text in page.locator(".clock").all_inner_texts() if text]
        seconds = [int(text.split(":")[0]) * 60 + int(text.split(":")[1]) for text in told]
        minutes = int(re.findall(r"(\d+) 分钟", page.locator(".facts").inner_text())[0])
        assert seconds[0] == 0
        assert seconds == sorted(set(seconds))
        assert 0.6 * minutes * 60 < seconds[-1] <= (minutes + 0.5) * 60, id_


@pytest.mark.parametrize("path", sorted((ROOT / "themes" / "art").glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_is_light_and_of_the_family(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.stem == "icons":
        return
    assert len(text.encode()) <= LARGEST
    drawn = theme.picture(text, "Titel")
    assert set(re.findall(r'class="([^"]*)"', drawn)) <= CLASSES
    printed = theme.picture(text, "Titel", theme.inked(theme.tokens(ROOT / "themes"), "mono")["colour"])
    assert "class=" not in printed
    assert printed.count("<title>Titel</title>") == 1
    assert "text" not in re.findall(r"<(\w+)", text), "words belong below a picture, where they can be read aloud"


def test_a_text_shows_a_picture_with_its_words_on_the_page_and_on_paper(tmp_path: Path) -> None:
    house = House(tmp_path)
    example = (house.content / "guide/example.md").read_text("utf-8")
    house = House(tmp_path / "one", {"guide/example.md": example + "\n{{图 冰山}}\n"})
    figure = resolve.value("图 冰山", pipeline.check(house.project)[0])
    assert figure
    assert house.build().codes == []
    page = (house.dist / "site/guide/example.html").read_text("utf-8")
    assert (
        f'<figure class="fig"><img src="../assets/art/iceberg.svg" width="320" height="200" alt="{figure["alt"]}"'
        in page
    )
    pdf = house.dist / "site/pdf/guide/example.pdf"
    assert figure["caption"] in paper.text(pdf)
    house.edit("guide/example.md", "{{图 冰山}}", "{{图 冰川}}")
    (fault,) = pipeline.check(house.project)[1]
    assert fault.code == "R401"
