"""The site for those easily forgotten: by keyboard, by ear, enlarged, on paper; by axe-core and the Nu Html Checker."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.house import KINDS, ROOT, House, real_pages
from tests.test_site_light import HOME, weight
from tools.audit import served

KIND_PAGES = tuple(f"{path.parent.name}/example.html" for path in sorted(KINDS.glob("*/example.yml")))
TYPES = (
    *("index.html", "all.html", "all.html?a=家长", "help.html", "laws.html", "missing.html", "offline.html"),
    *("for/teachers.html", "for/parents.html", "for/schools.html", "for/students.html"),
    *("kind/guide.html", "stage/up.html", "topic/1.html"),
    *("search/index.html", "search/index.html?q=回执", "search/index.html?q=量子色动力学"),
    *KIND_PAGES,
)
# What the examples of kinds do not make: pages of the real library.
REAL = ("index.html", "calendar.html", "paths.html", "for/teachers.html")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
DESK = {"width": 1440, "height": 900}
# A stand-in for the voice of a phone, since Chromium without a sound card has none: notes what it is given to say and
# ends each text when the test says so.
VOICE = """
const voices = [{lang: 'en-US', localService: true}, {lang: 'zh-CN', localService: %s}];
window.said = [];
const speech = {speaking: null, getVoices: () => voices, cancel: () => { speech.speaking = null; },
  speak: words => { said.push(words.text); speech.speaking = words; }};
window.ended = () => { const words = speech.speaking; speech.speaking = null; words.onend(); };
Object.defineProperty(window, 'speechSynthesis', {value: speech});
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = House(tmp_path_factory.mktemp("access"))
    assert house.build().codes == []
    return house.dist / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_pages(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def types(site: Path, address: str, real: Path) -> Iterator[list[str]]:
    """The address of a page of every type; a topic's name in it is the library's."""
    topic = next(site.glob("topic/*.html")).name
    with served(real) as other:
        yield [
            *(address + name.replace("topic/1.html", f"topic/{topic}") for name in TYPES),
            *(other + name for name in REAL),
        ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1440)])
def test_axe_finds_nothing(types: list[str], browser: Browser, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page, found = context.new_page(), []
    for name in types:
        page.goto(name)
        result = Axe().run(page, options={"runOnly": list(RULES)})
        found += [(name, v["id"], node["html"][:160]) for v in result.response["violations"] for node in v["nodes"]]
    context.close()
    assert found == []


def test_the_nu_checker_finds_nothing(site: Path, real: Path) -> None:
    checker = ROOT / "tools" / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", checker, "--stdout", "--skip-non-html", "--format", "gnu"]
    # Pages from disk have no host that their policy could mean; what it lets through is tested in the browser.
    command += ["--filterpattern", ".*Content Security Policy.*", site, real]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


def test_every_page_says_its_language(site: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    assert [path for path, text in pages.items() if '<html lang="zh-Hans">' not in text] == []


@pytest.mark.parametrize(("width", "enlarged"), [(320, 1), (640, 1), (1280, 2)])
def test_pages_reflow(types: list[str], browser: Browser, width: int, enlarged: int) -> None:
    """WCAG 1.4.10: 320 px, a window of 1,280 px at 400 %; 640 px is 200 %. WCAG 1.4.4: letters twice as large."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page, wide, cut = context.new_page(), [], []
    for name in types:
        page.goto(name)
        page.evaluate(f"document.documentElement.style.fontSize = '{enlarged * 100}%'")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
        cut += [(name, text) for text in page.evaluate(CUT)]
    context.close()
    assert wide == []
    assert cut == []


# Text that its box hides: all but what is there for the ear only and drawings that say nothing of their own.
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e);
  return style.overflowX === 'hidden' && (e.innerText || '').trim() && !e.closest('.sr,[aria-hidden=true]')
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
}).map(e => e.className + ': ' + e.innerText.slice(0, 40))"""


def test_nothing_moves_for_those_who_asked_for_it(types: list[str], browser: Browser) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    for name in types:
        page.goto(name)
        moving = """() => [...document.querySelectorAll('*')].filter(e => {
            const s = getComputedStyle(e);
            return s.transitionDuration.split(', ').some(d => d !== '0s') || s.animationName !== 'none'
                || s.scrollBehavior !== 'auto';
        }).length"""
        assert page.evaluate(moving) == 0, name
    context.close()


def test_the_home_page_is_light_with_its_pictures(site: Path, address: str, page: Page) -> None:
    assert list(site.glob("preview/*/*.webp"))
    assert weight(site, address, page) <= HOME


# --- By keyboard ---

FOCUS = """() => {
  const e = document.activeElement;
  const shows = e.matches('.find input') ? e.closest('.find') : e.matches('.fold') ? e.nextElementSibling : e;
  const ring = getComputedStyle(shows);
  return {name: e.getAttribute('aria-label') || e.innerText || e.getAttribute('data-name') || e.id,
    ringed: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2};
}"""


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until something with these words has the focus; all that has it on the way shows so (WCAG 2.4.7)."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["ringed"], focus
        if words == focus["name"]:
            return
    raise AssertionError(f"no way to {words} by keyboard")


def test_the_first_tab_leads_past_the_header(address: str, page: Page) -> None:
    page.goto(f"{address}guide/example.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_search_by_keyboard(address: str, page: Page) -> None:
    page.goto(f"{address}index.html")
    tab_to(page, "q")
    page.keyboard.type("回执")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/index.html?q=*")
    page.locator("a[data-doc]").first.wait_for()
    title = page.locator("a[data-doc]").first.inner_text()
    tab_to(page, title)
    page.keyboard.press("Enter")
    page.wait_for_url("**/letter/example.html")


@pytest.mark.parametrize("width", [390, 1440])
def test_catalogue_by_keyboard(address: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{address}all.html")
    everything = page.locator("#cards article:visible").count()
    if width == 390:
        tab_to(page, "fold")
        page.keyboard.press("Space")
    tab_to(page, "家长")
    page.keyboard.press("Space")
    assert 0 < page.locator("#cards article:visible").count() < everything
    tab_to(page, "去掉 家长")
    page.keyboard.press("Enter")
    assert page.locator("#cards article:visible").count() == everything
    context.close()


def test_the_menu_closes_by_escape(address: str, page: Page) -> None:
    page.goto(f"{address}index.html")
    menu = page.locator(".menu")
    tab_to(page, "菜单")
    page.keyboard.press("Enter")
    assert menu.get_by_role("link", name="给家长").is_visible()
    page.keyboard.press("Escape")
    assert menu.get_by_role("link", name="给家长").is_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


# --- Large type, aloud, copied, on paper ---

FOR_FAMILIES = ("help.html", "for/parents.html", "for/students.html", *KIND_PAGES)


def test_large_type_stays_from_page_to_page_without_a_cookie(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}help.html")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.locator(".tools").get_by_role("button", name="大字").click()
    assert page.evaluate(size) > before * 1.2
    page.goto(f"{address}guide/example.html")
    assert page.locator('.tools [data-do="large"]').get_attribute("aria-pressed") == "true"
    assert page.evaluate(size) > before * 1.2
    assert context.cookies() == []
    page.locator(".tools").get_by_role("button", name="大字").click()
    page.reload()
    assert page.locator('.tools [data-do="large"]').get_attribute("aria-pressed") == "false"
    context.close()


@pytest.fixture
def spoken(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(VOICE % "true")
    yield context
    context.close()


@pytest.mark.parametrize("name", FOR_FAMILIES)
def test_pages_for_families_are_enlarged_printed_and_read_aloud(
    address: str, spoken: BrowserContext, name: str
) -> None:
    page = spoken.new_page()
    page.goto(address + name)
    for words in ("大字", "打印", "读给我听"):
        assert page.locator("#main").get_by_role("button", name=words).first.is_visible(), words
    page.locator("#main").get_by_role("button", name="读给我听").click()
    for _ in range(400):
        if not page.evaluate("!!speechSynthesis.speaking"):
            break
        page.evaluate("ended()")
    assert page.get_by_role("button", name="读给我听").first.is_visible()
    said = page.evaluate("said")
    assert page.inner_text("h1").replace("\n", "")[:6] in "".join(said)
    assert len("".join(said)) > 100
    # Not what is pressed, and not the way around.
    assert not any("打印本页" in text or "PDF，" in text or "跳着看" in text for text in said)
    assert max(map(len, said)) <= 80


def test_reading_marks_its_place_pauses_goes_on_and_stops(address: str, spoken: BrowserContext) -> None:
    page = spoken.new_page()
    page.goto(f"{address}guide/example.html")
    page.locator(".tools").get_by_role("button", name="读给我听").click()
    for _ in range(8):
        page.evaluate("ended()")
    sentence = page.evaluate("said[said.length - 1]")
    now = page.locator(".read-now")
    assert now.count() == 1
    assert sentence.strip() in now.inner_text().replace("\n", "")
    box = now.bounding_box()
    assert box
    assert 0 <= box["y"] < 844
    bar = page.get_by_role("group", name="朗读")
    bar.get_by_role("button", name="停一停").click()
    assert not page.evaluate("!!speechSynthesis.speaking")
    bar.get_by_role("button", name="接着读").click()
    assert page.evaluate("said.slice(-2)") == [sentence, sentence]
    bar.get_by_role("button", name="不读了").click()
    assert not page.evaluate("!!speechSynthesis.speaking")
    assert now.count() == 0
    assert bar.is_hidden()
    page.locator(".tools").get_by_role("button", name="读给我听").click()
    assert page.evaluate("said[said.length - 1]") == page.evaluate("said[0]")
    page.keyboard.press("Escape")
    assert bar.is_hidden()


def test_numbers_to_dial_are_read_digit_by_digit(address: str, spoken: BrowserContext) -> None:
    page = spoken.new_page()
    page.goto(f"{address}help.html")
    page.locator(".tools").get_by_role("button", name="读给我听").click()
    while page.evaluate("!!speechSynthesis.speaking"):
        page.evaluate("ended()")
    assert "1 2 3 5 5" in "".join(page.evaluate("said"))


@pytest.mark.parametrize("voice", [None, VOICE % "false"], ids=["none", "only one that sends the text away"])
def test_without_a_chinese_voice_of_its_own_nothing_is_offered(
    address: str, browser: Browser, voice: str | None
) -> None:
    context = browser.new_context()
    if voice:
        context.add_init_script(voice)
    page = context.new_page()
    for name in ("help.html", "guide/example.html", "kit/example.html"):
        page.goto(address + name)
        assert page.get_by_role("button", name="读给我听").count() == 0
    context.close()


def test_copying_works_where_there_is_no_clipboard(site: Path, page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto((site / "poster" / "example.html").as_uri())
    page.locator('[data-copy="坐过去，陪一会儿"]').click()
    page.get_by_text("已复制").first.wait_for()
    assert page.locator("[role=status]").inner_text() == "已复制"
    page.goto((site / "search" / "index.html").as_uri())
    page.locator("#q").focus()
    page.keyboard.press("Control+V")
    assert page.input_value("#q") == "坐过去，陪一会儿"


def test_a_page_on_paper_is_black_on_white_and_unfolded(address: str, page: Page) -> None:
    page.goto(f"{address}guide/example.html")
    page.emulate_media(media="print", color_scheme="dark")
    ink = """() => [...document.querySelectorAll('#main h1, #main h2, #main p, #main li, #main a')]
        .filter(e => e.offsetParent).map(e => getComputedStyle(e).color.match(/\\d+/g).map(Number))"""
    # Dark letters, also of who reads at night.
    assert max(sum(colour) for colour in page.evaluate(ink)) < 3 * 128
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for part in (".top", ".foot", ".tools", ".sos", ".aside"):
        assert page.locator(part).first.is_hidden(), part
    page.goto(f"{address}kit/example.html")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".body details:not([open])").count() == 0
