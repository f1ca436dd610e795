"""What the press sets and draws in place of the engine's own rules: justified lines and the rules of tables.

Leans on parts of WeasyPrint that are not its public interface; `tests/test_engine.py` (lines, arrays) and
`tests/test_accessible.py` (rules of tables) tell when they change.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Callable, Iterator
from typing import Any


def install() -> None:
    """Put the press's rules in the place of the engine's, for this process."""
    import pydyf
    from weasyprint import draw
    from weasyprint.html import UA_STYLESHEET
    from weasyprint.layout import inline
    from weasyprint.pdf import fonts
    from weasyprint.text import line_break

    if inline.justify_line is not _justify:
        inline.justify_line = _justify
        draw.draw_collapsed_borders = _in_one(draw.draw_collapsed_borders)
        fonts.ffi = _OpenArrays(fonts.ffi)
        pydyf.zlib = _Deflate
        line_break.get_font_description = _once(line_break.get_font_description)
        _narrow(UA_STYLESHEET)


# Styles

# What the engine's own style sheet says of every element, though only few can ever show it: by whom.
SHOWN_BY: dict[str, Callable[[Any], bool]] = {
    "marker": lambda element: element.local_name == "li",
    "footnote-call": lambda element: "imprint" in element.classes,
    "footnote-marker": lambda element: "imprint" in element.classes,
    "note-call": lambda element: False,
    "note-marker": lambda element: False,
    "note-callback": lambda element: False,
}


def _narrow(sheet: Any) -> None:
    """Take from the engine's own style sheet what no print shows.

    It gives every element six pseudo-elements and every page the boxes of its side margins and corners; to compute
    their styles is a tenth of the time.
    """
    selectors = sheet.matcher.other_selectors
    selectors[:] = [
        (SHOWN_BY.get(pseudo, test), specificity, order, pseudo, payload)
        for test, specificity, order, pseudo, payload in selectors
    ]
    sheet.page_rules[:] = [
        rule
        for rule in sheet.page_rules
        if not any(box and (box.endswith("-corner") or box.startswith(("@left", "@right"))) for _, box, _ in rule[1])
    ]


# Files


class _Deflate:
    """zlib with its usual effort in place of its greatest: files grow by a hundredth, in half the time."""

    @staticmethod
    def compressobj(level: int) -> Any:
        """Return a compressor of level 6, whatever level is asked for."""
        return zlib.compressobj(min(level, 6))


# Faces

DESCRIBED_BY = (
    *("font_style", "font_stretch", "font_weight", "font_size"),
    *("font_variant_caps", "font_variation_settings"),
)


def _once(describe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a way to describe the face of a style once: a page has a thousand texts in a handful of faces."""
    known: dict[tuple[Any, ...], Any] = {}

    def described(style: Any) -> Any:
        # Drawings give their families as a list.
        key = (*style["font_family"], *(style[name] for name in DESCRIBED_BY))
        if key not in known:
            known[key] = describe(style)
        return known[key]

    return described


class _OpenArrays:
    """The engine's way to C with arrays of glyphs of one type: it makes a type for each length, parsing C each time."""

    def __init__(self, ffi: Any) -> None:
        self._ffi = ffi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ffi, name)

    def new(self, kind: str, *initial: Any) -> Any:
        """Return new C data; an array that is given its members takes its length from them."""
        return self._ffi.new("hb_codepoint_t[]" if initial and kind.startswith("hb_codepoint_t[") else kind, *initial)


# Rules of tables


def _in_one(draw: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return a way to draw a table's rules by one stroke for each kind of line.

    The engine draws each side of each cell by itself: ten times the bytes, and programs that look for drawn grids
    see loose lines instead of one table.
    """

    def drawn(stream: Any, table: Any) -> None:
        pieces = stream.clone()
        draw(pieces, table)
        kinds: dict[tuple[bytes, ...], list[bytes]] = {}
        state: list[bytes] = []
        path: list[bytes] = []
        for item in pieces.stream:
            operation = item if isinstance(item, bytes) else str(item).encode()
            if operation == b"q":
                state.clear()
            elif operation == b"S":
                kinds.setdefault(tuple(state), []).extend(path)
                path.clear()
            elif operation.endswith((b" m", b" l")):
                path.append(operation)
            elif operation not in (b"/Artifact", b"BMC", b"EMC", b"Q"):
                state.append(operation)
        for before, lines in kinds.items():
            with stream.artifact(), stream.stacked():
                stream.stream += [*before, *lines, b"S"]

    return drawn


# Justification


def _justify(context: Any, line: Any, extra: float) -> None:
    """Spread the width a line lacks over its characters; stands in for the engine's rule, which knows only spaces.

    A line that would show gaps of more than a seventh of a character stays short: only long Western words cause it.
    """
    texts = list(_texts(line))
    # The gap behind a Han character before Latin is no use at the edge.
    trailing = texts[-1].style["letter_spacing"] if texts and texts[-1].element.get("class") == "qw" else 0
    extra += trailing
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps > 0 and 0 < extra / gaps < texts[0].style["font_size"] / 7:
        _stretch(context, line, extra / gaps, 0.0)
        texts[-1].width -= extra / gaps + trailing  # nothing follows the last character


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

    if isinstance(box, boxes.TextBox):
        style = box.style.copy()
        spacing = style["letter_spacing"]
        style["letter_spacing"] = (0 if spacing == "normal" else spacing) + gap
        # Drawing shapes the text anew by what is written here; to shape it now as well is a twentieth of the time.
        box.pango_layout = copy.copy(box.pango_layout)
        box.pango_layout.text, box.pango_layout.max_width = box.text, None
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
