"""Diagnostics for people: place, source line with a mark under the span, what is wrong, what to write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from generator.diagnostics.diagnostic import Diagnostic, catalogue

Lines = Callable[[str], list[str]]
WORDS = {"error": "错误", "warning": "提醒", "info": "说明"}
SEVERITIES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1m"}
COLOURS = SEVERITIES | {"place": "\x1b[36m", "mark": "\x1b[31m", "hint": "\x1b[32m"}
RESET = "\x1b[0m"


def width(text: str) -> int:
    """Return the columns that `text` takes on a terminal: wide characters two, combining marks none."""
    return sum(
        0
        if unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(c) in ("W", "F")
        else 1
        for c in text
    )


def render(diagnostics: Iterable[Diagnostic], lines: Lines, root: str = "", *, colour: bool = False) -> str:
    """Return the report. `lines` gives a file's lines by name, `root` is written before file names.

    The advice of a code stands once, under its first place; later places of the same advice stay short.
    """
    told: set[tuple[str, str]] = set()
    blocks = []
    for diagnostic in diagnostics:
        again = (diagnostic.code, diagnostic.hint) in told
        told.add((diagnostic.code, diagnostic.hint))
        blocks.append(_block(diagnostic, lines, root, again, colour))
    return "\n".join(blocks)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one line with the number of each severity, empty if there are none."""
    counts = [d.severity for d in diagnostics]
    parts = [f"{counts.count(s)} 个{WORDS[s]}" for s in WORDS if counts.count(s)]
    return f"共 {'、'.join(parts)}。" if parts else ""


def _paint(text: str, name: str, colour: bool) -> str:
    return f"{COLOURS[name]}{text}{RESET}" if colour else text


def _where(diagnostic: Diagnostic, root: str) -> str:
    place = diagnostic.place
    steps = [f"{root}{place.file}", *(str(n) for n in (place.line, place.column) if n)]
    return ":".join(steps)


def _block(diagnostic: Diagnostic, lines: Lines, root: str, again: bool, colour: bool) -> str:
    head = _paint(f"{WORDS[diagnostic.severity]}[{diagnostic.code}]", diagnostic.severity, colour)
    out = [f"{head} {diagnostic.message}", f"  --> {_paint(_where(diagnostic, root), 'place', colour)}"]
    out += _excerpt(diagnostic, lines, colour)
    for place in diagnostic.related:
        out.append(f"  另见 {root}{place.file}:{place.line}" if place.line else f"  另见 {root}{place.file}")
    if again:
        out.append(f"  怎么改：同上（{catalogue()[diagnostic.code]['title']}）")
    else:
        out.append(f"  {_paint('怎么改：', 'hint', colour)}{diagnostic.hint}")
    return "\n".join([*out, ""])


def _excerpt(diagnostic: Diagnostic, lines: Lines, colour: bool) -> list[str]:
    place = diagnostic.place
    source = lines(place.file) if place.line else []
    if not 0 < place.line <= len(source):
        return []
    # What is no character must not steer the terminal; one for one, so that columns stay.
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", source[place.line - 1]).rstrip()
    start = min(max(place.column - 1, 0), len(text))
    # A line longer than a screen is cut around the beginning of the span, on whole characters.
    long = width(text) > 96
    left = max(0, start - 24) if long else 0
    right = min(len(text), left + 46) if long else len(text)
    end = min(start + place.width, right) if place.width else right
    lead, trail = "…" if left else "", "…" if right < len(text) else ""
    number = str(place.line)
    margin = " " * len(number)
    indent = " " * width(lead + text[left:start])
    mark = "^" * max(1, width(text[start:end]))
    return [
        f"  {margin} |",
        f"  {number} | {lead}{text[left:right]}{trail}",
        f"  {margin} | {indent}{_paint(mark, 'mark', colour)}",
    ]
