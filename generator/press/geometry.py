"""What stands where on laid-out pages: what sticks out, lies over other text, or is too long.

Reads the engine's page boxes, which are not its public interface; `tests/test_engine.py` tells when they change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from generator.model import Problem
from generator.press import lines

# How far something may stick out: half a millimetre to the side, where rounding and hanging spaces are smaller, and
# a part of its size upwards and downwards, where a tight line height leaves the air around the ink outside.
SIDE, HEIGHT = 2.0, 0.3
# Text lies over text when it shares this part of the smaller one's height: silent on tight lines, tables and notes.
SHARED = 0.2
PIXEL = 25.4 / 96  # millimetres


class _Area(NamedTuple):
    """A rectangle in CSS pixels from the sheet's upper left corner, and what people call it."""

    left: float
    top: float
    right: float
    bottom: float
    name: str = ""


class Piece(NamedTuple):
    """Something on a page that may stick out: a text, a picture, a blank or a cell.

    `text` is empty for all but texts, `near` is the text in or before it, `limit` the area it must stay in.
    """

    text: str
    near: str
    family: str
    size: float
    area: _Area
    limit: _Area


def pieces(document: Any) -> list[list[Piece]]:
    """Return what stands on each page of a laid-out document, in the order of the source."""
    return [_joined(_pieces(page._page_box)) for page in document.pages]


def _pieces(page: Any) -> Iterator[Piece]:
    sheet = _Area(0, 0, page.margin_width(), page.margin_height(), "纸张")
    x, y = page.content_box_x(), page.content_box_y()
    content = _Area(x, y, x + page.width, y + page.height, "版心")
    for child in page.children:
        yield from _below(child, content, sheet, "")


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with neighbouring texts of a line drawn together: spans part them for setting only."""
    joined: list[Piece] = []
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


def _below(box: Any, limit: _Area, sheet: _Area, near: str) -> Iterator[Piece]:
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout.absolute import AbsolutePlaceholder

    if isinstance(box, AbsolutePlaceholder):
        box = box._box
    if limit.name == "版心" and (isinstance(box, boxes.MarginBox) or box.style["position"] in ("absolute", "fixed")):
        limit = sheet  # put there by hand in a master
    text = box.text if isinstance(box, boxes.TextBox) else ""
    near = text.replace(lines.JOINER, "").strip() or _alternative(box) or near
    watched = (boxes.ReplacedBox, boxes.InlineBlockBox, boxes.TableCellBox)  # a union is slower to make and to ask
    if text.strip() or isinstance(box, watched):
        x, y = box.border_box_x(), box.border_box_y()
        area = _Area(x, y, x + box.border_width(), y + box.border_height())
        yield Piece(text, near, box.style["font_family"][0], box.style["font_size"], area, limit)
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


def excess(document: Any, limit: int) -> int:
    """Return how many lines of running text are too many for `limit` pages; what is left free on the last counts."""
    pages = [page._page_box for page in document.pages]
    depth: dict[Any, float] = {}
    for page in pages:
        # A page left blank, as before a chapter that begins on the right, has no body.
        body = next(iter(page.children[0].children), None)
        flow = [box for box in body.children if box.is_in_normal_flow()] if body else []
        depth[page] = max((box.position_y + box.margin_height() for box in flow), default=page.content_box_y())
    heights: list[float] = sorted(line.height for page in pages for line in _lines(page))
    last = pages[limit - 1]
    free = last.content_box_y() + last.height - depth[last]
    over: float = sum(depth[page] - page.content_box_y() for page in pages[limit:]) - free
    # Pages of pictures only have no line to measure by.
    return max(1, math.ceil(over / heights[len(heights) // 2])) if heights else 1


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


def faults(pages: Iterable[list[Piece]]) -> list[Problem]:
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


def _sticks_out(piece: Piece) -> str:
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


def _over(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Yield pairs of texts that lie over each other."""
    texts = sorted((piece for piece in pieces if piece.text.strip()), key=lambda piece: piece.area.top)
    above: list[Piece] = []
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
