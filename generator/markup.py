"""The library's one Markdown dialect: to sanitised HTML with placeholders still in it, and to what checks need of it.

Python-Markdown tells no positions; whoever needs the place of a link or heading searches its text in the body.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from generator.store import Store, key_of

# Part of every memo key: raise it when the same text must give other HTML.
DIALECT = "1"
BOXES = {"这样说": "say", "提醒": "note", "不要": "dont", "框": "frame", "短版": "short"}
HAN = r"\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u201c\u201d\u2018\u2019\u2014\u2026\u00b7\U00020000-\U0003ffff"
PLACEHOLDER = re.compile(r"\{\{[ ]*([^{}\n]*?)[ ]*\}\}")
FILL = re.compile(r'<var data-fill="([^"]*)"></var>')
_INLINE = r"(?:</?(?:strong|em|a|span|code|var|sup|sub|del)\b[^>]*>)*"
_JOIN = re.compile(rf"(?<=[{HAN}])({_INLINE})\n({_INLINE})(?=[{HAN}])")
_LIST = re.compile(r"^( *)(?:[-*+]|\d{1,3}[.)])[ ]+\S")
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r'<a href="([^"]*)"')
_IMAGE = re.compile(r'<img [^>]*?src="([^"]*)"')
_ALONE = re.compile(r'<p>(<var data-fill="横线 [^"]*"></var>)</p>')

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em", "b", "i", "code"),
    *("pre", "a", "img", "table", "thead", "tbody", "tr", "th", "td", "sup", "sub", "del", "u", "var"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start"},
    "var": {"data-fill"},
}


@dataclass(frozen=True)
class Heading:
    """A heading of a body: its anchor, plain text and level (2 to 6)."""

    id: str
    text: str
    level: int


@dataclass(frozen=True)
class Outline:
    """What checks need of a text, without its HTML. `characters` counts what is read aloud."""

    headings: tuple[Heading, ...]
    links: tuple[str, ...]
    images: tuple[str, ...]
    characters: int


def placeholders(text: str) -> list[str]:
    """Return the inside of each `{{…}}` in order, inner white space folded."""
    return [" ".join(match[1].split()) for match in PLACEHOLDER.finditer(text)] if "{{" in text else []


def slug(text: str) -> str:
    """Return the anchor of a heading: Chinese characters, letters and digits kept, all else a hyphen."""
    return re.sub(r"[^0-9A-Za-z\u3400-\u9fff\U00020000-\U0003ffff]+", "-", text).strip("-").lower() or "h"


def html(text: str, store: Store) -> str:
    """Return the sanitised HTML of `text`, placeholders as `<var data-fill="…"></var>`; kept in `store`."""
    return _kept(text, store, "html").decode()


def outline(text: str, store: Store) -> Outline:
    """Return headings, links, images and length of `text`; kept in `store`."""
    data = json.loads(_kept(text, store, "outline"))
    headings = tuple(Heading(*heading) for heading in data["headings"])
    return Outline(headings, tuple(data["links"]), tuple(data["images"]), data["characters"])


def fill(markup: str, make: Callable[[str], str]) -> str:
    """Return `markup` with each placeholder replaced by what `make` returns for its inside."""
    return FILL.sub(lambda match: make(entities.unescape(match[1])), markup)


def with_images(markup: str, address: Callable[[str], str]) -> str:
    """Return `markup` with the source of each image, relative to its document, replaced by its address."""
    if "<img " not in markup:
        return markup
    return re.sub(r'(<img [^>]*?src=")([^"]*)', lambda m: m[1] + address(m[2]), markup)


def with_links(markup: str, address: Callable[[str], str]) -> str:
    """Return `markup` with `doc:<id>#<heading>` and `#<heading>` links led to their addresses and anchors."""

    def lead(match: re.Match[str]) -> str:
        target, hash_, heading = entities.unescape(match[1]).partition("#")
        anchor = f"#{slug(heading)}" if hash_ else ""
        page = address(target[4:]) if target.startswith("doc:") else target
        return f'<a href="{entities.escape(page + anchor)}"'

    return re.sub(r'<a href="((?:doc:|#)[^"]*)"', lead, markup)


def plain(markup: str) -> str:
    """Return the text of HTML, one line a block."""
    text = re.sub(r"</(?:p|h[1-6]|li|tr|td|th|div|blockquote)>", "\n", markup)
    return re.sub(r"\n\s*\n+", "\n", entities.unescape(_TAG.sub("", text))).strip()


def _kept(text: str, store: Store, what: str) -> bytes:
    key = key_of(DIALECT, text)
    kept = store.get(what, key)
    if kept is None:
        converted = _convert(text)
        store.put("html", key, converted.encode())
        store.put("outline", key, json.dumps(_survey(converted), ensure_ascii=False).encode())
        kept = store.get(what, key)
        assert kept is not None
    return kept


def _survey(converted: str) -> Mapping[str, Any]:
    headings = [
        (match[2], entities.unescape(_TAG.sub("", match[3])), int(match[1]))
        for match in re.finditer(r'<h([1-6]) id="([^"]*)">(.*?)</h\1>', converted, re.S)
    ]
    spoken = re.sub(r"[^0-9A-Za-z\u3400-\u9fff\U00020000-\U0003ffff]", "", plain(converted))
    return {
        "headings": headings,
        "links": [entities.unescape(link) for link in _LINK.findall(converted)],
        "images": [entities.unescape(source) for source in _IMAGE.findall(converted)],
        "characters": len(spoken),
    }


def _convert(text: str) -> str:
    return _with_ids(_boxes(text.split("\n")))


def _boxes(lines: list[str]) -> str:
    """Convert a text whose `::: name` … `:::` stretches become boxes; boxes do not nest."""
    parts: list[str] = []
    start = 0
    while start < len(lines):
        end = next((i for i in range(start, len(lines)) if lines[i].startswith(":::")), len(lines))
        parts.append(_blocks(lines[start:end]))
        if end == len(lines):
            break
        close = next((i for i in range(end + 1, len(lines)) if lines[i].strip() == ":::"), len(lines))
        name = lines[end].strip(": ")
        inside = _blocks(lines[end + 1 : close])
        parts.append(
            f'<div class="box {BOXES.get(name, "frame")}"><p class="box-t">{entities.escape(name)}</p>{inside}</div>'
        )
        start = close + 1
    return "\n".join(part for part in parts if part)


def _blocks(lines: list[str]) -> str:
    raw = _markdown().reset().convert("\n".join(_tidy(lines)))
    clean = _clean(raw)
    clean = re.sub(r' align="(l|c|r)[a-z]*"', r' class="\1"', clean)
    clean = clean.replace(' rel="noopener noreferrer"', "")
    return _ALONE.sub(r"\1", _JOIN.sub(r"\1\2", clean))


def _tidy(lines: list[str]) -> list[str]:
    """Meet habits from WPS: a list right below a line of text, and inner lists indented by two or three spaces."""
    out: list[str] = []
    for line in lines:
        match = _LIST.match(line)
        if match:
            indent = len(match[1])
            line = " " * (4 * ((indent + 2) // 4)) + line[indent:]
            before = out[-1] if out else ""
            if before.strip() and not _LIST.match(before) and not before.startswith((" ", ">", "|")):
                out.append("")
        out.append(line)
    return out


@cache
def _markdown() -> Any:
    import markdown
    from markdown.extensions.tables import TableExtension
    from markdown.inlinepatterns import InlineProcessor

    class Fill(InlineProcessor):
        def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
            return Element("var", {"data-fill": " ".join(m[1].split())}), m.start(0), m.end(0)

    dialect = markdown.Markdown(
        extensions=[TableExtension(use_align_attribute=True), "sane_lists"], output_format="html"
    )
    dialect.inlinePatterns.register(Fill(PLACEHOLDER.pattern, dialect), "fill", 200)
    return dialect


def _clean(markup: str) -> str:
    import nh3

    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel", "doc"},
        link_rel=None,
        attribute_filter=lambda tag, name, value: None if value.startswith("//") else value,
    )


def _with_ids(markup: str) -> str:
    taken: dict[str, int] = {}

    def mark(match: re.Match[str]) -> str:
        anchor = slug(entities.unescape(_TAG.sub("", match[2])))
        taken[anchor] = taken.get(anchor, 0) + 1
        unique = anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}"
        return f'<h{match[1]} id="{unique}">{match[2]}</h{match[1]}>'

    return _HEADING.sub(mark, markup)
