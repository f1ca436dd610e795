"""Files of a tree as one ZIP, to be carried on a stick: the same files give the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from functools import partial
from hashlib import sha256

from generator.publish.cache import Damaged
from generator.publish.tree import Entry
from generator.store import Store, code_digest, key_of

DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows
# What is small already: to pack it again takes time and saves nothing.
PACKED = (".pdf", ".webp", ".png", ".jpg", ".zip", ".docx", ".pptx", ".xlsx")
LEVEL = 1  # half the time of the usual 6 for a seventh more bytes of the tenth that is packed


def archive(path: str, files: Sequence[Entry], store: Store, place: str, copies: tuple[str, ...] = ()) -> Entry:
    """Return the entry of a tree at `path` that is a ZIP of `files` under their paths.

    It is as large as all of them together: the store keeps one, under the key `place`, and no older ones. Reading it
    raises Damaged where another build has put its own there meanwhile.
    """
    made_of = key_of(code_digest(), *(part for file in files for part in (file.path, file.digest)))
    try:
        known = json.loads(store.get("archive-record", place) or b"{}")
    except ValueError:
        known = {}
    if known.get("made_of") != made_of or store.size("archive", place) != known["size"]:
        data = zipped(files)
        known = {"made_of": made_of, "size": len(data), "digest": sha256(data).hexdigest()}
        store.put("archive", place, data)
        store.put("archive-record", place, json.dumps(known).encode())
    return Entry(path, known["digest"], known["size"], (), copies, partial(_kept, path, store, place, known["digest"]))


def zipped(files: Sequence[Entry]) -> bytes:
    """Return the ZIP of `files`, in order of their paths; names are UTF-8 and say so (APPNOTE 4.4.4, bit 11)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_:
        for file in sorted(files, key=lambda file: file.path):
            info = zipfile.ZipInfo(file.path, DATE)
            info.compress_type = zipfile.ZIP_STORED if file.path.endswith(PACKED) else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3  # Unix, whatever system this is
            zip_.writestr(info, file.read(), compresslevel=LEVEL)
    return out.getvalue()


def _kept(path: str, store: Store, place: str, digest: str) -> bytes:
    data = store.get("archive", place)
    if data is None or sha256(data).hexdigest() != digest:
        store.drop("archive-record", place)
        raise Damaged(path)
    return data
