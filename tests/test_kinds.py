"""Every kind keeps its contract, and a new kind is a folder without Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import meta, nodes

from generator import theme
from generator.model import Kind, View
from generator.pipeline import project_of
from generator.press.plan import environment as print_environment
from generator.reading import kinds
from generator.site.render import environment as site_environment
from tests.house import KINDS, ROOT, House

PROJECT_KINDS = kinds.load([KINDS], (), ())
# What the frame of a room hands to every template besides the fields a kind declares.
SITE_FRAME = {"page", "site", "doc", "root", "drawing"}
PRINT_FRAME = {"sheet", "master", "edition", "fit", "tokens", "root", "drawing"}
VIEWS = [
    *((kind, kind.page, "site") for kind in PROJECT_KINDS.values()),
    *((kind, view, "print") for kind in PROJECT_KINDS.values() for view in kind.prints),
]


def sources(env: object, template: str, seen: set[str]) -> set[str]:
    """Return the names that a template and what it extends or includes read from the context."""
    if template in seen:
        return set()
    seen.add(template)
    text, _, _ = env.loader.get_source(env, template)  # type: ignore[attr-defined]
    parsed = env.parse(text)  # type: ignore[attr-defined]
    names = set(meta.find_undeclared_variables(parsed)) - own_names(parsed)
    for other in meta.find_referenced_templates(parsed):
        if other:
            names |= sources(env, other, seen)
    return names


def own_names(parsed: nodes.Template) -> set[str]:
    """Return what a template imports or sets at its top: blocks read it like context."""
    imported = {n.target for n in parsed.find_all(nodes.Import)}
    imported |= {n if isinstance(n, str) else n[1] for found in parsed.find_all(nodes.FromImport) for n in found.names}
    targets = (found.target for found in parsed.find_all((nodes.Assign, nodes.AssignBlock)))
    imported |= {n.name for n in parsed.find_all(nodes.Macro)}
    return imported | {t.name for t in targets if isinstance(t, nodes.Name)} | {"super", "self", "loop"}


@pytest.mark.parametrize(("kind", "view", "room"), VIEWS, ids=lambda v: getattr(v, "template", getattr(v, "id", v)))
def test_a_template_reads_what_its_kind_declares_and_nothing_else(kind: Kind, view: View, room: str) -> None:
    project = project_of(ROOT / "content")
    env = site_environment(project) if room == "site" else print_environment(project)
    frame = SITE_FRAME if room == "site" else PRINT_FRAME
    seen: set[str] = set()
    names = sources(env, view.template, seen)
    if view.master:
        names |= sources(env, f"{view.master}.html", seen)
    declared = set(view.reads)
    assert names - frame - declared == set(), f"{view.template} reads what {kind.id}/kind.yml does not declare"
    assert declared - names == set(), f"{kind.id}/kind.yml declares for {view.template} what no template reads"


@pytest.mark.parametrize("kind", PROJECT_KINDS.values(), ids=lambda kind: kind.id)
def test_a_kind_has_an_example_labels_and_no_style_of_its_own(kind: Kind) -> None:
    folder = Path(kind.folder)
    assert (folder / "example.yml").is_file()
    for name, field in kind.schema["properties"].items():
        assert re.search(r"[\u4e00-\u9fff]", field.get("title", "")), f"{kind.id}: {name} has no Chinese label"
    for template in folder.glob("*.html"):
        text = template.read_text("utf-8")
        assert "<style" not in text, f"{template.name} holds style; masters and CSS live in themes/"


NEW_KIND = {
    "kind.yml": """
name: 公告
icon: msg
order: 50
body: true
fields:
  place: {type: string, title: 贴在哪里}
required: [place]
page: {template: page.html, reads: [place, body]}
prints:
  - {label: 公告, audience: 学校, master: sheet, template: print.html, reads: [place, body]}
""",
    "page.html": '{% extends "pages/document.html" %}\n{% block content %}<p>{{ place }}</p>{{ body }}{% endblock %}\n',
    "print.html": "{% extends master %}\n{% block content %}<p>{{ place }}</p>{{ body }}{% endblock %}\n",
}
NOTICE = """---
title: 楼道护栏检修
summary: 周六检修护栏，当天走东侧楼梯。
audiences: [学校]
stages: [初中]
topics: [制度建设]
answers: [怎么做]
reviewed: 2026-11-20
review_due: 2027-08-31
place: 教学楼门口
---
当天请走**东侧**楼梯。
"""


def test_a_new_kind_in_a_folder_builds_to_page_and_pdf_without_python(tmp_path: Path) -> None:
    import pypdfium2

    for name, text in NEW_KIND.items():
        path = tmp_path / "kinds" / "notice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    built = House(tmp_path, {"notice/railing.md": NOTICE}, kinds=(tmp_path / "kinds",)).build()
    assert built.codes == []
    page = built.read("site/notice/railing.html")
    assert "教学楼门口" in page
    assert "<strong>东侧</strong>" in page
    pdf = pypdfium2.PdfDocument(built.dist / "pdf" / "学校" / "楼道护栏检修（公告）.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "楼道护栏检修" in text
    assert "教学楼门口" in text
    assert "公告" in built.read("site/all.html")


def test_numerals_of_articles() -> None:
    expected = {1: "一", 10: "十", 11: "十一", 20: "二十", 39: "三十九", 100: "一百", 119: "一百一十九"}
    expected |= {110: "一百一十", 1009: "一千零九", 1024: "一千零二十四", 1199: "一千一百九十九", 1200: "一千二百"}
    assert {number: theme.numeral(number) for number in expected} == expected
