"""The sites that are searched: each side's, made of the same texts in a folder of its own."""

from __future__ import annotations

import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from benchmarks import tools
from benchmarks.site import corpus

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Of a document's page, what is no text of it.
APART = "//nav | //aside | //svg | //script | //template | //*[contains(@class, 'kind')]"
HEADINGS = ("h2", "h3", "h4")


@dataclass(frozen=True)
class Driver:
    """How the browser is made to search a side: its page, field and hits, what tells that it is ready.

    `found` is a JavaScript function from a query to the addresses of documents in order.
    """

    page: str
    field: str
    hit: str
    ready: str
    found: str


@dataclass(frozen=True)
class Site:
    """One side's site of some documents: where it is, what its index weighs (plain, as gzip) and cost to make."""

    side: str
    root: Path
    index: int
    packed: int
    cpu: float = 0.0
    edit: float = 0.0


OURS = Driver(
    "search/index.html",
    "#q",
    "#hits a[data-doc]",
    "LIBRARY_SEARCH.ready()",
    "async query => (await LIBRARY_SEARCH.find(query)).hits.slice(0, 20).map(hit => hit.doc.id)",
)
# Material answers in a worker: what it says is heard there (browser.py, EARS).
MATERIAL = Driver(
    "index.html",
    ".md-search__input",
    ".md-search-result__item a",
    "window.heard && heard.ready",
    """query => new Promise(resolve => {
      heard.next = items => resolve(items.slice(0, 20).map(group => group[0].location.replace(/#.*/, "")));
      heard.worker.postMessage({ type: 2, data: query });
    })""",
)
PAGEFIND = Driver("pagefind.html", "#q", "#hits a", "window.isReady", "query => found(query)")
DRIVERS = {"ours": OURS, "Material": MATERIAL, "Pagefind": PAGEFIND}


def library(folder: Path) -> list[Site]:
    """Build the sites of our own library, Material's from the words of our finished pages."""
    ours = _ours(folder / "ours", ROOT / "content")

    def lay(content: Path) -> None:
        (content / "index.md").write_text("# 资料\n", "utf-8")
        for text in sorted((ours / "search" / "t").rglob("*.js")):
            id_ = text.relative_to(ours / "search" / "t").with_suffix("")
            page = content / id_.with_suffix(".md")
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(_markdown((ours / id_.with_suffix(".html")).read_text("utf-8")), "utf-8")

    return [_weighed(ours), _material(folder, lay), _pagefind(folder, ours)]


def statutes(folder: Path, texts: Sequence[corpus.Text], *, costs: bool = False) -> list[Site]:
    """Build the sites of these texts; with `costs`, measure what our index takes, too."""

    def lay(content: Path) -> None:
        corpus.lay_content(content, texts, ROOT / "content")
        shutil.copyfile(ROOT / "content" / "search.yml", content / "search.yml")

    lay(folder / "content")
    ours = _ours(folder / "ours", folder / "content")
    spent = {"cpu": 0.0}, {"wall": 0.0}
    if costs:
        told = _run([sys.executable, str(HERE / "ours.py"), "content", "costs"], folder)
        spent = told["whole"], told["edit"]
        # The measuring changed pages.
        lay(folder / "content")
    return [
        _weighed(ours, spent[0]["cpu"], spent[1]["wall"]),
        _material(folder, lambda content: corpus.lay_pages(content, texts)),
        _pagefind(folder, ours),
    ]


def _ours(folder: Path, content: Path) -> Path:
    folder.mkdir(parents=True)
    _run([sys.executable, str(ROOT / "benchmarks" / "site" / "ours.py"), str(content), "cache", "out"], folder)
    return folder / "out" / "site"


def _weighed(site: Path, cpu: float = 0.0, edit: float = 0.0) -> Site:
    return Site("ours", site, *sizes((site / "search").rglob("*.js")), cpu, edit)


def _material(folder: Path, lay: Callable[[Path], Any]) -> Site:
    place = folder / "material"
    (place / "content").mkdir(parents=True)
    lay(place / "content")
    shutil.copytree(HERE / "sides" / "material", place, dirs_exist_ok=True)
    told = _run([str(tools.TOOLS / "site" / "bin" / "python"), "timed.py"], place)
    return Site("Material", place / "out", *sizes([place / "out" / "search" / "search_index.json"]), told["cpu"])


def _pagefind(folder: Path, ours: Path) -> Site:
    """Index our finished pages, as Pagefind does without a setting, in a copy without our index."""
    site = folder / "pagefind"
    shutil.copytree(ours, site, ignore=shutil.ignore_patterns("search"))
    before = os.times()
    _run([str(tools.TOOLS / "search" / "node_modules" / ".bin" / "pagefind"), "--site", "pagefind", "--silent"], folder)
    after = os.times()
    shutil.copyfile(HERE / "sides" / "pagefind" / "page.html", site / "pagefind.html")
    bundle = [file for file in (site / "pagefind").rglob("*") if file.is_file()]
    # Its ready-made pages of search, which come along, are no index.
    index = [file for file in bundle if not re.search(r"-ui|highlight|\.css$", file.name)]
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Site("Pagefind", site, *sizes(index), cpu)


def sizes(files: Iterable[Path]) -> tuple[int, int]:
    """Return the bytes of files unpacked and as gzip; Pagefind's are packed already."""
    plain = packed = 0
    for file in files:
        data = file.read_bytes()
        known = data[:2] == b"\x1f\x8b"
        plain += len(gzip.decompress(data)) if known else len(data)
        packed += len(data) if known else len(gzip.compress(data, 6))
    return plain, packed


def _markdown(page: str) -> str:
    """Return title, headings and words of a document's page as Markdown."""
    article = lxml_html.fromstring(page).xpath("//article")[0]
    title = _words(article.xpath(".//h1")[0])
    for node in [*article.xpath(APART), article.xpath(".//h1")[0]]:
        node.drop_tree()
    lines = [f"# {title}"]
    for node in article.iter(*HEADINGS, "p", "li", "td", "th", "dt", "dd", "figcaption", "b", "label", "summary"):
        words = _words(node)
        nested = any(True for _ in node.iterancestors("p", "li", "td", "dd", *HEADINGS))
        if words and not nested:
            level = HEADINGS.index(node.tag) + 2 if node.tag in HEADINGS else 0
            lines.append(f"{'#' * level} {words}" if level else f"<p>{html.escape(words)}</p>")
    return "\n\n".join(lines) + "\n"


def _words(node: etree._Element) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()


def _run(command: Sequence[str], folder: Path) -> Any:
    """Run `command` in `folder`; return its last line of JSON, if it has one. Ends with its output on failure."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    last = done.stdout.strip().rpartition("\n")[2]
    return json.loads(last) if last.startswith("{") else None
