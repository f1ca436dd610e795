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

from generator.charts import CHARTS, chart
from generator.store import Store, code_digest, key_of

BOXES = {"这样说": "say", "提醒": "note", "不要": "dont", "框": "frame", "短版": "short"}
HAN = (
    r"\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
    r"\u201c\u201d\u2018\u2019\u2014\u2026\u00b7"
)
PLACEHOLDER = re.compile(r"\{\{[ ]*([^{}\n]*?)[ ]*\}\}")
FILL = re.compile(r'<var data-fill="([^"]*)"></var>')
# The full-width colons are what a Chinese keyboard gives.
_FENCE = re.compile(r"^ {0,3}[:：]{3,}[ ]*(.*?)[ :：]*$", re.M)
_INLINE = r"(?:</?(?:strong|em|a|span|code|sup|sub|del|b|i|u)\b[^>]*>)*"
# A line end that is no space on paper: only two Latin words need one. What is set as typed keeps its lines.
_JOIN = re.compile(
    rf"<pre>.*?</pre>|(?:(?<=[{HAN}])|(?<=</var>))({_INLINE})\n *({_INLINE})(?=\S)|"
    rf"(?<=\S)({_INLINE})\n *({_INLINE})(?=[{HAN}]|<var )",
    re.S,
)
# Where all lines end so, there is none to join with the next.
_ENDS = ("</p>", "</h2>", "</h3>", "</h4>", "</li>", "</ul>", "</ol>", "<ul>", "<ol>")
_LIST = re.compile(r"( *)([-*+]|\d{1,3}[.)])[ ]+(?=\S)")
# Numbers typed by hand and the two wide spaces of a Chinese paragraph: 1、 1．（一） 一、 ① 第一条
_TYPED = re.compile(
    rf"\d{{1,3}}(?:[、．]|\.(?=[{HAN}]))|[（(][一二三四五六七八九十\d]{{1,3}}[）)]|[一二三四五六七八九十]{{1,3}}、|"
    r"[①-⑳\u3000]|第[一二三四五六七八九十百零]{1,7}[条章节][ \u3000]"
)
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.S)
_TAG = re.compile(r"<[^>]*>")
_DRAWING = re.compile(r"<svg .*?</svg>|<summary>.*?</summary>", re.S)
_LINK = re.compile(r'<a href="([^"]*)"')
# Without one of these no inline pattern matches.
_MARK = re.compile(r"[`\\\[<&*_{]|  \n")
_IMAGE = re.compile(r'<img [^>]*?src="([^"]*)"')
_WIDE_HASHES = re.compile(r"^[#＃]{1,6}")
_STRAY = re.compile(rf"(<[^>]*>)|{PLACEHOLDER.pattern}")
_ALONE = re.compile(r'<p>(<var data-fill="(?:横线|图) [^"]*"></var>)</p>')

# A table whose first head is empty names its rows in the first column.
_CORNERED = re.compile(r"<table>\s*<thead>\s*<tr>\s*<th\b[^>]*></th>.*?</table>", re.S)
_CORNER = re.compile(r"<th\b([^>]*)></th>")
_ROW_HEAD = re.compile(r"(<tr>\s*)<td\b([^>]*)>(.*?)</td>", re.S)

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
    """What checks need of a text, without its HTML. `characters` counts what is read aloud; `faults` are those of its
    charts: the offset of the line, the line, code and values of the diagnostic.
    """

    headings: tuple[Heading, ...]
    links: tuple[str, ...]
    images: tuple[str, ...]
    characters: int
    faults: tuple[tuple[int, str, str, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Box:
    """A box of a text: name (empty for a closing line without a box), opening line, offsets, what is inside. Only a
    chart has a title.
    """

    name: str
    title: str
    line: str
    start: int
    end: int
    inside: str
    closed: bool


def placeholders(text: str) -> list[str]:
    """Return the inside of each `{{…}}` in order, inner white space folded."""
    return [" ".join(match[1].split()) for match in PLACEHOLDER.finditer(text)] if "{{" in text else []


def slug(text: str) -> str:
    """Return the anchor of a heading: Chinese characters, letters and digits kept, all else a hyphen."""
    return re.sub(r"[^0-9A-Za-z\u3400-\u9fff\U00020000-\U0003ffff]+", "-", text).strip("-").lower() or "h"


def html(text: str, store: Store) -> str:
    """Return the sanitised HTML of `text`, placeholders as `<var data-fill="…"></var>`; kept in `store`."""
    return _kept("html", text, store, _convert)


def outline(text: str, store: Store) -> Outline:
    """Return headings, links, images and length of `text`; kept in `store`."""
    data = json.loads(_kept("outline", text, store, lambda text: json.dumps(_survey(text, html(text, store)))))
    headings = tuple(Heading(*heading) for heading in data["headings"])
    faults = tuple((at, line, code, values) for at, line, code, values in data["faults"])
    return Outline(headings, tuple(data["links"]), tuple(data["images"]), data["characters"], faults)


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
    """Return the text of HTML, one line a block. What a chart's drawing says stands in the list below it."""
    text = _DRAWING.sub("", markup) if "<svg" in markup else markup
    text = re.sub(r"</(?:p|h[1-6]|li|tr|td|th|div|blockquote|figcaption|summary)>", "\n", text)
    return re.sub(r"\n\s*\n+", "\n", entities.unescape(_TAG.sub("", text))).strip()


def _kept(what: str, text: str, store: Store, make: Callable[[str], str]) -> str:
    key = key_of(code_digest(), text)
    kept = store.get(what, key)
    if kept is not None:
        return kept.decode()
    made = make(text)
    store.put(what, key, made.encode())
    return made


def _survey(text: str, converted: str) -> Mapping[str, Any]:
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
        "faults": _faults(text),
    }


def _faults(text: str) -> list[tuple[int, str, str, Mapping[str, str]]]:
    found: list[tuple[int, str, str, Mapping[str, str]]] = []
    for box in boxes(text):
        # The first of these is the rest of the opening line, which is empty.
        lines = box.inside.split("\n")
        for fault in chart(box.name, box.title, box.inside)[1] if box.name in CHARTS else ():
            at = box.start + len(box.line) + sum(len(line) + 1 for line in lines[: fault.line])
            place = (at, lines[fault.line]) if fault.line > 0 else (box.start, box.line)
            found.append((*place, fault.code, fault.values))
    return found


def boxes(text: str) -> list[Box]:
    """Return the boxes `::: name` … `:::` of a text in order; they do not nest: the next opening line ends one, too."""
    found: list[Box] = []
    if ":::" not in text.replace("：", ":"):
        return found
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened:
            inside = text[opened.end() : fence.start()]
            end = fence.start() if fence[1] else fence.end()
            found.append(Box(*_named(opened), opened.start(), end, inside, not fence[1]))
        elif not fence[1]:
            found.append(Box("", "", fence[0], fence.start(), fence.end(), "", True))
        opened = fence if fence[1] else None
    if opened:
        found.append(Box(*_named(opened), opened.start(), len(text), text[opened.end() :], False))
    return found


def _named(fence: re.Match[str]) -> tuple[str, str, str]:
    """Return name, title and line of an opening line; only a chart has a title."""
    name, *title = re.split(r"[\s：:]+", fence[1], maxsplit=1)
    return (name, "".join(title), fence[0]) if name in CHARTS else (fence[1], "", fence[0])


def _convert(text: str) -> str:
    text = re.sub(r"</?var\b[^>]*>", "", text, flags=re.I)
    parts: list[str] = []
    done = 0
    for box in boxes(text):
        parts.append(_blocks(text[done : box.start]))
        if box.name in CHARTS:
            parts.append(chart(box.name, box.title, box.inside)[0])
        elif box.name:
            label = f'<p class="box-t">{entities.escape(box.name)}</p>'
            parts.append(f'<div class="box {BOXES.get(box.name, "frame")}">{label}{_blocks(box.inside)}</div>')
        done = box.end
    parts.append(_blocks(text[done:]))
    return _with_ids("\n".join(part for part in parts if part))


def _blocks(text: str) -> str:
    clean = _clean(_markdown().reset().convert("\n".join(_tidy(text.split("\n")))))
    clean = re.sub(r'(<t[hd]\b[^>]*) align="(l|c|r)[a-z]*"', r'\1 class="\2"', clean)
    clean = _CORNERED.sub(_with_row_heads, clean)
    # In HTML typed by hand placeholders are still as written.
    if "{{" in clean:
        clean = _with_fills(clean, set(placeholders(text)))
    if not all(line.endswith(_ENDS) for line in clean.split("\n")):
        clean = _JOIN.sub(lambda m: m[0] if m[0].startswith("<pre>") else "".join(filter(None, m.groups())), clean)
    return _ALONE.sub(r"\1", clean)


def _with_row_heads(table: re.Match[str]) -> str:
    """Return a table with an empty corner and its first column as heads of the rows (WCAG 1.3.1)."""
    head, body = table[0].split("</thead>", 1)
    corner = _CORNER.sub(r"<td\1></td>", head, count=1)
    return corner + "</thead>" + _ROW_HEAD.sub(r'\1<th scope="row"\2>\3</th>', body)


def _with_fills(clean: str, known: set[str]) -> str:
    """Return sanitised HTML with the `{{…}}` of its text that the source has, too; others (`&#123;{`) stay text."""

    def fill_in(match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        inside = " ".join(entities.unescape(match[2]).split())
        return f'<var data-fill="{entities.escape(inside)}"></var>' if inside in known else match[0]

    return _STRAY.sub(fill_in, clean)


def _tidy(lines: list[str]) -> list[str]:
    """Meet habits from WPS: what Markdown wants set off by an empty line is set off (lists, tables, numbered
    paragraphs and the text after them), and inner lists may be indented by two spaces or more.
    """
    out: list[str] = []
    levels: list[int] = []  # the indent of each list that is open
    paragraph = False  # whether the item has paragraphs, which would swallow the next item
    for line in lines:
        line = _WIDE_HASHES.sub(lambda match: "#" * len(match[0]), line)
        before = out[-1] if out else ""
        indent = len(line) - len(line.lstrip(" "))
        apart = line.startswith("|") != before.startswith("|") or bool(_TYPED.match(line))
        if item := _LIST.match(line):
            apart = apart or not levels or paragraph
            paragraph = False
            while levels and indent < levels[-1]:
                levels.pop()
            # No list of ours has so many levels; Python-Markdown would fail at some 150.
            if not levels or (indent > levels[-1] + 1 and len(levels) < 9):
                levels.append(indent)
            line = f"{' ' * 4 * (len(levels) - 1)}{item[2].replace(')', '.')} {line[item.end() :]}"
        elif levels and line.strip():
            if indent < 2:
                apart = True
                levels = []
                paragraph = False
            elif not before.strip():
                paragraph = True
                line = " " * 4 * sum(level < indent for level in levels) + line.lstrip(" ")
        if apart and before.strip() and line.strip():
            out.append("")
        out.append(line)
    return out


@cache
def _markdown() -> Any:
    import markdown
    from markdown.extensions.tables import TableExtension
    from markdown.inlinepatterns import InlineProcessor
    from markdown.treeprocessors import Treeprocessor
    from markdown.util import AtomicString

    class Fill(InlineProcessor):
        def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
            return Element("var", {"data-fill": " ".join(m[1].split())}), m.start(0), m.end(0)

    class Unmarked(Treeprocessor):
        """Spares texts without any inline mark, which most are, the search for each of the patterns."""

        def run(self, root: Element) -> None:
            for element in root.iter():
                if element.text and not _MARK.search(element.text):
                    element.text = AtomicString(element.text)

    dialect = markdown.Markdown(
        extensions=[TableExtension(use_align_attribute=True), "sane_lists"], output_format="html"
    )
    dialect.inlinePatterns.register(Fill(PLACEHOLDER.pattern, dialect), "fill", 200)
    # Right before Python-Markdown's own inline patterns.
    dialect.treeprocessors.register(Unmarked(dialect), "unmarked", 21)
    # A line of hyphens below a text is meant as a rule, not to make the text a heading.
    dialect.parser.blockprocessors.deregister("setextheader")
    return dialect


def _clean(markup: str) -> str:
    import nh3

    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"https", "http", "mailto", "tel", "doc"},
        link_rel=None,
        # Browsers read \\ as //, an address on another host.
        attribute_filter=lambda tag, name, value: None if re.match(r"\s*[/\\]{2}", value) else value,
    )


def _with_ids(markup: str) -> str:
    taken: dict[str, int] = {}

    def mark(match: re.Match[str]) -> str:
        anchor = slug(entities.unescape(_TAG.sub("", match[2])))
        taken[anchor] = taken.get(anchor, 0) + 1
        unique = anchor if taken[anchor] == 1 else f"{anchor}-{taken[anchor]}"
        return f'<h{match[1]} id="{unique}">{match[2]}</h{match[1]}>'

    return _HEADING.sub(mark, markup)
