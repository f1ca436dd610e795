"""The documents below `content/`: one file each, or a folder with a main file and parts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from generator import model, theme
from generator.diagnostics import diagnostic
from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Document, Kind, Markdown, Part, PartSpec, Place
from generator.reading import files, shape
from generator.reading.files import Source
from generator.store import Bundle, Store, key_of

TEXT = {".md", ".yml"}
IMAGES = {".svg", ".png", ".jpg", ".webp"}
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Windows puts them into folders unasked and hides them.
LITTER = {"Thumbs.db", "desktop.ini"}
# Top-level entries that are not kinds of document.
OTHER = {"library.yml", "laws.yml", "paths.yml", "calendar.yml", "search.yml", "schools"}
COMMON = ("title", "summary", "minutes", "written", "reviewed", "review_due", "licence")
LISTS = (
    *("audiences", "stages", "topics", "answers", "occasions", "asked_as", "cites", "related"),
    *("changes", "moved_from"),
)


def read_all(
    content: Path, kinds: Mapping[str, Kind], licence: str, store: Store
) -> tuple[list[Document], list[Diagnostic]]:
    """Return the documents in order of their ids, and what is wrong with files, fields and parts.

    Documents without faults are kept in `store` for the next run.

    A document with faulty fields, or that cannot be read, is returned without them, so that its other faults come out
    in the same run and links to it are not reported as broken.
    """
    documents: list[Document] = []
    found: list[Diagnostic] = []
    kept = Bundle(store, "documents", _reader(content, kinds, licence))
    for entry in _entries(content, content, found):
        if entry.name in OTHER:
            continue
        name = entry.relative_to(content).as_posix()
        if not entry.is_dir():
            found.append(diagnose("F114", Place(name), name=entry.name))
        elif entry.name not in kinds:
            known = "、".join(f"{kind.id}（{kind.name}）" for kind in kinds.values())
            found.append(diagnose("F108", Place(name), name=entry.name, known=known, near=nearest(entry.name, kinds)))
        else:
            _folder(content, entry, kinds[entry.name], licence, kept, documents, found)
    kept.save()
    return sorted(documents, key=lambda document: document.id), found + _twice(documents)


def _entries(content: Path, folder: Path, found: list[Diagnostic]) -> list[Path]:
    """Return what an editor put into `folder`, without hidden files, litter of operating systems and links."""
    entries = []
    try:
        listed = [(entry, entry.is_symlink()) for entry in sorted(folder.iterdir())]
    except OSError:
        name = folder.relative_to(content).as_posix()
        found.append(diagnose("F112", Place(name), name=name))
        return []
    for entry, is_link in listed:
        if entry.name.startswith((".", "~")) or entry.name in LITTER:
            continue
        # A link may lead outside, nowhere or in a circle.
        if is_link:
            name = entry.relative_to(content).as_posix()
            found.append(diagnose("F115", Place(name), name=entry.name))
            continue
        entries.append(entry)
    return entries


def _folder(
    content: Path,
    folder: Path,
    kind: Kind,
    licence: str,
    kept: Bundle,
    documents: list[Document],
    found: list[Diagnostic],
) -> None:
    entries = _entries(content, folder, found)
    own = folder.name != kind.id
    main = next((e for e in entries if own and e.stem == kind.id and e.suffix in TEXT), None)
    if main is not None:
        documents.append(_document(content, main, folder, kind, entries, licence, kept, found))
        return
    orphans = [entry for entry in entries if own and _spec(kind, entry)]
    if orphans:
        place = Place(orphans[0].relative_to(content).as_posix())
        found.append(diagnose("F113", place, name=orphans[0].name, main=f"{kind.id}.md"))
    for entry in entries:
        if entry.is_dir():
            _folder(content, entry, kind, licence, kept, documents, found)
        elif entry.suffix in TEXT and entry not in orphans:
            documents.append(_document(content, entry, entry.with_suffix(""), kind, [entry], licence, kept, found))
        elif entry.suffix not in TEXT | IMAGES:
            found.append(diagnose("F114", Place(entry.relative_to(content).as_posix()), name=entry.name))


def _document(
    content: Path,
    main: Path,
    address: Path,
    kind: Kind,
    entries: list[Path],
    licence: str,
    kept: Bundle,
    found: list[Diagnostic],
) -> Document:
    files_key = _files_key(main, address, entries)
    if same := kept.get(files_key):
        read: Document = same
        return read
    faults = len(found)
    file = main.relative_to(content).as_posix()
    id_ = address.relative_to(content).as_posix()
    for step in id_.split("/")[1:]:
        if not NAME.fullmatch(step):
            found.append(diagnose("F107", Place(file), name=step))
    source, problems = files.read(main, file, front_matter=main.suffix == ".md")
    found += problems
    parts = _parts(content, kind, main, entries, found)
    data: dict[str, Any] = {}
    if not source.faulty:
        problems = shape.check(source, kind.schema)
        found += problems
        data = shape.typed(shape.sound(source.data, kind.schema) if problems else source.data, kind.schema)
        if kind.body and main.suffix == ".md" and not source.body.strip():
            found.append(diagnose("C511", Place(file, source.body_line)))
    document = _built(id_, kind, source, data, parts, licence)
    if len(found) == faults:
        kept.put(files_key, document)
    return document


def _reader(content: Path, kinds: Mapping[str, Kind], licence: str) -> str:
    """Return the digest of all that decides how files are read: this room, the wording of diagnostics, the kinds."""
    code = (Path(__file__).parent, Path(diagnostic.__file__).parent)
    model_ = Path(model.__file__).read_bytes()
    return key_of(*map(theme.digest, code), model_, str(content), repr(kinds), licence)


def _files_key(main: Path, address: Path, entries: list[Path]) -> str:
    """Return the digest of a document's files: their names, and what is written in them."""
    written = (_bytes(entry) for entry in entries if entry.suffix in TEXT and entry.is_file())
    return key_of(str(main), str(address), "\n".join(entry.name for entry in entries), *written)


def _bytes(file: Path) -> bytes:
    """Return what is in a file; nothing where it cannot be opened, which its reader will report."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _built(
    id_: str, kind: Kind, source: Source, data: dict[str, Any], parts: tuple[Part, ...], licence: str
) -> Document:
    common: dict[str, Any] = {name: data.pop(name, "") for name in COMMON}
    common |= {name: tuple(data.pop(name, ())) for name in LISTS}
    common["minutes"] = common["minutes"] or None
    common["licence"] = common["licence"] or licence
    values = {"id": id_, "kind": kind.id, "body": Markdown(source.body), "data": data, "file": source.file, **common}
    written = [(part.name, part.label, part.audience, part.title, part.body, part.data) for part in parts]
    return Document(
        **values,
        parts=parts,
        digest=key_of(json.dumps([values, written], ensure_ascii=False, sort_keys=True)),
        body_line=source.body_line,
        places=source.places,
    )


def _spec(kind: Kind, file: Path) -> PartSpec | None:
    return next((part for part in kind.parts if fnmatchcase(file.name, _file(part))), None)


def _file(part: PartSpec) -> str:
    return f"{part.name}.{'yml' if part.schema else 'md'}"


def _parts(content: Path, kind: Kind, main: Path, entries: list[Path], found: list[Diagnostic]) -> tuple[Part, ...]:
    parts = []
    for entry in entries:
        if entry == main or entry.suffix in IMAGES:
            continue
        file = entry.relative_to(content).as_posix()
        spec = _spec(kind, entry)
        if spec is None:
            known = [_file(part) for part in kind.parts]
            found.append(
                diagnose("F110", Place(file), name=entry.name, known="、".join(known), near=nearest(entry.name, known))
            )
            continue
        source, problems = (
            files.read_part(entry, file) if spec.schema is None else files.read(entry, file, front_matter=False)
        )
        found += problems
        parts.append(_part(entry.stem, spec, source, found))
    # A file of the right name and the wrong ending has been reported above.
    names = {entry.stem for entry in entries if entry.suffix in TEXT}
    for spec in kind.parts:
        if spec.required and not any(fnmatchcase(name, spec.name) for name in names):
            place = Place(main.relative_to(content).as_posix())
            found.append(diagnose("F109", place, label=spec.label, file=_file(spec)))
    order = [spec.name for spec in kind.parts]
    return tuple(
        sorted(parts, key=lambda p: (next(i for i, name in enumerate(order) if fnmatchcase(p.name, name)), p.name))
    )


def _part(name: str, spec: PartSpec, source: Source, found: list[Diagnostic]) -> Part:
    schema = spec.schema or {
        "type": "object",
        "additionalProperties": False,
        "properties": {"title": {"type": "string", "maxLength": 40, "title": "标题"}},
    }
    body = Markdown(source.body)
    if source.faulty:
        return Part(name, spec.label, spec.audience, "", body, {}, source.file, source.body_line)
    found += shape.check(source, schema)
    data = shape.typed(shape.sound(source.data, schema), schema)
    title = data.pop("title", spec.label) if spec.schema is None else spec.label
    if spec.schema is None and not body.strip():
        found.append(diagnose("C511", Place(source.file, source.body_line)))
    return Part(name, spec.label, spec.audience, title, body, data, source.file, source.body_line, source.places)


def _twice(documents: list[Document]) -> list[Diagnostic]:
    seen: dict[str, Document] = {}
    found = []
    for document in documents:
        if document.id in seen:
            found.append(
                diagnose("R408", Place(document.file), id=document.id, related=(Place(seen[document.id].file),))
            )
        seen.setdefault(document.id, document)
    return found
