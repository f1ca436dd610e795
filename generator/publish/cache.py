"""Made artifacts in the store, by the digest of what they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from generator.model import Artifact, Made, Problem
from generator.store import Store, key_of_made


@dataclass(frozen=True)
class Record:
    """What is known of a made artifact without reading its bytes: size in bytes, SHA-256, problems and facts."""

    size: int
    digest: str
    problems: tuple[Problem, ...]
    facts: Mapping[str, Any]


class Damaged(Exception):
    """Bytes in the store are not what was put there; the next build makes them again. The text names the artifact."""


class Cache:
    """Records and bytes of artifacts. A faulty artifact is kept with its faults, so a second build is not silent."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def record(self, artifact: Artifact) -> Record | None:
        """Return what is known of the artifact, None if it was never made or its bytes are not there as they were."""
        key = _key(artifact)
        try:
            data = json.loads(self.store.get("record", key) or b"")
            record = Record(data["size"], data["digest"], tuple(Problem(**p) for p in data["problems"]), data["facts"])
        except (ValueError, KeyError, TypeError):
            return None
        return record if self.store.size("data", key) == record.size else None

    def data(self, artifact: Artifact, record: Record) -> bytes:
        """Return the bytes of an artifact. Raises Damaged, and forgets it, where they are not those of the record."""
        kept = self.store.get("data", _key(artifact))
        if kept is None or hashlib.sha256(kept).hexdigest() != record.digest:
            self.drop(artifact)
            raise Damaged(artifact.path)
        return kept

    def drop(self, artifact: Artifact) -> None:
        """Forget an artifact."""
        self.store.drop("record", _key(artifact))

    def keep(self, artifact: Artifact, made: Made) -> Record:
        """Keep what was made. The record is written last: where it stands, the bytes stand."""
        record = Record(len(made.data), hashlib.sha256(made.data).hexdigest(), made.problems, dict(made.facts))
        self.store.put("data", _key(artifact), made.data)
        self.store.put("record", _key(artifact), json.dumps(asdict(record), ensure_ascii=False).encode())
        return record


def _key(artifact: Artifact) -> str:
    return key_of_made(artifact.output, artifact.depends)
