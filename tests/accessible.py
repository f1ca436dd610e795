"""Two checkers' findings on finished PDFs: PDF/UA-1 by pdfua, conformance and sense for the ear by outloud."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import outloud
import pdfua
from outloud.model import Document
from outloud.rules import pagination
from outloud.rules._common import element_text

# pdfua 0.1.3 does not expect arrays of pikepdf 10 in its rule on empty headings; outloud's TAG-020 judges the same.
UNJUDGED = {"UA-14-001"}


def findings(files: Iterable[Path]) -> list[str]:
    """Return every finding and every rule that could not be judged, as `file, page: rule text`."""
    return [f"{file.name}, {each}" for file in files for each in (*_pdfua(file), *_outloud(file))]


def _pdfua(file: Path) -> list[str]:
    report = pdfua.validate(str(file))
    skipped = [f"{rule.rule_id} not judged: {rule.skipped_reason}" for rule in report.skipped]
    found = [f"{each.location.describe()}: {each.rule_id} {each.message}" for each in report.findings]
    return [each for each in skipped if each.split()[0] not in UNJUDGED] + found


def _outloud(file: Path) -> list[str]:
    result = outloud.check(str(file))
    found = [each for each in result.findings if each.severity != outloud.findings.INFO]
    if any(each.rule == "PAG-001" for each in found) and not _running_heads(file):
        found = [each for each in found if each.rule != "PAG-001"]
    crashed = [f"{run.rule} crashed: {run.reason}" for run in result.runs if run.status == "crashed"]
    told = [f"page {each.page}: {each.rule} {each.message} {each.evidence or ''}" for each in found]
    return [result.error] * bool(result.error) + crashed + told


def _running_heads(file: Path) -> list[object]:
    """Return what PAG-001 finds when headings are left out.

    It takes any line that stands near the upper edge of three pages for a running head. In a book, headings such as
    参考答案 begin pages of several chapters; they are headings in the structure, too, and have to be heard. So have the
    words 待填 in the empty cells of a form that goes on over pages.
    """
    document = Document(str(file))
    try:
        headings = {
            "",
            *(_bare(element_text(document, each)) for each in document.elements if re.match(r"H\d$", each.type)),
        }
        for page in document.pages:
            content = document.content(page.index)
            content.lines = [line for line in content.lines if _bare(line.text) not in headings]
        return list(pagination.furniture_tagged(document))
    finally:
        document.close()


def _bare(text: str) -> str:
    return re.sub(r"[\s\u2060]|待填", "", text)
