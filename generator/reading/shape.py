"""JSON Schema to diagnostics: each kind of failure has a function that words it for an editor."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Any

from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Markdown, Place
from generator.reading.files import Path_, Source

TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表（每项以“- ”开头，或写在 [ ] 里）",
    "object": "一组“栏目：内容”",
}


def check(source: Source, schema: Mapping[str, Any]) -> list[Diagnostic]:
    """Return what in `source.data` does not fit `schema`, each at the value or key concerned."""
    errors = list(_validator(schema).iter_errors(source.data))
    # One slip, one message: a misspelt field is not missing as well, and what has the wrong type is in no word list.
    meant = {(*error.absolute_path, near) for error in errors for near in _unknown(error).values() if near}
    wrong = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    return [
        diagnostic
        for error in errors
        if error.validator == "type" or tuple(error.absolute_path) not in wrong
        for diagnostic in _word(error, source, meant)
    ]


def sound(data: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `data` that `schema` knows and that fit it, so that later checks can rely on their types."""
    known = {key: value for key, value in data.items() if key in schema.get("properties", {})}
    broken = {error.absolute_path[0] for error in _validator(schema).iter_errors(known) if error.absolute_path}
    return {key: value for key, value in known.items() if key not in broken}


def typed(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Any:
    """Return `value` with every text that the schema calls `format: markdown` as Markdown."""
    root = schema if root is None else root
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, str):
        return Markdown(value) if schema.get("format") == "markdown" else value
    if isinstance(value, list):
        return [typed(item, schema.get("items", {}), root) for item in value]
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        return {key: typed(item, fields.get(key, {}), root) for key, item in value.items()}
    return value


@cache
def _formats() -> Any:
    from jsonschema import FormatChecker

    formats = FormatChecker(formats=())
    formats.checks("date")(_is_date)
    return formats


@cache
def _rules() -> Any:
    from jsonschema import Draft202012Validator, validators

    # JSON Schema takes 40.0 for an integer; minutes written so would be printed so.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    return validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]


def _validator(schema: Mapping[str, Any]) -> Any:
    return _rules()(schema, format_checker=_formats())


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        # Python also takes 20261120 and 2026-W47-5.
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and datetime.date.fromisoformat(value))
    except ValueError:
        return False


def _unknown(error: Any) -> dict[str, str | None]:
    """Return each field that the schema does not know, with the one probably meant: near, or of that Chinese title."""
    if error.validator != "additionalProperties":
        return {}
    known = error.schema["properties"]
    titles = {spec["title"]: name for name, spec in known.items() if "title" in spec}
    return {key: nearest(key, known) or titles.get(key) for key in error.instance if key not in known}


def _word(error: Any, source: Source, meant: Set[Path_]) -> Iterator[Diagnostic]:
    path: Path_ = tuple(error.absolute_path)
    place = source.places.get(path, Place(source.file))
    name = _name(path, error.schema)
    rule, value, limit = error.validator, error.instance, error.validator_value
    if rule == "additionalProperties":
        known = "、".join(error.schema["properties"])
        for key, near in _unknown(error).items():
            yield diagnose("S301", source.keys.get((*path, key), place), field=key, known=known, near=near)
    elif rule == "required":
        # jsonschema reports each missing field by itself and names it in its sentence only.
        key = next(key for key in limit if key not in value and f"'{key}'" in error.message)
        if (*path, key) not in meant:
            spec = error.schema.get("properties", {}).get(key, {})
            note = f"（{spec['description']}）" if "description" in spec else ""
            yield diagnose("S302", _head(place), field=key, label=spec.get("title", key), help=note)
    elif rule == "anyOf":
        names = [option["required"][0] for option in limit]
        if not any((*path, name) in meant for name in names):
            titles = "、".join(f"{name}（{error.schema['properties'][name]['title']}）" for name in names)
            yield diagnose("S311", _head(place), known=titles)
    elif rule == "format" or (error.schema.get("format") == "date" and isinstance(value, int)):
        yield diagnose("S309", place, field=name, value=value)
    elif rule == "type":
        expected = "或".join(TYPES[t] for t in ([limit] if isinstance(limit, str) else limit))
        yield diagnose("S303", place, field=name, expected=expected, got=_got(value), advice=_advice(value, limit))
    elif rule == "enum":
        words = [str(word) for word in limit]
        yield diagnose("S304", place, field=name, value=value, known="、".join(words), near=nearest(str(value), words))
    elif rule in ("maxLength", "minLength"):
        yield diagnose("S305", place, field=name, length=len(value), limit=_limit(rule, limit, "个字"))
    elif rule in ("maxItems", "minItems"):
        exactly = error.schema.get("minItems") == error.schema.get("maxItems")
        wanted = f"正好 {limit} 条" if exactly else _limit(rule, limit, "条")
        yield diagnose("S306", place, field=name, length=len(value), limit=wanted)
    elif rule in ("maximum", "minimum"):
        yield diagnose("S307", place, field=name, value=value, limit=_limit(rule, limit, ""))
    elif rule == "uniqueItems":
        yield diagnose("S308", place, field=name)
    else:
        # Where the rule is for names of fields, the name itself is the instance.
        place = source.keys.get((*path, str(value)), place)
        yield diagnose("S310", place, field=name, value=_got(value), rule=error.schema.get("description", rule))


def _limit(rule: str, limit: int, unit: str) -> str:
    return f"{'最多' if rule.startswith('max') else '至少'} {limit} {unit}".strip()


def _name(path: Path_, schema: Mapping[str, Any]) -> str:
    """Return the field as an editor calls it: steps 第 2 项 minutes（分钟）."""
    words = " ".join(f"第 {step + 1} 项" if isinstance(step, int) else step for step in path)
    title = schema.get("title") if isinstance(schema, Mapping) else None
    return f"{words}（{title}）" if title else words or "信息栏"


def _head(place: Place) -> Place:
    return Place(place.file, place.line, place.column)


def _got(value: Any) -> str:
    if value is None:
        return "空的"
    if isinstance(value, bool):
        return f"开关 {str(value).lower()}"
    if isinstance(value, int | float):
        return f"数字 {value}"
    if isinstance(value, str):
        return f"文字“{value if len(value) <= 12 else value[:12] + '…'}”"
    return "一个列表" if isinstance(value, list) else "一组栏目"


def _advice(value: Any, limit: Any) -> str:
    if limit == "string" and isinstance(value, int | float | bool):
        return f'加上英文引号，写成 "{str(value).lower() if isinstance(value, bool) else value}"。'
    if value is None:
        return "写上内容；不需要就把这一行删掉。"
    if limit == "integer" and isinstance(value, str):
        return "写阿拉伯数字，不加引号，不写单位，例如 40。"
    if limit == "array":
        return "用方括号括起来，例如 [教师]，或者每项另起一行，以“- ”开头。"
    if limit == "boolean":
        return "写 true（是）或 false（否）。"
    if limit == "object":
        return "另起一行，缩进两个空格，写“栏目：内容”。"
    return "照着 docs/authoring.md 里的例子写。"
