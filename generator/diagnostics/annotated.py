"""Diagnostics as workflow commands that a code host shows beside the changed line."""

from __future__ import annotations

from collections.abc import Iterable

from generator.diagnostics.diagnostic import Diagnostic

# The host's own word.
COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(diagnostics: Iterable[Diagnostic], root: str = "") -> str:
    """Return one `::error file=…,line=…::message` for each diagnostic, special characters escaped."""
    return "\n".join(
        f"::{COMMANDS[d.severity]} file={_property(root + d.place.file)},line={d.place.line or 1},"
        f"col={d.place.column or 1},title={_property(d.code)}::{_text(f'{d.message}{d.hint}')}"
        for d in diagnostics
    )


def _text(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _text(value).replace(":", "%3A").replace(",", "%2C")
