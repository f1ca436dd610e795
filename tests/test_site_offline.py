"""The site away from a server: from disk, out of its archive, and in a browser that has lost the network."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from generator import pipeline
from generator.press.plan import name_of
from generator.publish.archive import archive
from generator.publish.cache import Damaged
from generator.publish.tree import Entry
from generator.store import Store
from tests.house import House
from tests.test_site import pages_of
from tools.audit import served


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("offline"))
    assert house.build().codes == []
    return house


@pytest.fixture(scope="module")
def unpacked(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stick")
    with zipfile.ZipFile(house.dist / "site" / "offline.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def broken_links(site: Path) -> list[tuple[str, str]]:
    """Return what pages and style sheets below `site` load or lead to that is not there, as (page, address)."""
    pages = pages_of(site)
    asked = [(name, address) for name, links in pages.items() for address in links.addresses if name != "404.html"]
    for path in site.rglob("*.css"):
        name = path.relative_to(site).as_posix()
        asked += [(name, address) for address in re.findall(r"url\([\"']?([^)\"']+)", path.read_text("utf-8"))]
    broken = []
    for name, address in asked:
        if re.match(r"(?:https?|mailto|tel|data):", address):
            continue
        target, anchor = urldefrag(urljoin(f"/{name}", address))
        path = unquote(target.partition("?")[0]).lstrip("/")
        if not (site / path).is_file() or (anchor and path in pages and unquote(anchor) not in pages[path].ids):
            broken.append((name, address))
    return broken


def test_everything_is_there_on_a_stick(unpacked: Path) -> None:
    assert sorted(path.name for path in unpacked.iterdir()) == ["打开这里.html", "网站"]
    # The archive does not hold itself; its link shows on a server only.
    assert {address for _, address in broken_links(unpacked / "网站")} <= {"offline.zip", "../offline.zip"}


def test_the_archive_holds_the_site_and_is_also_laid_out_under_its_own_name(house: House, unpacked: Path) -> None:
    site = house.dist / "site"
    held = {path.relative_to(unpacked / "网站"): path for path in (unpacked / "网站").rglob("*") if path.is_file()}
    there = {path.relative_to(site): path for path in site.rglob("*") if path.is_file() and path.suffix != ".zip"}
    assert held.keys() == there.keys()
    assert [name for name in there if held[name].read_bytes() != there[name].read_bytes()] == []
    assert (house.dist / "阳光校园（离线版）.zip").samefile(site / "offline.zip")


def test_the_same_site_gives_the_same_archive_and_a_changed_page_another_one(house: House, tmp_path: Path) -> None:
    again = House(tmp_path)
    shutil.copytree(house.project.cache, again.project.cache, ignore=shutil.ignore_patterns("archive*"))
    assert again.build().codes == []
    assert (again.dist / "site" / "offline.zip").read_bytes() == (house.dist / "site" / "offline.zip").read_bytes()
    again.edit("guide/example.md", "## 明天找谁", "## 明天先找谁")
    assert "site/offline.zip" in again.build().changed
    assert again.build().changed == frozenset()


def test_an_archive_that_another_build_replaced_is_not_taken_for_ones_own(tmp_path: Path) -> None:
    store = Store(tmp_path)
    files = [Entry("site/a.html", "digest", 1, (), (), lambda: b"a")]
    entry = archive("site/offline.zip", files, store, "place")
    assert len(entry.read()) == entry.size
    store.put("archive", "place", b"x" * entry.size)
    with pytest.raises(Damaged):
        entry.read()
    assert archive("site/offline.zip", files, store, "place").read().startswith(b"PK")


def test_no_name_of_a_library_leads_out_of_the_tree() -> None:
    assert "/" not in name_of("../../阳光", "离线版", "zip")
    assert name_of("阳光校园", "离线版", "zip") == "阳光校园（离线版）.zip"


def test_a_part_of_the_library_has_no_archive_and_no_service_worker(house: House) -> None:
    paths = {entry.path for entry in pipeline.make(house.project, only=frozenset({"guide/example"}), jobs=1).entries}
    assert "site/guide/example.html" in paths
    assert paths.isdisjoint({"site/offline.zip", "site/sw.js"})


def test_a_reader_clicks_through_from_the_stick(unpacked: Path, page: Page) -> None:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((unpacked / "打开这里.html").as_uri())
    page.wait_for_url("**/index.html")
    assert page.locator("[data-online]").is_hidden()
    page.locator("main, #main").get_by_role("searchbox").fill("回执")
    page.keyboard.press("Enter")
    page.locator("a[data-doc='letter/example']").first.click()
    page.wait_for_url("**/letter/example.html")
    assert page.evaluate("getComputedStyle(document.querySelector('.sos')).display") == "block"
    picture = page.locator(".prints img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    page.goto((unpacked / "网站" / "all.html").as_uri())
    page.get_by_text("筛选").first.click()
    page.get_by_label("家长").first.check()
    assert "符合" in page.locator("#tally").inner_text()
    assert faults == []


# --- The service worker ---


@pytest.fixture
def site(house: House, tmp_path: Path) -> Path:
    """A copy of the built site that a test may change."""
    return Path(shutil.copytree(house.dist / "site", tmp_path / "site"))


@pytest.fixture
def visit(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


HELD = "async () => !!(await (await caches.open('seen')).match(location.href))"


def until(page: Page, asked: str) -> None:
    """Wait until a function in the page, which may be asynchronous, gives true."""
    end = time.monotonic() + 20
    while not page.evaluate(asked):
        assert time.monotonic() < end, asked
        page.wait_for_timeout(50)


def controlled(page: Page) -> None:
    """Wait until the service worker looks after the page and holds it."""
    until(page, "() => !!navigator.serviceWorker.controller")
    until(page, HELD)


def test_without_network_help_and_what_was_seen_open_and_the_rest_is_told(site: Path, visit: BrowserContext) -> None:
    page = visit.new_page()
    with served(site) as address:
        page.goto(f"{address}guide/example.html")
        controlled(page)
        page.goto(f"{address}letter/example.html")
        controlled(page)
    # The server is gone.
    page.goto(f"{address}guide/example.html")
    assert "孩子不想上学" in page.inner_text("h1")
    assert page.evaluate("getComputedStyle(document.querySelector('.sos')).display") == "block"
    page.goto(f"{address}help.html")
    assert page.locator("a[href='tel:110']").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.callc')).display") == "grid"
    page.goto(f"{address}kit/example.html")
    assert page.inner_text("h1") == "现在没有网络"
    assert page.locator("a[href='tel:12355']").is_visible()
    seen = page.locator("#seen a")
    seen.first.wait_for()
    assert {link.get_attribute("href") for link in seen.all()} == {
        f"{address}guide/example.html",
        f"{address}letter/example.html",
    }
    # Still no network: the same page again, not the browser's own.
    page.get_by_role("button", name="再试一次").click()
    page.wait_for_url("**/offline.html#kit%2Fexample.html")


def test_a_new_build_shows_at_once_and_replaces_what_was_held(house: House, site: Path, visit: BrowserContext) -> None:
    page = visit.new_page()
    with served(site) as address:
        page.goto(f"{address}guide/example.html")
        controlled(page)
        path = site / "guide" / "example.html"
        path.write_text(path.read_text("utf-8").replace("明天找谁", "明天先找谁"), "utf-8")
        page.reload()
        assert "明天先找谁" in page.inner_text("body")
        # Another style, another page of help: another worker, which holds the new ones.
        for name in ("sw.js", "help.html"):
            text = (site / name).read_text("utf-8").replace("写给孩子", "写给孩子们")
            (site / name).write_text(re.sub(r'VERSION = "\w+"', 'VERSION = "another"', text), "utf-8")
        page.goto(f"{address}letter/example.html")
        until(page, "async () => (await caches.keys()).sort().join() === `frame-another ${location.origin}/,seen`")
    page.goto(f"{address}help.html")
    assert "写给孩子们" in page.inner_text("body")
    page.goto(f"{address}guide/example.html")
    assert "明天先找谁" in page.inner_text("body")


def test_caches_of_other_sites_on_the_host_are_left_alone(site: Path, visit: BrowserContext) -> None:
    page = visit.new_page()
    with served(site) as address:
        page.goto(f"{address}catalog.json")
        others = ["frame-1 https://example.edu.cn/other/", "theirs"]
        page.evaluate("names => Promise.all(names.map(name => caches.open(name)))", others)
        page.goto(f"{address}guide/example.html")
        controlled(page)
        assert set(others) < set(page.evaluate("caches.keys()"))


def test_the_first_page_is_kept_whatever_pictures_stand_in_it(site: Path, visit: BrowserContext) -> None:
    page, path = visit.new_page(), site / "guide" / "example.html"
    twice = '<img src="../assets/art/logo.svg" alt="">' * 2 + '<img src="gone.png" alt="">'
    path.write_text(path.read_text("utf-8").replace("</main>", f"{twice}</main>"), "utf-8")
    with served(site) as address:
        page.goto(f"{address}guide/example.html")
        controlled(page)


def test_a_page_that_is_gone_is_not_kept(site: Path, visit: BrowserContext) -> None:
    page = visit.new_page()
    with served(site) as address:
        page.goto(f"{address}guide/example.html")
        controlled(page)
        (site / "guide" / "example.html").unlink()
        page.reload()
        assert page.inner_text("h1") == "这一页不在了"
        until(page, HELD.replace("!!", "!"))
    page.goto(f"{address}guide/example.html")
    assert page.inner_text("h1") == "现在没有网络"


def test_the_worker_changes_with_what_it_holds_only(house: House, tmp_path: Path) -> None:
    own = House(tmp_path)
    shutil.copytree(house.project.cache, own.project.cache, ignore=shutil.ignore_patterns("archive*"))
    own.build()
    own.edit("guide/example.md", "## 明天找谁", "## 明天先找谁")
    assert "site/sw.js" not in own.build().changed
    own.edit("library.yml", "name: 阳光校园", "name: 晴天校园")
    assert {"site/sw.js", "site/help.html"} <= own.build().changed


def test_nothing_is_registered_from_disk(unpacked: Path, page: Page) -> None:
    page.goto((unpacked / "网站" / "help.html").as_uri())
    assert page.evaluate("navigator.serviceWorker ? navigator.serviceWorker.controller : null") is None
