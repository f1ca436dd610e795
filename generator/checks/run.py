"""All checks of the content, in one call."""

from __future__ import annotations

from generator.checks import content, names, references, year
from generator.checks.place import Lines
from generator.diagnostics.diagnostic import Diagnostic
from generator.model import Library
from generator.store import Store


def run(library: Library, lines: Lines, files: frozenset[str], store: Store, today: str) -> list[Diagnostic]:
    """Return everything that is wrong with the library beyond the shape of its fields.

    `lines` gives the lines of a content file, `files` the names of all of them, `today` is an ISO date.
    """
    return [
        *references.check(library, lines, files, store),
        *content.check(library, lines, store, today),
        *names.check(library),
        *year.check(library, today),
    ]
