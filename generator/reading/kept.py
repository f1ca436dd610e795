"""Documents without faults as they were read last: only files that changed are parsed and checked again."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

from generator import model, theme
from generator.diagnostics import diagnostic
from generator.model import Document, Kind
from generator.store import Store, key_of

NAME = "documents"


class Kept:
    """Documents of the last run by the digest of their files, those of this run to be kept in their place.

    They hold for the content folder, the kinds and the licence given, and for the code that reads them.
    """

    def __init__(self, store: Store, content: Path, kinds: Mapping[str, Kind], licence: str) -> None:
        code = (theme.digest(Path(__file__).parent), theme.digest(Path(diagnostic.__file__).parent))
        self._key = key_of(*code, Path(model.__file__).read_bytes(), str(content), repr(kinds), licence)
        self._store = store
        kept = store.get(NAME, self._key)
        self._before: dict[str, Document] = pickle.loads(kept) if kept else {}
        self._now: dict[str, Document] = {}

    def get(self, digest: str) -> Document | None:
        """Return the document that was read from the files of this digest, and keep it."""
        if document := self._before.get(digest):
            self._now[digest] = document
        return document

    def put(self, digest: str, document: Document) -> None:
        """Keep a document without faults."""
        self._now[digest] = document

    def save(self) -> None:
        """Write what is to be found by the next run."""
        if self._now.keys() != self._before.keys():
            self._store.put(NAME, self._key, pickle.dumps(self._now, pickle.HIGHEST_PROTOCOL))
