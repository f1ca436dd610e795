#!/usr/bin/env python3
"""Draws docs/pictures/site anew: every type of page as a phone and a desk show it, for docs/look.md.

Usage: .venv/bin/python build.py build && .venv/bin/python tools/screenshots.py [SITE]
SITE is the folder of a finished site, dist/site if it is not given. Look at each picture before it is committed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.audit import served  # noqa: E402

FOLDER = ROOT / "docs" / "pictures" / "site"
# Picture by name of its page. A name that ends in -dark shows the page at night, in -below what stands further down.
PAGES = {
    "home": "index.html",
    "door": "for/parents.html",
    "catalogue": "all.html",
    "list": "kind/letter.html",
    "calendar": "calendar.html",
    "paths": "paths.html",
    "search": "search/index.html",
    "help": "help.html",
    "laws": "laws.html",
    "missing": "404.html",
    "guide": "guide/for-parents.html",
    "guide-dark": "guide/for-parents.html",
    "guide-below": "guide/for-students.html",
    "kit": "kit/new-dorm.html",
    "kit-below": "kit/new-dorm.html",
    "lesson": "lesson/age-and-responsibility.html",
    "speech": "speech/one-step-aside.html",
    "letter": "letter/term-start.html",
    "policy": "policy/prevention-and-handling.html",
    "policy-below": "policy/prevention-and-handling.html",
    "form": "form/urgent-report.html",
    "survey": "survey/students.html",
    "poster": "poster/see-and-fetch.html",
    "card": "card/pupil-card.html",
    "pledge": "pledge/school-family.html",
}
SCREENS = {"phone": (390, 844, 390), "desk": (1440, 900, 840)}  # width and height of the window, width of the picture
BELOW = {"guide-below": ".fig", "kit-below": ".plan", "policy-below": "[id='第十二条']"}
LARGEST = 60 * 1024


def picture(png: bytes, width: int) -> bytes:
    """Return a screenshot as WebP of that width, coarser where it would be larger than LARGEST."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    data = b""
    for quality in (80, 70, 60, 50, 40):
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=6)
        data = file.getvalue()
        if len(data) <= LARGEST:
            break
    return data


def draw(site: Path) -> None:
    """Write every picture into FOLDER."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Served, since the page for missing addresses cannot know where on a disk it lies.
    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, path in PAGES.items():
            for screen, (wide, high, width) in SCREENS.items():
                page = browser.new_page(
                    viewport={"width": wide, "height": high},
                    color_scheme="dark" if name.endswith("-dark") else "light",
                )
                page.goto(address + path)
                if name in BELOW:
                    page.locator(BELOW[name]).first.evaluate("each => scrollTo(0, each.offsetTop - 120)")
                page.wait_for_load_state("networkidle")
                (FOLDER / f"{name}-{screen}.webp").write_bytes(picture(page.screenshot(), width))
                page.close()
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "site")
