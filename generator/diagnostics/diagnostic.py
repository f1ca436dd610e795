"""A diagnostic, and the catalogue that words it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.model import Place

CATALOGUE = Path(__file__).with_name("catalogue.yml")
# Two of three characters alike is a slip; below that a guess misleads (until is not title).
NEAR = 0.66
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Diagnostic:
    """One fault: a stable code, its severity, where, what is wrong and what to write.

    An "error" stops the build, a "warning" counts as one where that is asked for (--strict), "info" only tells.
    """

    code: str
    severity: str
    place: Place
    message: str
    hint: str
    related: tuple[Place, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return every code with its severity, title, message, hint, why and example."""
    loaded: dict[str, dict[str, str]] = yaml.load(CATALOGUE.read_text("utf-8"), yaml.CSafeLoader)
    return loaded


def diagnose(
    code: str, place: Place, *, near: str | None = None, related: tuple[Place, ...] = (), **values: Any
) -> Diagnostic:
    """Return the diagnostic `code`, its sentences filled with `values`; `near` switches to the hint that offers a word.

    Raises KeyError for a code or value that the catalogue does not know.
    """
    entry = catalogue()[code]
    # A message is one line, whatever the content holds.
    values = {name: UNSEEN.sub(" ", value) if isinstance(value, str) else value for name, value in values.items()}
    hint = entry["near"].format(near=near, **values) if near else entry["hint"].format(**values)
    return Diagnostic(code, entry["severity"], place, entry["message"].format(**values), hint, related)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that `word` is most probably a slip of, or None."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=NEAR)
    return found[0] if found else None


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics by file, line, column and code, each once."""
    seen = {(d.place.file, d.place.line, d.place.column, d.code, d.message): d for d in diagnostics}
    return [seen[key] for key in sorted(seen)]
