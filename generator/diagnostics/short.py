"""Diagnostics one a line, for editors' tools and narrow logs: file:line:column: code severity message."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics.diagnostic import Diagnostic


def render(diagnostics: Iterable[Diagnostic], root: str = "") -> str:
    """Return one line for each diagnostic."""
    return "\n".join(
        f"{root}{d.place.file}:{d.place.line or 1}:{d.place.column or 1}: {d.severity} {d.code} {d.message} {d.hint}"
        for d in diagnostics
    )
