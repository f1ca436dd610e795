"""Our press in a process of its own, on the folder it is started in: `ours.py build|html|serve|shares`.

Reads `content`, keeps in `.cache` and publishes into `out` as `build.py build` does, the printed sheets only. Prints
what it did and what that took as JSON.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.site import corpus  # noqa: E402
from generator import outputs, pipeline  # noqa: E402
from generator.model import Artifact, Project  # noqa: E402
from generator.press import plan as sheets  # noqa: E402
from generator.publish import tree, workers  # noqa: E402
from generator.publish.cache import Cache  # noqa: E402
from generator.store import Store  # noqa: E402

PREVIEWS = frozenset(outputs.GATHERED)
OTHERS = frozenset(outputs.MAKERS) - PREVIEWS - {"pdf"}
# Over the fonts of the masters: the families that every machine with the project has.
NOTO = """<style>
:root{--song:"Noto Serif CJK SC";--fang:"Noto Serif CJK SC";--kai:"Noto Serif CJK SC";--title:"Noto Serif CJK SC";
--hei:"Noto Sans CJK SC"}
@page{--hei:"Noto Sans CJK SC"}
</style></head>"""
EDITS = 5


def main(what: str) -> int:
    """Do one of the things that the module's text names."""
    project = replace(pipeline.project_of(Path("content"), [Path(__file__).parent / "kind"]), cache=Path(".cache"))
    doing: dict[str, Callable[[Project], Any]] = {"build": _build, "html": _html, "serve": _serve, "shares": _shares}
    print(json.dumps(doing[what](project)))
    return 0


def _build(project: Project, jobs: int = 0) -> dict[str, Any]:
    """Make and publish; the previews come last and are also counted by themselves."""
    planned = _planned(project)
    made = _make([artifact for artifact in planned if not artifact.inputs], project, jobs)
    before = cost()
    made += _make([artifact for artifact in planned if artifact.inputs], project, jobs)
    previews = [after - start for after, start in zip(cost(), before, strict=True)]
    _publish(planned, project)
    return {"made": made, "previews": dict(zip(("wall", "cpu"), previews, strict=True))}


def _html(project: Project) -> int:
    """Write the HTML of each sheet into `html`, to be set in the Noto families by other programs."""
    folder = Path("html")
    folder.mkdir()
    planned = [artifact for artifact in _planned(project) if not artifact.inputs]
    for artifact in planned:
        html = sheets.sheet_html(artifact.args, project)
        (folder / f"{Path(artifact.path).stem}.html").write_text(html.replace("</head>", NOTO, 1), "utf-8")
    return len(planned)


def _serve(project: Project) -> list[float]:
    """Return the seconds until the sheet of a page that was changed is made, in a process that has made one before."""
    _build(project)
    seconds = []
    for turn in range(EDITS + 1):
        page = corpus.page_of(project.content, turn)
        page.write_text(page.read_text("utf-8") + "\n这一条是刚加的。\n", "utf-8")
        started = time.monotonic()
        made = _make([artifact for artifact in _planned(project) if not artifact.inputs], project)
        seconds.append(time.monotonic() - started)
        assert made == 1
    return seconds[1:]


def _shares(project: Project) -> dict[str, float]:
    """Return the seconds of the processor that each part of the work takes, all in this process."""
    import weasyprint
    from weasyprint.document import Document

    from generator.bundles import previews
    from generator.press import engine, finished, geometry, lines, tags

    spent: Counter[str] = Counter()
    for share, owner, names in (
        ("templates", sheets, ["sheet_html"]),
        ("line preparation", lines, ["prepare"]),
        ("layout", weasyprint.HTML, ["__init__", "render"]),
        ("checks of the layout", geometry, ["pieces", "faults"]),
        ("checks of the layout", engine.Press, ["_characters"]),
        ("write", Document, ["write_pdf"]),
        ("tags", tags, ["own_links", "finish"]),
        ("checks of the finished PDF", finished, ["read"]),
        ("of these PDF/UA", finished, ["_accessibility"]),
        ("previews", previews, ["_pages", "_picture"]),
    ):
        for name in names:
            setattr(owner, name, _timed(getattr(owner, name), share, spent))
    started = time.process_time()
    _build(project, jobs=1)
    spent["start, reading, planning, keeping"] = time.process_time() - started - sum(spent.values())
    return dict(spent)


_open: list[float] = []


def _timed(function: Callable[..., Any], share: str, spent: Counter[str]) -> Callable[..., Any]:
    """Return `function` with its time, less that of timed ones it calls, added to its share."""

    @functools.wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        _open.append(0.0)
        started = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            took = time.process_time() - started
            spent[share] += took - _open.pop()
            if _open:
                _open[-1] += took

    return timed


def _planned(project: Project) -> list[Artifact]:
    library, found = pipeline.check(project)
    if any(diagnostic.severity == "error" for diagnostic in found):
        sys.exit("\n".join(map(str, found)))
    return outputs.plan(library, project, without=OTHERS)


def _make(artifacts: Sequence[Artifact], project: Project, jobs: int = 0) -> int:
    """Make what the cache lacks, as pipeline.make does; return how many that were."""
    cache = Cache(Store(project.cache))
    missing = [artifact for artifact in artifacts if not cache.record(artifact)]
    maker = functools.partial(outputs.make, project=project)
    for artifact, made in workers.run(missing, maker, jobs or len(os.sched_getaffinity(0))):
        if not made.data:
            sys.exit(str(made.problems))
        cache.keep(artifact, made)
    return len(missing)


def _publish(planned: Sequence[Artifact], project: Project) -> None:
    cache = Cache(Store(project.cache))
    entries = []
    for artifact in planned:
        record = cache.record(artifact)
        assert record
        read = functools.partial(cache.data, artifact, record)
        entries.append(tree.Entry(artifact.path, record.digest, record.size, (), (), read))
    tree.publish(Path("out"), entries)


def cost() -> tuple[float, float]:
    """Return the seconds so far: by the clock, and of the processors for this process and its finished children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.monotonic(), sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
