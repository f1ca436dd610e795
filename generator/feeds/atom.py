"""The feed of changes, feed.xml: Atom (RFC 4287) with tag URIs (RFC 4151) as ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from generator.feeds import xml
from generator.model import Artifact, Document, Info, Library, Made, Project
from generator.store import code_digest, key_of, key_of_data

PATH = "feed.xml"
MOST = 50
# A tag URI names a day on which its authority held the name; one year for all, so that ids stay what they are.
YEAR = "2026"
NEW = "新增"


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return the feed, where the library has a public address for its entries to lead to."""
    if not library.info.base_url:
        return []
    entries = sorted((e for document in library.documents for e in _entries(document, library)), key=lambda e: e["id"])
    entries.sort(key=lambda entry: entry["date"], reverse=True)
    info = library.info
    args = {
        "id": tag(info, "feed"),
        "title": f"{info.name} · {info.tagline}",
        "subtitle": "新增了什么，改了什么",
        "publisher": info.publisher,
        "rights": f"{info.licence}：{info.licence_note}",
        "address": info.address(PATH),
        "home": info.address("index.html"),
        "entries": entries[:MOST],
    }
    return [Artifact(f"site/{PATH}", "application/atom+xml", "feed", args, key_of(code_digest(), key_of_data(args)))]


def tag(info: Info, name: str) -> str:
    """Return a name that stays the same as long as the library's address does: tag:example.edu.cn,2026:/path/name."""
    address = urlsplit(info.base_url)
    host = (address.hostname or "").encode("idna").decode()
    return f"tag:{host},{YEAR}:{address.path.rstrip('/')}/{name}"


def _entries(document: Document, library: Library) -> Iterator[dict[str, str]]:
    """Yield an entry for each change, and one for the document's first appearance."""
    frame = {
        "title": document.title,
        "summary": document.summary,
        "kind": library.kinds[document.kind].name,
        "href": library.info.address(f"{document.id}.html"),
    }
    for change in document.changes:
        name = f"{document.id}/{change['date']}"
        yield {**frame, "id": tag(library.info, name), "date": change["date"], "what": change["what"]}
    # Without its own date a document counts as new when it was reviewed, as long as nothing is told of it.
    first = document.written or ("" if document.changes else document.reviewed)
    if first:
        yield {**frame, "id": tag(library.info, document.id), "date": first, "what": NEW}


def make(artifact: Artifact, project: Project) -> Made:
    """Return the feed as XML. It is as old as its newest entry."""
    args = artifact.args
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "zh-CN"})
    _text(feed, id=args["id"], title=args["title"], subtitle=args["subtitle"], rights=args["rights"])
    _text(feed, updated=_moment(max((entry["date"] for entry in args["entries"]), default=f"{YEAR}-01-01")))
    _text(SubElement(feed, "author"), name=args["publisher"])
    SubElement(feed, "link", {"rel": "self", "type": artifact.media_type, "href": args["address"]})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": args["home"]})
    for entry in args["entries"]:
        _entry(feed, entry)
    return Made(xml.written(feed))


def _entry(feed: Element, entry: Mapping[str, Any]) -> None:
    element = SubElement(feed, "entry")
    _text(element, id=entry["id"], title=f"{entry['title']}（{entry['what'].rstrip('。')}）")
    _text(element, updated=_moment(entry["date"]), summary=f"{entry['kind']}：{entry['summary']}")
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry["href"]})
    SubElement(element, "category", {"term": entry["kind"]})


def _text(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text


def _moment(day: str) -> str:
    """Return a day as RFC 3339 wants it: its beginning in China."""
    return f"{day}T00:00:00+08:00"


OUTPUTS = {"feed": (plan, make)}
