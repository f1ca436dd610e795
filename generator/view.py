"""Documents as templates see them: exactly the fields a view declares, Markdown turned to HTML, placeholders filled."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from generator import markup
from generator.model import Document, Markdown, Part, View
from generator.store import Store

OF_DOCUMENT = ("title", "summary", "body", "minutes", "stages", "audiences", "occasions")


def cut(document: Document, view: View, part: Part | None = None) -> dict[str, Any]:
    """Return the fields that `view.reads` names, as plain data; Markdown stays Markdown. An absent field is None."""
    return {name: _field(document, name, part) for name in view.reads}


def _field(document: Document, name: str, part: Part | None) -> Any:
    if name == "parts":
        return [_part(each) for each in document.parts]
    if name == "part":
        assert part is not None, f"{document.id}: this view is of a part"
        return _part(part)
    if name in OF_DOCUMENT:
        found = getattr(document, name)
        return list(found) if isinstance(found, tuple) else found
    return document.data.get(name)


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "label": part.label,
        "audience": part.audience,
        "title": part.title,
        "body": part.body,
        "data": dict(part.data),
    }


def dress(value: Any, store: Store, finish: Callable[[str], str]) -> Any:
    """Return `value` with every Markdown in it as safe HTML that `finish` has completed (placeholders, links)."""
    if isinstance(value, Markdown):
        return Markup(finish(markup.html(value, store))) if value else Markup("")
    if isinstance(value, Mapping):
        return {key: dress(item, store, finish) for key, item in value.items()}
    if isinstance(value, list):
        return [dress(item, store, finish) for item in value]
    return value


def filler(fills: Mapping[str, Mapping[str, Any]], macros: Any, **context: Any) -> Callable[[str], str]:
    """Return what turns the inside of a placeholder into HTML by the macros of the room's `fill.html`.

    A placeholder without a value stays as it was typed.
    """

    def make(inside: str) -> str:
        value = fills.get(inside)
        if value is None:
            return html.escape(f"{{{{{inside}}}}}")
        return str(getattr(macros, value["macro"])({**value, **context}))

    return make
