"""The press: HTML to PDF by WeasyPrint, and what is wrong with the pages. The only module that knows the engine.

It leans on parts of WeasyPrint that are not its public interface (page boxes, line justification, structure
elements); a test for each says when a new version changes one of them.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from generator.model import Problem
from generator.press import fields, fonts, lines

# Addresses inside documents: themes/… and content/… below a root that exists nowhere, so that no machine path gets
# into a PDF or a message, and a relative address means the content folder.
ROOT = "file:///"
BASE = ROOT + "content/"
# How far something may stick out: half a millimetre to the side, where rounding and hanging spaces are smaller, and
# a part of its size upwards and downwards, where a tight line height leaves the air around the ink outside.
SIDE, HEIGHT = 2.0, 0.3
# Text lies over text when it shares this part of the smaller one's height: silent on tight lines, tables and notes.
SHARED = 0.2
PIXEL = 25.4 / 96  # millimetres


@dataclass(frozen=True)
class Pdf:
    """A finished PDF. `rare` are the characters that no chosen face holds and a system family had to lend."""

    data: bytes
    pages: int
    problems: tuple[Problem, ...]
    rare: str = ""


class Press:
    """Turns complete HTML documents into PDFs; one a process, its fonts are set up once, at the first page.

    `themes` holds fonts.yml and pictures (address /themes/…), `images` is the content folder that relative addresses
    of pictures mean, `fonts` the folder with the library's faces, which also keeps what was read from them.
    Nothing outside the two first is ever opened for a document.
    """

    def __init__(self, themes: Path, images: Path, fonts: Path) -> None:
        self._themes, self._images, self._fonts = themes, images, fonts

    def fitted(self, html: Callable[[float | None], str], sizes: Sequence[float], pages: int | None) -> Pdf:
        """Return the PDF of what `html` gives for the largest of `sizes` that needs no more pages than the smallest.

        `sizes` go from large to small; without any, `html` gets None. With more than `pages` pages, or with something
        sticking out, at every size, the smallest is taken and the problem "too-long" says by how many lines.
        """
        smallest = self._lay_out(html(sizes[-1] if sizes else None))
        count = len(smallest.document.pages)
        if pages and count > pages:
            over = _excess([page._page_box for page in smallest.document.pages], pages)
            problem = Problem("too-long", "", f"最多 {pages} 页，多出 {over} 行")
            return self._written(smallest, [problem])
        for size in sizes[:-1]:
            layout = self._lay_out(html(size))
            if len(layout.document.pages) <= count and not layout.faults:
                return self._written(layout)
        return self._written(smallest)

    def render(self, html: str) -> Pdf:
        """Return the PDF (PDF/UA-1, fonts embedded) of a complete HTML document and everything wrong with it.

        Equal input gives equal bytes on every machine with equal faces and libraries.
        """
        return self._written(self._lay_out(html))

    def _lay_out(self, html: str) -> _Layout:
        from weasyprint import HTML

        setup = self._setup
        with _Heard() as heard:
            source = HTML(string=html, base_url=BASE, url_fetcher=setup.fetcher)
            lines.prepare(source.etree_element)
            fields.prepare(source.etree_element)
            document = source.render(font_config=setup.config, stylesheets=[setup.stylesheet], pdf_variant="pdf/ua-1")
        pages = [_joined(_pieces(page._page_box)) for page in document.pages]
        return _Layout(document, pages, _faults(pages), tuple(heard))

    def _written(self, layout: _Layout, problems: Sequence[Problem] = ()) -> Pdf:
        with _Heard() as heard:
            data = layout.document.write_pdf(finisher=_finish, pdf_variant="pdf/ua-1")
        rare, missing = self._characters(layout.pages)
        logged = [_from_log(record) for record in (*self._setup.heard, *layout.heard, *heard)]
        found = [*problems, *missing, *layout.faults, *logged]
        # One report a missing character, whoever noticed it first.
        unique = {(p.code, p.subject if p.code == "missing-glyph" else p): p for p in reversed(found)}
        return Pdf(data, len(layout.document.pages), tuple(reversed(unique.values())), rare)

    def _characters(self, pages: Iterable[Iterable[_Piece]]) -> tuple[str, list[Problem]]:
        """Return the characters lent by system families, and a problem for each that none of the named faces holds."""
        written: dict[str, set[str]] = {}
        for piece in (piece for page in pages for piece in page):
            written.setdefault(piece.family, set()).update(piece.text)
        rare: set[str] = set()
        problems = []
        for family, characters in sorted(written.items()):
            if role := self._setup.roles.get(family):
                found = fonts.coverage(characters, role, self._fonts)
                rare.update(found.rare)
                problems += [Problem("missing-glyph", char, f"{role.name}里没有这个字") for char in found.missing]
        return "".join(sorted(rare)), problems

    @cached_property
    def _setup(self) -> _Setup:
        from weasyprint import CSS
        from weasyprint.layout import inline
        from weasyprint.text.fonts import FontConfiguration

        inline.justify_line = _justify
        roles, config = fonts.resolve(self._themes, self._fonts), FontConfiguration()
        with _Heard() as heard:
            # Written by us from the settings, so its faces may lie anywhere on the machine.
            stylesheet = CSS(string=fonts.css(roles), font_config=config)
        folders = {"themes": self._themes.resolve(), "content": self._images.resolve()}
        return _Setup(roles, config, stylesheet, _fetcher(folders), tuple(heard))


@dataclass(frozen=True)
class _Layout:
    """A document laid out but not written: the engine's own, the pieces of each page, their faults, its warnings."""

    document: Any
    pages: list[list[_Piece]]
    faults: list[Problem]
    heard: tuple[logging.LogRecord, ...]


@dataclass(frozen=True)
class _Setup:
    roles: Mapping[str, fonts.Role]
    config: Any
    stylesheet: Any
    fetcher: Any
    heard: tuple[logging.LogRecord, ...]


class _Heard(logging.Handler):
    """Context that gives the list of the engine's warnings and errors, which then go nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[logging.LogRecord] = []
        self._logger = logging.getLogger("weasyprint")

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def __enter__(self) -> list[logging.LogRecord]:
        self._propagates, self._logger.propagate = self._logger.propagate, False
        self._logger.addHandler(self)
        return self._records

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagates


def _from_log(record: logging.LogRecord) -> Problem:
    """Return the problem that a log line of the engine means."""
    message = record.getMessage()
    if image := re.match(r"Failed to load image at '(.*?)': (.*)", message, re.S):
        return Problem(
            "bad-image", image[1].removeprefix(BASE).removeprefix(ROOT), image[2].removeprefix("ValueError: ")
        )
    if glyph := re.match(r"\.notdef glyph rendered .*: \"(.*)\" \(U\+", message, re.S):
        return Problem("missing-glyph", glyph[1], "字体里没有这个字")
    return Problem("engine", message, record.levelname.lower())


def _fetcher(folders: Mapping[str, Path]) -> Any:
    """Return the engine's way to the files below the folders of the two roots; every other address is refused."""
    from urllib.parse import unquote, urlsplit

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            address = urlsplit(url)
            root, _, path = unquote(address.path).lstrip("/").partition("/")
            if address.scheme != "file" or address.netloc or root not in folders:
                raise ValueError("只能用资料库文件夹里的图片")
            file = (folders[root] / path).resolve()
            if not file.is_relative_to(folders[root]):
                raise ValueError("只能用资料库文件夹里的图片")
            if not file.is_file():
                raise ValueError("没有这个文件")
            return URLFetcherResponse(url, io.BytesIO(file.read_bytes()))

    return Fetcher()


# Justification


def _justify(context: Any, line: Any, extra: float) -> None:
    """Spread the width a line lacks over its characters; stands in for the engine's rule, which knows only spaces.

    A line that would show gaps of more than a seventh of a character stays short: only long Western words cause it.
    """
    texts = list(_texts(line))
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps > 0 and 0 < extra / gaps < texts[0].style["font_size"] / 7:
        _stretch(context, line, extra / gaps, 0.0)
        texts[-1].width -= extra / gaps  # nothing follows the last character


def _texts(box: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)


def _stretch(context: Any, box: Any, gap: float, shift: float) -> float:
    """Move a box of a line by `shift` pixels, widen its characters by `gap` each, return the shift of what follows."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.text.line_break import create_layout

    if isinstance(box, boxes.TextBox):
        style = box.style.copy()
        spacing = style["letter_spacing"]
        style["letter_spacing"] = (0 if spacing == "normal" else spacing) + gap
        box.pango_layout = create_layout(box.text, style, context, None, box.justification_spacing)
        box.pango_layout.deactivate()
        box.style = style
        box.position_x += shift
        box.width += gap * len(box.text)
        return shift + gap * len(box.text)
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += shift
        after = shift
        for child in box.children:
            if child.is_in_normal_flow():
                after = _stretch(context, child, gap, after)
        box.width += after - shift
        return after
    box.translate(shift, 0)
    return shift


# What sticks out or lies over something else


class _Area(NamedTuple):
    """A rectangle in CSS pixels from the sheet's upper left corner, and what people call it."""

    left: float
    top: float
    right: float
    bottom: float
    name: str = ""


class _Piece(NamedTuple):
    """Something on a page that may stick out: a text, a picture, a blank or a cell.

    `text` is empty for all but texts, `near` is the text in or before it, `limit` the area it must stay in.
    """

    text: str
    near: str
    family: str
    size: float
    area: _Area
    limit: _Area


def _pieces(page: Any) -> Iterator[_Piece]:
    """Yield what stands on a page, in the order of the source."""
    sheet = _Area(0, 0, page.margin_width(), page.margin_height(), "纸张")
    x, y = page.content_box_x(), page.content_box_y()
    content = _Area(x, y, x + page.width, y + page.height, "版心")
    for child in page.children:
        yield from _below(child, content, sheet, "")


def _joined(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Return the pieces with neighbouring texts of a line drawn together: spans part them for setting only."""
    joined: list[_Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.text and piece.text and last[2:4] == piece[2:4] and last.limit == piece.limit:
            a, b = last.area, piece.area
            if abs(a.top - b.top) < 1 and abs(a.right - b.left) < 0.6 * piece.size:
                area = _Area(a.left, min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom))
                text = last.text + piece.text
                joined[-1] = last._replace(text=text, near=text.strip() or last.near, area=area)
                continue
        joined.append(piece)
    return joined


def _below(box: Any, limit: _Area, sheet: _Area, near: str) -> Iterator[_Piece]:
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout.absolute import AbsolutePlaceholder

    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if limit.name == "版心" and (isinstance(box, boxes.MarginBox) or box.style["position"] in ("absolute", "fixed")):
        limit = sheet  # put there by hand in a master
    text = box.text if isinstance(box, boxes.TextBox) else ""
    near = text.replace(lines.JOINER, "").strip() or _alternative(box) or near
    watched = boxes.ReplacedBox | boxes.InlineBlockBox | boxes.TableCellBox
    if text.strip() or isinstance(box, watched):
        x, y = box.border_box_x(), box.border_box_y()
        area = _Area(x, y, x + box.border_width(), y + box.border_height())
        yield _Piece(text, near, box.style["font_family"][0], box.style["font_size"], area, limit)
    if isinstance(box, boxes.ParentBox):
        if box.style["overflow"] != "visible" and not isinstance(box, boxes.LineBox):
            x, y = box.padding_box_x(), box.padding_box_y()
            right, bottom = x + box.padding_width(), y + box.padding_height()
            limit = _Area(
                max(x, limit.left), max(y, limit.top), min(right, limit.right), min(bottom, limit.bottom), "所在的框"
            )
        for child in box.children:
            for piece in _below(child, limit, sheet, near):
                near = piece.near or near
                yield piece


def _excess(pages: Sequence[Any], limit: int) -> int:
    """Return how many lines of running text are too many for `limit` pages; what is left free on the last counts."""
    depth: dict[Any, float] = {}
    for page in pages:
        body = page.children[0].children[0]
        flow = [box for box in body.children if box.is_in_normal_flow()]
        depth[page] = max((box.position_y + box.margin_height() for box in flow), default=page.content_box_y())
    heights: list[float] = sorted(line.height for page in pages for line in _lines(page))
    last = pages[limit - 1]
    free = last.content_box_y() + last.height - depth[last]
    over: float = sum(depth[page] - page.content_box_y() for page in pages[limit:]) - free
    return max(1, math.ceil(over / heights[len(heights) // 2]))


def _lines(box: Any) -> Iterator[Any]:
    """Yield the lines of text of a page, without those in its margins."""
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.LineBox):
        yield box
    elif isinstance(box, boxes.ParentBox) and not isinstance(box, boxes.MarginBox):
        for child in box.children:
            yield from _lines(child)


def _alternative(box: Any) -> str:
    """Return how a picture's element is called in the source, for any other box ""."""
    if box.element is None or box.element.tag != "img":
        return ""
    return str(box.element.get("src", "") or box.element.get("alt", ""))


def _faults(pages: Iterable[list[_Piece]]) -> list[Problem]:
    """Return what sticks out of its area or lies over other text, page by page, each text once."""
    found: list[Problem] = []
    for number, pieces in enumerate(pages, 1):
        for piece in pieces:
            out = _sticks_out(piece)
            if out:
                found.append(Problem("overflow", piece.near, f"第 {number} 页，超出{piece.limit.name}{out}"))
        for first, second in _over(pieces):
            found.append(Problem("overlap", first.near, f"第 {number} 页，和“{second.near}”叠在一起"))
    return list({(problem.code, problem.subject): problem for problem in reversed(found)}.values())[::-1]


def _sticks_out(piece: _Piece) -> str:
    """Return by how much a piece leaves its limit, on the side where it is most, "" if it does not."""
    area, limit = piece.area, piece.limit
    slack = max(SIDE, HEIGHT * piece.size)
    much, name = max(
        (limit.left - area.left - SIDE, "左边"),
        (area.right - limit.right - SIDE, "右边"),
        (limit.top - area.top - slack, "上边"),
        (area.bottom - limit.bottom - slack, "下边"),
    )
    return f"{name} {(much + (SIDE if name in '左边右边' else slack)) * PIXEL:.1f} 毫米" if much > 0 else ""


def _over(pieces: Iterable[_Piece]) -> Iterator[tuple[_Piece, _Piece]]:
    """Yield pairs of texts that lie over each other."""
    texts = sorted((piece for piece in pieces if piece.text.strip()), key=lambda piece: piece.area.top)
    above: list[_Piece] = []
    for piece in texts:
        above = [other for other in above if other.area.bottom > piece.area.top]
        for other in above:
            a, b = other.area, piece.area
            width = min(a.right, b.right) - max(a.left, b.left)
            height = min(a.bottom, b.bottom) - max(a.top, b.top)
            smaller = min(a.bottom - a.top, b.bottom - b.top)
            if width > 0.3 * min(piece.size, other.size) and height > SHARED * smaller:
                yield other, piece
        above.append(piece)


def _finish(document: Any, pdf: Any) -> None:
    """Add what PDF/UA asks for and the engine leaves out: the scope of table heads, the print flag of links."""
    import pydyf

    fields.finish(document, pdf)
    for page in document.pages:
        for box in page._page_box.descendants():
            structure = getattr(box, "mark", None)
            if structure is not None and box.element_tag == "th":
                scope = "/Row" if box.element.attrib.get("scope") == "row" else "/Column"
                structure.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = scope
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and thing.get("Subtype") == "/Link":
            thing["F"] = 4
