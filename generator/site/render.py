"""Page plans to artifacts, and their HTML; the frame around it is put on by the plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from generator import markup, theme, view
from generator.model import Artifact, Document, Library, Markdown, Project
from generator.reading import resolve
from generator.reading.kinds import KindError
from generator.site import frames, look, plugin
from generator.site.pages import Page
from generator.store import Store, code_digest, key_of, key_of_data

PAGE = "page"  # what makes pages, in the words of `Artifact.output`
# Templates that read nothing: they are the same on every page, and rendered once.
DRAWINGS = ("pages/_icons.html", "pages/_sheets.html")


def artifacts(pages: Sequence[Page], library: Library, project: Project) -> list[Artifact]:
    """Return each planned page as an artifact, its placeholders resolved."""
    frame = key_of(digest(project), key_of_data(frames.site(library)))
    documents = {f"{document.id}.html": document for document in library.documents}
    return [_artifact(page, documents.get(page.path), library, frame) for page in pages]


def render(
    pages: Sequence[Artifact], library: Library, project: Project, config: Path
) -> Iterator[tuple[Artifact, bytes]]:
    """Yield each page with its complete HTML, one at a time; `config` is mkdocs.yml.

    Raises KindError where a template reads what it is not given.
    """
    if pages:
        env = environment(project)
        finished = (_finished(page, project, env) for page in pages)
        extra = {"site": frames.site(library), "version": look.version(project.themes)}
        yield from zip(pages, plugin.frame(config, finished, extra, env.bytecode_cache), strict=True)


def digest(project: Project) -> str:
    """Return the digest of all that every page depends on: templates, styles, settings, the program."""
    parts = [theme.digest(project.themes / name) for name in ("site", "art")]
    parts += [theme.digest(folder) for folder in project.kinds]
    # A speech's page counts its seconds as the print does.
    files = (
        project.themes / "tokens.yml",
        project.themes / "print" / "script.html",
        Path(__file__).parents[2] / "mkdocs.yml",
    )
    return key_of(code_digest(), *(file.read_bytes() for file in files), *parts)


def environment(project: Project) -> Any:
    """Return the Jinja environment of page bodies."""
    return _environment(project, theme.digest(project.themes / "site"), look.version(project.themes))


@lru_cache(maxsize=1)
def _environment(project: Project, _look: str, version: str) -> Any:
    from jinja2 import ChoiceLoader, DictLoader, FileSystemBytecodeCache

    env = theme.environment([project.themes / "site", project.themes, *project.kinds])
    compiled = project.cache / "templates"
    compiled.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    env.globals["version"] = version
    drawn = {name: f"{{% raw %}}{env.get_template(name).render()}{{% endraw %}}" for name in DRAWINGS}
    env.loader = ChoiceLoader([DictLoader(drawn), env.loader])
    env.cache.clear()
    return env


def _artifact(page: Page, document: Document | None, library: Library, frame: str) -> Artifact:
    """Return the page as an artifact; `frame` is the digest of what all pages have in common, the frame `site` too."""
    reads = library.kinds[document.kind].page.reads if document else ()
    written = {name: page.context[name] for name in reads}
    rest = {name: value for name, value in page.context.items() if name != "site" and name not in reads}
    args = {
        "template": page.template,
        "title": page.title,
        "description": page.description,
        "context": page.context,
        "written": reads,
        "fills": {inside: found for inside in _placeholders(written) if (found := resolve.value(inside, library))},
        "folder": document.file.rpartition("/")[0] if document else "",
    }
    depends = key_of(frame, document.digest if document else "", key_of_data({**args, "context": rest}))
    return Artifact(f"site/{page.path}", "text/html", PAGE, args, depends, page.path.removesuffix(".html"))


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, Markdown):
        yield from markup.placeholders(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _placeholders(item)
    elif isinstance(value, list):
        for item in value:
            yield from _placeholders(item)


def _finished(page: Artifact, project: Project, env: Any) -> plugin.Finished:
    args = page.args
    context = args["context"]
    written = {name: context[name] for name in args["written"]}
    dressed = view.dress(written, Store(project.cache), _finisher(args, env))
    frame = context["page"]
    try:
        html = env.get_template(args["template"]).render({**context, **dressed})
    except TemplateError as error:
        raise KindError(f"{args['template']}（{page.path}）：{error.message}") from error
    meta = {name: frame[name] for name in ("description", "root", "nav", "path", "url", "image", "data")}
    return plugin.Finished(page.path.removeprefix("site/"), args["title"], html, meta)


def _finisher(args: Mapping[str, Any], env: Any) -> Callable[[str], str]:
    root = args["context"]["page"]["root"]
    fill = view.filler(args["fills"], env.get_template("fill.html").module, root=root)

    def finish(text: str) -> str:
        # What placeholders bring has its addresses already.
        led = markup.with_links(text, lambda id_: f"{root}{id_}.html")
        led = markup.with_images(led, lambda source: f"{root}content/{args['folder']}/{source}")
        return markup.fill(led, fill)

    return finish
