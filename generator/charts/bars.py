"""Bar charts: lines such as `起外号：12 人` and one that says where the numbers come from (`来源：…`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.charts import draw
from generator.charts.draw import Fault

BAR = re.compile(r"(.+?)\s*[：:]\s*(\d{1,7}(?:\.\d{1,2})?)\s*([^\d\s：:.]{0,4})")
SOURCE = re.compile(r"来源\s*[：:]\s*(.+)")
LONGEST = {"名称": 16, "来源": 80}
BARS = 12
SIZE, LINE, HIGH, APART = 14.0, 19.0, 16.0, 12.0
# Room of a label, and of the number behind the longest bar.
LABEL, NUMBER = 6 * SIZE, 5 * SIZE
HATCH = 5.0


def make(title: str, text: str) -> tuple[str, list[Fault]]:
    """Return a bar chart as a figure, empty if it is faulty, and its faults."""
    bars: list[tuple[str, float, str]] = []
    source, unit = "", None
    faults = []
    for number, line in enumerate(text.split("\n")):
        line = line.strip().rstrip("；;。")
        if not line:
            continue
        if found := SOURCE.fullmatch(line):
            source = found[1]
            words = ("来源", source)
        elif found := BAR.fullmatch(line):
            unit = found[3] if unit is None else unit
            if found[3] != unit:
                faults.append(Fault(number, "C522", {"name": "单位", "one": unit, "other": found[3]}))
            bars.append((found[1], float(found[2]), found[2] + found[3]))
            words = ("名称", found[1])
        else:
            faults.append(Fault(number, "C521", {"line": line, "how": "起外号：12 人"}))
            continue
        if len(words[1]) > LONGEST[words[0]]:
            limit = str(LONGEST[words[0]])
            faults.append(Fault(number, "C525", {"what": words[0], "text": words[1], "limit": limit}))
    if not source:
        faults.append(Fault(-1, "C527"))
    if not 2 <= len(bars) <= BARS:
        faults.append(Fault(-1, "C526", {"how": f"有 {len(bars)} 条", "advice": f"写 2 到 {BARS} 条"}))
    if faults:
        return "", faults
    parts = [*_drawn(bars)]
    told = [f"{name}：{number}" for name, _, number in bars]
    return draw.figure(title, (draw.WIDTH, _height(bars)), parts, told, source), []


def _lines(name: str) -> list[str]:
    return draw.broken(name, SIZE, LABEL)


def _height(bars: list[tuple[str, float, str]]) -> float:
    return sum(LINE * len(_lines(name)) + APART for name, _, _ in bars)


def _drawn(bars: list[tuple[str, float, str]]) -> Iterator[str]:
    """Yield label, hatched bar and number of each; the hatch is drawn line by line, since a pattern needs an id."""
    most = max(value for _, value, _ in bars) or 1
    left, top = LABEL + 8, APART / 2
    for name, value, number in bars:
        lines = _lines(name)
        high = LINE * len(lines)
        for index, line in enumerate(lines):
            baseline = top + LINE * (index + 0.5) + 0.37 * SIZE
            yield draw.text(LABEL, baseline, line, SIZE, "song", "end")
        long = (draw.WIDTH - left - NUMBER) * value / most
        above = top + (high - HIGH) / 2
        if long:
            right, below = draw.num(left + long), draw.num(above + HIGH)
            yield draw.path("p", f"M{draw.num(left)} {draw.num(above)}H{right}V{below}H{draw.num(left)}z")
            yield draw.path("l", "".join(_hatch(left, above, long)), 0.8)
        yield draw.text(left + long + 6, top + high / 2 + 0.37 * SIZE, number, SIZE, "hei", "start")
        top += high + APART
    base = draw.num(left)
    yield draw.path("l", f"M{base} 0V{draw.num(_height(bars))}")


def _hatch(left: float, above: float, long: float) -> Iterator[str]:
    """Yield slanting lines of a bar, each cut off at its ends."""
    start = -HIGH + HATCH
    while start < long:
        first, last = max(0.0, start), min(long, start + HIGH)
        yield (
            f"M{draw.num(left + first)} {draw.num(above + HIGH - first + start)}"
            f"L{draw.num(left + last)} {draw.num(above + HIGH - last + start)}"
        )
        start += HATCH
