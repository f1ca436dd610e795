"""Font roles: which face serves 仿宋, 楷体, 宋体, 黑体 and titles on this machine, and which characters it holds."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

MEMORY = "faces.json"
# The library that cuts faces down, by its name on Linux, macOS and Windows.
SUBSETTER = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


class NoSubsetter(Exception):
    """HarfBuzz's subset library is missing: a PDF would take fifty times as long. The text is its name."""


def require_subsetter() -> None:
    """Raise NoSubsetter where faces cannot be cut down to the characters that a PDF uses."""
    for name in SUBSETTER:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return
    raise NoSubsetter("libharfbuzz-subset")


@dataclass(frozen=True)
class Face:
    """A face on this machine: `name` for people, its file (None where unknown) and its number in a collection.

    `local` is its PostScript name when it was chosen by that.
    """

    name: str
    path: Path | None
    index: int = 0
    local: str = ""


@dataclass(frozen=True)
class Role:
    """A font role and the face that serves it: the machine's `own`, the library's `face`, or the `substitute` family.

    `wanted` is an own face that was asked for and not found, else "". `families` are the system families that
    follow the role in every stack: the substitute, then the one for rare characters.
    """

    id: str
    name: str
    served: Literal["own", "face", "substitute"]
    face: Face
    bold: Face | None
    families: tuple[str, ...]
    wanted: str = ""


class Coverage(NamedTuple):
    """Characters that leave the role's face for a system family, and characters that no named face holds."""

    rare: str
    missing: str


def resolve(themes: Path, cache: Path) -> Mapping[str, Role]:
    """Return the roles of `themes/fonts.yml` by id, each with the face that serves it.

    `cache` is the folder that set-up puts the library's faces in; faces missing there are not an error.
    """
    settings: dict[str, Any] = yaml.safe_load((themes / "fonts.yml").read_text("utf-8"))
    roles: dict[str, Role] = {}
    for id_, spec in settings["roles"].items():
        families = tuple(dict.fromkeys((spec["substitute"], settings["rare"])))
        own = _own(spec["own"], themes)
        file = cache / spec["face"]
        if own:
            served: Literal["own", "face", "substitute"] = "own"
            face = own
        elif file.is_file():
            served, face = "face", Face(file.stem, file)
        else:
            served, face = "substitute", system_face(spec["substitute"])
        wanted = "" if own else spec["own"]
        roles[id_] = Role(id_, spec["name"], served, face, None, families, wanted)
    return {id_: _with_bold(role, settings["roles"][id_]["bold"], roles, cache) for id_, role in roles.items()}


def css(roles: Mapping[str, Role]) -> str:
    """Return @font-face rules, families named after the roles, and a custom property --<role> with each stack.

    The engine writes the family's name into the PDF, so the role's name says there what stands on the paper.
    Bold 仿宋, 楷 and 宋 are 黑: the engine would smear a bold of its own. Page margin boxes do not inherit
    from the root, so the properties are stated for pages too.
    """
    rules = []
    for role in roles.values():
        if role.served != "substitute":
            rules.append(_font_face(role.id, 400, role.face))
            if role.bold:
                rules.append(_font_face(role.id, 700, role.bold))
    stacks = "".join(
        f"--{role.id}:{role.id},{','.join(json.dumps(name, ensure_ascii=False) for name in role.families)};"
        for role in roles.values()
    )
    return "\n".join([*rules, f":root{{{stacks}}}", f"@page{{{stacks}}}"])


def coverage(text: Iterable[str], role: Role, memory: Path) -> Coverage:
    """Return which characters of `text` the role's face lacks, split by whether a named system family holds them.

    Spaces, marks and format characters need no glyph. A face whose file is unknown counts as complete: the
    engine's own report of missing glyphs still guards it. `memory` is a folder for what was read from the files.
    """
    wanted = {char for char in text if unicodedata.category(char)[0] not in "ZCM" and char not in "\ufe0e\ufe0f"}
    outside = {char for char in wanted if not _holds(role.face, char, memory)}
    behind = [system_face(name) for name in role.families]
    rare = {char for char in outside if any(_holds(face, char, memory) for face in behind)}
    return Coverage("".join(sorted(rare)), "".join(sorted(outside - rare)))


def digest(roles: Mapping[str, Role], memory: Path) -> str:
    """Return the digest of the faces' content and their use, equal on machines with equal faces."""
    total = hashlib.sha256()
    for role in roles.values():
        total.update(f"{role.id} {role.served} {role.families}".encode())
        for face in (role.face, role.bold, *(system_face(name) for name in role.families)):
            if face:
                content = _facts(face.path, face.index, memory)["sha256"] if face.path else face.name
                total.update(f"{content} {face.index}".encode())
    return total.hexdigest()


@lru_cache(maxsize=64)
def system_face(family: str) -> Face:
    """Return the regular face of an installed family; its file is None where it is not installed or cannot be asked."""
    found = sorted(_installed(f":family={family}"), key=lambda face: ("Regular" not in str(face.path), str(face.path)))
    return Face(family, found[0].path, found[0].index) if found else Face(family, None)


def _own(name: str, themes: Path) -> Face | None:
    """Return the machine's own face by file path inside `themes` or by PostScript name, None if there is none."""
    if not name:
        return None
    file = themes / name
    if file.is_file() and file.resolve().is_relative_to(themes.resolve()):
        return Face(file.stem, file)
    found = _installed(f":postscriptname={name}")
    return Face(name, found[0].path, found[0].index, local=name) if found else None


def _installed(pattern: str) -> list[Face]:
    """Return the installed faces that a fontconfig pattern names, in fontconfig's words; empty without fontconfig."""
    program = shutil.which("fc-list")
    if not program:
        return []
    listed = subprocess.run(
        [program, "-f", "%{file}\t%{index}\n", pattern], capture_output=True, text=True, check=False
    )
    lines = (line.split("\t") for line in sorted(listed.stdout.splitlines()))
    # The low half of fontconfig's index is the face in the file, the high half a variable font's instance.
    return [Face(Path(file).stem, Path(file), int(index) & 0xFFFF) for file, index in lines]


def _with_bold(role: Role, bold: str, roles: Mapping[str, Role], cache: Path) -> Role:
    """Return the role with its bold face: that of another role by id, or a file of the cache if it is there."""
    if bold in roles:
        face = roles[bold].face if roles[bold].served != "substitute" else None
    else:
        face = Face((cache / bold).stem, cache / bold) if (cache / bold).is_file() else None
    return Role(role.id, role.name, role.served, role.face, face, role.families, role.wanted)


def _font_face(family: str, weight: int, face: Face) -> str:
    """Return one @font-face rule; a collection's face can only be had by its PostScript name."""
    source = f"local({json.dumps(face.local, ensure_ascii=False)})" if face.local else ""
    if not source and face.path:
        source = f'url("{face.path.resolve().as_uri()}")'
    return f"@font-face{{font-family:{family};font-weight:{weight};src:{source}}}"


def _holds(face: Face, char: str, memory: Path) -> bool:
    return face.path is None or ord(char) in _characters(face.path, face.index, memory)


@lru_cache(maxsize=64)
def _characters(path: Path, index: int, memory: Path) -> frozenset[int]:
    spans = _facts(path, index, memory)["spans"]
    return frozenset(code for start, end in spans for code in range(start, end + 1))


@lru_cache(maxsize=64)
def _facts(path: Path, index: int, memory: Path) -> dict[str, Any]:
    """Return digest and character spans of a face, remembered by path, size and time of change."""
    stat = path.stat()
    key, state = f"{path.resolve()}#{index}", [stat.st_size, stat.st_mtime_ns]
    known = _remembered(memory / MEMORY)
    if known.get(key, {}).get("state") == state:
        return dict(known[key])
    facts = {
        "state": state,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "spans": _spans(path, index),
    }
    _remember(memory / MEMORY, {**_remembered(memory / MEMORY), key: facts})
    return facts


def _spans(path: Path, index: int) -> list[list[int]]:
    """Return the code points of a face's cmap as [first, last] pairs."""
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        codes = sorted(font.getBestCmap())
    spans: list[list[int]] = []
    for code in codes:
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return spans


@lru_cache(maxsize=4)
def _remembered(file: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _remember(file: Path, facts: Mapping[str, Any]) -> None:
    """Write the memory whole or not at all: workers write at once. A folder that cannot be written is no error."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(facts, out)
        os.replace(name, file)
    except OSError:
        pass
    _remembered.cache_clear()
