"""A folder of bytes by key, written whole or not at all. Nothing else knows how things are kept."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


def key_of(*parts: str | bytes) -> str:
    """Return the hex SHA-256 of the parts, with their boundaries."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


class Store:
    """Bytes by key (lower-case hex) and by name of what they are, such as "html"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, name: str, key: str) -> Path:
        return self.folder / name / key[:2] / key[2:]

    def get(self, name: str, key: str) -> bytes | None:
        """Return what was put under `name` and `key`, or None."""
        try:
            return self._path(name, key).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, name: str, key: str, data: bytes) -> None:
        """Keep `data`. Two writers of one key never see half of each other's bytes."""
        path = self._path(name, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
