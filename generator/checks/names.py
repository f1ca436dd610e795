"""Names of fields that come back filled in: each stands once where its schema says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics.diagnostic import Diagnostic, diagnose
from generator.model import Document, Library, Place

Path = tuple[str | int, ...]


def check(library: Library) -> Iterator[Diagnostic]:
    """Yield names given twice: in a document (schema `unique: document`) or in one list of it (`unique: list`)."""
    for document in library.documents:
        schema = library.kinds[document.kind].schema
        yield from _twice(document, _named(document.data, schema, schema, ()))


def _twice(document: Document, named: Iterator[tuple[Path, str, str]]) -> Iterator[Diagnostic]:
    seen: dict[tuple[Path, str], Path] = {}
    for path, name, scope in named:
        # A name is a field of an entry of a list: what is left without both is the list.
        first = seen.setdefault((path[:-2] if scope == "list" else (), name), path)
        if first != path:
            here, there = (document.places.get(each, Place(document.file)) for each in (path, first))
            yield diagnose("C513", here, name=name, related=(there,))


def _named(
    value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: Path
) -> Iterator[tuple[Path, str, str]]:
    """Yield path, text and scope of every text in `value` that the schema wants to be unique."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, str) and "unique" in schema:
        yield path, value, schema["unique"]
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _named(item, schema.get("properties", {}).get(key, {}), root, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _named(item, schema.get("items", {}), root, (*path, index))
