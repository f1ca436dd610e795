"""The site as its readers meet it, in Chromium: from a server and from disk, on a phone and on a desk."""

from __future__ import annotations

import functools
import http.server
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from playwright.sync_api import Browser, Page

from tests.house import COUNT, ROOT, House

PHONE = {"width": 390, "height": 844}
TYPES = ("index.html", "all.html", "help.html", "laws.html", "for/parents.html", "search/index.html", "404.html")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("site"))
    assert house.build().codes == []
    return house


@pytest.fixture(scope="module")
def site(house: House) -> Path:
    return house.dist / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Links(HTMLParser):
    """Addresses and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.addresses.append(value)
            elif name == "id" and value:
                self.ids.append(value)


def pages_of(site: Path) -> dict[str, Links]:
    return {p.relative_to(site).as_posix(): Links(p.read_text("utf-8")) for p in sorted(site.rglob("*.html"))}


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    pages = pages_of(site)
    broken = []
    for name, links in pages.items():
        for address in links.addresses:
            if re.match(r"(?:https?|mailto|tel|data):", address) or name == "404.html":
                continue
            target, anchor = urldefrag(urljoin(f"/{name}", address))
            path = unquote(target.partition("?")[0]).lstrip("/")
            if not (site / path).is_file() or (anchor and path in pages and unquote(anchor) not in pages[path].ids):
                broken.append((name, address))
    assert broken == []


def test_ids_are_unique_on_every_page(site: Path) -> None:
    doubled = {name: [i for i in set(p.ids) if p.ids.count(i) > 1] for name, p in pages_of(site).items()}
    assert {name: ids for name, ids in doubled.items() if ids} == {}


def test_no_page_asks_another_host(site: Path, address: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in pages_of(site):
        page.goto(address + name)
    assert len(asked) > 50
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_no_page_is_wider_than_a_phone(site: Path, page: Page) -> None:
    wide = []
    for name in pages_of(site):
        page.goto(f"file://{site}/{name}")
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wide.append(name)
    assert wide == []


def test_a_document_page_says_what_it_is_and_offers_its_prints(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/kit/example.html")
    text = page.inner_text("body")
    for words in ("一个人吃饭的时候", "40 分钟", "小学高年级", "2026", "《未成年人保护法》", "第三十九条"):
        assert words in text
    offered = page.eval_on_selector_all("a[href$='.pdf']", "links => links.map(a => a.getAttribute('href'))")
    assert {Path(href).name for href in offered} >= {"example.pdf", "example-handout.pdf", "example-slides.pdf"}


def test_placeholders_read_as_words_on_the_site(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/letter/example.html")
    text = page.inner_text("body")
    assert "（班主任电话）" in text
    assert "{{" not in text
    assert page.locator("a[href='tel:12355']").count() >= 1


def test_a_slogan_is_copied_by_a_tap(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}poster/example.html")
    button = page.locator('[data-copy="坐过去，陪一会儿"]')
    button.click()
    page.get_by_text("已复制").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "坐过去，陪一会儿"
    context.close()


def test_a_poster_is_drawn_with_all_its_words_and_its_picture(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/poster/example.html")
    poster = page.locator(".poster")
    for words in ("坐过去，", "一分钟。", "端着盘子坐过去", "这儿有人吗", "12355"):
        box, frame = poster.get_by_text(words).bounding_box(), poster.bounding_box()
        assert box
        assert frame
        assert frame["x"] < box["x"]
        assert box["x"] + box["width"] < frame["x"] + frame["width"]
    assert poster.locator("title").text_content() == "两个同学并肩坐在长椅上"


def test_help_page_works_without_scripts(site: Path, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{site}/help.html")
    numbers = page.eval_on_selector_all("a[href^='tel:']", "links => links.map(a => a.getAttribute('href'))")
    assert {"tel:110", "tel:120", "tel:12355", "tel:12356"} <= set(numbers)
    assert page.locator("a[href='tel:110']").first.bounding_box()["y"] < PHONE["height"]  # type: ignore[index]
    context.close()


@pytest.mark.parametrize("name", [name for name in TYPES if name != "help.html"])
def test_the_way_to_help_is_the_first_thing_on_every_page(site: Path, page: Page, name: str) -> None:
    page.goto(f"file://{site}/{name}")
    box = page.locator("a[href$='help.html']").first.bounding_box()
    assert box is not None
    assert box["y"] < 60
    assert box["height"] >= 44


def test_search_finds_chinese_words_and_questions_from_disk(site: Path, page: Page) -> None:
    for query, expected in (
        ("坐过去", "kit/example"),
        ("孩子突然不想上学怎么办", "guide/example"),
        ("回执", "letter/example"),
    ):
        page.goto(f"file://{site}/search/index.html?q={query}")
        page.wait_for_selector("a[data-doc]")
        found = page.eval_on_selector_all("a[data-doc]", "links => links.map(a => a.dataset.doc)")
        assert expected in found[:3], query


def test_search_without_a_hit_offers_ways_on(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/search/index.html?q=量子色动力学")
    page.wait_for_timeout(300)
    assert page.locator("a[data-doc]").count() == 0
    ways = page.eval_on_selector_all("#main a[href]", "links => links.map(a => a.getAttribute('href'))")
    assert any("all.html" in way for way in ways)
    assert any("help.html" in way for way in ways)


def test_answers_are_not_in_the_search_index(site: Path) -> None:
    index = "".join(path.read_text("utf-8") for path in sorted((site / "search").rglob("*.js")))
    assert "这不是你的错" in index
    assert "第一张不是欺凌，是个人选择" not in index


def test_catalogue_narrows_down_and_keeps_its_state_in_the_address(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/all.html")
    cards = page.locator("#cards article:visible")
    everything = cards.count()
    assert everything == COUNT
    page.goto(f"file://{site}/all.html?a=家长")
    page.wait_for_timeout(200)
    assert 0 < cards.count() < everything


def test_catalogue_lists_everything_without_scripts(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{site}/all.html")
    assert page.locator("#cards article:visible").count() == COUNT
    context.close()


def test_plain_mkdocs_builds_the_same_pages_and_leaves_dist_alone(house: House, tmp_path: Path) -> None:
    manifest = (ROOT / "dist" / "manifest.json").stat().st_mtime_ns if (ROOT / "dist" / "manifest.json").exists() else 0
    environment = {**os.environ, "LIBRARY_CONTENT": str(house.content), "LIBRARY_CACHE": str(house.project.cache)}
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(tmp_path / "plain")]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    page = "guide/example.html"
    assert (tmp_path / "plain" / page).read_bytes() == (house.dist / "site" / page).read_bytes()
    assert (tmp_path / "plain" / "pdf" / "guide" / "example.pdf").is_file()
    after = (ROOT / "dist" / "manifest.json").stat().st_mtime_ns if (ROOT / "dist" / "manifest.json").exists() else 0
    assert after == manifest


def wait_for(url: str, words: str, seconds: float = 30) -> str:
    text = ""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                text = answer.read().decode()
        except OSError as error:
            text = str(error) + str(getattr(error, "read", bytes)())
        if words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{words} did not come up at {url}: {text[:300]}")


def test_serve_shows_an_edit_a_fault_and_its_mending(house: House, tmp_path: Path) -> None:
    own = House(tmp_path)
    environment = {**os.environ, "LIBRARY_CACHE": str(house.project.cache)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "build.py", "serve", str(own.content), "--address", host]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://{host}/"
    try:
        wait_for(url + "guide/example.html", "孩子不想上学又不肯说")
        own.edit("guide/example.md", "## 明天找谁", "## 明天先找谁")
        wait_for(url + "guide/example.html", "明天先找谁")
        own.edit("guide/example.md", "title: 孩子", "titel: 孩子")
        assert "S301" in wait_for(url, "内容有错误")
        own.edit("guide/example.md", "titel: 孩子", "title: 孩子")
        wait_for(url + "guide/example.html", "明天先找谁")
    finally:
        server.terminate()
        server.wait()
