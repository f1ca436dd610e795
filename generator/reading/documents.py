"""The documents below `content/`: one file each, or a folder with a main file and parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Document, Kind, Markdown, Part, PartSpec, Place
from generator.reading import files, shape
from generator.reading.files import Source

TEXT = {".md", ".yml"}
IMAGES = {".svg", ".png", ".jpg", ".webp"}
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Top-level entries that are not kinds of document.
OTHER = {"library.yml", "laws.yml", "schools"}
COMMON = ("title", "summary", "minutes", "reviewed", "review_due", "licence")
LISTS = ("audiences", "stages", "topics", "answers", "occasions", "asked_as", "cites", "related")


def read_all(content: Path, kinds: Mapping[str, Kind], licence: str) -> tuple[list[Document], list[Diagnostic]]:
    """Return the documents in order of their ids, and what is wrong with files, fields and parts.

    A document with faulty fields is returned without them, so that its other faults come out in the same run.
    """
    documents: list[Document] = []
    found: list[Diagnostic] = []
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
            _folder(content, entry, kinds[entry.name], licence, documents, found)
    return sorted(documents, key=lambda document: document.id), found + _twice(documents)


def _entries(content: Path, folder: Path, found: list[Diagnostic]) -> list[Path]:
    """Return what an editor put into `folder`, without hidden files, lock files of office programs and outside links."""
    entries = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "~")):
            continue
        if entry.is_symlink() and not entry.resolve().is_relative_to(content.resolve()):
            name = entry.relative_to(content).as_posix()
            found.append(diagnose("F115", Place(name), name=entry.name))
            continue
        entries.append(entry)
    return entries


def _folder(
    content: Path, folder: Path, kind: Kind, licence: str, documents: list[Document], found: list[Diagnostic]
) -> None:
    entries = _entries(content, folder, found)
    main = next((e for e in entries if e.stem == kind.id and e.suffix in TEXT and e.parent.name != kind.id), None)
    if main is not None:
        documents.extend(_document(content, main, folder, kind, entries, licence, found))
        return
    for entry in entries:
        name = entry.relative_to(content).as_posix()
        if entry.is_dir():
            _folder(content, entry, kind, licence, documents, found)
        elif entry.suffix in TEXT and folder.name != kind.id and _spec(kind, entry.stem):
            found.append(diagnose("F113", Place(name), name=entry.name, main=f"{kind.id}.md"))
        elif entry.suffix in TEXT:
            documents.extend(_document(content, entry, entry.with_suffix(""), kind, [entry], licence, found))
        elif entry.suffix not in IMAGES:
            found.append(diagnose("F114", Place(name), name=entry.name))


def _document(
    content: Path,
    main: Path,
    address: Path,
    kind: Kind,
    entries: list[Path],
    licence: str,
    found: list[Diagnostic],
) -> list[Document]:
    file = main.relative_to(content).as_posix()
    id_ = address.relative_to(content).as_posix()
    for step in id_.split("/")[1:]:
        if not NAME.fullmatch(step):
            found.append(diagnose("F107", Place(file), name=step))
    source, problems = files.read(main, file, front_matter=main.suffix == ".md")
    found += problems
    parts = _parts(content, kind, main, entries, found)
    if source.faulty:
        return []
    found += shape.check(source, kind.schema)
    if kind.body and main.suffix == ".md" and not source.body.strip():
        found.append(diagnose("C511", Place(file, source.body_line)))
    return [_built(id_, kind, source, parts, licence)]


def _built(id_: str, kind: Kind, source: Source, parts: tuple[Part, ...], licence: str) -> Document:
    data = shape.typed(shape.sound(source.data, kind.schema), kind.schema)
    common: dict[str, Any] = {name: data.pop(name, "") for name in COMMON}
    common |= {name: tuple(data.pop(name, ())) for name in LISTS}
    common["minutes"] = common["minutes"] or None
    common["licence"] = common["licence"] or licence
    return Document(
        id=id_,
        kind=kind.id,
        body=Markdown(source.body),
        parts=parts,
        data=data,
        file=source.file,
        body_line=source.body_line,
        places=source.places,
        **common,
    )


def _spec(kind: Kind, name: str) -> PartSpec | None:
    return next((part for part in kind.parts if fnmatchcase(name, part.name)), None)


def _parts(content: Path, kind: Kind, main: Path, entries: list[Path], found: list[Diagnostic]) -> tuple[Part, ...]:
    parts = []
    for entry in entries:
        if entry == main or entry.suffix in IMAGES:
            continue
        file = entry.relative_to(content).as_posix()
        spec = _spec(kind, entry.stem) if entry.suffix in TEXT else None
        if spec is None:
            known = [f"{part.name}.{'yml' if part.schema else 'md'}" for part in kind.parts]
            found.append(
                diagnose("F110", Place(file), name=entry.name, known="、".join(known), near=nearest(entry.name, known))
            )
            continue
        source, problems = (
            files.read_part(entry, file) if spec.schema is None else files.read(entry, file, front_matter=False)
        )
        found += problems
        if not source.faulty:
            parts.append(_part(entry.stem, spec, source, found))
    names = {part.name for part in parts} | {entry.stem for entry in entries}
    for spec in kind.parts:
        if spec.required and spec.name not in names:
            file = f"{spec.name}.{'yml' if spec.schema else 'md'}"
            found.append(diagnose("F109", Place(main.relative_to(content).as_posix()), label=spec.label, file=file))
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
    found += shape.check(source, schema)
    data = shape.typed(shape.sound(source.data, schema), schema)
    title = data.pop("title", spec.label) if spec.schema is None else spec.label
    body = Markdown(source.body)
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
