"""Every master looks as it did when somebody last looked at its picture; `python -m tests.golden` draws new ones."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from generator import theme
from tests.golden import FOLDER, LARGEST, PRINTS, draw
from tests.house import ROOT

# Mean difference of grey of 255. A line moved by one pixel is above it, another build of the font renderer below.
SAME = 0.6


def test_masters_look_as_they_did(tmp_path: Path) -> None:
    differ = {}
    for name, image in draw(tmp_path):
        kept = Image.open(FOLDER / f"{name}.png").convert("RGB")
        assert image.size == kept.size, name
        mean = max(ImageStat.Stat(ImageChops.difference(image.convert("RGB"), kept)).mean)
        if mean > SAME:
            differ[name] = round(mean, 2)
    assert differ == {}, "look at them: python -m tests.golden"


def test_every_master_has_a_small_picture_and_a_place_in_the_docs() -> None:
    masters = {
        path.stem
        for path in (ROOT / "themes" / "print").glob("*.html")
        if 'extends "base.html"' in path.read_text("utf-8")
    }
    assert masters <= set(PRINTS)
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PRINTS)
    assert all(path.stat().st_size <= LARGEST for path in FOLDER.glob("*.png"))
    text = (ROOT / "docs" / "print.md").read_text("utf-8")
    assert set(re.findall(r"\(pictures/print/(.+?)\.png\)", text)) == set(PRINTS)


def test_every_edition_is_explained() -> None:
    text = (ROOT / "docs" / "print.md").read_text("utf-8")
    assert [name for name in theme.editions(ROOT / "themes") if f"`{name}`" not in text] == []
