"""Reads finished PDFs back: facts about them, and what would spoil them at the printer or for who hears them."""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from generator.model import Problem

# A photograph printed with fewer pixels an inch looks blurred at arm's length; copiers print 600 dots of black and
# white, of which a grey takes some four a side.
RESOLUTION = 150
# A volume of 200 pages without photographs has about 3 MB, a sheet half of one. What is far above is photographs from
# a camera, and too much for the class groups and mail boxes that sheets are sent to.
LARGEST = 5_000_000
SUBSET = re.compile(r"/[A-Z]{6}\+")


class _Picture(NamedTuple):
    page: int
    resolution: float
    alternative: str


def read(data: bytes, blank: Container[int] = ()) -> tuple[dict[str, Any], list[Problem]]:
    """Return facts of a PDF and everything wrong with it; `blank` are the numbers of pages left empty on purpose.

    Facts: `pages`, `fonts` (names as in the PDF), `resolution` (the lowest of its photographs in dpi, None without
    any), `unchecked` (rules of PDF/UA that the checker could not judge). Problems: loose-font, empty-page,
    accessibility, coarse-image, large-file. Raises pikepdf.PdfError for what is no PDF.
    """
    import pikepdf
    from pdfua import PdfDocument

    with PdfDocument(pdf := pikepdf.open(io.BytesIO(data)), "") as document:
        unchecked, problems = _accessibility(document)
        fonts, loose = _fonts(pdf)
        owners = [_owners(pdf, page.obj) for page in pdf.pages]
        pictures = list(_pictures(data, owners)) if _has_images(pdf) else []
    bare = [number for number, content in enumerate(owners, 1) if all(each is None for each in content)]
    empty = [number for number in bare if number not in blank]
    problems += [Problem("loose-font", name, "没有嵌进文件，或者整套嵌了进去") for name in loose]
    problems += [Problem("empty-page", "", f"第 {number} 页") for number in empty]
    problems += [
        Problem("coarse-image", each.alternative, f"第 {each.page} 页，每英寸 {each.resolution:.0f} 点")
        for each in pictures
        if each.resolution < RESOLUTION
    ]
    if len(data) > LARGEST:
        problems.append(Problem("large-file", "", f"{len(data) / 1e6:.1f} MB，应不超过 {LARGEST / 1e6:.0f} MB"))
    lowest = min((round(each.resolution) for each in pictures), default=None)
    return {"pages": len(owners), "fonts": fonts, "resolution": lowest, "unchecked": unchecked}, problems


def _accessibility(document: Any) -> tuple[list[str], list[Problem]]:
    """Return the rules of PDF/UA-1 that could not be judged, and a problem for each finding."""
    from pdfua import default_registry

    unchecked, problems = [], []
    for rule in default_registry():
        try:
            found = list(rule.check(document))
        except ValueError:
            # pdfua 0.1.3 does not expect arrays of pikepdf 10 in its rule on empty headings; `tags` leaves none.
            unchecked.append(rule.id)
            continue
        problems += [Problem("accessibility", each.message, f"{rule.id}，{each.location.describe()}") for each in found]
    return unchecked, problems


def _owners(pdf: Any, page: Any) -> list[str | None]:
    """Return for each marked content of a page the alternative text of what it belongs to, None for what is furniture.

    Everything on a page is marked, or it is a finding: a page without such content shows running heads and rules only.
    """
    if "/StructTreeRoot" not in pdf.Root or "/StructParents" not in page:
        return [""]
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    owners = numbers[2 * int(page.StructParents) + 1]
    return [None if owner is None else str(owner.get("/Alt", "")) for owner in owners]


def _fonts(pdf: Any) -> tuple[list[str], list[str]]:
    """Return the names of the fonts, and of those that are not embedded or not cut to the characters used."""
    fonts, loose = set(), set()
    for font in _shared(pdf, "/Font"):
        name = str(font.BaseFont)
        fonts.add(name.rpartition("+")[2].lstrip("/"))
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        embedded = any(f"/FontFile{kind}" in inner.get("/FontDescriptor", {}) for kind in ("", "2", "3"))
        if not embedded or not SUBSET.match(name):
            loose.add(name.lstrip("/"))
    return sorted(fonts), sorted(loose)


def _has_images(pdf: Any) -> bool:
    return any(each.get("/Subtype") == "/Image" for each in _shared(pdf, "/XObject"))


def _shared(pdf: Any, kind: str) -> list[Any]:
    """Return the resources of a kind; the engine's pages share theirs."""
    return list(dict(pdf.pages[0].obj.get("/Resources", {}).get(kind, {})).values())


def _pictures(data: bytes, owners: list[list[str | None]]) -> Iterator[_Picture]:
    """Yield the photographs with the lower of their two resolutions as printed."""
    import pypdfium2
    from pypdfium2 import raw

    with pypdfium2.PdfDocument(data) as pages:
        for number, page in enumerate(pages):
            for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
                meta, mcid = thing.get_metadata(), _mcid(thing)
                alternative = owners[number][mcid] if mcid is not None else None
                yield _Picture(number + 1, min(meta.horizontal_dpi, meta.vertical_dpi), alternative or "")


def _mcid(thing: Any) -> int | None:
    """Return the number of the marked content that a page object stands in."""
    import ctypes

    from pypdfium2 import raw

    number = ctypes.c_int()
    marks = (raw.FPDFPageObj_GetMark(thing, index) for index in range(raw.FPDFPageObj_CountMarks(thing)))
    found = [number.value for mark in marks if raw.FPDFPageObjMark_GetParamIntValue(mark, b"MCID", number)]
    return found[0] if found else None
