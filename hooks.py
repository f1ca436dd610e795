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
from generator.reading.kinds import KindError  # noqa: E402
from generator.site import plugin  # noqa: E402

WITHOUT = frozenset({"book"})
serving = False


def _project() -> Project:
    kinds = [Path(folder) for folder in os.environ.get("LIBRARY_KINDS", "").split(os.pathsep) if folder]
    return pipeline.project_of(Path(os.environ.get("LIBRARY_CONTENT", ROOT / "content")), kinds)


def on_startup(command: str, dirty: bool) -> None:
    """Note what MkDocs was started for: "build", "gh-deploy" or "serve"."""
    global serving
    serving = command == "serve"


def on_files(files: Any, config: Any) -> Any:
    """Hand over every file of the site. A faulty library ends a build; `serve` shows its diagnostics on every page."""
    project = _project()
    try:
        result = pipeline.make(project, without=WITHOUT | {"zip"} if serving else WITHOUT)
    except KindError as error:
        return _faulty(f"材料种类的定义有误：{error}", config)
    report = full.render(result.diagnostics, pipeline.lines_of(project), "content/")
    if result.faulty:
        return _faulty(report, config)
    if report:
        print(report, file=sys.stderr)
    found = {e.path.removeprefix("site/"): e.read() for e in result.entries}
    return plugin.as_files(config, plugin.for_serving(found) if serving else found)


def _faulty(report: str, config: Any) -> Any:
    print(report, file=sys.stderr)
    if not serving:
        plugin.abort("没有生成：内容有错误。")
    return plugin.faulty(config, report)


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    """Watch what pages are made from."""
    for folder in (_project().content, ROOT / "themes", *_project().kinds):
        server.watch(str(folder))
    return server
