"""Typst in one warm process: `content/statute/*.md`, plainly converted, into `out`."""

import re
from pathlib import Path

import typst
import warm

HEAD = """\
#set page(paper: "a4", margin: (x: 20mm, top: 15mm, bottom: 18mm), numbering: "1")
#set text(font: "Noto Serif CJK SC", size: 12pt, lang: "zh")
#set par(justify: true, leading: 1em, spacing: 1em, first-line-indent: (amount: 2em, all: true))
#show heading: set text(font: "Noto Sans CJK SC")
"""
compiler = typst.Compiler()


def press(text: Path, pdf: Path) -> None:
    compiler.compile((HEAD + converted(text.read_text("utf-8"))).encode(), output=str(pdf))


def converted(markdown: str) -> str:
    """Return the text with its headings; any other mark stands as it is written."""
    lines = (re.sub(r"""[\\#$*_`<>@\[\]~=+/"'-]""", r"\\\g<0>", line) for line in markdown.split("\n"))
    return "\n".join(re.sub(r"^((?:\\#)+) ", lambda found: "=" * found[1].count("#") + " ", line) for line in lines)


warm.run("content/statute/*.md", press)
