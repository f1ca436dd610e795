"""Pictures of prints: on the page of a document, and all together on the contact sheet."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageColor, ImageStat
from playwright.sync_api import Page

from generator.bundles import previews
from tests.house import ROOT, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("previews"))
    assert house.build().codes == []
    return house


def test_a_picture_shows_the_first_page_and_another_all_pages(house: House) -> None:
    for pdf in sorted((house.dist / "site" / "pdf").rglob("*.pdf")):
        name = pdf.relative_to(house.dist / "site" / "pdf").with_suffix("")
        document = pypdfium2.PdfDocument(pdf)
        first = Image.open(house.dist / "site" / "preview" / f"{name}.webp").convert("L")
        page = document[0].render(scale=320 / document[0].get_width(), grayscale=True).to_pil()
        assert first.size == page.size
        # Tones are few, so each is a little off; another page, or a blank one, would be by far more.
        assert ImageStat.Stat(ImageChops.difference(first, page)).mean[0] < 8, name
        assert first.getextrema()[0] < 128, name
        pages = Image.open(house.dist / "site" / "preview" / f"{name}-pages.webp")
        shown = min(len(document), 12)
        assert abs(pages.height / pages.width - shown * page.height / page.width) < 0.02 * shown + 0.1, name


def test_a_page_shows_its_prints_and_leads_to_all_their_pages(house: House, page: Page) -> None:
    page.goto((house.dist / "site" / "kit" / "example.html").as_uri())
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        pictures = page.locator(".prints img")
        assert pictures.count() == page.locator(".prints a").count() == 4
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
            picture.evaluate("image => image.decode()")
            assert picture.evaluate("image => image.naturalWidth") == 320
            box = picture.bounding_box()
            assert box is not None
            assert 100 < box["width"] < 200
    link = page.locator(".prints a").first
    assert "看全部" in link.inner_text()
    link.click()
    assert page.evaluate("document.images[0].naturalWidth") == 640


def test_the_contact_sheet_shows_every_print(tmp_path: Path, house: House, page: Page) -> None:
    out = tmp_path / "dist"
    command = [sys.executable, ROOT / "build.py", "proof", house.content, "--out", out, "--jobs", "1"]
    told = subprocess.run(
        command, env={"LIBRARY_CACHE": str(house.project.cache), "PATH": ""}, capture_output=True, text=True, check=True
    )
    assert f"印样：{out / 'proof.html'}" in told.stdout
    page.goto((out / "proof.html").as_uri())
    pdfs = {path.relative_to(out).as_posix() for path in (out / "site").rglob("*.pdf")}
    assert {link.get_attribute("href") for link in page.locator("figcaption a").all()} == pdfs
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


@pytest.mark.parametrize("ink", ["mono", "colour"])
def test_the_ground_between_pages_keeps_its_colour(ink: str) -> None:
    made = previews._picture([Image.new("RGB", (64, 40), "white") for _ in range(2)], ink)
    picture = Image.open(io.BytesIO(made.data)).convert("RGB")
    assert picture.getpixel((32, 40 + previews.GAP // 2)) == ImageColor.getrgb(previews.GROUND)
    assert picture.getpixel((32, 20)) == (255, 255, 255)
