"""Flow charts: lines such as `发现 -> 制止：立即` and `受伤了吗？有 -> 打 120`, laid out by Graphviz.

Graphviz gets sizes and arrows only, no text and no fonts, and gives places back: equal charts have equal places on
every machine with the same version.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.charts import draw
from generator.charts.draw import Fault

# -> as Chinese keyboards give it, too: -》 ——> →
ARROW = re.compile(r"\s*(?:[-—–－=]+[>＞》]|→)\s*")
# A question mark that ends a sentence inside quotation marks asks nobody here.
QUESTION = re.compile(r"(.+?[？?](?![”’」》）]))\s*(.*)", re.S)
NOTE = re.compile(r"：|:(?!\d)")
LONGEST = {"步骤": 30, "说明": 60, "答案": 12}
STEPS = 16
NAME, NOTE_SIZE, WHEN = 15.0, 13.5, 13.5
NAME_LINE, NOTE_LINE = 20.0, 18.0
# Room around a step's text, and what the slanted sides of a question take.
SIDE, ABOVE, SLANT = 12.0, 6.0, 9.0
# Characters a line of a step: the widest that leaves the chart narrow enough for a phone.
MEASURES = (14, 11, 9, 8, 7, 6)


@dataclass
class Step:
    """A step or a question: its name, which stands for it in every line, and what is said of it."""

    name: str
    note: str = ""
    line: int = 0
    next: list[tuple[Step, str]] = field(default_factory=list)
    reached: bool = False

    @property
    def asks(self) -> bool:
        return self.name.endswith(("？", "?"))


def make(title: str, text: str) -> tuple[str, list[Fault]]:
    """Return a flow chart as a figure, empty if it is faulty, and its faults."""
    steps, faults = read(text)
    faults = faults or [*_whole(steps)]
    if faults:
        return "", faults
    for measure in MEASURES:
        boxes = [_Box(step, measure) for step in steps]
        try:
            place = _places(steps, boxes)
        except (OSError, subprocess.CalledProcessError):
            return "", [Fault(-1, "P608")]
        if place["size"][0] <= draw.WIDTH:
            break
    wide, high = place["size"]
    if wide > draw.WIDTH * 1.1:
        return "", [Fault(-1, "C526", {"how": "太宽", "advice": "同一层最多并排三步，其余的往下排"})]
    if high > draw.HEIGHT:
        return "", [
            Fault(
                -1,
                "C526",
                {
                    "how": f"太长，约多了 {math.ceil((high - draw.HEIGHT) / 56)} 步",
                    "advice": "分成两张图，或者把几步并成一步",
                },
            )
        ]
    return draw.figure(title, (wide, high), _drawn(boxes, place), [_told(step) for step in steps]), []


def read(text: str) -> tuple[list[Step], list[Fault]]:
    """Return the steps of a chart in the order in which they are first named, joined by their arrows."""
    steps: dict[str, Step] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n")):
        pieces = [piece.strip() for piece in ARROW.split(line.strip().rstrip("；;。"))]
        if pieces == [""]:
            continue
        before: Step | None = None
        when = ""
        for index, piece in enumerate(pieces):
            name, note, answer = _parted(piece)
            last = index == len(pieces) - 1
            if not name or (last and answer):
                faults.append(Fault(number, "C521", {"line": line.strip(), "how": "发现 -> 制止：立即"}))
                break
            for what, words in (("步骤", name), ("说明", note), ("答案", answer)):
                if len(words) > LONGEST[what]:
                    limit = str(LONGEST[what])
                    faults.append(Fault(number, "C525", {"what": what, "text": words, "limit": limit}))
            step = steps.setdefault(name, Step(name, note, number))
            if note and step.note and note != step.note:
                faults.append(Fault(number, "C522", {"name": name, "one": step.note, "other": note}))
            step.note = step.note or note
            if before is not None:
                before.next.append((step, when))
                step.reached = True
            before, when = step, answer
    return list(steps.values()), faults


def _parted(piece: str) -> tuple[str, str, str]:
    """Return the name, the note and the answer in one piece between arrows."""
    if asked := QUESTION.fullmatch(piece):
        return asked[1], "", asked[2].strip("：: ")
    name, *note = NOTE.split(piece, maxsplit=1)
    return name.strip(), note[0].strip() if note else "", ""


def _whole(steps: list[Step]) -> Iterator[Fault]:
    if len(steps) > STEPS:
        yield Fault(-1, "C526", {"how": f"有 {len(steps)} 步，太多", "advice": f"一张图最多 {STEPS} 步，分成两张"})
    if len(steps) < 2:
        yield Fault(-1, "C526", {"how": "不到两步", "advice": "至少写两步，用 -> 连起来"})
        return
    for step in steps:
        if not step.next and not step.reached:
            yield Fault(step.line, "C523", {"name": step.name})
        elif step.asks and not _clear([when for _, when in step.next]):
            yield Fault(step.line, "C524", {"name": step.name})


def _clear(answers: list[str]) -> bool:
    """Return whether answers tell which way to go: two or more, each written, none of them twice."""
    return len(answers) > 1 and all(answers) and len(set(answers)) == len(answers)


def _told(step: Step) -> str:
    """Return what a step says as a sentence, for those who cannot see the chart."""
    name = f"{step.name}（{step.note}）" if step.note else step.name
    if step.asks:
        return name + "；".join(f"{when}：{then.name}" for then, when in step.next) + "。"
    if step.next:
        name += f"，然后：{'；'.join(then.name for then, _ in step.next)}"
    return name if name.endswith(("？", "?")) else f"{name}。"


class _Box:
    """A step as it is drawn: its lines and how large they make it."""

    def __init__(self, step: Step, measure: int) -> None:
        room = measure * NAME
        self.step = step
        self.name = draw.broken(step.name, NAME, room)
        self.note = draw.broken(step.note, NOTE_SIZE, room) if step.note else []
        widths = [draw.width(line, NAME) for line in self.name] + [draw.width(line, NOTE_SIZE) for line in self.note]
        self.wide = max(widths) + 2 * (SIDE + (SLANT if step.asks else 0))
        self.high = 2 * ABOVE + NAME_LINE * len(self.name) + NOTE_LINE * len(self.note)

    def drawn(self, x: float, y: float) -> Iterator[str]:
        """Yield shape and text around the middle (x, y)."""
        left, right, top, bottom = (
            draw.num(value) for value in (x - self.wide / 2, x + self.wide / 2, y - self.high / 2, y + self.high / 2)
        )
        if self.step.asks:
            inner, outer = draw.num(x - self.wide / 2 + SLANT), draw.num(x + self.wide / 2 - SLANT)
            middle = draw.num(y)
            yield draw.path("g", f"M{inner} {top}H{outer}L{right} {middle}L{outer} {bottom}H{inner}L{left} {middle}z")
        else:
            yield draw.path("p", f"M{left} {top}H{right}V{bottom}H{left}z")
        at = y - self.high / 2 + ABOVE
        for line in self.name:
            yield draw.text(x, at + NAME_LINE / 2 + 0.37 * NAME, line, NAME)
            at += NAME_LINE
        for line in self.note:
            yield draw.text(x, at + NOTE_LINE / 2 + 0.37 * NOTE_SIZE, line, NOTE_SIZE, "kai")
            at += NOTE_LINE


def _straight(steps: list[Step]) -> dict[str, str]:
    """Return the course that runs straight down, the one written first: each step's name with the next one's."""
    course, step = {steps[0].name: ""}, steps[0]
    while step.next and step.next[0][0].name not in course:
        course[step.name] = step.next[0][0].name
        step = step.next[0][0]
        course[step.name] = ""
    return course


def _places(steps: list[Step], boxes: list[_Box]) -> dict[str, Any]:
    """Return where Graphviz puts the boxes and arrows, in units from the upper left corner.

    Raises OSError where Graphviz is not installed or cannot be run, CalledProcessError where it gives up.
    """
    number = {step.name: index for index, step in enumerate(steps)}
    course = _straight(steps)
    wide = max(box.wide for box in boxes)
    for box in boxes:
        box.wide = wide
    lines = [
        f"n{index}[width={wide / 72:.4f} height={box.high / 72:.4f}{' group=a' if step.name in course else ''}]"
        for index, (step, box) in enumerate(zip(steps, boxes, strict=True))
    ]
    arrows = [(step, then, when) for step in steps for then, when in step.next]
    for step, then, when in arrows:
        room = draw.width(when, WHEN) + 10
        table = f'<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{room:.0f}" HEIGHT="20"><TR><TD></TD></TR></TABLE>'
        label = f" label=<{table}>" if when else ""
        weight = 50 if course.get(step.name) == then.name else 1
        lines.append(f"n{number[step.name]}->n{number[then.name]}[weight={weight}{label}]")
    source = (
        'digraph{graph[ranksep=0.26 nodesep=0.22 ordering=out pad=0]node[shape=box fixedsize=true label=""]'
        f"edge[arrowsize=0.8]{';'.join(lines)}}}"
    )
    run = subprocess.run(["dot", "-Tjson"], input=source.encode(), capture_output=True, check=True)
    found = json.loads(run.stdout)
    high = float(found["bb"].split(",")[3])
    edge = 1.5  # half of the thickest line, and air

    def point(pair: str) -> tuple[float, float]:
        x, y = pair.split(",")
        return float(x) + edge, high - float(y) + edge

    return {
        "size": (float(found["bb"].split(",")[2]) + 2 * edge, high + 2 * edge),
        "boxes": [point(node["pos"]) for node in found["objects"]],
        "arrows": [
            (
                [point(pair) for pair in line["pos"].removeprefix("e,").split(" ")],
                point(line["lp"]) if when else None,
                when,
            )
            for line, (_, _, when) in zip(sorted(found["edges"], key=lambda one: one["_gvid"]), arrows, strict=True)
        ],
    }


def _drawn(boxes: list[_Box], place: dict[str, Any]) -> Iterator[str]:
    for (tip, start, *curve), _, _ in place["arrows"]:
        course = " ".join(f"{draw.num(x)} {draw.num(y)}" for x, y in curve)
        yield draw.path("l", f"M{draw.num(start[0])} {draw.num(start[1])}C{course}")
        (x, y), (from_x, from_y) = tip, curve[-1]
        length = ((x - from_x) ** 2 + (y - from_y) ** 2) ** 0.5 or 1
        ahead = ((x - from_x) / length * 4, (y - from_y) / length * 4)
        corners = ((x, y), (from_x - ahead[1], from_y + ahead[0]), (from_x + ahead[1], from_y - ahead[0]))
        yield draw.path("k", "M" + "L".join(f"{draw.num(a)} {draw.num(b)}" for a, b in corners) + "z")
    for box, (x, y) in zip(boxes, place["boxes"], strict=True):
        yield from box.drawn(x, y)
    for _, spot, when in place["arrows"]:
        if spot:
            yield draw.text(spot[0], spot[1] + 0.37 * WHEN, when, WHEN)
