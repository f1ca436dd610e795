"""WeasyPrint in one warm process, as a script would call it: `html/*.html` into `out`."""

import logging
from pathlib import Path

import warm
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
config = FontConfiguration()


def press(html: Path, pdf: Path) -> None:
    HTML(string=html.read_text("utf-8")).write_pdf(pdf, font_config=config)


warm.run("html/*.html", press)
