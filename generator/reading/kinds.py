"""Kinds of document: a folder each with `kind.yml`, templates and an example. Adding a kind is adding a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from generator.model import ANSWERS, AUDIENCES, STAGES, Kind, PartSpec, View


class KindError(Exception):
    """A kind's own definition is wrong: a fault of the house, not of the content. The text names file and field."""


def load(folders: Iterable[Path], topics: tuple[str, ...], occasions: tuple[str, ...]) -> dict[str, Kind]:
    """Return the kinds found in `folders` by id, in the order of their `order`. Raises KindError."""
    words = {"audiences": AUDIENCES, "stages": STAGES, "answers": ANSWERS, "topics": topics, "occasions": occasions}
    folders = list(folders)
    common = _with_words(_yaml(folders[0] / "common.yml"), words)
    kinds = [_kind(path, common) for folder in folders for path in sorted(folder.glob("*/kind.yml"))]
    return {kind.id: kind for kind in sorted(kinds, key=lambda kind: (kind.order, kind.id))}


def _yaml(path: Path) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise KindError(f"{path}：{error}") from error
    return loaded


def _kind(path: Path, common: Mapping[str, Any]) -> Kind:
    data = _yaml(path)
    folder = path.parent
    try:
        schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {**common["properties"], **data.get("fields", {})},
            "required": [*common["required"], *data.get("required", [])],
            "$defs": data.get("defs", {}),
        }
        kind = Kind(
            id=folder.name,
            name=data["name"],
            icon=data["icon"],
            order=data.get("order", 99),
            folder=str(folder),
            schema=schema,
            body=data.get("body", True),
            parts=tuple(_part(part) for part in data.get("parts", [])),
            page=_view(folder, {"label": data["name"], **data["page"]}),
            prints=tuple(_view(folder, view) for view in data.get("prints", [])),
            characters_per_minute=data.get("characters_per_minute"),
        )
    except KeyError as error:
        raise KindError(f"{path}：缺少 {error}") from error
    for view in (kind.page, *kind.prints):
        if not (folder.parent / view.template).is_file():
            raise KindError(f"{path}：没有模板 {view.template}")
    return kind


def _part(data: Mapping[str, Any]) -> PartSpec:
    schema = None
    if "fields" in data:
        schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": data["fields"],
            "required": data.get("required_fields", list(data["fields"])),
            "$defs": data.get("defs", {}),
        }
    return PartSpec(data["name"], data["label"], data.get("audience", ""), data.get("required", False), schema)


def _view(folder: Path, data: Mapping[str, Any]) -> View:
    return View(
        name=data.get("name", ""),
        label=data["label"],
        audience=data.get("audience", ""),
        template=f"{folder.name}/{data['template']}",
        reads=tuple(data["reads"]),
        master=data.get("master", ""),
        part=data.get("part", ""),
    )


def _with_words(schema: Any, words: Mapping[str, tuple[str, ...]]) -> Any:
    """Return the schema with `vocabulary: name` completed by the words that the name stands for, if they are known."""
    if isinstance(schema, dict):
        full = {key: _with_words(value, words) for key, value in schema.items()}
        if words.get(schema.get("vocabulary", "")):
            full["enum"] = list(words[schema["vocabulary"]])
        return full
    return [_with_words(item, words) for item in schema] if isinstance(schema, list) else schema
