"""`library.yml`, `laws.yml`, `search.yml` and school profiles: what is written once and referenced everywhere."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.diagnostics.diagnostic import Diagnostic, diagnose, nearest
from generator.model import Article, Blank, Figure, HelpLine, Info, Law, School, Wording
from generator.reading import files, shape
from generator.reading.files import Source
from generator.theme import numeral

ARTICLE = re.compile(r"[1-9][0-9]{0,3}")
TEXTS = ("title", "short", "issuer", "number", "version", "in_force", "superseded_by")


def library(content: Path) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return `library.yml` as info, help_lines, pictures, topics, occasions, blanks; what is faulty is left out."""
    source, found = read(content, "library.yml", "library")
    data = {} if source.faulty else shape.sound(source.data, schema("library"))
    lines = [HelpLine(**line) for line in data.get("help_lines", [])]
    known = {line.number: line for line in lines}
    for index, line in enumerate(lines):
        if known[line.number] is not line:
            place = source.places["help_lines", index, "number"]
            found.append(diagnose("S308", place, field=f"help_lines 第 {index + 1} 项 number（号码）"))
    names = ("name", "tagline", "publisher", "base_url", "licence", "licence_note")
    return {
        "info": Info(*(data.get(name, "") for name in names)),
        "help_lines": known,
        "pictures": {name: Figure(**spec) for name, spec in data.get("pictures", {}).items()},
        "topics": tuple(data.get("topics", ())),
        "occasions": tuple(data.get("occasions", ())),
        "blanks": {name: Blank(name, **spec) for name, spec in data.get("blanks", {}).items()},
    }, found


def laws(content: Path) -> tuple[dict[str, Law], list[Diagnostic]]:
    """Return the instruments of `laws.yml` by id; of a faulty one what can be read, so that citing it is no fault."""
    source, found = read(content, "laws.yml", "laws")
    if source.faulty:
        return {}, found
    for id_, entry in source.data.items():
        newer = _fields(entry).get("superseded_by")
        if newer and isinstance(newer, str) and newer not in source.data:
            place = source.places[id_, "superseded_by"]
            found.append(diagnose("R402", place, law=newer, near=nearest(newer, source.data)))
    return {id_: _law(id_, entry) for id_, entry in source.data.items()}, found


def schools(content: Path, blanks: dict[str, Blank]) -> tuple[dict[str, School], list[Diagnostic]]:
    """Return the profiles `schools/<id>.yml` by id: a value for each blank that the school can fill."""
    fields = {name: {"type": "string", "title": name} for name in blanks}
    own = {"type": "object", "additionalProperties": False, "properties": fields}
    profiles: dict[str, School] = {}
    found: list[Diagnostic] = []
    for path in sorted(p for p in (content / "schools").glob("*.yml") if not p.is_symlink()):
        source, problems = files.read(path, f"schools/{path.name}", front_matter=False)
        found += problems
        if not source.faulty:
            found += shape.check(source, own)
            values = {name: value for name, value in source.data.items() if isinstance(value, str)}
            profiles[path.stem] = School(path.stem, values)
    return profiles, found


def wording(content: Path, known: Collection[str]) -> tuple[Wording, list[Diagnostic]]:
    """Return how people say things, from `search.yml` if there is one; what is faulty in it is left out.

    `known` are the ids of kinds.
    """
    if not (content / "search.yml").exists():
        return Wording(), []
    source, found = read(content, "search.yml", "search")
    data = {} if source.faulty else shape.sound(source.data, schema("search"))
    stages, kinds = ({name: tuple(said) for name, said in data.get(field, {}).items()} for field in ("stages", "kinds"))
    for kind in kinds.keys() - known:
        place = source.places["kinds", kind]
        words = "、".join(known)
        found.append(diagnose("S304", place, field="kinds", value=kind, known=words, near=nearest(kind, known)))
    synonyms, people = (tuple(tuple(group) for group in data.get(field, ())) for field in ("synonyms", "people"))
    return Wording(synonyms, people, tuple(data.get("asking", ())), stages, kinds), found


def read(content: Path, name: str, schema_name: str) -> tuple[Source, list[Diagnostic]]:
    """Return a registry's values with their places, and what in it does not fit `<schema_name>.schema.yml`."""
    source, found = files.read(content / name, name, front_matter=False)
    return source, found if source.faulty else [*found, *shape.check(source, schema(schema_name))]


@cache
def schema(name: str) -> Any:
    """Return the schema of a registry."""
    return yaml.load(Path(__file__).with_name(f"{name}.schema.yml").read_text("utf-8"), yaml.CSafeLoader)


def _law(id_: str, entry: Any) -> Law:
    fields = _fields(entry)
    texts = {name: str(fields.get(name) or "") for name in TEXTS}
    articles = {
        number: _article(f"第{numeral(int(number))}条", spec)
        for number, spec in _fields(fields.get("articles")).items()
        if ARTICLE.fullmatch(number)
    }
    articles |= {name: _article(f"“{name}”一章", spec) for name, spec in _fields(fields.get("chapters")).items()}
    aliases = fields.get("aliases")
    return Law(
        id=id_,
        **texts,
        verified=fields.get("verified") is True,
        aliases=tuple(aliases) if isinstance(aliases, list) else (),
        articles=articles,
    )


def _article(label: str, spec: Any) -> Article:
    fields = _fields(spec)
    says, item = (str(fields.get(name) or "") for name in ("says", "item"))
    return Article(label, says, item, fields.get("verified") is not False)


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
