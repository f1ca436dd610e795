"""The picture that a chat or a feed shows for a shared page (Open Graph): set by the press, kept as a picture."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from generator import theme
from generator.model import AUDIENCES, Artifact, Document, Library, Made, Project
from generator.press import plan as sheets
from generator.press.lines import CLOSING, OPENING, WHOLE
from generator.store import key_of, key_of_data

MASTER = "share.html"
HOME = "site/share/home.png"
WIDTH, HEIGHT = 1200, 630  # pixels
COLOURS = 24
# Pixels: the room of the title, and how large and high its lines may be.
ROOM, HIGH = 660, 270
LARGEST, LINE = 92, 1.34
MOST = 3
# Words of titles, beside those of official papers, that no line should end in.
WORDS = re.compile(
    rf"{WHOLE.pattern}|学生|孩子|同学|老师|关爱|帮扶|怀疑|被?欺负|看见|做错|为什么|没有|一个|名字|三秒|爷爷奶奶|外公外婆"
)
NEVER = 99  # what a place costs where no line may end


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return a picture for each document and one for all other pages.

    Only a full address leads to a picture: none is made while the library has none.
    """
    info = library.info
    if not info.base_url:
        return []
    look = key_of(sheets.digest(project), (project.themes / MASTER).read_bytes())
    frame = {"name": info.name, "tagline": info.tagline, "publisher": info.publisher}
    home: dict[str, Any] = {"title": info.tagline, "kind": "", "audience": AUDIENCES[0], "stages": [], "minutes": None}
    return [
        _artifact(HOME, "", {**frame, **home}, look),
        *(
            _artifact(f"site/share/{document.id}.png", document.id, {**frame, **_card(document, library)}, look)
            for document in library.documents
        ),
    ]


def _card(document: Document, library: Library) -> dict[str, Any]:
    return {
        "title": document.title,
        "kind": library.kinds[document.kind].name,
        "audience": document.audiences[0],
        "stages": list(document.stages),
        "minutes": document.minutes,
    }


def _artifact(path: str, document: str, args: dict[str, Any], look: str) -> Artifact:
    return Artifact(path, "image/png", "share", args, key_of(look, key_of_data(args)), document)


def make(artifact: Artifact, project: Project) -> Made:
    """Return the picture, 1200 by 630 pixels in few colours, with what the press found wrong."""
    import pypdfium2
    from PIL import Image

    lines, size = title_lines(artifact.args["title"])
    template = sheets.environment(project).get_template(MASTER)
    tokens = theme.inked(theme.tokens(project.themes), "colour")
    pdf = sheets.press(project).render(template.render(card=artifact.args, lines=lines, size=size, tokens=tokens))
    with pypdfium2.PdfDocument(pdf.data) as document:
        page = document[0]
        drawn = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
    file = io.BytesIO()
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return Made(file.getvalue(), pdf.problems, {"width": drawn.width, "height": drawn.height})


def title_lines(title: str) -> tuple[list[str], int]:
    """Return a title in at most three lines of like length, parted between words where known, and its size in pixels.

    Large type and good places to part it are weighed against each other; of equals the fewest lines are taken.
    """
    choices = []
    for count in range(1, MOST + 1):
        cost, lines = _parted(title, count)
        if lines:
            size = int(min(LARGEST, ROOM / max(map(_wide, lines)), HIGH / LINE / count))
            choices.append((cost - size, count, lines, size))
    _, _, lines, size = min(choices)
    return lines, size


def _parted(title: str, count: int) -> tuple[int, list[str]]:
    """Return the best lines, so many of them, and how badly they end; no lines where there are not enough places."""
    words = [word.span() for word in WORDS.finditer(title)]
    costs = {place: _cost(title, place, words) for place in range(2, len(title) - 1)}

    def ends(places: tuple[int, ...]) -> int:
        return sum(costs[place] for place in places)

    def badness(places: tuple[int, ...]) -> float:
        widths = [_wide(line) for line in _at(title, places)]
        return ends(places) + sum((width - sum(widths) / count) ** 2 for width in widths)

    allowed = [place for place, cost in costs.items() if cost < NEVER]
    places = min(combinations(allowed, count - 1), key=badness, default=None)
    return (0, []) if places is None else (ends(places), _at(title, places))


def _at(title: str, places: tuple[int, ...]) -> list[str]:
    return [title[start:end] for start, end in zip((0, *places), (*places, len(title)), strict=True)]


def _cost(title: str, place: int, words: Sequence[tuple[int, int]]) -> int:
    """Return how badly a line ends before the character at `place`."""
    before, after = title[place - 1], title[place]
    if after in CLOSING + "！？…·—" or before in OPENING + "·—" or (before != " " and (before + after).isascii()):
        return NEVER
    if before in "：，。；！？ ":
        return 0
    if after in "了吗吧呢" or any(start < place < end for start, end in words):
        return 30
    if before in "、”》" or after in "和与及" or before == "的" or any(place in word for word in words):
        return 8
    return 20 if after == "的" else 12


def _wide(text: str) -> float:
    """Return the width of a line in characters: a mark at its end hangs half, letters and digits take half."""
    return sum(0.55 if char.isascii() else 1 for char in text) - 0.5 * (text[-1:] in CLOSING)


OUTPUTS = {"share": (plan, make)}
