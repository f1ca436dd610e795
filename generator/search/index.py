"""The first search index: titles, summaries and text of every document in one script, which also works from disk."""

from __future__ import annotations

import json
from typing import Any

from generator import markup
from generator.model import Artifact, Document, Library, Made, Project
from generator.reading import resolve
from generator.store import Store, key_of

PART_AUDIENCES = ("学生",)


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return the one artifact that holds the index."""
    entries = [_entry(document, library) for document in library.documents]
    depends = key_of(markup.DIALECT, json.dumps(entries, ensure_ascii=False))
    return [Artifact("site/search/index.js", "text/javascript", "search", {"entries": entries}, depends)]


def make(artifact: Artifact, project: Project) -> Made:
    """Return the script that sets `window.LIBRARY_SEARCH` to the list of entries, each with its plain text."""
    store = Store(project.cache)
    listed = [{**entry, "text": _text(entry["text"], entry["fills"], store)} for entry in artifact.args["entries"]]
    for entry in listed:
        del entry["fills"]
    return Made(f"window.LIBRARY_SEARCH={json.dumps(listed, ensure_ascii=False, separators=(',', ':'))};\n".encode())


def _entry(document: Document, library: Library) -> dict[str, Any]:
    texts = [text for path, text in resolve.texts(document) if _open(document, path)]
    return {
        "id": document.id,
        "href": f"{document.id}.html",
        "title": document.title,
        "summary": document.summary,
        "kind": library.kinds[document.kind].name,
        "audiences": list(document.audiences),
        "stages": list(document.stages),
        "asked": list(document.asked_as),
        "text": [str(text) for text in texts if text.strip()],
        "fills": resolve.fills(document, library),
    }


def _open(document: Document, path: tuple[str | int, ...]) -> bool:
    """Return whether a text may be found by anybody: teachers' parts (answers) stay out of the index."""
    return path[:1] != ("part",) or document.parts[int(path[1])].audience in PART_AUDIENCES


def _text(texts: list[str], fills: dict[str, dict[str, Any]], store: Store) -> str:
    def say(inside: str) -> str:
        value = fills.get(inside, {})
        return str(value.get("text") or value.get("number") or "") if value.get("macro") != "blank" else ""

    return "\n".join(markup.plain(markup.fill(markup.html(text, store), say)) for text in texts)


OUTPUTS = {"search": (plan, make)}
