"""Kinds of document: a folder each with `kind.yml`, templates and an example. Adding a kind is adding a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator import theme
from generator.model import ANSWERS, AUDIENCES, STAGES, Kind, PartSpec, View
from generator.reading import files, shape
from generator.store import Store, code_digest, key_of, key_of_data

SCHEMA = Path(__file__).with_name("kind.schema.yml")
THEMES = Path(__file__).resolve().parents[2] / "themes"
SYMBOL = re.compile(r'<symbol id="([^"]+)"')
# What a template may read besides the fields: see `generator/view.py`.
OF_EVERY_DOCUMENT = ("body", "parts", "part")


class KindError(Exception):
    """A kind's own definition is wrong: a fault of the house, not of the content. The text names file and field."""


def load(
    folders: Iterable[Path], topics: tuple[str, ...], occasions: tuple[str, ...], store: Store | None = None
) -> dict[str, Kind]:
    """Return the kinds found in `folders` by id, in the order of their `order`. Raises KindError.

    `store` keeps which definitions were found sound: to judge them all takes longer than to read a small library.
    """
    words = {"audiences": AUDIENCES, "stages": STAGES, "answers": ANSWERS, "topics": topics, "occasions": occasions}
    folders = list(folders)
    common = _with_words(_yaml(folders[0] / "common.yml"), words)
    form = _form()
    kinds: dict[str, Kind] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*/kind.yml"))):
        kind = _kind(path, common, form, store)
        if kind.id in kinds:
            raise KindError(f"{path}：种类“{kind.id}”已经有了，在 {kinds[kind.id].folder}；给文件夹换个名字")
        kinds[kind.id] = kind
    return {kind.id: kind for kind in sorted(kinds.values(), key=lambda kind: (kind.order, kind.id))}


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)


@cache
def _form() -> Any:
    """Return the JSON Schema of `kind.yml`, with the icons and print masters that there are."""
    icons = SYMBOL.findall((THEMES / "art" / "icons.svg").read_text("utf-8"))
    masters = sorted(path.stem for path in (THEMES / "print").glob("*.html"))
    words = {"icons": tuple(icons), "masters": tuple(masters), "editions": tuple(theme.editions(THEMES))}
    return _with_words(_yaml(SCHEMA), {"audiences": AUDIENCES, **words})


def _kind(path: Path, common: Mapping[str, Any], form: Mapping[str, Any], store: Store | None) -> Kind:
    key = key_of(code_digest(), key_of_data(form), str(path.parent), theme.digest(path.parent))
    known = store is not None and store.get("kind", key) is not None
    source, found = files.read(path, str(path), front_matter=False)
    if not known and not source.faulty:
        found += shape.check(source, form)
    if found:
        line = f" 第 {found[0].place.line} 行" if found[0].place.line else ""
        raise KindError(f"{path}{line}：{found[0].message}{found[0].hint}")
    data, folder = source.data, path.parent
    if not known:
        for where, owner in (("", data), *((f"parts {part['name']} ", part) for part in data.get("parts", []))):
            _check_schema(path, where, {name: owner.get(name, {}) for name in ("fields", "defs")})
    kind = Kind(
        id=folder.name,
        name=data["name"],
        icon=data["icon"],
        order=data.get("order", 99),
        folder=str(folder),
        schema={
            "type": "object",
            "additionalProperties": False,
            "properties": {**common["properties"], **data.get("fields", {})},
            "required": [*common["required"], *data.get("required", [])],
            **_one_of(data.get("prints", [])),
            "$defs": data.get("defs", {}),
        },
        body=data.get("body", True),
        parts=tuple(_part(part) for part in data.get("parts", [])),
        page=_view(folder, {"label": data["name"], **data["page"]}),
        prints=tuple(_view(folder, view) for view in data.get("prints", [])),
        characters_per_minute=data.get("characters_per_minute"),
        book=data.get("book", True),
    )
    fault = next(_faults(kind), None)
    if fault:
        raise KindError(f"{path}：{fault}")
    if not known:
        _check_templates(folder)
        if store is not None:
            store.put("kind", key, b"sound")
    return kind


def _faults(kind: Kind) -> Iterator[str]:
    """Yield the names in `kind.yml` that lead nowhere."""
    fields, parts = kind.schema["properties"], {part.name for part in kind.parts}
    yield from (f"required 里的“{name}”不是这个种类的栏目" for name in kind.schema["required"] if name not in fields)
    for part in kind.parts:
        own = part.schema or {"required": [], "properties": {}}
        missing = [name for name in own["required"] if name not in own["properties"]]
        yield from (f"parts {part.name} required_fields 里的“{name}”不是这个部分的栏目" for name in missing)
    for view in (kind.page, *kind.prints):
        where = "page" if view is kind.page else f"prints {view.label}"
        if not (Path(kind.folder).parent / view.template).is_file():
            yield f"{where} template：没有模板 {view.template}"
        unknown = [name for name in view.reads if name not in fields and name not in OF_EVERY_DOCUMENT]
        yield from (f"{where} reads：没有栏目“{name}”" for name in unknown)
        if view.part and view.part not in parts:
            yield f"{where} part：没有叫“{view.part}”的部分"
        if view.field and view.field not in fields:
            yield f"{where} field：没有栏目“{view.field}”"
        if "part" in view.reads and not view.part:
            yield f"{where} reads：要读 part，先写明 part 是哪个部分"
    names = [view.name for view in kind.prints]
    yield from (f"prints name：“{name}”有两个，每份印刷品的 name 要不同" for name in names if names.count(name) > 1)


def _one_of(prints: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the rule that a document has one of the fields that its kind prints, where all prints are of a field."""
    needed = [print_.get("field") for print_ in prints]
    return {"anyOf": [{"required": [name]} for name in dict.fromkeys(needed)]} if needed and all(needed) else {}


def _check_schema(path: Path, where: str, data: Mapping[str, Any]) -> None:
    """Raise KindError if `fields` or `defs` are not sound JSON Schema, or refer to what `defs` does not hold."""
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema({"properties": data["fields"], "$defs": data["defs"]})
    except SchemaError as error:
        first, *rest = error.absolute_path
        name = ".".join(map(str, ("fields" if first == "properties" else "defs", *rest)))
        raise KindError(f"{path}：{where}{name} 写的“{error.instance}”不合 JSON Schema 的规则") from error
    for name, target in _refs(data, ""):
        if target not in {f"#/$defs/{known}" for known in data["defs"]}:
            raise KindError(f"{path}：{where}{name} 写的“{target}”在 defs 里没有；写成 #/$defs/名称")


def _refs(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every `$ref` with its path."""
    items = schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ()
    for key, value in items:
        name = f"{path}.{key}".lstrip(".")
        if key == "$ref" and isinstance(value, str):
            yield name, value
        else:
            yield from _refs(value, name)


def _check_templates(folder: Path) -> None:
    """Raise KindError if a template of the kind is not sound Jinja."""
    from jinja2 import TemplateSyntaxError

    env = theme.environment([])
    for path in sorted(folder.glob("*.html")):
        try:
            env.parse(path.read_text("utf-8"))
        except TemplateSyntaxError as error:
            raise KindError(f"{path} 第 {error.lineno} 行：模板的写法有误（{error.message}）") from error
        except UnicodeDecodeError as error:
            raise KindError(f"{path}：模板要存成 UTF-8") from error


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
    known = theme.editions(THEMES)
    return View(
        name=data.get("name", ""),
        label=data["label"],
        audience=data.get("audience", ""),
        template=f"{folder.name}/{data['template']}",
        reads=tuple(data["reads"]),
        master=data.get("master", ""),
        part=data.get("part", ""),
        field=data.get("field", ""),
        editions=tuple(known[edition] for edition in data.get("editions", ["plain"])),
        pages=data.get("pages"),
    )


def _with_words(schema: Any, words: Mapping[str, tuple[str, ...]]) -> Any:
    """Return the schema with `vocabulary: name` completed by the words that the name stands for, if they are known."""
    if isinstance(schema, dict):
        full = {key: _with_words(value, words) for key, value in schema.items()}
        if words.get(schema.get("vocabulary", "")):
            full["enum"] = list(words[schema["vocabulary"]])
        return full
    return [_with_words(item, words) for item in schema] if isinstance(schema, list) else schema
