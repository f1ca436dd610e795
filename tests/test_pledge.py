"""A pledge read back from the PDF: two copies that say the same, each signed and sealed on one page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import paper
from tests.house import ROOT, House

FILES = {f"pledge/{path.name}": path.read_text("utf-8") for path in sorted((ROOT / "content" / "pledge").glob("*.md"))}
NAMES = [name.removesuffix(".md") for name in FILES]
LAST = "本责任书一式两份"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    files = {name: text.replace("related:", "asked_as:") if "asked_as" not in text else text for name, text in FILES.items()}
    house = House(tmp_path_factory.mktemp("pledge"), files)
    return house


def pages(house: House, name: str) -> list[list[paper.Char]]:
    return paper.pages(house.dist / "site" / "pdf" / f"{name}.pdf")
