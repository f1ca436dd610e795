"""Where in a source file something written stands."""

from __future__ import annotations

from collections.abc import Callable

from generator.model import Document, Place

# Lines of a content file by its name; the caller decides how they are read and kept.
Lines = Callable[[str], list[str]]


def of_text(document: Document, path: tuple[str | int, ...]) -> Place:
    """Return where the text of the field `path` begins: () is the body, ("part", i) the body of a part."""
    if not path:
        return Place(document.file, document.body_line)
    if path[0] == "part":
        part = document.parts[int(path[1])]
        if len(path) == 2:
            return Place(part.file, part.body_line)
        return part.places.get(path[2:], Place(part.file))
    return document.places.get(path, Place(document.file))


def find(lines: Lines, start: Place, needle: str, nth: int = 0) -> Place:
    """Return the place of the `nth` occurrence (from 0) of `needle` at or after `start`, else `start` itself."""
    for number, line in enumerate(lines(start.file)[max(start.line - 1, 0) :], max(start.line, 1)):
        at = line.find(needle, start.column - 1 if number == start.line and start.column else 0)
        while at >= 0:
            if nth == 0:
                return Place(start.file, number, at + 1, len(needle))
            nth -= 1
            at = line.find(needle, at + len(needle))
    return start


def at(lines: Lines, start: Place, text: str, offset: int, needle: str) -> Place:
    """Return where `needle`, at `offset` of the text that begins at `start`, stands in the source.

    The text of a field is indented or folded in the source, so equal words are counted, not characters.
    """
    return find(lines, start, needle, text.count(needle, 0, offset))


def of_words(lines: Lines, document: Document, words: str) -> Place:
    """Return where `words` stand in any file of the document, else the document's file as a whole."""
    for file in (document.file, *(part.file for part in document.parts)):
        found = find(lines, Place(file), words)
        if found.line:
            return found
    return Place(document.file)
