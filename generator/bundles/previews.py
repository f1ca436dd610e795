"""Pictures of printed sheets: the first page for lists, all pages to look at before a download."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from generator.model import Artifact, Made, Project
from generator.store import Store, code_digest, key_of, key_of_made

WEBP = "image/webp"
FIRST, ALL = 320, 640  # pixels wide: a list's thumbnail and a phone's screen, both at two pixels a point
MOST = 12  # pages of one picture, which may not be higher than 16,383 pixels
GAP = 12  # pixels between two pages
GROUND = "#F2EBD9"  # colour sunk of themes/tokens.yml
# Paper has few tones: kept exactly, in few of them, it is smaller and sharper than with a lossy picture.
TONES = [round(value / 51) * 51 for value in range(256)]
COLOURS = 12
EFFORT = 0  # of 100, to make a lossless picture small: half the time of the usual 80 for a seventh more bytes


def plan_first(planned: Sequence[Artifact]) -> list[Artifact]:
    """Return a picture of the first page for each planned PDF: site/preview/letter/a.webp for site/pdf/letter/a.pdf."""
    return [_artifact(pdf, "preview", "") for pdf in planned if pdf.media_type == "application/pdf"]


def plan_all(planned: Sequence[Artifact]) -> list[Artifact]:
    """Return a picture of all pages for each planned PDF: site/preview/letter/a-pages.webp."""
    return [_artifact(pdf, "pages", "-pages") for pdf in planned if pdf.media_type == "application/pdf"]


def _artifact(pdf: Artifact, name: str, suffix: str) -> Artifact:
    key = key_of_made(pdf.output, pdf.depends)
    return Artifact(
        path=f"{pdf.path.replace('site/pdf/', 'site/preview/', 1).removesuffix('.pdf')}{suffix}.webp",
        media_type=WEBP,
        output=name,
        args={"key": key, "ink": pdf.args["ink"]},
        depends=key_of(code_digest(), key),
        document=pdf.document,
        audience=pdf.audience,
        inputs=(pdf.path,),
    )


def make_first(artifact: Artifact, project: Project) -> Made:
    """Return the picture of the first page of a made PDF."""
    return _picture(_pages(artifact, project, FIRST, 1), artifact.args["ink"])


def make_all(artifact: Artifact, project: Project) -> Made:
    """Return one picture of the pages of a made PDF, one below the other; of a thick book the first twelve."""
    return _picture(_pages(artifact, project, ALL, MOST), artifact.args["ink"])


def _pages(artifact: Artifact, project: Project, width: int, most: int) -> list[Any]:
    import pypdfium2

    data = Store(project.cache).get("data", artifact.args["key"])
    with pypdfium2.PdfDocument(data) as document:
        pages = [document[number] for number in range(min(len(document), most))]
        return [page.render(scale=width / page.get_width()).to_pil().convert("RGB") for page in pages]


def _picture(pages: Sequence[Any], ink: str) -> Made:
    from PIL import Image

    size = max(page.width for page in pages), sum(page.height for page in pages) + GAP * (len(pages) - 1)
    sheet = Image.new("RGB", size, GROUND)
    top = 0
    for page in pages:
        # Each page by itself: the ground between them keeps its colour.
        few = page.point(TONES * 3) if ink == "mono" else page.quantize(COLOURS, dither=Image.Dither.NONE)
        sheet.paste(few.convert("RGB"), (0, top))
        top += page.height + GAP
    file = io.BytesIO()
    sheet.save(file, "WEBP", lossless=True, method=4, quality=EFFORT)
    return Made(file.getvalue(), facts={"width": size[0], "height": size[1], "shown": len(pages)})


GATHERED = {"preview": (plan_first, make_first), "pages": (plan_all, make_all)}
