"""What all pages are planned from: the documents in the order of lists, their cards, and ways to choose among them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from generator.model import STAGES, Document, Library
from generator.site import frames
from generator.site.frames import Receipts

Entries = list[dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """A page to be made: `path` in the site, `template` in `themes/site` or a kind, `context` as plain data.

    Values of class `Markdown` in the context are turned into HTML by the view room when the page is rendered.
    """

    path: str
    template: str
    title: str
    description: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Shelf:
    """The library in the order of lists (kind, lowest stage, id), with the frame `site` and a card of each document.

    `of_topic` holds the positions in `documents` by topic.
    """

    library: Library
    receipts: Receipts
    site: Mapping[str, Any]
    documents: tuple[Document, ...]
    cards: Mapping[str, dict[str, Any]]
    by_id: Mapping[str, Document]
    of_topic: Mapping[str, Sequence[int]]

    def list(self, documents: Iterable[Document]) -> Entries:
        """Return the cards of documents."""
        return [self.cards[document.id] for document in documents]

    def mainly(self, audience: str) -> Sequence[Document]:
        """Return the documents written for this audience before others."""
        return [document for document in self.documents if document.audiences[0] == audience]

    def page(
        self,
        path: str,
        template: str,
        title: str,
        description: str,
        context: Mapping[str, Any],
        *,
        nav: str,
        crumbs: Sequence[Mapping[str, str | None]] | None = None,
    ) -> Page:
        """Return a page with its frame `page`; `nav` is the id of the door it lies behind, `crumbs` the way to it.

        What programs read of it, its full `url`, the `image` of a shared link and its `data`, is empty while unknown.
        """
        frame = {
            "path": path,
            "root": "../" * path.count("/"),
            "title": title,
            "description": description,
            "nav": nav,
            "url": self.library.info.address(path),
            "image": self.library.info.address("share/home.png"),
            "data": "",
            "crumbs": [crumb("首页", "index.html"), *([crumb(title)] if crumbs is None else crumbs)],
        }
        return Page(path, template, title, description, {"page": frame, "site": self.site, **context})

    def tally(self, documents: Iterable[Document]) -> dict[str, Entries]:
        """Return the stages, kinds and topics that occur in the documents, with counts and links."""
        chosen = list(documents)
        topics = [{"name": topic, "value": topic, "href": topic_path(topic)} for topic in self.library.topics]

        def counted(entries: Entries, values: Iterable[str]) -> Entries:
            counts = Counter(values)
            return [{**entry, "count": counts[entry["value"]]} for entry in entries if counts[entry["value"]]]

        stages = [{**entry, "value": entry["name"]} for entry in self.site["stages"]]
        kinds = [{**entry, "value": entry["id"]} for entry in self.site["kinds"]]
        return {
            "stages": counted(stages, chain.from_iterable(document.stages for document in chosen)),
            "kinds": counted(kinds, (document.kind for document in chosen)),
            "topics": counted(topics, chain.from_iterable(document.topics for document in chosen)),
        }


def stock(library: Library, receipts: Receipts) -> Shelf:
    """Return the shelf of a library."""

    def order(document: Document) -> tuple[int, int, str]:
        return library.kinds[document.kind].order, min(STAGES.index(stage) for stage in document.stages), document.id

    documents = tuple(sorted(library.documents, key=order))
    cards = {document.id: frames.card(library, document, receipts) for document in documents}
    by_id = {document.id: document for document in documents}
    of_topic: dict[str, list[int]] = {}
    for position, document in enumerate(documents):
        for topic in document.topics:
            of_topic.setdefault(topic, []).append(position)
    return Shelf(library, receipts, frames.site(library), documents, cards, by_id, of_topic)


def topic_path(topic: str) -> str:
    """Return the page of a topic: ASCII, and the same as long as the topic keeps its name."""
    return f"topic/t-{hashlib.sha256(topic.encode()).hexdigest()[:8]}.html"


def crumb(title: str, href: str | None = None) -> dict[str, str | None]:
    """Return one step of a page's crumbs."""
    return {"title": title, "href": href}


def has(document: Document, field: str, value: str) -> bool:
    """Say whether a field of the document is the value or holds it."""
    held = getattr(document, field)
    return bool(held == value if isinstance(held, str) else value in held)


def spread(documents: Sequence[Document], count: int) -> Sequence[Document]:
    """Return `count` documents in their order, as unlike in kind and stage as the list allows."""
    chosen: list[Document] = []
    left = list(documents)
    while left and len(chosen) < count:
        kinds, stages = {document.kind for document in chosen}, {document.stages[0] for document in chosen}
        best = min(left, key=lambda document: (document.kind in kinds) + (document.stages[0] in stages))
        chosen.append(best)
        left.remove(best)
    return sorted(chosen, key=documents.index)


def questions(documents: Iterable[Document], count: int, *, longest: int = 40) -> list[dict[str, str]]:
    """Return what readers ask and the page that answers: the first question of each document, then the second …"""
    asked = [(document, [text for text in document.asked_as if len(text) <= longest]) for document in documents]
    rounds = max((len(texts) for _, texts in asked), default=0)
    found = {
        texts[turn]: f"{document.id}.html" for turn in range(rounds) for document, texts in asked if turn < len(texts)
    }
    return [{"text": text, "href": href} for text, href in list(found.items())[:count]]


def first_of_each_kind(documents: Iterable[Document]) -> Sequence[Document]:
    """Return the first document of each kind, in the order given."""
    firsts: dict[str, Document] = {}
    for document in documents:
        firsts.setdefault(document.kind, document)
    return list(firsts.values())
