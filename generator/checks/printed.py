"""What the press found wrong, at the place in the source where it can be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.checks.place import Lines, of_words
from generator.diagnostics.diagnostic import Diagnostic, diagnose
from generator.model import Document, Place, Problem

CODES = {
    "missing-glyph": "P601",
    "overflow": "P602",
    "overlap": "P603",
    "bad-image": "P604",
    "engine": "P605",
    "failed": "P606",
    "too-long": "P607",
    "loose-font": "P611",
    "empty-page": "P612",
    "accessibility": "P613",
    "coarse-image": "P614",
    "large-file": "P615",
    "rare": "P616",
    "no-alternative": "P617",
}
# Words of a long passage are enough to find it again, and lines are broken elsewhere in the source.
NEEDLE = 12


def check(
    path: str,
    documents: Sequence[Document],
    problems: Iterable[Problem],
    lines: Lines,
    told: set[tuple[str, Place, str]],
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each problem of the artifact `path`, which was made from `documents`.

    What is in `told` (code, place, text) is left out, and what is yielded is added: a sheet stands in a book as well.
    """
    for problem in problems:
        words = problem.subject.strip()
        # An image is written in the source as it lies beside the document.
        needle = words.rpartition("/")[2] if problem.code in ("bad-image", "no-alternative") else words[:NEEDLE]
        places = (of_words(lines, document, needle) for document in documents if needle)
        elsewhere = Place(documents[0].file if len(documents) == 1 else "library.yml")
        place = next((place for place in places if place.line), elsewhere)
        if (problem.code, place, words) in told:
            continue
        told.add((problem.code, place, words))
        detail = f"{problem.detail}，{path}" if problem.detail else path
        yield diagnose(CODES[problem.code], place, text=words, detail=detail)
