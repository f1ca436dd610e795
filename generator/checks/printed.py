"""What the press found wrong, at the place in the source where it can be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
}
# Words of a long passage are enough to find it again, and lines are broken elsewhere in the source.
NEEDLE = 12


def check(path: str, document: Document | None, problems: Iterable[Problem], lines: Lines) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each problem of the artifact `path`; without a document it stands at the library."""
    for problem in problems:
        words = problem.subject.strip()
        place = of_words(lines, document, words[:NEEDLE]) if document and words else Place("library.yml")
        detail = f"{problem.detail}，{path}" if problem.detail else path
        yield diagnose(CODES[problem.code], place, text=words, detail=detail)
