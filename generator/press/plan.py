"""Printed sheets: which PDFs a library gives, and how one is made."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from generator import markup, theme, view
from generator.model import Artifact, Document, Edition, Library, Made, Part, Project, View
from generator.press import finished, fonts
from generator.press.engine import Pdf, Press
from generator.reading import resolve
from generator.store import Store, code_digest, key_of

PDF = "application/pdf"
# Characters that Windows refuses in file names.
UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|', "") | {"\n": " "})


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return an artifact for every print of every document."""
    look, fit = digest(project), theme.tokens(project.themes)["fit"]
    return [
        _artifact(document, print_, part, edition, library, project, look, fit)
        for document in library.documents
        for print_, part in prints(document, library)
        for edition in print_.editions
        if edition.audience in ("", *([print_.audience] if print_.audience else document.audiences))
        if not edition.field or document.data.get(edition.field)
    ]


def prints(document: Document, library: Library) -> Iterator[tuple[View, Part | None]]:
    """Yield the prints that a document has, each with the part it is of, if any."""
    for print_ in library.kinds[document.kind].prints:
        part = next((part for part in document.parts if part.name == print_.part), None)
        if (part is not None or not print_.part) and (not print_.field or document.data.get(print_.field)):
            yield print_, part


def job(
    document: Document, print_: View, part: Part | None, edition: Edition, library: Library, project: Project
) -> dict[str, Any]:
    """Return all that a print is made from, as plain data: view, sheet frame, edition, values of placeholders, its
    pictures' digests.
    """
    info = library.info
    audience = print_.audience or document.audiences[0]
    fields = view.cut(document, print_, part)
    read = [text for _, text in resolve.markdown_in(fields)]
    return {
        "template": print_.template,
        "master": f"{print_.master}.html",
        "edition": asdict(edition),
        "ink": edition.ink,
        "view": fields,
        "fills": resolve.fills(document, library),
        "folder": str(Path(document.file).parent),
        "images": _images(read, (project.content / document.file).parent, Store(project.cache)),
        "sheet": {
            "id": document.id,
            "title": document.title if part is None else (part.title if part.title != part.label else document.title),
            "summary": document.summary,
            "kind": library.kinds[document.kind].name,
            "label": print_.label,
            "audience": audience,
            "stages": list(document.stages),
            "minutes": document.minutes,
            # A pupils' part lists the law it names itself, not what the teacher's plan rests on.
            "laws": resolve.citations(read, () if part else document.cites, library),
            "lines": [vars(library.help_lines[number]) for number in resolve.help_lines(document, library)],
            "reviewed": document.reviewed,
            "library": {
                "name": info.name,
                "tagline": info.tagline,
                "publisher": info.publisher,
                "licence": document.licence,
                "licence_note": info.licence_note,
            },
            "school": resolve.value("学校名称", library),
            "address": info.address(f"{document.id}.html"),
        },
    }


def _images(texts: Iterable[str], folder: Path, store: Store) -> dict[str, str]:
    """Return the digest of each picture that the texts of a document in `folder` show; of a missing one it is ""."""
    # Few texts have any, and only these are asked for their outline.
    shown = [text for text in texts if "![" in text or "<img" in text.lower()]
    files = {source: folder / source for text in shown for source in markup.outline(text, store).images}
    return {source: key_of(file.read_bytes()) if file.is_file() else "" for source, file in files.items()}


def make(artifact: Artifact, project: Project) -> Made:
    """Return the PDF of a planned sheet with its number of pages and everything wrong with it."""
    args = artifact.args
    return read_back(press(project).fitted(lambda size: sheet_html(args, project, size), args["sizes"], args["pages"]))


def read_back(pdf: Pdf) -> Made:
    """Return a finished PDF with what reading it back tells."""
    facts, problems = finished.read(pdf.data, pdf.blank)
    return Made(pdf.data, (*pdf.problems, *problems), facts)


def sheet_html(args: Mapping[str, Any], project: Project, size: float | None = None) -> str:
    """Return the complete HTML of one print; with `master` chapter.html its chapter in a book.

    `size` is that of the running text, in the unit of its master, where sizes are tried.
    """
    env = environment(project)
    context = {
        "sheet": args["sheet"],
        "master": args["master"],
        "edition": args["edition"],
        "tokens": theme.inked(theme.tokens(project.themes), args["ink"]),
        "fit": size,
        "root": "",
    }
    finish = _finisher(args, project)
    dressed = view.dress(args["view"], Store(project.cache), finish)
    return str(env.get_template(args["template"]).render(context | dressed))


def _finisher(args: Mapping[str, Any], project: Project) -> Callable[[str], str]:
    macros = environment(project).get_template("fill.html").module
    colour = theme.inked(theme.tokens(project.themes), args["ink"])["colour"]
    make_fill = view.filler(args["fills"], macros, root="", colour=colour)

    def finish(text: str) -> str:
        return markup.fill(markup.with_images(text, lambda source: f"/content/{args['folder']}/{source}"), make_fill)

    return finish


@cache
def environment(project: Project) -> Any:
    """Return the Jinja environment of print: masters, then the kinds' own templates."""
    return theme.environment([project.themes / "print", project.themes, *project.kinds])


def press(project: Project) -> Press:
    """Return the press of this process; setting up fonts is its dearest step, done again when they change."""
    return _press(project, _faces(project))


@lru_cache(maxsize=4)
def _press(project: Project, _faces: str) -> Press:
    # Its fonts must be let go while the libraries they belong to are still there.
    atexit.register(_press.cache_clear)
    return Press(project.themes, project.content, project.fonts)


def _faces(project: Project) -> str:
    return fonts.digest(fonts.resolve(project.themes, project.fonts), project.fonts)


def digest(project: Project) -> str:
    """Return the digest of everything but the document that decides a sheet's bytes."""
    folders = (project.themes / "print", project.themes / "art", *project.kinds)
    parts = [theme.digest(folder) for folder in folders]
    files = (project.themes / name for name in ("tokens.yml", "fonts.yml"))
    return key_of(code_digest(), _faces(project), *(file.read_bytes() for file in files), *parts)


def name_of(title: str, label: str = "", suffix: str = "pdf") -> str:
    """Return a file name that Windows, macOS and WPS all take: the Chinese title with what the file is."""
    stem = title.translate(UNSAFE).strip(" .")
    return f"{stem}（{label}）.{suffix}" if label else f"{stem}.{suffix}"


def _artifact(
    document: Document,
    print_: View,
    part: Part | None,
    edition: Edition,
    library: Library,
    project: Project,
    look: str,
    fit: Mapping[str, list[float]],
) -> Artifact:
    # Large type takes the pages that it needs.
    fitted = edition.type == "normal"
    args = {
        **job(document, print_, part, edition, library, project),
        "sizes": fit.get(f"{print_.master}-{edition.paper}", fit.get(print_.master, [])) if fitted else [],
        "pages": print_.pages if fitted else None,
    }
    suffix = "".join(f"-{part}" for part in (print_.name, edition.suffix) if part)
    audiences = [print_.audience] if print_.audience else list(document.audiences)
    label = "·".join(part for part in (print_.label, edition.label) if part)
    name = name_of(document.title, label)
    return Artifact(
        path=f"site/pdf/{document.id}{suffix}.pdf",
        media_type=PDF,
        output="pdf",
        args=args,
        depends=key_of(look, json.dumps(args, ensure_ascii=False, sort_keys=True)),
        document=document.id,
        label=label,
        audience=audiences[0],
        copies=tuple(f"pdf/{audience}/{name}" for audience in audiences),
    )


OUTPUTS = {"pdf": (plan, make)}
