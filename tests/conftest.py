"""What every test starts from."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Review dates must not make tests fail some day; a test that is about the day sets its own."""
    monkeypatch.setenv("LIBRARY_TODAY", "2026-11-24")
    monkeypatch.delenv("NO_COLOR", raising=False)
