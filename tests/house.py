"""A small library in a temporary folder, from the kinds' examples: build, edit, build again, see what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from generator import pipeline
from generator.model import Project
from generator.press import plan as sheets
from generator.publish import tree

ROOT = Path(__file__).resolve().parents[1]
KINDS = ROOT / "generator" / "kinds"
COUNT = len(list(KINDS.glob("*/example.yml")))


def examples(*folders: Path) -> dict[str, str]:
    """Return the example of every kind as content files by path: one document a kind."""
    files = {}
    for path in sorted(p for folder in folders for p in folder.glob("*/example.yml")):
        kind, parts = path.parent.name, yaml.safe_load(path.read_text("utf-8"))
        for name, text in parts.items():
            files[f"{kind}/example/{name}" if len(parts) > 1 else f"{kind}/{name}"] = text
    return files


def real_pages(folder: Path) -> Path:
    """Return the site of the real library, made below `folder` without prints and books, which take minutes."""
    project = replace(pipeline.project_of(ROOT / "content"), cache=folder / "cache")
    result = pipeline.make(project, without=frozenset({"pdf", "book", "zip"}), jobs=1)
    assert not result.faulty
    tree.publish(folder / "dist", result.entries)
    return folder / "dist" / "site"


@dataclass(frozen=True)
class Built:
    """What a build gave: its result, the published folder, and the paths whose bytes differ from the build before."""

    result: pipeline.Result
    dist: Path
    changed: frozenset[str]
    written: bool

    @property
    def codes(self) -> list[str]:
        return [diagnostic.code for diagnostic in self.result.diagnostics]

    def read(self, path: str) -> str:
        return (self.dist / path).read_text("utf-8")


class House:
    """A project below `folder`: the given files over the examples of all kinds, cache and dist of its own."""

    def __init__(self, folder: Path, files: Mapping[str, str] | None = None, kinds: tuple[Path, ...] = ()) -> None:
        self.content = folder / "content"
        self.dist = folder / "dist"
        self.project = Project(self.content, ROOT / "themes", (KINDS, *kinds), folder / "cache")
        for name in ("library.yml", "laws.yml"):
            self.write(name, (ROOT / "content" / name).read_text("utf-8"))
        for name, text in (examples(KINDS, *kinds) if files is None else files).items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> House:
        path = self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return self

    def edit(self, name: str, old: str, new: str) -> House:
        text = (self.content / name).read_text("utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        return self.write(name, text.replace(old, new, 1))

    def build(self, *, school: str = "", jobs: int = 1) -> Built:
        before = {entry["path"]: entry["digest"] for entry in tree.manifest(self.dist)}
        result = pipeline.make(self.project, school, jobs=jobs)
        written = bool(result.entries) and not result.faulty and not tree.unchanged(self.dist, result.entries)
        if written:
            tree.publish(self.dist, result.entries)
        after = {entry["path"]: entry["digest"] for entry in tree.manifest(self.dist)}
        changed = frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        return Built(result, self.dist, changed, written)

    def print(self) -> House:
        """Make the printed sheets alone, without site and books, to where a build puts them; they have no problems."""
        library, found = pipeline.check(self.project)
        assert [diagnostic.code for diagnostic in found] == []
        for artifact in sheets.plan(library, self.project):
            made = sheets.make(artifact, self.project)
            assert made.problems == (), artifact.path
            path = self.dist / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made.data)
        return self
