"""The first search index: titles, summaries and text of every document in one script, which also works from disk."""

from __future__ import annotations

import json
from typing import Any

from generator import markup
from generator.model import Artifact, Document, Library, Made, Project
from generator.reading import resolve
from generator.store import Bundle, Store, code_digest, key_of

PART_AUDIENCES = ("学生",)


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return the one artifact that holds the index."""
    entries = [_entry(document, library) for document in library.documents]
    depends = key_of(*(entry["key"] for entry in entries))
    return [Artifact("site/search/index.js", "text/javascript", "search", {"entries": entries}, depends)]


def make(artifact: Artifact, project: Project) -> Made:
    """Return the script that sets `window.LIBRARY_SEARCH` to the list of entries, each with its plain text."""
    store = Store(project.cache)
    kept = Bundle(store, "search", key_of(str(project.content)))
    lines = []
    for entry in artifact.args["entries"]:
        line = kept.get(entry["key"]) or _line(entry, store)
        kept.put(entry["key"], line)
        lines.append(line)
    kept.save()
    return Made(b"window.LIBRARY_SEARCH=[" + b",".join(lines) + b"];\n")


def _entry(document: Document, library: Library) -> dict[str, Any]:
    kind = library.kinds[document.kind].name
    fills = resolve.fills(document, library)
    return {
        "key": key_of(code_digest(), document.digest, json.dumps([kind, fills], ensure_ascii=False)),
        "fields": {
            "id": document.id,
            "href": f"{document.id}.html",
            "title": document.title,
            "summary": document.summary,
            "kind": kind,
            "audiences": list(document.audiences),
            "stages": list(document.stages),
            "asked": list(document.asked_as),
        },
        "texts": [str(text) for path, text in resolve.texts(document) if text.strip() and _open(document, path)],
        "fills": fills,
    }


def _line(entry: dict[str, Any], store: Store) -> bytes:
    found = {**entry["fields"], "text": _text(entry["texts"], entry["fills"], store)}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def _open(document: Document, path: tuple[str | int, ...]) -> bool:
    """Return whether a text may be found by anybody: teachers' parts (answers) stay out of the index."""
    return path[:1] != ("part",) or document.parts[int(path[1])].audience in PART_AUDIENCES


def _text(texts: list[str], fills: dict[str, dict[str, Any]], store: Store) -> str:
    def say(inside: str) -> str:
        value = fills.get(inside, {})
        return str(value.get("text") or value.get("number") or "") if value.get("macro") != "blank" else ""

    return "\n".join(markup.plain(markup.fill(markup.html(text, store), say)) for text in texts)


OUTPUTS = {"search": (plan, make)}
