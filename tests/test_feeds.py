"""What programs read of the published site, read back as they read it: feed, addresses, catalogue, descriptions."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft202012Validator
from PIL import Image
from playwright.sync_api import Page

from generator import pipeline
from generator.bundles.share import title_lines
from generator.press.lines import CLOSING
from tests.house import KINDS, ROOT, Built, House, examples

ADDRESS = "https://example.edu.cn/yangguang/"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
WHAT = "加了一句开头的话，换了 <b>第二步</b>"
HOSTILE = '"</script><script>alert(1)</script> &amp; 说出来'
MAIN = {"guide": "guide/example.md", "letter": "letter/example.md", "lesson": "lesson/example/lesson.md"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Some examples with a public address; the guide tells two changes and moved once, the letter has a rude title."""
    files = {name: text for name, text in examples(KINDS).items() if name.split("/")[0] in MAIN}
    house = House(tmp_path_factory.mktemp("feeds"), files)
    house.edit("library.yml", 'base_url: ""', f"base_url: {ADDRESS}")
    told = f'changes: [{{date: "2026-11-24", what: "{WHAT}"}}, {{date: "2026-09-01", what: 第一步写短了}}]'
    house.edit(MAIN["guide"], "---\n", f"---\n{told}\nwritten: 2026-03-01\nmoved_from: [guide/old, letter/way/older]\n")
    return house


@pytest.fixture(scope="module")
def built(house: House) -> Built:
    built = house.build()
    assert built.codes == []
    return built


@pytest.fixture(scope="module")
def site(built: Built) -> Path:
    return built.dist / "site"


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of one document, whose library has no public address."""
    house = House(tmp_path_factory.mktemp("unknown"), {"guide/example.md": examples(KINDS)[MAIN["guide"]]})
    house.edit(MAIN["guide"], "---\n", "---\nmoved_from: [guide/old]\n")
    assert house.build().codes == []
    return house.dist / "site"


class Head(HTMLParser):
    """What a page says to programs: metadata by name or property, links by relation, descriptions."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.data: list[dict[str, object]] = []
        self._script = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.meta[own.get("property") or own.get("name") or own.get("http-equiv", "")] = own.get("content", "")
        elif tag == "link":
            self.links[own["rel"]] = own["href"]
        self._script = own.get("type", "text/javascript") if tag == "script" else ""

    def handle_endtag(self, tag: str) -> None:
        self._script = ""

    def handle_data(self, data: str) -> None:
        if self._script == "application/ld+json":
            self.data.append(json.loads(data))


def pages(site: Path) -> Iterator[tuple[str, Head]]:
    for path in sorted(site.rglob("*.html")):
        yield path.relative_to(site).as_posix(), Head(path)


def test_the_feed_keeps_the_rules_of_atom(site: Path) -> None:
    feed = ElementTree.parse(site / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    # RFC 4287, 4.1.1 and 4.1.2: exactly one of each; an author for all; an alternate where there is no content.
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (only,) = element.findall(f"{ATOM}{name}")
            assert only.text
        assert datetime.datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")).tzinfo
        assert element.find(f"{ATOM}link[@rel='alternate']") is not None
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{ADDRESS}feed.xml"
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    # RFC 4151: a name, a day it was held on, and what only its holder says.
    assert all(re.fullmatch(r"tag:example\.edu\.cn,2026:/yangguang/[a-z0-9/-]+", id_ or "") for id_ in ids)
    for link in feed.iter(f"{ATOM}link"):
        assert (site / link.get("href", "").removeprefix(ADDRESS)).is_file()


def test_the_feed_tells_changes_newest_first_by_the_dates_of_the_content(site: Path) -> None:
    feed = ElementTree.parse(site / "feed.xml").getroot()
    entries = [
        (entry.findtext(f"{ATOM}updated", "")[:10], entry.findtext(f"{ATOM}title", ""))
        for entry in feed.iter(f"{ATOM}entry")
    ]
    days = [day for day, _ in entries]
    assert days == sorted(days, reverse=True)
    assert feed.findtext(f"{ATOM}updated", "")[:10] == days[0]
    guide = [(day, title) for day, title in entries if title.startswith("孩子不想上学又不肯说")]
    assert [day for day, _ in guide] == ["2026-11-24", "2026-09-01", "2026-03-01"]
    assert WHAT in guide[0][1]
    assert "新增" in guide[2][1]
    # Of the letter nothing is told: it is new on the day of its review.
    assert [day for day, title in entries if title == "今晚问孩子一句话（新增）"] == ["2026-11-20"]


def test_the_feed_holds_the_fifty_newest(tmp_path: Path) -> None:
    text = examples(KINDS)[MAIN["guide"]]
    house = House(tmp_path, {f"guide/g{number:02}.md": text for number in range(49)})
    house.edit("library.yml", 'base_url: ""', f"base_url: {ADDRESS}")
    days = ", ".join(f'{{date: "2026-11-{day:02}", what: 换了一句}}' for day in (23, 20, 19))
    house.edit("guide/g00.md", "---\n", f"---\nchanges: [{days}]\n")
    library, found = pipeline.check(house.project)
    assert found == []
    (feed,) = (a for a in pipeline.outputs.plan(library, house.project) if a.path == "site/feed.xml")
    entries = feed.args["entries"]
    assert (len(entries), entries[-1]["date"]) == (50, "2026-11-20")


def test_the_sitemap_names_every_page_that_is_there_to_be_found(site: Path) -> None:
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    found = {url.findtext(f"{SITEMAP}loc", ""): url.findtext(f"{SITEMAP}lastmod") for url in root}
    moved = {"guide/old.html", "letter/way/older.html"}
    expected = {name for name, _ in pages(site)} - {"404.html", "offline.html", "search/index.html"} - moved
    assert set(found) == {ADDRESS + name for name in expected}
    assert found[f"{ADDRESS}guide/example.html"] == "2026-11-24"
    assert f"Sitemap: {ADDRESS}sitemap.xml\n" in (site / "robots.txt").read_text("utf-8")


def test_every_document_is_described(site: Path, built: Built) -> None:
    described = {name: head.data for name, head in pages(site) if head.data}
    assert set(described) == {f"{document.id}.html" for document in built.result.library.documents}
    (lesson,) = described["lesson/example.html"]
    assert lesson["@context"] == "https://schema.org"
    assert lesson["@type"] == "LearningResource"
    front = yaml.safe_load(examples(KINDS)["lesson/example/lesson.md"].split("---\n")[1])
    assert (lesson["name"], lesson["description"]) == (front["title"], front["summary"])
    assert lesson["educationalLevel"] == front["stages"]
    assert lesson["timeRequired"] == f"PT{front['minutes']}M"
    assert lesson["teaches"] == front["topics"]
    assert [each["name"] for each in lesson["about"]] == front["topics"]
    assert lesson["audience"][0]["educationalRole"] == "teacher"
    assert lesson["learningResourceType"] == "教案"
    assert (lesson["inLanguage"], lesson["isAccessibleForFree"]) == ("zh-CN", True)
    assert lesson["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert lesson["publisher"] == {"@type": "Organization", "name": "某某区教育局"}
    assert lesson["url"] == f"{ADDRESS}lesson/example.html"
    assert lesson["dateModified"] == str(front["reviewed"])
    (guide,) = described["guide/example.html"]
    assert (guide["datePublished"], guide["dateModified"]) == ("2026-03-01", "2026-11-24")


def test_descriptions_name_every_file_with_its_digest(site: Path) -> None:
    for name, head in pages(site):
        offered = set(re.findall(r'href="([^"]+\.pdf)"', (site / name).read_text("utf-8")))
        for data in head.data:
            files = {file["contentUrl"]: file for file in data["encoding"]}
            assert set(files) == {urljoin(ADDRESS + name, href) for href in offered}
            for address, file in files.items():
                published = (site / address.removeprefix(ADDRESS)).read_bytes()
                assert hashlib.sha256(published).hexdigest() == file["sha256"]
                assert file["encodingFormat"] == "application/pdf"
                assert file["contentSize"].endswith("B")


def test_without_a_public_address_nothing_names_one(unknown: Path) -> None:
    names = {path.relative_to(unknown).as_posix() for path in unknown.rglob("*")}
    assert not names & {"feed.xml", "sitemap.xml", "robots.txt", "share"}
    for name, head in pages(unknown):
        assert not {"og:url", "og:image"} & set(head.meta), name
        assert "alternate" not in head.links, name
    (data,) = Head(unknown / "guide" / "example.html").data
    assert not {"url", "image"} & set(data)
    assert data["encoding"]
    assert all("contentUrl" not in file for file in data["encoding"])
    assert Head(unknown / "guide" / "example.html").meta["og:title"] == data["name"]
    assert Head(unknown / "guide" / "old.html").links["canonical"] == "../guide/example.html"
    assert json.loads((unknown / "catalog.json").read_text("utf-8"))["base_url"] == ""


def test_shared_links_get_a_title_and_a_picture(site: Path) -> None:
    sizes = []
    moved = {"guide/old.html", "letter/way/older.html"}
    for name, head in pages(site):
        if name in moved:
            continue
        meta = head.meta
        assert meta["og:title"], name
        assert meta["og:description"] == meta["description"], name
        assert meta["twitter:card"] == "summary_large_image"
        picture = site / meta["og:image"].removeprefix(ADDRESS)
        with Image.open(picture) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "P", (1200, 630))
        sizes.append(picture.stat().st_size)
        if name != "404.html":
            assert meta["og:url"] == head.links["canonical"] == ADDRESS + name
            assert urljoin(ADDRESS + name, head.links["alternate"]) == f"{ADDRESS}feed.xml"
    assert max(sizes) <= 60 * 1024
    assert len({Head(site / f"{kind}/example.html").meta["og:image"] for kind in MAIN}) == len(MAIN)
    assert Head(site / "guide" / "example.html").meta["og:type"] == "article"


def titles() -> list[str]:
    texts = [path.read_text("utf-8") for path in (ROOT / "content").rglob("*.md")]
    return sorted(found[1] for text in texts if (found := re.search(r"^title: (.+)$", text[:400], re.M)))


@pytest.mark.parametrize(
    "title", [*titles(), "求助", "三十个字长的标题没有一个标点也没有一个认识的词要分成三行排", "A B C 班会"]
)
def test_no_line_of_a_picture_is_a_lone_character_or_begins_with_a_mark(title: str) -> None:
    lines, size = title_lines(title)
    assert "".join(lines) == title
    assert len(lines) <= 3
    assert all(len(line.strip(CLOSING)) > 1 for line in lines)
    assert not any(line[0] in CLOSING + "！？" for line in lines)
    assert size >= 60


def test_the_catalogue_keeps_its_schema_and_lists_every_pdf(site: Path) -> None:
    data = json.loads((site / "catalog.json").read_text("utf-8"))
    schema = json.loads((site / data["$schema"]).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(data)
    files = [*data["books"], *(file for document in data["documents"] for file in document["files"])]
    assert {file["path"] for file in files} == {p.relative_to(site).as_posix() for p in site.rglob("*.pdf")}
    for file in files:
        published = (site / file["path"]).read_bytes()
        assert (len(published), hashlib.sha256(published).hexdigest()) == (file["size"], file["sha256"])
    guide = next(document for document in data["documents"] if document["id"] == "guide/example")
    assert all((site / path).is_file() for path in (guide["page"], *guide["moved_from"]))
    assert len(guide["moved_from"]) == 2


def test_the_table_opens_in_excel_and_says_the_same(site: Path) -> None:
    raw = (site / "catalog.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    data = json.loads((site / "catalog.json").read_text("utf-8"))
    told = {(file["path"], file["sha256"], str(file["size"])) for d in data["documents"] for file in d["files"]}
    told |= {(file["path"], file["sha256"], str(file["size"])) for file in data["books"]}
    assert {(row["文件"], row["SHA-256"], row["字节"]) for row in rows} == told
    lesson = next(row for row in rows if row["编号"] == "lesson/example")
    assert lesson["给谁用"].startswith("教师")
    assert lesson["网页"] == "lesson/example.html"


def test_rude_titles_neither_end_a_script_nor_start_a_formula(built: Built, house: House, tmp_path: Path) -> None:
    own = House(tmp_path)
    for name in ("content", "cache", "dist"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(house.content.parent / name, tmp_path / name)
    own.edit(MAIN["letter"], "summary: ", f"summary: {json.dumps(HOSTILE, ensure_ascii=False)} # ")
    own.edit(MAIN["letter"], "title: ", 'title: "=HYPERLINK(1)" # ')
    assert own.build().codes == []
    page = own.dist / "site" / "letter" / "example.html"
    head = Head(page)
    assert head.data[0]["description"] == HOSTILE
    assert head.meta["og:description"] == HOSTILE
    assert "<script>alert" not in page.read_text("utf-8")
    rows = list(csv.reader(io.StringIO((own.dist / "site" / "catalog.csv").read_text("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    feed = ElementTree.parse(own.dist / "site" / "feed.xml").getroot()
    assert any(HOSTILE in (summary.text or "") for summary in feed.iter(f"{ATOM}summary"))


def test_a_former_address_leads_to_the_page(site: Path, page: Page) -> None:
    for old in ("guide/old.html", "letter/way/older.html"):
        assert Head(site / old).links["canonical"] == f"{ADDRESS}guide/example.html"
        page.goto(f"file://{site}/{old}")
        page.wait_for_url("**/guide/example.html")
    assert page.inner_text("h1").replace("\n", "") == "孩子不想上学又不肯说"


def test_no_former_address_may_be_one_of_the_sites_own(site: Path, house: House) -> None:
    folders = {path.name for path in site.iterdir() if path.is_dir()} - set(house_kinds())
    schema = yaml.safe_load((KINDS / "common.yml").read_text("utf-8"))["properties"]["moved_from"]["items"]
    validator = Draft202012Validator(schema)
    assert folders
    for folder in folders | {"content"}:
        assert not validator.is_valid(f"{folder}/teachers")
    for wrong in ("../etc", "guide", "guide/A", "/guide/a", "guide//a", "guide/a.html"):
        assert not validator.is_valid(wrong)
    assert validator.is_valid("guide/old-name")


def house_kinds() -> list[str]:
    return [path.parent.name for path in KINDS.glob("*/kind.yml")]


def test_a_page_tells_what_changed(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/guide/example.html")
    told = page.locator(".basis").inner_text()
    assert told.index("2026年11月24日") < told.index(WHAT) < told.index("第一步写短了") < told.index("2026年3月1日写成")
    page.goto(f"file://{site}/letter/example.html")
    assert page.locator(".changes").count() == 0


def test_the_page_for_mirrors_leads_to_the_lists(site: Path, page: Page) -> None:
    page.goto(f"file://{site}/index.html")
    page.get_by_role("contentinfo").get_by_text("给信息员").click()
    for name in ("catalog.csv", "catalog.json", "catalog.schema.json", "feed.xml", "sitemap.xml"):
        assert page.locator(f"#main a[href='{name}']").count() == 1
    sample = page.locator("#main a[href$='.pdf']").get_attribute("href")
    digest = hashlib.sha256((site / str(sample)).read_bytes()).hexdigest()
    assert digest in page.locator("#main").inner_text()


def test_the_same_content_gives_the_same_bytes(site: Path, house: House, tmp_path: Path) -> None:
    own = House(tmp_path)
    shutil.rmtree(own.content)
    shutil.copytree(house.content, own.content)
    library, _ = pipeline.check(own.project)
    made = {
        artifact.path: pipeline.outputs.make(artifact, own.project).data
        for artifact in pipeline.outputs.plan(library, own.project)
        if artifact.output in ("feed", "moved", "share")
    }
    assert len(made) == 3 + 1 + len(MAIN)
    assert {path: data for path, data in made.items() if (site.parent / path).read_bytes() != data} == {}


def test_a_change_makes_its_own_page_and_what_tells_of_it_again(house: House, built: Built, tmp_path: Path) -> None:
    own = House(tmp_path)
    for name in ("content", "cache", "dist"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(house.content.parent / name, tmp_path / name)
    again = own.edit(MAIN["letter"], "---\n", '---\nchanges: [{date: "2026-11-24", what: 换了一句}]\n').build()
    told = ("feed.xml", "sitemap.xml", "catalog.json", "catalog.csv", "offline.zip")
    assert again.changed == {"site/letter/example.html", *(f"site/{name}" for name in told)}
