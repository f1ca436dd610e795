"""The seven steps of a build: load, check, plan, make, lay out the site; reporting and publishing are the caller's."""

from __future__ import annotations

import datetime
import functools
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from generator import outputs, theme
from generator.checks import printed
from generator.checks.run import run as check_library
from generator.diagnostics.diagnostic import Diagnostic, in_order
from generator.model import AUDIENCES, Artifact, Library, Made, Picture, Place, Problem, Project, Receipt
from generator.press import fonts
from generator.press import plan as sheets
from generator.publish import tree, workers
from generator.publish.archive import archive
from generator.publish.cache import Cache, Record
from generator.reading.load import load
from generator.store import Store, key_of

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "mkdocs.yml"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Result:
    """Everything that one build gives: what was read, what is wrong, and the tree to publish (empty if faulty)."""

    library: Library
    diagnostics: list[Diagnostic]
    entries: list[tree.Entry]
    receipts: Mapping[str, Sequence[Receipt]] = field(default_factory=dict)
    made: int = 0

    @property
    def faulty(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)


def project_of(content: Path, kinds: Sequence[Path] = ()) -> Project:
    """Return the project with this content folder; `kinds` are folders of further kinds of document."""
    cache = Path(os.environ.get("LIBRARY_CACHE", ROOT / ".cache" / "made"))
    return Project(content.resolve(), ROOT / "themes", (ROOT / "generator" / "kinds", *kinds), cache)


def check(project: Project, school: str = "") -> tuple[Library, list[Diagnostic]]:
    """Return the library and everything wrong with it."""
    library, found = load(project, school)
    names = frozenset(_names(project.content))
    found += check_library(library, lines_of(project), names, Store(project.cache), _today())
    return library, in_order(found)


def make(
    project: Project,
    school: str = "",
    *,
    only: frozenset[str] = frozenset(),
    without: frozenset[str] = frozenset(),
    jobs: int = 0,
    progress: Progress = lambda done, total, name: None,
) -> Result:
    """Read, check, plan and make everything; nothing is published.

    `only` are ids of documents, `without` names of outputs to leave out.
    """
    from generator.site import pages, render

    library, found = check(project, school)
    if any(diagnostic.severity == "error" for diagnostic in found):
        return Result(library, found, [])
    look = _look(project)
    cache = Cache(Store(project.cache))
    planned = outputs.plan(library, project, only, without)
    records = {a.path: record for a in planned if (record := cache.record(a))}
    missing = [artifact for artifact in planned if artifact.path not in records]
    maker = functools.partial(outputs.make, project=project)
    records |= {artifact.path: _faulty(()) for artifact in missing}
    if any(artifact.media_type == sheets.PDF for artifact in missing):
        fonts.require_subsetter()
    done = 0
    for gathered in (False, True):
        waiting = [artifact for artifact in missing if bool(artifact.inputs) == gathered]
        # Of what did not get made, nothing can be made.
        turn = [artifact for artifact in waiting if all(records[path].size for path in artifact.inputs)]
        if len(turn) < len(waiting):
            # They count as done, or the count would never reach its end.
            done += len(waiting) - len(turn)
            progress(done, len(missing), "")
        for artifact, made in workers.run(turn, maker, jobs or _processors()):
            failed = any(problem.code == "failed" for problem in made.problems)
            records[artifact.path] = _faulty(made.problems) if failed else cache.keep(artifact, made)
            done += 1
            progress(done, len(missing), artifact.label or artifact.path)
    found += _press_diagnostics(planned, records, library, lines_of(project))
    receipts = _receipts(planned, records, theme.tokens(project.themes)["to-print"])
    plans = pages.plan(library, receipts)
    site = [*render.artifacts(plans, library, project), *outputs.tell(library, receipts, [page.path for page in plans])]
    site = [artifact for artifact in site if not only or artifact.document in only]
    records |= {artifact.path: record for artifact in site if (record := cache.record(artifact))}
    new = [artifact for artifact in site if artifact.path not in records]
    for page, html in render.render([page for page in new if page.output == render.PAGE], library, project, CONFIG):
        records[page.path] = cache.keep(page, Made(html))
    for artifact in (artifact for artifact in new if artifact.output != render.PAGE):
        records[artifact.path] = cache.keep(artifact, maker(artifact))
    # What was saved meanwhile, a template or a picture: what was made of it must not stay under the old one's key.
    if (missing or new) and _look(project) != look:
        stale = [*missing, *new]
    else:
        now = {a.path: a.depends for a in outputs.plan(library, project, only, without)} if missing else {}
        stale = [artifact for artifact in missing if now.get(artifact.path) != artifact.depends]
    if stale:
        for artifact in stale:
            cache.drop(artifact)
        return make(project, school, only=only, without=without, jobs=jobs, progress=progress)
    sources = _sources(library)
    made_of = ((a, records[a.path], sources.get(_owner(a), ())) for a in (*planned, *site))
    entries = [entry for a, record, files in made_of for entry in _entries(a, record, cache, files)]
    entries += [_static(path, data) for path, data in _files(project, library).items()]
    # Of a part, or of files that cannot all be published, there is no whole to carry away.
    if not only and not any(diagnostic.severity == "error" for diagnostic in found):
        entries.append(_worker(site, records, cache, project))
        if "zip" not in without:
            entries.append(_archive(entries, library, project))
    return Result(library, in_order(found), entries, receipts, len(missing) + len(new))


def proof(result: Result, project: Project) -> tree.Entry:
    """Return the contact sheet of a build, proof.html: the first page of every print, by kind of document."""
    library = result.library
    titles = {document.id: (library.kinds[document.kind].name, document.title) for document in library.documents}
    groups: dict[str, list[dict[str, Any]]] = {}
    for owner, receipts in result.receipts.items():
        kind, title = titles.get(owner, ("书", f"给{owner}的书"))
        groups.setdefault(kind, []).extend({**asdict(receipt), "title": title} for receipt in receipts)
    html = (
        theme.environment([project.themes])
        .get_template("proof.html")
        .render(
            groups=[{"name": name, "prints": prints} for name, prints in groups.items()],
            count=sum(map(len, groups.values())),
            tokens=theme.tokens(project.themes),
        )
    )
    return _static("proof.html", html.encode())


def _worker(site: Sequence[Artifact], records: Mapping[str, Record], cache: Cache, project: Project) -> tree.Entry:
    """Return the service worker, which holds finished pages of the site."""
    from generator.site import offline

    pages = {page.path.removeprefix("site/"): page for page in site}
    held = {path: cache.data(pages[path], records[pages[path].path]) for path in offline.PAGES}
    return _static(offline.PATH, offline.worker(project.themes, held))


def _archive(entries: Sequence[tree.Entry], library: Library, project: Project) -> tree.Entry:
    """Return the whole site in a ZIP, in a folder of its own beside a page that leads into it."""
    onward = theme.environment([project.themes / "site"]).get_template("onward.html")
    name, way = library.info.name, "网站/index.html"
    html = onward.render(title=name, heading=name, words="打开网站", way=way, canonical=way)
    files = [replace(e, path=f"网站/{e.path.removeprefix('site/')}") for e in entries if e.path.startswith("site/")]
    files.append(_static("打开这里.html", html.encode()))
    place = key_of(os.fspath(project.content))
    name = sheets.name_of(library.info.name, "离线版", "zip")
    return archive("site/offline.zip", files, Store(project.cache), place, copies=(name,))


def _look(project: Project) -> str:
    """Return the digest of everything but the content that decides bytes."""
    from generator.site import render

    return key_of(sheets.digest(project), render.digest(project))


def lines_of(project: Project) -> Callable[[str], list[str]]:
    """Return what gives the lines of a content file by its name, each file read once."""

    @functools.cache
    def lines(file: str) -> list[str]:
        try:
            text = (project.content / file).read_bytes().decode("utf-8", "replace")
        except OSError:
            return []
        return text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")

    return lines


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _today() -> str:
    return os.environ.get("LIBRARY_TODAY") or datetime.datetime.now().astimezone().date().isoformat()


def _faulty(problems: Iterable[Problem]) -> Record:
    return Record(0, "", tuple(problems), {})


def _press_diagnostics(
    planned: Sequence[Artifact], records: dict[str, Record], library: Library, lines: Callable[[str], list[str]]
) -> list[Diagnostic]:
    by_id = {document.id: (document,) for document in library.documents}
    told: set[tuple[str, Place, str]] = set()
    return [
        diagnostic
        for artifact in planned
        for diagnostic in printed.check(
            artifact.path,
            by_id.get(artifact.document, library.documents),
            records[artifact.path].problems,
            lines,
            told,
        )
    ]


def _how(args: Mapping[str, Any], ways: Mapping[str, str]) -> str:
    """Return how to print an artifact made with `args`; "" where it is printed page by page."""
    edition = args["edition"]
    keys = (edition["impose"], str(args.get("master", "")).removesuffix(".html"), edition["paper"])
    return next((ways[key] for key in keys if key in ways), "")


def _receipts(
    planned: Sequence[Artifact], records: dict[str, Record], ways: Mapping[str, str]
) -> dict[str, list[Receipt]]:
    """Return what pages offer, by the id of the document or, for books, by audience.

    `ways` are the sentences on how to print, `to-print` of the tokens.
    """
    pictures = {(a.output, *a.inputs): a.path for a in planned if a.media_type == "image/webp"}
    receipts: dict[str, list[Receipt]] = {}
    for artifact in planned:
        if artifact.media_type == "application/pdf":
            record = records[artifact.path]
            first, all_ = (pictures[output, artifact.path] for output in ("preview", "pages"))
            receipt = Receipt(
                artifact.path.removeprefix("site/"),
                artifact.media_type,
                artifact.label,
                artifact.audience,
                record.size,
                record.digest,
                record.facts.get("pages", 0),
                artifact.args["ink"] == "colour",
                _picture(first, records[first]),
                _picture(all_, records[all_]),
                records[all_].facts.get("shown", 0),
                _how(artifact.args, ways),
            )
            receipts.setdefault(_owner(artifact), []).append(receipt)
    return receipts


def _picture(path: str, record: Record) -> Picture:
    return Picture(path.removeprefix("site/"), record.facts.get("width", 0), record.facts.get("height", 0))


def _files(project: Project, library: Library) -> dict[str, bytes]:
    """Return what is published as it stands: the theme's own files and pictures of the content."""
    from generator.site import look

    found = {f"site/{path}": data for path, data in look.files(project.themes).items()}
    for name in _names(project.content):
        if name.split("/")[0] in library.kinds and name.endswith((".svg", ".png", ".jpg", ".webp")):
            found[f"site/content/{name}"] = (project.content / name).read_bytes()
    return found


def _names(folder: Path) -> list[str]:
    """Return the names of the files below `folder`, relative to it and in order.

    Without what is hidden or a link, or below such a folder: it may be litter, or lead to files of this machine.
    """
    start = len(os.fspath(folder)) + 1
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "~"))]
        paths = (os.path.join(top, name) for name in names if not name.startswith((".", "~")))
        found += [path[start:].replace(os.sep, "/") for path in paths if _readable(path)]
    return sorted(found)


def _readable(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path) and os.access(path, os.R_OK)


def _entries(artifact: Artifact, record: Record, cache: Cache, sources: tuple[str, ...]) -> list[tree.Entry]:
    """Return the file that an artifact is, or all those of which it consists (the fact `files`)."""
    read = functools.partial(cache.data, artifact, record)
    if "files" not in record.facts:
        return [tree.Entry(artifact.path, record.digest, record.size, sources, artifact.copies, read)]
    folder = artifact.path.rpartition("/")[0]
    whole = functools.cache(read)

    def part(start: int, size: int) -> bytes:
        return whole()[start : start + size]

    return [
        tree.Entry(f"{folder}/{name}", digest, size, sources, (), functools.partial(part, start, size))
        for name, start, size, digest in record.facts["files"]
    ]


def _owner(artifact: Artifact) -> str:
    """Return whose an artifact is: a document's, by its id, or for a book an audience's."""
    return artifact.document or artifact.audience


def _sources(library: Library) -> dict[str, tuple[str, ...]]:
    """Return the content files of each document and of each audience's book; lists and the like depend on all."""
    own = {d.id: (d.file, *(part.file for part in d.parts)) for d in library.documents}
    books = {name: tuple(d.file for d in library.documents if name in d.audiences) for name in AUDIENCES}
    return own | books


def _static(path: str, data: bytes) -> tree.Entry:
    return tree.Entry(path, hashlib.sha256(data).hexdigest(), len(data), (), (), lambda: data)
