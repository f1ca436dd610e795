"""The only module that knows MkDocs: hands finished pages over to be framed by the theme, and decides nothing."""

from __future__ import annotations

import html
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

# Material prints a notice on every run where this is not set; it is read when the theme is imported.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")


_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


@dataclass(frozen=True)
class Finished:
    """A page to be framed: `path` in the site, its HTML, and what the frame shows of it."""

    path: str
    title: str
    html: str
    meta: Mapping[str, Any]


def frame(config_file: Path, pages: Iterable[Finished], extra: Mapping[str, Any], bytecode: Any) -> Iterator[bytes]:
    """Yield each page complete, in the frame of the theme that `config_file` names.

    `bytecode` is Jinja's cache of compiled templates, if there is one.

    The theme is given what MkDocs gives it for a page. A whole `mkdocs build` would also convert an empty text, write
    and read a file for each page, and list all of the theme's own files: two thirds of its time.
    """
    from mkdocs.commands.build import get_context
    from mkdocs.config import load_config
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import get_navigation
    from mkdocs.structure.pages import Page

    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    config = load_config(str(config_file), hooks=[])
    config.extra.update(extra)
    files = Files([])
    nav = get_navigation(files, config)
    env = config.theme.get_env()
    env.bytecode_cache = bytecode
    template = env.get_template("main.html")
    for each in pages:
        source = each.path.removesuffix("html") + "md"
        page = Page(each.title, File(source, "", config.site_dir, config.use_directory_urls), config)
        page.content, page.meta, page.canonical_url = each.html, dict(each.meta), each.meta["url"]
        yield template.render(get_context(nav, files, config, page)).encode()


def as_files(config: Any, tree: Mapping[str, bytes]) -> Any:
    """Return MkDocs' collection of `tree`, finished files by path, for a plain `mkdocs build` or `serve`."""
    from mkdocs.structure.files import File, Files

    return Files([File.generated(config, path, content=data) for path, data in sorted(tree.items())])


def for_serving(tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `tree` fit for `mkdocs serve`: its script that loads a changed page anew stands inside pages, which their
    policy forbids; a service worker would outlive the preview.
    """
    found = {path: _POLICY.sub(b"", data) if path.endswith(".html") else data for path, data in tree.items()}
    found.pop("sw.js", None)
    return found


def faulty(config: Any, report: str) -> Any:
    """Return MkDocs' collection that shows `report` at every address until the fault is mended."""
    page = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        "<title>内容有错误</title><h1>内容有错误，改好保存以后会自动恢复</h1>"
        f'<pre style="font-size:16px;white-space:pre-wrap">{html.escape(report)}</pre></html>'
    )
    # MkDocs' server answers with 404.html where there is no file.
    return as_files(config, {"index.html": page.encode(), "404.html": page.encode()})


def abort(reason: str) -> NoReturn:
    """End a plain `mkdocs build` with status 1, before any page is written."""
    from mkdocs.exceptions import Abort

    raise Abort(reason)


def serve(config_file: Path, address: str) -> None:
    """Serve with MkDocs at `address` (host:port), building anew when a watched file changes. Does not return."""
    from mkdocs.commands.serve import serve as run

    run(config_file=str(config_file), dev_addr=address)
