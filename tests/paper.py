"""Reads a finished PDF back: characters with their place on the paper in mm, lines, fonts, bookmarks."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

MM = 25.4 / 72


@dataclass(frozen=True)
class Char:
    """A character: its box in mm from the sheet's upper left corner, type size in pt, family as the PDF names it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    font: str


@dataclass(frozen=True)
class Line:
    """Characters of one height, from left to right."""

    chars: tuple[Char, ...]

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    @property
    def left(self) -> float:
        return min(char.left for char in self.chars)

    @property
    def right(self) -> float:
        return max(char.right for char in self.chars)

    @property
    def bottom(self) -> float:
        return max(char.bottom for char in self.chars)


@dataclass(frozen=True)
class Rule:
    """A drawn line: its box in mm from the sheet's upper left corner and its colour as (red, green, blue)."""

    left: float
    top: float
    right: float
    bottom: float
    colour: tuple[int, int, int]

    @property
    def weight(self) -> float:
        return self.bottom - self.top


def pages(path: Path) -> list[list[Char]]:
    """Return the visible characters of each page."""
    document = pypdfium2.PdfDocument(path)
    return [_chars(page) for page in document]


def text(path: Path) -> str:
    """Return the text of all pages, without spaces and line ends."""
    return "".join(char.text for page in pages(path) for char in page)


def lines(chars: list[Char]) -> list[Line]:
    """Return the lines of a page from top to bottom; characters of one line overlap in height by half."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (c.top + c.bottom) / 2):
        middle = (char.top + char.bottom) / 2
        row = next((row for row in rows if abs((row[0].top + row[0].bottom) / 2 - middle) < 2.5), None)
        rows.append([char]) if row is None else row.append(char)
    return [Line(tuple(sorted(row, key=lambda c: c.left))) for row in rows]


def rules(path: Path, width: float) -> list[list[Rule]]:
    """Return for each page its horizontal lines of at least `width` mm, from top to bottom."""
    return [sorted(_rules(page, width), key=lambda rule: rule.top) for page in pypdfium2.PdfDocument(path)]


def bookmarks(path: Path) -> list[str]:
    """Return the titles of the bookmarks in order."""
    return [item.get_title() for item in pypdfium2.PdfDocument(path).get_toc()]


def _chars(page: pypdfium2.PdfPage) -> list[Char]:
    height = page.get_height()
    textpage = page.get_textpage()
    found = []
    high = ""
    for index in range(textpage.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(textpage.raw, index))
        if "\ud800" <= char <= "\udbff":  # first half of a character beyond U+FFFF
            high = char
            continue
        char = (high + char).encode("utf-16", "surrogatepass").decode("utf-16") if high else char
        high = ""
        if char.isspace() or char in "\x00\ufffe":
            continue
        left, bottom, right, top = textpage.get_charbox(index)
        # The engine writes sizes in CSS pixels under a matrix that makes points of them.
        size = raw.FPDFText_GetFontSize(textpage.raw, index) * 0.75
        found.append(
            Char(char, left * MM, (height - top) * MM, right * MM, (height - bottom) * MM, size, _font(textpage, index))
        )
    return found


def _rules(page: pypdfium2.PdfPage, width: float) -> Iterator[Rule]:
    height = page.get_height()
    for path in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = (side * MM for side in path.get_bounds())
        if right - left >= width and top - bottom < 2:
            values = [ctypes.c_uint() for _ in range(4)]
            raw.FPDFPageObj_GetFillColor(path.raw, *values)
            red, green, blue = (value.value for value in values[:3])
            yield Rule(left, height * MM - top, right, height * MM - bottom, (red, green, blue))


def _font(textpage: pypdfium2.PdfTextPage, index: int) -> str:
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    return buffer.value.decode().rpartition("+")[2]
