"""How readers find material: facets, doors, ways through a term, the calendar, help; in Chromium, from disk."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from generator.site import frames
from tests.house import COUNT, KINDS, ROOT, House, examples

PHONE = {"width": 390, "height": 844}
PATHS = """\
小学高年级:
  title: 旁边的人
  steps:
    - {id: guide/example, aim: 知道找谁, week: 1}
    - {id: kit/example, aim: 会坐过去, week: 4}
    - {id: poster/example, aim: 天天看得见, week: 9}
初中:
  title: 再往前一步
  steps:
    - {id: kit/example, aim: 会坐过去, week: 2}
    - {id: poster/example, aim: 天天看得见, week: 5}
    - {id: guide/example, aim: 知道找谁, week: 8}
"""
CALENDAR = """\
year: 2026
updated: 2026-11-24
days:
  - {name: 开学, when: 9月, materials: [letter/example], do: 发一封信。, prepare: 印好信。, verified: true}
  - {name: 反欺凌日, when: 11月第一个星期四, materials: [poster/example], do: 换上海报。, verified: true}
  - {name: 国家宪法日, when: 12-04, occasion: 班会课, do: 请人来讲。, law: fzxc 13, verified: true}
  - {name: 安全教育日, when: 3月最后一个星期一, materials: [kit/example], do: 查一遍。, verified: false}
  - {name: 儿童节, when: 06-01, materials: [kit/example], do: 练一次。, verified: true}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("finding"))
    house.write("paths.yml", PATHS).write("calendar.yml", CALENDAR)
    for name in ("kit/example/kit.md", "poster/example.md", "guide/example.md"):
        text = (house.content / name).read_text("utf-8")
        house.write(name, re.sub(r"^stages: .*$", "stages: [小学高年级, 初中]", text, count=1, flags=re.M))
    assert house.build().codes == []
    return house


@pytest.fixture(scope="module")
def site(house: House) -> Path:
    return house.dist / "site"


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    """A phone without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def cards(page: Page) -> list[str]:
    """Return the addresses of the cards that the catalogue shows."""
    return sorted(
        page.eval_on_selector_all("#cards > article:not([hidden]) h3 a", "all => all.map(a => a.getAttribute('href'))")
    )


def counts(page: Page, facet: str) -> dict[str, int]:
    """Return what stands beside the choices of a facet."""
    script = "all => all.map(b => [b.dataset.name, parseInt(b.closest('label').querySelector('.n').textContent)])"
    return dict(page.eval_on_selector_all(f"#facets input[name={facet}]", script))


def tick(page: Page, name: str) -> None:
    page.locator(f"#facets input[data-name='{name}']").check()


def test_choices_combine_and_counts_say_what_each_further_one_leaves(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html")
    assert desk.inner_text("#tally") == f"共 {COUNT} 份"
    before = counts(desk, "k")
    tick(desk, "家长")
    parents = cards(desk)
    assert desk.inner_text("#tally") == f"符合 {len(parents)} 份"
    assert 0 < len(parents) < COUNT
    after = counts(desk, "k")
    assert sum(after.values()) == len(parents) < sum(before.values())
    # A further choice in the same facet adds, and its number says how many would be there for it.
    teachers = counts(desk, "a")["教师"]
    tick(desk, "教师")
    both = cards(desk)
    assert set(parents) < set(both)
    assert len(both) >= teachers
    for name, count in counts(desk, "k").items():
        if count:
            tick(desk, name)
            assert len(cards(desk)) == count
            desk.locator(f"#facets input[data-name='{name}']").uncheck()


def test_choices_that_leave_nothing_are_shown_but_cannot_be_made(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html?a=家长")
    empty = [name for name, count in counts(desk, "k").items() if not count]
    assert empty
    for name in empty:
        box = desk.locator(f"#facets input[name=k][data-name='{name}']")
        assert box.is_disabled()
        assert box.is_visible()


def test_the_address_holds_the_choices_and_back_undoes_them(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html")
    tick(desk, "家长")
    tick(desk, "初中")
    chosen = cards(desk)
    shared = desk.url
    assert "a=" in shared
    assert "s=jun" in shared
    desk.go_back()
    assert not desk.locator("#facets input[data-name='初中']").is_checked()
    assert desk.locator("#facets input[data-name='家长']").is_checked()
    assert len(cards(desk)) >= len(chosen)
    desk.go_back()
    assert desk.inner_text("#tally") == f"共 {COUNT} 份"
    desk.go_forward()
    desk.go_forward()
    assert cards(desk) == chosen
    other = desk.context.new_page()
    other.goto(shared)
    assert cards(other) == chosen


def test_a_broken_address_shows_everything(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html?a=%E5%AE&s=nowhere&k=")
    assert len(cards(desk)) == COUNT


def test_the_keyboard_alone_chooses_and_takes_back(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html")
    desk.locator("#facets form input").first.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    chips = desk.locator("#chips .chip")
    assert chips.all_inner_texts() == ["教师", "家长"]
    assert desk.locator("#chips .clear").inner_text() == "清除全部"
    assert desk.evaluate("document.activeElement.dataset.name") == "家长"
    chips.first.focus()
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.getAttribute('aria-label')") == "去掉 家长"
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "found"
    assert len(cards(desk)) == COUNT


def test_a_screen_reader_hears_the_count_and_the_names_of_choices(site: Path, desk: Page) -> None:
    desk.goto(f"file://{site}/all.html")
    tick(desk, "家长")
    assert desk.locator("[aria-live=polite]").inner_text().startswith("符合")
    names = desk.get_by_role("checkbox").all()
    assert len(names) > 20
    assert desk.get_by_role("checkbox", name=re.compile(r"^教师\s*\d+ 份$")).count() == 1
    assert desk.get_by_role("group", name="学段").count() == 1
    assert desk.get_by_role("button", name="去掉 家长").count() == 1


def test_the_catalogue_lists_everything_without_scripts(site: Path, still: Page) -> None:
    still.goto(f"file://{site}/all.html?a=家长")
    assert still.locator("#cards article:visible").count() == COUNT
    assert still.locator("a[href='kind/kit.html']").first.is_visible()


def test_a_step_of_a_term_leads_to_the_next_one(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/paths.html#up")
    steps = page.locator("#up .steps-t li")
    assert [text.split("\n")[0] for text in steps.all_inner_texts()] == ["第 1 周", "第 4 周", "第 9 周"]
    steps.nth(0).locator("h3 a").click()
    block = page.locator(".term-on")
    row = block.locator("li", has_text="小学高年级")
    assert "第 1 周" in row.inner_text()
    row.get_by_role("link", name="一个人吃饭的时候").click()
    assert page.url.endswith("kit/example.html")
    row = page.locator(".term-on li", has_text="小学高年级")
    assert re.search(r"下一节\s*" + page.locator(".term-on li p a").first.inner_text(), row.inner_text())
    assert row.locator("a[href$='poster/example.html']").count() == 1
    assert row.locator("a[href$='guide/example.html']").count() == 1


def test_what_is_no_step_has_no_block(site: Path) -> None:
    assert "这学期的下一节" not in (site / "letter/example.html").read_text("utf-8")
    assert "这学期的下一节" in (site / "kit/example.html").read_text("utf-8")


def test_a_changed_term_changes_the_pages_of_its_steps_alone(tmp_path: Path) -> None:
    own = House(tmp_path).write("paths.yml", PATHS.partition("初中:")[0])
    for name in ("kit/example/kit.md", "poster/example.md", "guide/example.md"):
        text = (own.content / name).read_text("utf-8")
        own.write(name, re.sub(r"^stages: .*$", "stages: [小学高年级]", text, count=1, flags=re.M))
    own.build()
    changed = own.edit("paths.yml", "week: 9", "week: 10").build().changed
    steps = {f"site/{name}/example.html" for name in ("guide", "kit", "poster")}
    assert changed - {"site/offline.zip"} == {"site/paths.html", *steps}


def test_the_calendar_shows_every_day_by_month(site: Path, still: Page) -> None:
    still.goto(f"file://{site}/calendar.html")
    assert still.locator(".mon h2").all_inner_texts() == ["9月", "11月", "12月", "3月", "6月"]
    text = still.inner_text("#main")
    for words in (
        "11.5",
        "星期四",
        "12.4",
        "3.29",
        "学校定日子",
        "提前一周",
        "《法治宣传教育法》第十三条",
        "以官方发布为准",
    ):
        assert words in text
    link = still.get_by_role("link", name="加到日历").first
    assert link.get_attribute("href") == "calendar.ics"
    assert (site / "calendar.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("today", "first", "count"),
    [
        ("2026-11-24", "国家宪法日", 4),
        ("2026-11-05", "反欺凌日", 4),
        ("2026-09-02", "开学", 4),
        ("2027-05-20", "儿童节", 3),
    ],
)
def test_the_home_page_turns_to_the_days_to_come(site: Path, page: Page, today: str, first: str, count: int) -> None:
    page.clock.set_fixed_time(f"{today}T08:00:00")
    page.goto(f"file://{site}/index.html")
    shown = page.locator("#leaves > li:visible h3").all_inner_texts()
    assert (shown[0], len(shown)) == (first, count)


def test_days_of_next_year_are_told_without_a_weekday(site: Path, page: Page) -> None:
    page.clock.set_fixed_time("2027-06-20T08:00:00")
    page.goto(f"file://{site}/index.html")
    assert page.locator("#leaves > li:visible h3").all_inner_texts() == ["开学", "国家宪法日", "儿童节"]
    assert "星期" not in page.locator("#leaves").inner_text()


def test_this_month_is_marked_in_the_calendar(site: Path, page: Page) -> None:
    page.clock.set_fixed_time("2026-12-03T08:00:00")
    page.goto(f"file://{site}/calendar.html")
    assert page.locator(".now:visible").locator("xpath=..").locator("h2").all_inner_texts() == ["12月"]


def test_a_library_without_terms_and_calendar_says_nothing_of_them(tmp_path: Path) -> None:
    own = House(tmp_path)
    assert own.build().codes == []
    text = "".join(path.read_text("utf-8") for path in (own.dist / "site").rglob("*.html"))
    assert "calendar.html" not in text
    assert "paths.html" not in text


def test_a_long_list_stands_in_parts_that_can_be_jumped_to(site: Path, still: Page) -> None:
    still.goto(f"file://{site}/stage/up.html")
    parts = still.locator(".part-h")
    links = still.locator(".jump-parts a")
    assert parts.count() == links.count() > 3
    for index in range(parts.count()):
        assert links.nth(index).get_attribute("href") == f"#{parts.nth(index).get_attribute('id')}"
    assert sum(int(text.split()[-2]) for text in parts.all_inner_texts()) == still.locator("#main .mat").count()


def test_doors_lead_to_all_four_audiences_without_scripts(site: Path, still: Page) -> None:
    for title in ("我是老师", "我是家长", "我是学校", "我是学生"):
        still.goto(f"file://{site}/index.html")
        still.get_by_role("link", name=title, exact=True).first.click()
        assert still.locator("h1").inner_text() == title
        assert still.locator("#main .mat h3 a").count() > 0


def test_help_says_what_to_say_what_to_keep_whom_to_tell_and_by_when(site: Path, still: Page) -> None:
    still.goto(f"file://{site}/help.html")
    text = still.inner_text("#main")
    for words in (
        "“我相信你。”",
        "截图",
        "班主任",
        "请今天就让它停下来",
        "30 分钟内",
        "当天",
        "原则上十日内",
        "三十日内申请复核",
    ):
        assert words in text
    assert "（学校求助电话）" in text
    assert still.locator("a[href^='tel:']").count() >= 8


def test_numbers_of_the_school_can_be_tapped_on_the_page_of_help(tmp_path: Path, still: Page) -> None:
    own = House(tmp_path, {"guide/example.md": examples(KINDS)["guide/example.md"]})
    own.write("schools/demo.yml", '学校求助电话: "0571-0000 0000"\n区教育局电话: "0571-00000001"\n')
    assert own.build(school="demo").codes == []
    still.goto(f"file://{own.dist}/site/help.html")
    assert still.get_by_role("link", name="0571-0000 0000").get_attribute("href") == "tel:0571-00000000"
    assert still.get_by_role("link", name="0571-00000001").count() == 1
    assert "（负责人电话）" in still.inner_text("#main")


def test_cards_show_real_pages_that_wait_until_they_are_near(site: Path) -> None:
    home = (site / "index.html").read_text("utf-8")
    pictures = re.findall(r"<img [^>]*preview/[^>]*>", home)
    assert pictures
    for picture in pictures:
        assert 'loading="lazy"' in picture
        assert 'alt=""' in picture
        assert re.search(r'width="\d+" height="\d+"', picture)
        assert (site / re.search(r'src="([^"]+)"', picture)[1]).is_file()  # type: ignore[index]


def weight(site: Path, page: Page, name: str) -> int:
    """Return the bytes of everything that a page loads, scrolled to its end; text compressed as servers do."""
    loaded: set[str] = set()
    page.on("requestfinished", lambda request: loaded.add(request.url.partition("?")[0]))
    page.goto(f"file://{site}/{name}")
    for _ in range(20):
        page.mouse.wheel(0, 1000)
        page.wait_for_timeout(30)
    files = [Path(url.removeprefix("file://")) for url in loaded if url.startswith("file://")]
    return sum(
        len(gzip.compress(file.read_bytes())) if file.suffix != ".webp" else file.stat().st_size for file in files
    )


def test_the_first_pages_are_light(site: Path, page: Page) -> None:
    assert weight(site, page, "index.html") < 200_000
    assert weight(site, page, "help.html") < 60_000


@pytest.mark.parametrize("name", ["paths.html", "calendar.html", "stage/up.html", "for/teachers.html"])
def test_pages_fit_a_narrow_phone_in_large_type(site: Path, browser: Browser, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"file://{site}/{name}")
    page.evaluate("document.documentElement.classList.add('big')")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


@pytest.mark.parametrize(
    ("title", "phrases"),
    [
        ("旁边的人，也有力量", ["旁边的人，", "也有力量"]),
        ("学生欺凌防治岗位职责与时限清单", ["学生欺凌防治岗位", "职责与时限清单"]),
        ("学生欺凌突发事件应急预案", ["学生欺凌突发事件", "应急预案"]),
        ("能挂出去的三十条标语", ["能挂出去的", "三十条标语"]),
    ],
)
def test_titles_are_cut_between_words(title: str, phrases: list[str]) -> None:
    assert frames.phrases(title) == phrases


def test_no_title_of_the_library_is_cut_badly() -> None:
    titles = [
        match[1].strip('"')
        for path in sorted((ROOT / "content").rglob("*.md"))
        if (match := re.search(r"^title: (.+)$", path.read_text("utf-8"), re.M))
    ]
    pieces = {title: frames.phrases(title) for title in titles}
    assert all("".join(found) == title for title, found in pieces.items())
    assert [title for title, found in pieces.items() if len(found) > 1 and min(map(len, found)) < 2] == []
