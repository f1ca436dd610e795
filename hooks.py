"""The way in from plain `mkdocs build` and `mkdocs serve`: the same tree as `build.py` makes, without the books."""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from generator import pipeline  # noqa: E402
from generator.diagnostics import full  # noqa: E402
from generator.model import Project  # noqa: E402
from generator.site import plugin  # noqa: E402

WITHOUT = frozenset({"book"})


def _project() -> Project:
    kinds = [Path(folder) for folder in os.environ.get("LIBRARY_KINDS", "").split(os.pathsep) if folder]
    return pipeline.project_of(Path(os.environ.get("LIBRARY_CONTENT", ROOT / "content")), kinds)


def on_files(files: Any, config: Any) -> Any:
    """Hand over every file of the site; in place of a faulty library, its diagnostics on every page."""
    project = _project()
    result = pipeline.make(project, without=WITHOUT)
    if result.faulty:
        report = full.render(result.diagnostics, pipeline.lines_of(project), "content/")
        return plugin.faulty(config, report)
    return plugin.as_files(config, {e.path.removeprefix("site/"): e.read() for e in result.entries})


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    """Watch what pages are made from."""
    for folder in (_project().content, ROOT / "themes", *_project().kinds):
        server.watch(str(folder))
    return server
