"""Placeholders, citations, help lines and links must lead somewhere."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from generator import markup
from generator.checks.place import Lines, at, find, of_text
from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.markup import PLACEHOLDER
from generator.model import Document, Library, Markdown, Part, Place
from generator.reading import resolve
from generator.store import Store

FULL_WIDTH = re.compile(r"｛｛|｛\{|\{｛")
SINGLE = re.compile(r"(?<!\{)\{([^{}\n]+)\}(?!\})")
UNCLOSED = re.compile(r"\{\{(?![^{}\n]*\}\})")
# Addresses that the sanitiser takes away leave no href behind; they are found in the text itself.
WIDE_BRACKET = re.compile(r"\]（((?:doc:|#|https?:)[^）\n]*)）")
SCHEME = re.compile(r"(?:\]\(\s*<?|^ {0,3}\[[^\]\n]+\]:\s*<?)((?:[a-z][a-z0-9+.-]*:|[/\\]{2})[^)\s>]*)", re.I | re.M)
# The same addresses in HTML typed by hand.
TYPED = re.compile(r"""(?<=[\s"'/])(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
UNSAFE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.I)
# Browsers skip these in an address.
SKIPPED = re.compile(r"[\x00-\x20]+")
# Fields of every kind that are printed as they stand.
PLAIN = ("title", "summary", "asked_as", "changes")
ALLOWED = re.compile(r"doc:|https?://[^/]|mailto:|tel:", re.I)


def check(library: Library, lines: Lines, files: frozenset[str], store: Store) -> Iterator[Diagnostic]:
    """Yield what does not resolve. `files` are the names of all content files, for images and their like."""
    ids = {document.id: document for document in library.documents}
    yield from _same_prints(library)
    # Sorted so that the same slip is always offered the same word.
    numbers = sorted(library.help_lines)
    typed = re.compile(rf"(?<![\d.])({'|'.join(numbers)})(?![\d年.])")
    yield from _moved(library, ids)
    for document in library.documents:
        for path, text in resolve.texts(document):
            start = of_text(document, path)
            yield from _placeholders(text, start, library, lines)
            if any(number in text for number in numbers):
                yield from _typed_by_hand(text, start, typed, lines)
            yield from _links(document, text, start, ids, lines, files, store)
        yield from _fields(document, library, ids)
        yield from _plain({name: getattr(document, name) for name in PLAIN} | dict(document.data), (), document)
        for part in document.parts:
            yield from _plain({"title": part.title, **part.data}, (), part)


def _same_prints(library: Library) -> Iterator[Diagnostic]:
    """Yield documents whose PDF would have the name of another's: `x-worksheet`, and the worksheet of `x`."""
    seen: dict[str, tuple[Document, str]] = {}
    for document in library.documents:
        names = {part.name for part in document.parts}
        for print_ in library.kinds[document.kind].prints:
            if print_.part and print_.part not in names:
                continue
            path = f"{document.id}-{print_.name}" if print_.name else document.id
            other, label = seen.setdefault(path, (document, print_.label))
            if other.id != document.id:
                place, related = Place(document.file), (Place(other.file),)
                yield diagnose("R415", place, id=document.id, other=other.id, label=label, related=related)


def _moved(library: Library, ids: Mapping[str, Document]) -> Iterator[Diagnostic]:
    """Yield former ids that are in use: by a document that lives there, or given by two."""
    given: dict[str, Document] = {}
    for document in library.documents:
        for index, id_ in enumerate(document.moved_from):
            other = ids.get(id_) or given.setdefault(id_, document)
            if id_ in ids or other is not document:
                place = document.places.get(("moved_from", index), Place(document.file))
                yield diagnose("R416", place, old=id_, id=other.id, related=(Place(other.file),))


def _placeholders(text: Markdown, start: Place, library: Library, lines: Lines) -> Iterator[Diagnostic]:
    if "{" not in text and "｛" not in text:
        return
    for match in PLACEHOLDER.finditer(text):
        place = at(lines, start, text, match.start(), match[0])
        yield from _placeholder(" ".join(match[1].split()), place, library)
    for match in FULL_WIDTH.finditer(text):
        yield diagnose("R409", at(lines, start, text, match.start(), match[0]), mark=match[0])
    for match in SINGLE.finditer(text):
        if resolve.value(" ".join(match[1].split()), library):
            yield diagnose("R409", at(lines, start, text, match.start(), match[0]), mark=match[0])
    for match in UNCLOSED.finditer(text):
        rest = text[match.start() :].partition("\n")[0]
        yield diagnose("R412", at(lines, start, text, match.start(), rest))


def _placeholder(inside: str, place: Place, library: Library) -> Iterator[Diagnostic]:
    word, *rest = inside.split(" ")
    if word == "法" and len(rest) in (1, 2):
        yield from citation(rest, place, library)
    elif word in ("热线", "号码") and len(rest) == 1:
        if library.help_lines and rest[0] not in library.help_lines:
            known = "、".join(library.help_lines)
            yield diagnose("R404", place, number=rest[0], known=known, near=nearest(rest[0], library.help_lines))
    elif resolve.value(inside, library) is None and (library.blanks or word in resolve.WORDS):
        yield diagnose("R401", place, name=inside, near=nearest(inside, _insides(library)))


def _insides(library: Library) -> list[str]:
    """Return what can stand between the braces, numbers of blanks and lines aside."""
    cited = (f"法 {law.id} {number}".strip() for law in library.laws.values() for number in ("", *law.articles))
    called = (f"{word} {number}" for word in ("热线", "号码") for number in library.help_lines)
    shown = (f"图 {name}" for name in library.pictures)
    return [*library.blanks, "方格", "停", *called, *shown, *cited]


def citation(reference: list[str], place: Place, library: Library) -> Iterator[Diagnostic]:
    """Yield what is wrong with a citation, `reference` being the id of a law and the number of an article, if any."""
    id_, number = " ".join(reference[:1]), " ".join(reference[1:])
    law = library.laws.get(id_)
    if law is None:
        if library.laws:
            yield diagnose("R402", place, law=id_, near=nearest(id_, library.laws))
        return
    if law.superseded_by:
        yield diagnose("R410", place, law=f"《{law.short}》（{law.version}）", near_id=law.superseded_by)
    if number and number not in law.articles:
        known = "、".join(law.articles) or "没有条文"
        yield diagnose("R403", place, law=f"《{law.short}》", article=number, known=known)


def _typed_by_hand(text: Markdown, start: Place, typed: re.Pattern[str], lines: Lines) -> Iterator[Diagnostic]:
    bare = PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    for match in typed.finditer(bare):
        before = text[max(0, match.start() - 4) : match.start()]
        if re.search(r"[打拨线话]\s*[“\"]?$", before):
            yield diagnose("R411", at(lines, start, text, match.start(), match[1]), number=match[1])


def _links(
    document: Document,
    text: Markdown,
    start: Place,
    ids: dict[str, Document],
    lines: Lines,
    files: frozenset[str],
    store: Store,
) -> Iterator[Diagnostic]:
    for match in WIDE_BRACKET.finditer(text):
        yield diagnose("R413", at(lines, start, text, match.start(1), match[1]), target=match[1])
    if "](" not in text and "]:" not in text and "<" not in text:
        return
    outline = markup.outline(text, store)
    anchors = [heading.id for heading in outline.headings]
    seen: Counter[str] = Counter()
    for target in outline.links:
        place = find(lines, start, target, seen[target])
        seen[target] += 1
        if target.startswith("doc:"):
            yield from _document_link(target[4:], place, ids, store)
        elif target.startswith("#"):
            if markup.slug(target[1:]) not in anchors:
                texts = [heading.text for heading in outline.headings]
                yield diagnose("R406", place, target=target[1:], near=nearest(target[1:], texts))
        elif not ALLOWED.match(target):
            yield diagnose("R413", place, target=target)
    for match in SCHEME.finditer(text):
        if not ALLOWED.match(match[1]):
            yield diagnose("R413", at(lines, start, text, match.start(1), match[1]), target=match[1])
    for match in TYPED.finditer(text):
        target = match[match.lastindex or 0]
        address = SKIPPED.sub("", html.unescape(target))
        if UNSAFE.match(address) and not ALLOWED.match(address):
            yield diagnose("R413", at(lines, start, text, match.start(match.lastindex or 0), target), target=target)
    for source in outline.images:
        file = (PurePosixPath(document.file).parent / source).as_posix()
        if file not in files:
            yield diagnose("R407", find(lines, start, source), target=source)


def _document_link(target: str, place: Place, ids: dict[str, Document], store: Store) -> Iterator[Diagnostic]:
    id_, _, anchor = target.partition("#")
    if id_ not in ids:
        yield diagnose("R405", place, target=id_, near=nearest(id_, ids))
    elif anchor:
        headings = markup.outline(ids[id_].body, store).headings
        if markup.slug(anchor) not in [heading.id for heading in headings]:
            yield diagnose("R406", place, target=anchor, near=nearest(anchor, [heading.text for heading in headings]))


def _fields(document: Document, library: Library, ids: dict[str, Document]) -> Iterator[Diagnostic]:
    for index, reference in enumerate(document.cites):
        place = document.places.get(("cites", index), Place(document.file))
        yield from citation(reference.split(), place, library)
    for index, id_ in enumerate(document.related):
        if id_ not in ids:
            place = document.places.get(("related", index), Place(document.file))
            yield diagnose("R405", place, target=id_, near=nearest(id_, ids))
    kind = library.kinds[document.kind]
    yield from _numbers(document.data, kind.schema, (), document, library)
    for part in document.parts:
        spec = next((spec for spec in kind.parts if spec.name == part.name), None)
        if spec is not None and spec.schema is not None:
            yield from _numbers(part.data, spec.schema, (), part, library)


def _plain(value: object, path: tuple[str | int, ...], owner: Document | Part) -> Iterator[Diagnostic]:
    """Yield fields that are printed as they stand and hold a placeholder."""
    if isinstance(value, str) and not isinstance(value, Markdown) and PLACEHOLDER.search(value):
        yield diagnose("R414", owner.places.get(path, Place(owner.file)), field=path[0])
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _plain(item, (*path, index), owner)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _plain(item, (*path, key), owner)


def _numbers(
    value: object, schema: object, path: tuple[str | int, ...], owner: Document | Part, library: Library
) -> Iterator[Diagnostic]:
    """Yield help lines in fields that the schema marks `help_line` and the library does not know."""
    if not isinstance(schema, dict):
        return
    lines = library.help_lines
    if isinstance(value, str) and schema.get("help_line") and lines and value not in lines:
        place = owner.places.get(path, Place(owner.file))
        yield diagnose("R404", place, number=value, known="、".join(lines), near=nearest(value, lines))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _numbers(item, schema.get("items"), (*path, index), owner, library)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, schema.get("properties", {}).get(key), (*path, key), owner, library)
