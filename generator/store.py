"""A folder of bytes by key, written whole or not at all. Nothing else knows how things are kept."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import marshal
import os
import pickle
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# So many values may be missing from a bundle before it is worth writing anew.
FEW = 30
# Whose other version may give other bytes from the same input.
PACKAGES = (
    *("jinja2", "markupsafe", "markdown", "nh3", "pyyaml", "jsonschema", "mkdocs", "mkdocs-material"),
    *("weasyprint", "pydyf", "fonttools", "pillow", "tinycss2", "tinyhtml5", "cssselect2", "pyphen"),
    *("segno", "pypdfium2", "pdfua", "pikepdf", "pypinyin", "opencc"),
)
# Bytes that a store may hold: a library and its last few versions. What was used within the last hour always stays.
LIMIT, HOUR = 1_000_000_000, 3_600
LIBRARIES = {
    "pango_version_string": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "hb_version_string": ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz-0.dll"),
}


def key_of(*parts: str | bytes) -> str:
    """Return the hex SHA-256 of the parts, with their boundaries."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


def key_of_made(output: str, depends: str) -> str:
    """Return the key under which what a maker made is kept: `output` names the maker, `depends` all that it read."""
    return key_of(output, depends)


def key_of_data(data: Any) -> str:
    """Return the hex SHA-256 of plain data: dicts, lists, text, numbers, None. Raises ValueError for anything else.

    In its version 0 marshal writes neither references nor what is interned, so that equal data give equal bytes; it
    takes a quarter of JSON's time.
    """
    return hashlib.sha256(marshal.dumps(data, 0)).hexdigest()


@cache
def code_digest() -> str:
    """Return the digest of the program itself: its code, and the versions of Python, packages and libraries."""
    root = Path(__file__).parent
    code = [part for path in sorted(root.rglob("*.py")) for part in (str(path.relative_to(root)), path.read_bytes())]
    libraries = (_library(*known) for known in LIBRARIES.items())
    return key_of(sys.version, *map(_package, PACKAGES), *libraries, graphviz(), *code)


def graphviz() -> str:
    """Return what Graphviz, which lays out charts, says of its version, "" if it is missing."""
    try:
        return subprocess.run(["dot", "-V"], capture_output=True, text=True).stderr.strip()
    except FileNotFoundError:
        return ""


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _library(function: str, files: tuple[str, ...]) -> str:
    """Return what a shared library says of its version, "" if it cannot be asked."""
    for file in files:
        try:
            ask = getattr(ctypes.CDLL(file), function)
        except (OSError, AttributeError):
            continue
        ask.restype = ctypes.c_char_p
        return str(ask().decode())
    return ""


class Store:
    """Bytes by key (lower-case hex) and by name of what they are, such as "html"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, name: str, key: str) -> str:
        return os.path.join(self.folder, name, key[:2], key[2:])

    def get(self, name: str, key: str) -> bytes | None:
        """Return what was put under `name` and `key`, or None."""
        try:
            with open(self._path(name, key), "rb") as kept:
                _used(kept.name, os.fstat(kept.fileno()))
                return kept.read()
        except FileNotFoundError:
            return None

    def size(self, name: str, key: str) -> int:
        """Return the size in bytes of what is kept, -1 if nothing is."""
        path = self._path(name, key)
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return -1
        _used(path, status)
        return status.st_size

    def drop(self, name: str, key: str) -> None:
        """Forget what is kept under `name` and `key`."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(name, key))

    def prune(self, limit: int = LIMIT) -> None:
        """Forget what was used longest ago, until no more than `limit` bytes are kept; looks once an hour."""
        now, stamp = time.time(), self.folder / "pruned"
        if stamp.exists() and now - stamp.stat().st_mtime < HOUR:
            return
        kept = []
        for top, _, names in os.walk(self.folder):
            for path in (os.path.join(top, name) for name in names):
                with contextlib.suppress(FileNotFoundError):
                    status = os.stat(path)
                    kept.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in kept)
        for used, size, path in sorted(kept):
            # The time of a file may be an hour behind its last use.
            if total <= limit or now - used < 2 * HOUR:
                break
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            total -= size
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp.touch()

    def put(self, name: str, key: str, data: bytes) -> None:
        """Keep `data`. Two writers of one key never see half of each other's bytes."""
        path = self._path(name, key)
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


def _used(path: str, status: os.stat_result) -> None:
    """Note that a file was asked for, once an hour: its time tells `prune` what nobody needs any more."""
    if time.time() - status.st_mtime > HOUR:
        with contextlib.suppress(OSError):  # gone meanwhile, or a store that may only be read
            os.utime(path)


class Bundle:
    """Values by key that are read and written all at once, in one file of a store: one for each document, say.

    A run keeps what it asked for or put in. A few values that are missing are made again by the next run, too: that is
    quicker than to write all of them anew. What another version of the program kept is not found.
    """

    def __init__(self, store: Store, name: str, key: str) -> None:
        key = key_of(code_digest(), key)
        try:
            self._before: dict[str, Any] = pickle.loads(store.get(name, key) or b"")
        except (EOFError, pickle.UnpicklingError, ValueError):
            self._before = {}  # nothing kept, or only half of it
        self._now: dict[str, Any] = {}
        self._file = (store, name, key)

    def get(self, key: str) -> Any | None:
        """Return the value of `key`, or None."""
        value = self._before.get(key)
        if value is not None:
            self._now[key] = value
        return value

    def put(self, key: str, value: Any) -> None:
        """Hold a value, which `pickle` must know how to write."""
        self._now[key] = value

    def save(self) -> None:
        """Keep the values of this run for the next one."""
        if len(self._now.keys() - self._before.keys()) > FEW:
            store, name, key = self._file
            store.put(name, key, pickle.dumps(self._now, pickle.HIGHEST_PROTOCOL))
