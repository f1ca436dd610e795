"""One book for each audience: its documents as chapters, in parts by question or by kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from generator import theme
from generator.model import ANSWERS, AUDIENCES, Artifact, Document, Edition, Library, Made, Project
from generator.press import plan as sheets
from generator.reading import resolve
from generator.store import key_of

TITLES = {"教师": "教师用书", "家长": "家长读本", "学校": "学校工作手册", "学生": "同学读本"}
# Readers who look for an answer, and often on a screen; the others look for a kind of paper to print.
QUESTIONS = ("家长", "学生")
# Layout cost grows faster than pages: a volume holds some 200 pages at about 700 characters each.
VOLUME = 140_000


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return a book artifact for each audience that has documents, in volumes where it would grow too thick."""
    look, known = sheets.digest(project), theme.editions(project.themes)
    books = []
    for audience in AUDIENCES:
        volumes = _volumes([document for document in library.documents if _belongs(document, audience, library)])
        for number, documents in enumerate(volumes, 1):
            volume = f"（{theme.numeral(number)}）" if len(volumes) > 1 else ""
            for edition in (known["plain"], *([known["colour"]] if audience in QUESTIONS else [])):
                args = _args(audience, documents, edition, library, project, volume)
                suffix = "".join(f"-{part}" for part in (number if volume else "", edition.suffix) if part)
                books.append(
                    Artifact(
                        path=f"site/pdf/book-{BOOK_IDS[audience]}{suffix}.pdf",
                        media_type=sheets.PDF,
                        output="book",
                        args=args,
                        depends=key_of(look, json.dumps(args, ensure_ascii=False, sort_keys=True)),
                        label="·".join(part for part in (args["book"]["title"], edition.label) if part),
                        audience=audience,
                        copies=(f"pdf/{audience}/{sheets.name_of(args['book']['title'], edition.label)}",),
                    )
                )
    return books


BOOK_IDS = {"教师": "teachers", "家长": "parents", "学校": "schools", "学生": "students"}


def make(artifact: Artifact, project: Project) -> Made:
    """Return the PDF of a book."""
    args = artifact.args
    parts = [
        {
            "title": part["title"],
            "chapters": [
                {
                    "id": job["sheet"]["id"],
                    "title": job["sheet"]["title"],
                    "html": Markup(sheets.sheet_html(job, project)),
                    "laws": [law["text"] for law in job["sheet"]["laws"]],
                    "lines": [line["number"] for line in job["sheet"]["lines"]],
                }
                for job in part["jobs"]
            ],
        }
        for part in args["parts"]
    ]
    env = sheets.environment(project)
    html = env.get_template("book.html").render(
        book={**args["book"], "parts": parts},
        edition=args["edition"],
        tokens=theme.inked(theme.tokens(project.themes), args["ink"]),
        root="",
    )
    return sheets.read_back(sheets.press(project).render(html))


def _belongs(document: Document, audience: str, library: Library) -> bool:
    """Return whether a document is a chapter of an audience's book: what is not printed cannot be one."""
    printed = any(True for _ in sheets.prints(document, library))
    return printed and audience in document.audiences and library.kinds[document.kind].book


def _volumes(documents: list[Document]) -> list[list[Document]]:
    volumes: list[list[Document]] = []
    size = VOLUME
    for document in documents:
        length = sum(len(text) for _, text in resolve.texts(document))
        if size + length > VOLUME:
            volumes.append([])
            size = 0
        volumes[-1].append(document)
        size += length
    return volumes


def _args(
    audience: str, documents: list[Document], edition: Edition, library: Library, project: Project, suffix: str
) -> dict[str, Any]:
    info = library.info
    used = {number: None for document in documents for number in resolve.help_lines(document, library)}
    texts = [text for document in documents for _, text in resolve.texts(document)]
    cites = [reference for document in documents for reference in document.cites]
    return {
        "edition": asdict(edition),
        "ink": edition.ink,
        "book": {
            "title": TITLES[audience] + suffix,
            "audience": audience,
            "library": {
                "name": info.name,
                "tagline": info.tagline,
                "publisher": info.publisher,
                "licence": info.licence,
                "licence_note": info.licence_note,
            },
            "school": resolve.value("学校名称", library),
            "edition": max(document.reviewed for document in documents),
            "laws": resolve.citations(texts, cites, library),
            "lines": [vars(library.help_lines[number]) for number in library.help_lines if number in used],
        },
        "parts": [
            {"title": title, "jobs": [_job(document, edition, library, project) for document in listed]}
            for title, listed in _parts(audience, documents, library).items()
            if listed
        ],
    }


def _parts(audience: str, documents: Iterable[Document], library: Library) -> Mapping[str, list[Document]]:
    if audience in QUESTIONS:
        parts: dict[str, list[Document]] = {answer: [] for answer in ANSWERS}
        for document in documents:
            parts[document.answers[0]].append(document)
        return parts
    parts = {kind.name: [] for kind in library.kinds.values()}
    for document in documents:
        parts[library.kinds[document.kind].name].append(document)
    return parts


def _job(document: Document, edition: Edition, library: Library, project: Project) -> dict[str, Any]:
    print_, part = next(iter(sheets.prints(document, library)))
    return {**sheets.job(document, print_, part, edition, library, project), "master": "chapter.html"}


OUTPUTS = {"book": (plan, make)}
