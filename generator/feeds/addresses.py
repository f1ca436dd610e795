"""Where pages are: sitemap.xml, robots.txt, and pages at the former addresses of documents that have moved."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from generator import theme
from generator.feeds import xml
from generator.model import Artifact, Document, Info, Library, Made, Project
from generator.store import code_digest, key_of, key_of_data

# No page to come to from outside: one for addresses that do not exist, one that is empty without a question.
UNLISTED = ("404.html", "offline.html", "search/index.html")
ONWARD = "site/onward.html"


def plan(library: Library, paths: Iterable[str]) -> list[Artifact]:
    """Return sitemap.xml for the pages at `paths` and robots.txt, which name full addresses: none without one."""
    info = library.info
    if not info.base_url:
        return []
    days = {f"{document.id}.html": document.modified for document in library.documents}
    pages = [[info.address(path), days.get(path, "")] for path in sorted(paths) if path not in UNLISTED]
    return [
        _artifact("sitemap.xml", "application/xml", "sitemap", {"pages": pages}),
        _artifact("robots.txt", "text/plain", "robots", {"sitemap": info.address("sitemap.xml")}),
    ]


def _artifact(path: str, media_type: str, output: str, args: dict[str, object]) -> Artifact:
    return Artifact(f"site/{path}", media_type, output, args, key_of(code_digest(), key_of_data(args)))


def make_sitemap(artifact: Artifact, project: Project) -> Made:
    """Return the list of addresses, with the day of the last change where one is known (sitemaps.org 0.9)."""
    root = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    for address, day in artifact.args["pages"]:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = address
        if day:
            SubElement(url, "lastmod").text = day
    return Made(xml.written(root))


def make_robots(artifact: Artifact, project: Project) -> Made:
    """Return leave for all robots to read all pages (RFC 9309), with the address of the list of them."""
    return Made(f"User-agent: *\nAllow: /\n\nSitemap: {artifact.args['sitemap']}\n".encode())


def plan_moved(library: Library, project: Project) -> list[Artifact]:
    """Return a page at every former address of a document: codes on paper live longer than names of files."""
    look = (project.themes / ONWARD).read_bytes()
    return [_moved(old, document, library.info, look) for document in library.documents for old in document.moved_from]


def _moved(old: str, document: Document, info: Info, look: bytes) -> Artifact:
    page = f"{document.id}.html"
    way = "../" * old.count("/") + page
    args = {
        "title": f"搬到了新的地址：{document.title}",
        "heading": "这份材料搬到了新的地址",
        "words": document.title,
        "way": way,
        "canonical": info.address(page) or way,
    }
    depends = key_of(code_digest(), look, key_of_data(args))
    return Artifact(f"site/{old}.html", "text/html", "moved", args, depends, document.id)


def make_moved(artifact: Artifact, project: Project) -> Made:
    """Return a page that leads to the new one at once, and by a link where it may not."""
    return Made(theme.environment([project.themes]).get_template(ONWARD).render(artifact.args).encode())


OUTPUTS = {"moved": (plan_moved, make_moved)}
TOLD = {"sitemap": make_sitemap, "robots": make_robots}
