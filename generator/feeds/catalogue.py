"""The catalogue for those who mirror the library: every document and every file, as JSON and as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.model import Artifact, Document, Library, Made, Project, Receipt
from generator.store import code_digest, key_of, key_of_data

Receipts = Mapping[str, Sequence[Receipt]]

# The columns of the table: head and field, first of the document, then of one of its files.
COLUMNS = (
    *(("编号", "id"), ("标题", "title"), ("简介", "summary"), ("种类", "kind"), ("给谁用", "audiences")),
    *(("学段", "stages"), ("主题", "topics"), ("回答", "answers"), ("什么时候用", "occasions"), ("分钟", "minutes")),
    *(
        ("复核", "reviewed"),
        ("下次复核", "review_due"),
        ("最近改动", "modified"),
        ("许可", "licence"),
        ("网页", "page"),
    ),
)
FILE_COLUMNS = (
    *(("文件", "path"), ("文件是什么", "label"), ("文件给谁", "audience"), ("类型", "type"), ("字节", "size")),
    *(("页数", "pages"), ("SHA-256", "sha256")),
)
BOOK = "书"
# What a table program takes for the beginning of a formula (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plan(library: Library, receipts: Receipts) -> list[Artifact]:
    """Return catalog.json and catalog.csv of all documents and of the books, which stand under their audiences."""
    info = library.info
    ids = {document.id for document in library.documents}
    data = {
        "$schema": "catalog.schema.json",
        "name": info.name,
        "tagline": info.tagline,
        "publisher": info.publisher,
        "licence": info.licence,
        "licence_note": info.licence_note,
        "base_url": info.address(""),
        "modified": max((document.modified for document in library.documents), default=""),
        "documents": [_document(document, library, receipts) for document in library.documents],
        "books": [_file(receipt) for name, files in receipts.items() if name not in ids for receipt in files],
    }
    depends = key_of(code_digest(), key_of_data(data))
    return [
        Artifact("site/catalog.json", "application/json", "catalogue", data, depends),
        Artifact("site/catalog.csv", "text/csv", "table", data, depends),
    ]


def _document(document: Document, library: Library, receipts: Receipts) -> dict[str, Any]:
    kind = library.kinds[document.kind]
    lists = ("audiences", "stages", "topics", "answers", "occasions")
    return {
        **{name: getattr(document, name) for name in ("id", "title", "summary")},
        "kind": {"id": kind.id, "name": kind.name},
        **{name: list(getattr(document, name)) for name in lists},
        **{name: getattr(document, name) for name in ("minutes", "reviewed", "review_due", "licence")},
        "modified": document.modified,
        "page": f"{document.id}.html",
        "moved_from": [f"{old}.html" for old in document.moved_from],
        "files": [_file(receipt) for receipt in receipts.get(document.id, ())],
    }


def _file(receipt: Receipt) -> dict[str, Any]:
    same = {name: getattr(receipt, name) for name in ("path", "label", "audience", "size", "pages")}
    return {**same, "type": receipt.media_type, "sha256": receipt.digest}


def make_json(artifact: Artifact, project: Project) -> Made:
    """Return the catalogue as JSON; `catalog.schema.json` beside it says what stands where."""
    return Made(json.dumps(artifact.args, ensure_ascii=False, indent=1).encode() + b"\n")


def make_table(artifact: Artifact, project: Project) -> Made:
    """Return the catalogue as a table for Excel and WPS: UTF-8 with a mark, a row a file, no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([head for head, _ in (*COLUMNS, *FILE_COLUMNS)])
    books = [{"title": book["label"], "kind": {"name": BOOK}, "files": [book]} for book in artifact.args["books"]]
    for document in (*artifact.args["documents"], *books):
        own = [_cell(document.get(field)) for _, field in COLUMNS]
        for file in document["files"] or [{}]:
            writer.writerow([*own, *(_cell(file.get(field)) for _, field in FILE_COLUMNS)])
    return Made(out.getvalue().encode("utf-8-sig"))


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value["name"]
    elif isinstance(value, Iterable) and not isinstance(value, str):
        value = "、".join(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


TOLD = {"catalogue": make_json, "table": make_table}
