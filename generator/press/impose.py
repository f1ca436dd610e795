"""Imposition: how the pages of a print stand on sheets of A4, done on the finished objects of the PDF.

The engine has written pages and structure in reading order. Only the drawing moves: each page keeps its own content
stream, shifted on its sheet, and structure, links and bookmarks learn their new place. So a reader of the tags still
reads page 1, 2, 3, wherever they are printed. Lengths are millimetres, x from the sheet's left edge.

A print says its scheme by `data-impose` on its root element:

`booklet`: A5 pages for printing on both sides (turned at the short edge), folding and stapling: 8|1, 2|7, 6|3, 4|5.
`halves`: each A5 page twice side by side, with a line to cut along; the second one is no content (PDF/UA: artifact).
`fold`: six panels in the order cover, flap, inside 1 to 3, back, for a sheet folded twice like a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pydyf

SHEET = (297.0, 210.0)
HALF, PAGE = 148.5, 148.0  # half a sheet, and an A5 page as CSS knows it
PANEL, FLAP = 100.0, 97.0  # the panel that is folded in is 3 mm narrower, or it would jam
SPARE = "spare"  # CSS name of the pages of a booklet that only fill it up
POINT = 72 / 25.4


@dataclass(frozen=True)
class Place:
    """Where page number `page` (from 0) stands on its side; a `copy` is there a second time."""

    page: int
    x: float
    copy: bool = False


@dataclass(frozen=True)
class Side:
    """One side of a sheet: its pages from left to right, where it is folded and cut."""

    places: tuple[Place, ...]
    folds: tuple[float, ...] = ()
    cuts: tuple[float, ...] = ()


def booklet(count: int) -> list[Side]:
    """Return the sides for `count` pages; of a last sheet that is not filled its last places stay white."""
    last = -(-count // 4) * 4 - 1
    pairs = [((last - at, at), (at + 1, last - at - 1)) for at in range(0, (last + 1) // 2, 2)]
    return [
        Side(tuple(Place(page, x) for page, x in zip(pair, (HALF - PAGE, HALF), strict=True) if page < count))
        for sheet in pairs
        for pair in sheet
    ]


def halves(count: int) -> list[Side]:
    """Return the sides for `count` pages: front and back meet when the sheet is turned at either edge."""
    left = (HALF - PAGE) / 2
    return [Side((Place(page, left), Place(page, HALF + left, copy=True)), cuts=(HALF,)) for page in range(count)]


def fold(count: int) -> list[Side]:
    """Return the sides for panels in reading order, six a sheet: flap, back, cover outside; the others inside."""
    outer, inner = (0, FLAP, FLAP + PANEL), (0, PANEL, 2 * PANEL)
    found = []
    for first in range(0, count, 6):
        for order, at in (((1, 5, 0), outer), ((2, 3, 4), inner)):
            places = (Place(first + panel, x) for panel, x in zip(order, at, strict=True))
            found.append(Side(tuple(place for place in places if place.page < count), folds=at[1:]))
    return found


SCHEMES: dict[str, Callable[[int], list[Side]]] = {"booklet": booklet, "halves": halves, "fold": fold}


def kept(scheme: str, names: Sequence[str]) -> list[int]:
    """Return which pages are printed, by the CSS names of all: of a booklet's spare ones only as many as fill it."""
    if scheme != "booklet":
        return list(range(len(names)))
    spare = [number for number, name in enumerate(names) if name == SPARE]
    needed = -(len(names) - len(spare)) % 4
    return [number for number in range(len(names)) if number not in spare[needed:]]


def impose(pdf: pydyf.PDF, scheme: str) -> None:
    """Put the pages of a PDF that is about to be written on sheets, in place.

    The pages must be tagged, as the engine does it: one content stream a page, marked content by number.
    """
    pages = [_at(pdf, reference) for reference in pdf.page_references]
    numbers = _at(pdf, _at(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    pdf.pages["Kids"], pdf.pages["Count"] = pydyf.Array(), 0
    moved: dict[bytes, _Move] = {}
    parents = []
    for number, side in enumerate(SCHEMES[scheme](len(pages))):
        host = _host(pages[0]["Resources"], number)
        pdf.add_page(host)
        parent = pydyf.Array()
        # Drawn in reading order: some readers go by that, not by the tags.
        for place in sorted(side.places, key=lambda place: (place.copy, place.page)):
            page, shift = pages[place.page], place.x * POINT
            stream = _at(pdf, page["Contents"])
            if place.copy:
                stream = _artifact(stream)
                pdf.add_object(stream)
            else:
                moved[page.reference] = _Move(host.reference, shift, len(parent))
                _renumber(stream, len(parent))
                parent.extend(numbers[2 * place.page + 1])
                if "Annots" in page:
                    host.setdefault("Annots", pydyf.Array()).extend(page["Annots"])
                    _shift_links([_at(pdf, link) for link in page["Annots"]], shift)
            _draw(pdf, host, stream, shift, page["MediaBox"])
        if side.cuts or side.folds:
            host["Contents"].append(_added(pdf, _marks(side)))
        parents += [number, parent]
    numbers[: 2 * len(pages)] = parents
    _relocate(pdf, moved)
    for page in pages:
        page.clear()  # stays as an empty object: an object's number is its place in the file


@dataclass(frozen=True)
class _Move:
    """What a page became: the sheet's reference, how far to the right in points, what its first mark is counted as."""

    host: bytes
    shift: float
    first: int


def _at(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _added(pdf: pydyf.PDF, operators: Sequence[str]) -> bytes:
    stream = pydyf.Stream(list(operators))
    pdf.add_object(stream)
    return bytes(stream.reference)


def _host(resources: Any, number: int) -> Any:
    box = pydyf.Array([0, 0, *(round(side * POINT, 4) for side in SHEET)])
    page = {"Type": "/Page", "Contents": pydyf.Array(), "Resources": resources, "StructParents": number, "Tabs": "/S"}
    return pydyf.Dictionary({**page, "MediaBox": box, "TrimBox": box, "BleedBox": box})


def _draw(pdf: pydyf.PDF, host: Any, stream: Any, shift: float, box: Sequence[float]) -> None:
    """Add a page's drawing to a sheet, moved to the right and cut to the page's size."""
    left, bottom, right, top = box
    frame = f"{left} {bottom} {right - left} {top - bottom} re W n"
    before = _added(pdf, ["q", f"1 0 0 1 {shift:.4f} 0 cm", frame])
    host["Contents"].extend([before, stream.reference, _added(pdf, ["Q"])])


def _renumber(stream: Any, first: int) -> None:
    for operand in stream.stream:
        if isinstance(operand, pydyf.Dictionary) and "MCID" in operand:
            operand["MCID"] += first


def _artifact(stream: Any) -> Any:
    """Return the same drawing without content: what was marked is an artifact, as a cut line is."""
    operators: list[Any] = []
    for operator in stream.stream:
        operators.append(operator)
        if operator == b"BDC" and "MCID" in operators[-2]:
            operators[-3:] = ["/Artifact", b"BMC"]
    return pydyf.Stream(operators, compress=stream.compress)


def _shift_links(links: Sequence[Any], shift: float) -> None:
    for link in links:
        left, bottom, right, top = link["Rect"]
        link["Rect"] = pydyf.Array([left + shift, bottom, right + shift, top])


def _relocate(pdf: pydyf.PDF, moved: dict[bytes, _Move]) -> None:
    """Tell structure, bookmarks and link targets where their pages are now."""
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Dictionary) and thing.get("Pg") in moved:
            move = moved[thing["Pg"]]
            thing["Pg"] = move.host
            if "K" in thing:
                thing["K"] = pydyf.Array([kid + move.first if isinstance(kid, int) else kid for kid in thing["K"]])
            if thing.get("S") == "/Figure":
                left, bottom, right, top = thing["A"]["BBox"]
                thing["A"]["BBox"] = pydyf.Array([left + move.shift, bottom, right + move.shift, top])
    targets = [thing["Dest"] for thing in pdf.objects if isinstance(thing, pydyf.Dictionary) and "Title" in thing]
    targets += pdf.catalog.get("Names", {}).get("Dests", {}).get("Names", [])[1::2]
    for target in targets:
        move = moved[target[0]]
        target[0], target[2] = move.host, target[2] + move.shift


def _marks(side: Side) -> list[str]:
    """Return the drawing of a side's ticks for folding (3 mm at both edges) and its line for cutting with scissors."""
    height = SHEET[1] * POINT
    drawing = ["/Artifact BMC q 0 G 0.5 w"]
    for x in (fold * POINT for fold in side.folds):
        drawing.append(f"{x:.3f} 0 m {x:.3f} 8.5 l {x:.3f} {height:.3f} m {x:.3f} {height - 8.5:.3f} l S")
    for x in (cut * POINT for cut in side.cuts):
        drawing.append(f"q 0.8 w [5 4] 0 d {x:.3f} 0 m {x:.3f} 20 l {x:.3f} 46 m {x:.3f} {height:.3f} l S Q")
        # Scissors, 8 mm high, pointing up the line: a ring is a black dot under a white one.
        drawing.append(f"q 1 0 0 1 {x:.3f} 22 cm 1 J -2.6 7 m 3.6 21 l 2.6 7 m -3.6 21 l 1.4 w S")
        drawing += [f"{dot} w -3.6 4 m -3.6 4 l 3.6 4 m 3.6 4 l S" for dot in ("7", "1 G 4.2")]
        drawing.append("Q")
    return [*drawing, "Q EMC"]
