"""`library.yml`, `laws.yml` and school profiles: what is written once and referenced everywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.diagnostics.diagnostic import Diagnostic, diagnose
from generator.model import Article, Blank, HelpLine, Info, Law, Place, School
from generator.reading import files, shape
from generator.reading.files import Source
from generator.theme import numeral

NOTHING = Info("", "", "", "", "", "")


def library(content: Path) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return `library.yml` as info, help_lines, topics, occasions and blanks; empty values where it is faulty."""
    source, found = _read(content, "library.yml", "library")
    data = source.data if not found else {}
    info = NOTHING
    if data:
        names = ("name", "tagline", "publisher", "base_url", "licence", "licence_note")
        info = Info(*(data.get(name, "") for name in names))
    lines = (HelpLine(**line) for line in data.get("help_lines", []))
    return {
        "info": info,
        "help_lines": {line.number: line for line in lines},
        "topics": tuple(data.get("topics", ())),
        "occasions": tuple(data.get("occasions", ())),
        "blanks": {name: Blank(name, **spec) for name, spec in data.get("blanks", {}).items()},
    }, found


def laws(content: Path) -> tuple[dict[str, Law], list[Diagnostic]]:
    """Return the instruments of `laws.yml` by id."""
    source, found = _read(content, "laws.yml", "laws")
    if source.faulty or any(d.severity == "error" for d in found):
        return {}, found
    return {id_: _law(id_, entry) for id_, entry in source.data.items()}, found


def school(content: Path, id_: str, blanks: dict[str, Blank]) -> tuple[School, list[Diagnostic]]:
    """Return the profile `schools/<id>.yml`: a value for each blank that the school can fill."""
    source, found = files.read(content / "schools" / f"{id_}.yml", f"schools/{id_}.yml", front_matter=False)
    if source.faulty:
        return School(id_, {}), found
    fields = {name: {"type": "string", "title": name} for name in blanks}
    found += shape.check(source, {"type": "object", "additionalProperties": False, "properties": fields})
    values = {name: value for name, value in source.data.items() if isinstance(value, str)}
    return School(id_, values), found


def _read(content: Path, name: str, schema: str) -> tuple[Source, list[Diagnostic]]:
    path = content / name
    if not path.is_file():
        return Source(name, faulty=True), [diagnose("F112", Place(name), name=name)]
    source, found = files.read(path, name, front_matter=False)
    return source, found if source.faulty else [*found, *shape.check(source, _schema(schema))]


@cache
def _schema(name: str) -> Any:
    return yaml.load(Path(__file__).with_name(f"{name}.schema.yml").read_text("utf-8"), yaml.CSafeLoader)


def _law(id_: str, entry: dict[str, Any]) -> Law:
    articles = {
        number: _article(f"第{numeral(int(number))}条", spec) for number, spec in entry.get("articles", {}).items()
    }
    articles |= {name: _article(f"“{name}”一章", spec) for name, spec in entry.get("chapters", {}).items()}
    return Law(
        id=id_,
        title=entry["title"],
        short=entry["short"],
        issuer=entry["issuer"],
        number=entry.get("number", ""),
        version=entry["version"],
        in_force=entry["in_force"],
        verified=entry["verified"],
        aliases=tuple(entry.get("aliases", ())),
        superseded_by=entry.get("superseded_by", ""),
        articles=articles,
    )


def _article(label: str, spec: dict[str, Any]) -> Article:
    return Article(label, spec["says"], spec.get("item", ""), spec.get("verified", True))
