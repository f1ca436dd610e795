"""The search in Chromium over the real library: what people type, and which documents must come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import yaml
from playwright.sync_api import Browser, Page

from generator import outputs, pipeline
from generator.model import Document
from generator.publish import tree
from generator.search import index, passages
from tests.house import ROOT

# The index takes neither prints nor pictures of them.
INDEX = frozenset({"search"})
FIND = """async queries => {
  const found = [];
  for (const query of queries) found.push((await LIBRARY_SEARCH.find(query)).hits.map(hit => hit.doc.id));
  return found;
}"""
KILOBYTE = 1024


@dataclass(frozen=True)
class Site:
    """The real library's site without prints, and its documents by id."""

    folder: Path
    documents: dict[str, Document]

    def at(self, query: str, more: str = "") -> str:
        return f"{(self.folder / 'search/index.html').as_uri()}?q={quote(query)}{more}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("search")
    project = pipeline.project_of(ROOT / "content")
    project = type(project)(project.content, project.themes, project.kinds, folder / "cache")
    made = pipeline.make(project, without=frozenset(outputs.MAKERS) - INDEX, jobs=1)
    assert not made.faulty
    tree.publish(tree.claim(folder / "dist"), made.entries)
    return Site(folder / "dist" / "site", {document.id: document for document in made.library.documents})


@pytest.fixture(scope="module")
def find(site: Site, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto((site.folder / "search/index.html").as_uri())
    yield page
    page.close()


def hits(page: Page) -> list[str]:
    page.wait_for_selector("a[data-doc]")
    found: list[str] = page.eval_on_selector_all("a[data-doc]", "links => links.map(a => a.dataset.doc)")
    return found


def queries(name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "search" / name).read_text("utf-8"))
    return loaded


def test_what_people_type_finds_what_they_need(find: Page) -> None:
    asked = [*queries("queries.yml"), *queries("sealed.yml")]
    assert len(asked) >= 200
    found = dict(zip((each["q"] for each in asked), find.evaluate(FIND, [each["q"] for each in asked]), strict=True))
    wanted = [each for each in asked if each["expect"]]
    ranks = {
        each["q"]: next((n for n, id_ in enumerate(found[each["q"]], 1) if id_ in each["expect"]), 0) for each in wanted
    }
    late = [query for query, rank in ranks.items() if not 0 < rank <= 5]
    assert 1 - len(late) / len(ranks) >= 0.97, late
    assert sum(1 / rank for rank in ranks.values() if rank) / len(ranks) >= 0.90
    assert [each["q"] for each in wanted if not found[each["q"]]] == []
    assert [each["q"] for each in asked if not each["expect"] and found[each["q"]]] == []


def test_a_sentence_of_any_document_leads_to_it(site: Site, find: Page) -> None:
    sentences = {}
    for id_ in site.documents:
        script = (site.folder / "search" / "t" / f"{id_}.js").read_text("utf-8")
        told = json.loads(script[script.index(",") + 1 : script.rindex(")")])
        runs = [run for passage in told for run in re.findall(r"[\u4e00-\u9fff]{9,16}", passage)]
        sentences[id_] = runs[len(runs) // 2]
    found = find.evaluate(FIND, list(sentences.values()))
    lost = [id_ for id_, hits in zip(sentences, found, strict=True) if id_ not in hits[:5]]
    # A few sentences stand in several documents.
    assert len(lost) <= len(sentences) // 15, {id_: sentences[id_] for id_ in lost}


def test_the_address_opens_the_hits_with_the_best_passage_marked(site: Site, page: Page) -> None:
    page.goto(site.at("孩子在学校被孤立怎么办"))
    first = hits(page)[0]
    assert first == "guide/for-parents"
    assert page.title().startswith("搜索：孩子在学校被孤立怎么办")
    marked = page.locator("article.hit").first.locator(".snip mark")
    marked.first.wait_for()
    assert set(marked.all_inner_texts()) & {"孤立", "排挤", "不理", "不带玩", "不跟他玩"}
    assert page.locator("article.best").count() == 1


def test_hits_change_as_one_types_and_the_address_with_them(site: Site, page: Page) -> None:
    page.goto((site.folder / "search/index.html").as_uri())
    page.locator("#q").press_sequentially("应急预案")
    page.wait_for_selector("a[data-doc='policy/emergency-plan']")
    assert hits(page)[0] == "policy/emergency-plan"
    assert "应急预案" in unquote(page.url)
    page.locator("#q").fill("月报表")
    page.wait_for_function("() => document.querySelector('a[data-doc]').dataset.doc === 'form/monthly-report'")
    assert page.locator("#found").inner_text().startswith("找到")


@pytest.mark.parametrize(
    ("typed", "meant", "document"),
    [("起外好", "外号", "kit/nickname"), ("banhui", "班会", "kit/bystanders"), ("孩子老被人起外好怎么办", "外号", "")],
)
def test_what_was_read_otherwise_is_said_and_can_be_undone(
    site: Site, page: Page, typed: str, meant: str, document: str
) -> None:
    page.goto(site.at(typed))
    found = hits(page)
    assert not document or document in found[:5]
    note = page.locator("#fix")
    assert meant in note.inner_text()
    note.get_by_role("button", name="只查原来的字").click()
    page.wait_for_function("() => document.getElementById('fix').hidden")


def test_traditional_characters_and_full_width_find_the_same(find: Page) -> None:
    one, two, three = find.evaluate(FIND, ["网络欺凌12377", "網絡欺凌１２３７７", "网络欺凌 12377"])
    assert one[:5] == two[:5]
    assert set(one[:5]) & set(three[:5])


def test_an_article_is_told_in_plain_words_and_leads_to_the_law(site: Site, page: Page) -> None:
    page.goto(site.at("未保法第三十九条"))
    box = page.locator(".lawbox")
    assert "《未成年人保护法》第三十九条" in box.inner_text()
    assert "立即制止" in box.inner_text()
    assert box.get_by_role("link").get_attribute("href") == "../laws.html#wbf-39"
    for id_ in hits(page)[:3]:
        text = json.dumps((site.folder / f"{id_}.html").read_text("utf-8"), ensure_ascii=False)
        assert "wbf-39" in text, id_


def test_only_what_is_for_one_audience(site: Site, page: Page) -> None:
    page.goto(site.at("欺负"))
    hits(page)
    page.get_by_role("button", name="家长用").click()
    assert "a=" in page.url
    found = hits(page)
    assert found
    assert all("家长" in site.documents[id_].audiences for id_ in found)
    page.goto(page.url)
    assert hits(page) == found
    assert page.get_by_role("button", name="家长用").get_attribute("aria-pressed") == "true"


def test_a_broken_address_leaves_a_search_that_works(site: Site, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{(site.folder / 'search/index.html').as_uri()}?q=%C6%DB&a=%")
    page.locator("#q").fill("欺负")
    assert hits(page)
    assert faults == []


def test_what_reads_the_index_cuts_words_as_what_made_it() -> None:
    script = (ROOT / "themes" / "site" / "static" / "assets" / "find.js").read_text("utf-8")
    assert f"var RUN = /{passages.RUN.pattern}/g;" in script
    assert f"var SPREAD = {index.SPREAD};" in script


def test_more_hits_come_by_keyboard(site: Site, page: Page) -> None:
    page.goto(site.at("欺负"))
    before = hits(page)
    page.get_by_role("button", name="再看").press("Enter")
    page.wait_for_function(f"() => document.querySelectorAll('a[data-doc]').length > {len(before)}")
    assert page.evaluate("document.activeElement.dataset.doc") not in before


def test_nothing_found_leaves_three_ways_on(site: Site, page: Page) -> None:
    page.goto(site.at("红烧肉怎么做"))
    page.wait_for_selector(".nothing")
    assert page.locator("a[data-doc]").count() == 0
    ways = page.eval_on_selector_all("#main .ways a[href]", "links => links.map(a => a.getAttribute('href'))")
    assert {"../all.html", "../for/parents.html", "../help.html"} <= set(ways)


def test_who_is_in_need_sees_the_numbers_first(site: Site, page: Page) -> None:
    page.goto(site.at("我不想活了"))
    page.wait_for_selector(".trouble")
    assert page.locator("#hits").evaluate("node => node.firstElementChild.className") == "trouble"
    assert page.locator(".trouble a[href='tel:110']").count() == 1


def test_little_is_read_before_the_first_hit(site: Site, page: Page) -> None:
    for query in ("孩子在学校被孤立怎么办", "三年级 外号 班会", "xsqlfz", "手机和班级群里有人骂我孩子怎么留证据"):
        read: list[str] = []
        page.on("request", lambda request, read=read: read.append(request.url))
        page.goto(site.at(query))
        hits(page)
        scripts = {unquote(url.split("?")[0]) for url in read if url.split("?")[0].endswith(".js") and "/t/" not in url}
        size = sum(Path(url.removeprefix("file://")).stat().st_size for url in scripts)
        assert size <= 200 * KILOBYTE, (query, size)


def test_words_of_the_list_are_checked(tmp_path: Path) -> None:
    for name in ("library.yml", "laws.yml"):
        (tmp_path / name).write_text((ROOT / "content" / name).read_text("utf-8"), "utf-8")
    (tmp_path / "search.yml").write_text(
        "synonyms: [[外号]]\nkinds: {lesso: [教案]}\nstages: {小学: [一年级]}\n", "utf-8"
    )
    _, found = pipeline.check(pipeline.project_of(tmp_path))
    places = {(each.code, each.place.line) for each in found if each.place.file == "search.yml"}
    assert places == {("S306", 1), ("S304", 2), ("S301", 3)}
