"""Headless Chromium, started beforehand: `html/*.html` into `out`. The browser's program is the one argument."""

import sys
from pathlib import Path

import warm
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1])
    page = browser.new_page()

    def press(html: Path, pdf: Path) -> None:
        page.set_content(html.read_text("utf-8"))
        page.pdf(path=pdf, prefer_css_page_size=True)

    warm.run("html/*.html", press)
    browser.close()
