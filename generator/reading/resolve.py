"""Placeholders to values: what `{{法 wbf 39}}`, `{{热线 12355}}` or `{{学校名称}}` stands for in this library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from generator.markup import placeholders
from generator.model import Document, Law, Library, Markdown

WIDTH = re.compile(r"\d{1,2}")
# Words that open a placeholder other than a school's blank.
WORDS = ("法", "热线", "号码", "图", "空", "横线", "方格", "停")


def texts(document: Document) -> Iterator[tuple[tuple[str | int, ...], Markdown]]:
    """Yield every Markdown text of a document with the path of its field; () is the body, ("part", i) a part's."""
    yield (), document.body
    yield from markdown_in(document.data, ())
    for index, part in enumerate(document.parts):
        yield ("part", index), part.body
        yield from markdown_in(part.data, ("part", index))


def markdown_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Markdown]]:
    """Yield every Markdown text in plain data with its path."""
    if isinstance(value, Markdown):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from markdown_in(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from markdown_in(item, (*path, index))


def value(inside: str, library: Library) -> dict[str, Any] | None:
    """Return what a placeholder stands for: `macro`, the name of the fill macro, and its values. None if unknown."""
    if inside in library.blanks:
        blank = library.blanks[inside]
        own = library.school.values.get(inside)
        return {"macro": "blank", "name": inside, "width": blank.width, "text": blank.text or None, "value": own}
    word, *rest = inside.split(" ")
    if word == "法" and len(rest) in (1, 2):
        return law_value(rest[0], rest[1] if len(rest) == 2 else "", library.laws)
    if word in ("热线", "号码") and len(rest) == 1 and rest[0] in library.help_lines:
        line = library.help_lines[rest[0]]
        return {"macro": "line" if word == "热线" else "number", "number": line.number, "name": line.name}
    if word == "图" and len(rest) == 1 and rest[0] in library.pictures:
        return {"macro": "picture", **vars(library.pictures[rest[0]])}
    if word == "空" and len(rest) == 1 and WIDTH.fullmatch(rest[0]):
        return {"macro": "space", "width": int(rest[0])}
    if word == "横线" and len(rest) == 1 and WIDTH.fullmatch(rest[0]):
        return {"macro": "rules", "count": int(rest[0])}
    if inside in ("方格", "停"):
        return {"macro": "tick" if inside == "方格" else "pause"}
    return None


def law_value(id_: str, number: str, laws: Mapping[str, Law]) -> dict[str, Any] | None:
    """Return a citation as values for templates: text, title, number, article, date in force and plain meaning."""
    law = laws.get(id_)
    article = law.articles.get(number) if law and number else None
    if law is None or (number and article is None):
        return None
    label = f"{article.label}{article.item}" if article else ""
    return {
        "macro": "law",
        "id": id_,
        "anchor": f"{id_}-{number}" if number.isdigit() else id_,
        "text": f"《{law.short}》{label}",
        "title": law.title,
        "short": law.short,
        "number": law.number,
        "article": label,
        "says": article.says if article else "",
        "version": law.version,
        "in_force": law.in_force,
        "verified": law.verified and (article is None or article.verified),
        "superseded": bool(law.superseded_by),
    }


def fills(document: Document, library: Library) -> dict[str, dict[str, Any]]:
    """Return the value of every placeholder that the document uses, by its inside."""
    inside = dict.fromkeys(name for _, text in texts(document) for name in placeholders(text))
    found = {name: value(name, library) for name in inside}
    return {name: known for name, known in found.items() if known is not None}


def cited(document: Document, library: Library) -> list[dict[str, Any]]:
    """Return what the document cites, in text or in `cites`, in the order of the registry and of the articles."""
    return citations((text for _, text in texts(document)), document.cites, library)


def citations(markdown: Iterable[Markdown], cites: Iterable[str], library: Library) -> list[dict[str, Any]]:
    """Return what texts and references such as "wbf 39" cite, each once, by registry and article."""
    wanted = [name[2:] for text in markdown for name in placeholders(text) if name.startswith("法 ")]
    found: dict[tuple[int, int, str], dict[str, Any]] = {}
    order = {id_: index for index, id_ in enumerate(library.laws)}
    for reference in (*wanted, *cites):
        id_, _, number = " ".join(reference.split()).partition(" ")
        known = law_value(id_, number, library.laws)
        if known:
            found[(order[id_], int(number) if number.isdigit() else 0, number)] = known
    return [found[key] for key in sorted(found)]


def help_lines(document: Document, library: Library) -> list[str]:
    """Return the numbers of the help lines that the document names, each once: first those in fields, then in text."""
    kind = library.kinds[document.kind]
    listed = [*_marked(document.data, kind.schema, kind.schema)]
    for part in document.parts:
        spec = next((spec for spec in kind.parts if fnmatchcase(part.name, spec.name)), None)
        if spec and spec.schema:
            listed += _marked(part.data, spec.schema, spec.schema)
    named: Iterable[str] = (
        name.split(" ")[1]
        for _, text in texts(document)
        for name in placeholders(text)
        if name.startswith(("热线 ", "号码 "))
    )
    return [number for number in dict.fromkeys((*listed, *named)) if number in library.help_lines]


def _marked(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts in `value` that the schema marks `help_line: true`."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, str) and schema.get("help_line"):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(item, schema.get("properties", {}).get(key, {}), root)
    elif isinstance(value, list):
        for item in value:
            yield from _marked(item, schema.get("items", {}), root)
