"""Made artifacts in the store, by the digest of what they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from generator.model import Artifact, Made, Problem
from generator.store import Store, key_of


@dataclass(frozen=True)
class Record:
    """What is known of a made artifact without reading its bytes: size in bytes, SHA-256, problems and facts."""

    size: int
    digest: str
    problems: tuple[Problem, ...]
    facts: Mapping[str, Any]


class Cache:
    """Records and bytes of artifacts. A faulty artifact is kept with its faults, so a second build is not silent."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def record(self, artifact: Artifact) -> Record | None:
        """Return what is known of the artifact, None if it was never made."""
        kept = self.store.get("record", _key(artifact))
        if kept is None:
            return None
        data = json.loads(kept)
        return Record(data["size"], data["digest"], tuple(Problem(**p) for p in data["problems"]), data["facts"])

    def data(self, artifact: Artifact) -> bytes:
        """Return the bytes of an artifact that has a record. Raises KeyError where they are gone."""
        kept = self.store.get("data", _key(artifact))
        if kept is None:
            raise KeyError(artifact.path)
        return kept

    def keep(self, artifact: Artifact, made: Made) -> Record:
        """Keep what was made. The record is written last: where it stands, the bytes stand."""
        record = Record(len(made.data), hashlib.sha256(made.data).hexdigest(), made.problems, dict(made.facts))
        self.store.put("data", _key(artifact), made.data)
        self.store.put("record", _key(artifact), json.dumps(asdict(record), ensure_ascii=False).encode())
        return record


def _key(artifact: Artifact) -> str:
    return key_of(artifact.output, artifact.depends)
