"""What every chart is drawn with: broken lines of text, SVG pieces, and the figure with its text alternative.

Units: 16 are the type size of the text around the chart, so that a chart grows with it. Attributes give what is
printed, black on white; the site overrides them by class in its own colours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# The type size of the text around is so many units.
EM = 16
# A phone of 390 px has room for so many units at full type size (350 px at 17 px), A5 and the official page for more.
WIDTH = 360
# Paper gives 180 mm at most (`.diagram svg`, room for a heading above it): what is higher would be set below 9 pt.
HEIGHT = 760
# What stays together at the end of a line: numbers and Latin words, marks with the character they follow or open.
_WORD = re.compile(
    r"[“‘（《〈【「]*(?:[0-9A-Za-z.%+/:@_-]+[天日月年时分周次人]?|.)[，。、；：！？）》〉】」”’…%％]*", re.S
)
_CLAUSES = tuple(re.compile(rf"[^{marks}]+[{marks}”’）》]*|.", re.S) for marks in ("，。；：！？", "，。；：！？、"))


@dataclass(frozen=True)
class Fault:
    """Something wrong in a chart: a code of the catalogue, the line (from 0) of the chart's text, the message's values.

    `line` -1 is the line that opens the chart.
    """

    line: int
    code: str
    values: dict[str, str] = field(default_factory=dict)


def width(text: str, size: float) -> float:
    """Return how wide a text of this type size is at most: Latin letters differ from font to font."""
    return sum(size if ord(char) > 0x2000 else 0.62 * size for char in text)


def broken(text: str, size: float, room: float) -> list[str]:
    """Return a text in as few lines as `room` allows, about equally long, whole clauses where that makes no more lines.

    A word longer than a line is cut.
    """
    words = [piece for word in _WORD.findall(text) for piece in _cut(word, size, room)]
    number = len(_filled(words, size, room))
    clauses = (pattern.findall(text) for pattern in _CLAUSES)
    fitting = (parts for parts in clauses if all(width(part, size) <= room for part in parts))
    words = next((parts for parts in fitting if len(_filled(parts, size, room)) == number), words)
    # The narrowest room in which the lines do not become more.
    least = width(text, size) / number
    while least < room and len(_filled(words, size, least)) > number:
        least += size / 2
    return _filled(words, size, min(least, room))


def _cut(word: str, size: float, room: float) -> list[str]:
    most = max(1, int(room / size))
    return [word] if width(word, size) <= room else [word[at : at + most] for at in range(0, len(word), most)]


def _filled(words: Iterable[str], size: float, room: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and width((lines[-1] + word).strip(), size) <= room:
            lines[-1] += word
        else:
            lines.append(word)
    return [line.strip() for line in lines]


def text(x: float, baseline: float, words: str, size: float, face: str = "hei", anchor: str = "middle") -> str:
    """Return a line of text in the font role `face` of `themes/fonts.yml`."""
    return (
        f'<text class="{face}" x="{num(x)}" y="{num(baseline)}" font-family="{face}" font-size="{num(size)}" '
        f'text-anchor="{anchor}" fill="#000">{html.escape(words)}</text>'
    )


def path(kind: str, course: str, thick: float = 1.4, dash: str = "") -> str:
    """Return a path: `kind` l is a line, k filled black, p filled like paper, g like lit paper."""
    fill = {"l": "none", "k": "#000"}.get(kind, "#fff")
    stroke = "none" if kind == "k" else "#000"
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="{kind}" fill="{fill}" stroke="{stroke}" stroke-width="{num(thick)}"{dashes} d="{course}"/>'


def num(value: float) -> str:
    """Return a number as SVG writes it, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


def figure(title: str, size: tuple[float, float], parts: Iterable[str], told: list[str], source: str = "") -> str:
    """Return a chart as HTML: title, drawing, source, and what it shows as a list; all of it is escaped here."""
    wide, high = size
    says = html.escape(f"{title}：{' '.join(told)}")
    items = "".join(f"<li>{html.escape(item)}</li>" for item in told)
    note = f'<p class="of">来源：{html.escape(source)}</p>' if source else ""
    return (
        f'<figure class="diagram"><figcaption>{html.escape(title)}</figcaption>'
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {num(wide)} {num(high)}" '
        f'width="{wide / EM:.2f}em" height="{high / EM:.2f}em"><title>{says}</title>{"".join(parts)}</svg>{note}'
        f'<details class="more-in"><summary>图里的文字</summary><ol>{items}</ol></details></figure>'
    )
