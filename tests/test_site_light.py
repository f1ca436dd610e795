"""The real site is light, runs in old browsers, asks nobody and keeps nothing of its readers."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2
from playwright.sync_api import Browser, Page

from tests.house import ROOT, real_pages
from tools.audit import TEXT, served

PHONE = {"width": 390, "height": 844}
HOME = 200_000  # bytes of the home page and all that it loads, compressed
# What Chromium 80, the browser inside many older phones, does not know: in selectors and values, and properties.
NEWER_WORDS = (":has(", ":is(", ":where(", "@layer", "@container", "@property", "dvh", "color-mix(", "oklch(")
NEWER = {
    "inset",
    "accent-color",
    "translate",
    "rotate",
    "scale",
    "margin-inline",
    "padding-inline",
    "overflow-clip-margin",
}
# … and in scripts; what is no syntax is found by name.
NEWER_JS = r"\.(at|replaceAll|replaceChildren|hasOwn|any|findLast|toSorted|structuredClone)\(|\binert\b|Intl\.Segmenter"
ADDRESS = re.compile(r"https?://[\w.:]+/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_pages(tmp_path_factory.mktemp("light"))


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


def names(site: Path) -> list[str]:
    """Return one page of every folder, and those of the root."""
    firsts = {path.parent: path for path in sorted(site.rglob("*.html"), reverse=True) if path.parent != site}
    return [path.relative_to(site).as_posix() for path in (*sorted(site.glob("*.html")), *firsts.values())]


def weight(site: Path, address: str, page: Page) -> int:
    """Return the bytes of the home page and of all that it loads down to its foot, compressed as servers do."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address).partition("?")[0]))
    page.goto(address)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    sizes = {}
    for name in asked:
        path = site / (name or "index.html")
        data = path.read_bytes()
        sizes[name] = len(gzip.compress(data, 6)) if path.suffix in TEXT else len(data)
    assert len(sizes) > 8
    return sum(size for name, size in sizes.items() if name != "sw.js")


def test_the_home_page_is_light(site: Path, address: str, page: Page) -> None:
    assert weight(site, address, page) <= HOME


@pytest.mark.parametrize("name", ["index.html", "all.html", "help.html", "for/parents.html", "laws.html"])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_shifts_while_a_page_loads(address: str, browser: Browser, name: str, large: bool) -> None:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script(f"localStorage.setItem('large', '{int(large)}')")
    page = context.new_page()
    page.goto(address + name)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    shifted = """() => new Promise(done => {
        let total = 0;
        new PerformanceObserver(list => list.getEntries().forEach(e => { total += e.value; }))
            .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(total), 300);
    })"""
    assert page.evaluate(shifted) == 0
    context.close()


# --- Old browsers ---


def test_scripts_are_no_newer_than_2019(site: Path) -> None:
    parser = ROOT / "tools" / "node" / "node_modules" / "acorn" / "bin" / "acorn"
    scripts = sorted(site.rglob("*.js"))
    assert {"site.js", "sw.js"} <= {path.name for path in scripts}
    for path in scripts:
        command = [Path(sys.executable).parent / "node", parser, "--ecma2019", "--silent", path]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{path.name}: {done.stderr}"
        if path.name != "index.js":
            assert re.findall(NEWER_JS, path.read_text("utf-8")) == [], path.name


def rules(nodes: list[object]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield selector and declarations of every rule, those inside @media too."""
    for node in nodes:
        if node.type == "qualified-rule":
            body = tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True)
            values = {d.name: tinycss2.serialize(d.value).strip() for d in body if d.type == "declaration"}
            yield tinycss2.serialize(node.prelude), values
        elif node.type == "at-rule" and node.content and node.at_keyword in ("media", "supports"):
            yield from rules(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))


def test_styles_need_nothing_newer_than_chromium_80(site: Path) -> None:
    found = []
    for path in sorted(site.rglob("*.css")):
        sheet = tinycss2.parse_stylesheet(path.read_text("utf-8"), skip_comments=True, skip_whitespace=True)
        at = " ".join(f"@{node.at_keyword}" for node in sheet if node.type == "at-rule")
        for selector, values in [(at, {}), *rules(sheet)]:
            text = " ".join((selector, *values.values()))
            found += [(path.name, selector, word) for word in NEWER_WORDS if word in text]
            found += [(path.name, selector, name) for name in NEWER & values.keys()]
            # A selector that is not understood drops its rule; so may only rules that merely take something away.
            known = ":focus-visible" not in selector or ":not(:focus-visible)" in selector
            if not known:
                found.append((path.name, selector, ":focus-visible"))
            if "gap" in values and "flex" in values.get("display", ""):
                found.append((path.name, selector, "gap in flex (84): margins"))
            if "aspect-ratio" in values and not values.keys() & {"min-height", "height", "padding-top"}:
                found.append((path.name, selector, "aspect-ratio (88) without a height"))
    assert found == []


# --- Private and safe ---


def test_no_page_asks_another_host_or_keeps_a_cookie(site: Path, address: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    foreign: list[str] = []

    def only_ours(route: object, request: object) -> None:
        if request.url.startswith((address, "data:")):
            route.continue_()
        else:
            foreign.append(request.url)
            route.abort()

    context.route("**/*", only_ours)
    page = context.new_page()
    for name in (*names(site), "search/index.html?q=孩子", "missing.html"):
        page.goto(address + name)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert foreign == []
    assert context.cookies() == []
    assert page.evaluate("Object.keys(localStorage).filter(key => key !== 'large')") == []
    context.close()


@pytest.mark.parametrize("from_disk", [False, True])
def test_no_page_breaks_its_own_policy(site: Path, address: str, page: Page, from_disk: bool) -> None:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name in (*names(site), "search/index.html?q=孩子"):
        if not (from_disk and name == "404.html"):
            page.goto(f"file://{site}/{name}" if from_disk else address + name)
            page.wait_for_load_state("networkidle")
    assert faults == []


def test_the_policy_lets_nothing_inline_run(address: str, page: Page) -> None:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}help.html")
    page.evaluate(
        """() => {
            const probe = '<p id="probe" style="color:red" onclick="window.ran=1">x</p>';
            document.body.insertAdjacentHTML('beforeend', probe);
            document.body.appendChild(document.createElement('script')).textContent = 'window.ran = 1';
            document.body.appendChild(document.createElement('script')).src = 'http://127.0.0.1:9/x.js';
            document.getElementById('probe').click();
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.getElementById('probe')).color") != "rgb(255, 0, 0)"
    assert sum("Content Security Policy" in fault for fault in faults) == 4


def test_pages_hold_nothing_inline_and_tell_nobody_where_a_reader_came_from(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        name = path.relative_to(site).as_posix()
        head = text.partition("</head>")[0]
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"', head)
        assert policy, name
        assert "unsafe" not in policy[1], name
        # What stands before the policy is not under it.
        assert not re.search(r"<(link|script|style)\b", head[: policy.start()]), name
        assert '<meta name="referrer" content="no-referrer">' in head, name
        assert not re.search(r"<[^>]*\s(on\w+|style)=", text), name
        assert not re.search(r"<style\b|<script(?![^>]*\b(src|type=\"application/ld\+json\"))", text), name
