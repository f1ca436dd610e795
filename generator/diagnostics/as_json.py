"""Diagnostics as one JSON document, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from generator.diagnostics.diagnostic import Diagnostic


def render(diagnostics: Iterable[Diagnostic], root: str = "") -> str:
    """Return an object with a list of diagnostics: code, severity, message, hint, place and related places.

    `root` heads the names of files.
    """
    listed = [diagnostic.as_data() for diagnostic in diagnostics]
    for entry in listed:
        for place in (entry["place"], *entry["related"]):
            place["file"] = root + place["file"]
    return json.dumps({"diagnostics": listed}, ensure_ascii=False, indent=2)
