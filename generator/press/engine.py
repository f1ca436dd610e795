"""The press: HTML to PDF by WeasyPrint, and what is wrong with the pages.

What of the engine is not its public interface lies in five modules: `setting` (its rules for lines and tables),
`geometry` (its page boxes), `tags` (its structure elements), `fields` (its annotations) and `impose` (its pages as
objects); tests say when a new version changes one of them.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

from generator.model import Problem
from generator.press import fields, fonts, geometry, impose, lines, setting, stack, tags

# Addresses inside documents: themes/… and content/… below a root that exists nowhere, so that no machine path gets
# into a PDF or a message, and a relative address means the content folder.
ROOT = "file:///"
BASE = ROOT + "content/"
# Styles kept parsed: of each master a text for each edition and size.
STYLES = 64
DRAWN = "{http://www.w3.org/2000/svg}text"


@dataclass(frozen=True)
class Pdf:
    """A finished PDF, what laying it out found wrong, and which pages are empty so that the next is on the right side.

    Pages are counted from 1; of pages imposed on sheets none is told.
    """

    data: bytes
    problems: tuple[Problem, ...]
    blank: frozenset[int] = frozenset()


class Press:
    """Turns complete HTML documents into PDFs; one a process, its fonts are set up once, at the first page.

    `themes` holds fonts.yml and pictures (address /themes/…), `images` is the content folder that relative addresses
    of pictures mean, `fonts` the folder with the library's faces, which also keeps what was read from them.
    Nothing outside the two first is ever opened for a document.
    """

    def __init__(self, themes: Path, images: Path, fonts: Path) -> None:
        self._themes, self._images, self._fonts = themes, images, fonts

    def fitted(self, html: Callable[[float | None], str], sizes: Sequence[float], pages: int | None) -> Pdf:
        """Return the PDF of what `html` gives for the largest of `sizes` that needs no more pages than the smallest.

        `sizes` go from large to small; without any, `html` gets None. With more than `pages` pages at every size the
        smallest is taken and the problem "too-long" says by how many lines. With something sticking out at every size
        it is taken as well, with what sticks out as its problems.
        """
        smallest = self._lay_out(html(sizes[-1] if sizes else None))
        count = len(smallest.document.pages)
        if pages and count > pages:
            over = geometry.excess(smallest.document, pages)
            problem = Problem("too-long", "", f"最多 {pages} 页，多出 {over} 行")
            return self._written(smallest, [problem])
        for size in sizes[:-1]:
            layout = self._lay_out(html(size))
            if len(layout.document.pages) <= count and not layout.faults:
                return self._written(layout)
        return self._written(smallest)

    def render(self, html: str) -> Pdf:
        """Return the PDF (PDF/UA-1, fonts embedded) of a complete HTML document and everything wrong with it.

        Equal input gives equal bytes on every machine with equal faces and libraries.
        """
        return self._written(self._lay_out(html))

    def _lay_out(self, html: str) -> _Layout:
        from weasyprint import HTML

        setup = self._setup
        source = HTML(string=html, base_url=BASE, url_fetcher=setup.fetcher)
        if columns := source.etree_element.get("data-stack"):
            stack.stack(source.etree_element, int(columns))
        lines.prepare(source.etree_element)
        fields.prepare(source.etree_element)
        styles = [setup.parse(_taken(style)) for style in source.etree_element.iter("style")]
        with _Heard() as heard:
            sheets = [setup.stylesheet, *(style.parsed for style in styles)]
            render = partial(source.render, font_config=setup.config, stylesheets=sheets, pdf_variant="pdf/ua-1")
            document, root = render(), source.etree_element
            # What of a paper comes before the pages of this name ends on an even one; only its pages tell if it does.
            if (rest := root.get("data-even")) and sum(name != rest for name in _names(document)) % 2:
                root.set("data-turned", "")
                document = render()
                if _blank(document):
                    root.set("data-turned", "blank")
                    document = render()
            scheme = root.get("data-impose", "")
            document = document.copy([document.pages[number] for number in impose.kept(scheme, _names(document))])
        pages = geometry.pieces(document)
        drawn = [(text.get("font-family", ""), text.text or "") for text in source.etree_element.iter(DRAWN)]
        told = (*(record for style in styles for record in style.heard), *heard)
        return _Layout(document, scheme, pages, drawn, geometry.faults(pages), told)

    def _written(self, layout: _Layout, problems: Sequence[Problem] = ()) -> Pdf:
        tags.own_links(layout.document)
        with _Heard() as heard:
            data = layout.document.write_pdf(finisher=partial(_finish, layout.scheme), pdf_variant="pdf/ua-1")
        logged = [_from_log(record) for record in (*self._setup.heard, *layout.heard, *heard)]
        found = [*problems, *self._characters(layout), *layout.faults, *logged]
        # One report a missing character, whoever noticed it first.
        unique = {(p.code, p.subject if p.code == "missing-glyph" else p): p for p in reversed(found)}
        return Pdf(data, tuple(reversed(unique.values())), frozenset() if layout.scheme else _blank(layout.document))

    def _characters(self, layout: _Layout) -> list[Problem]:
        """Return a problem for each character that its face lacks: lent by a system family, or held by none at all."""
        written: dict[str, set[str]] = {}
        texts = [(piece.family, piece.text) for page in layout.pages for piece in page]
        for family, text in (*texts, *layout.drawn):
            written.setdefault(family, set()).update(text)
        problems = []
        for family, characters in sorted(written.items()):
            if role := self._setup.roles.get(family):
                found = fonts.coverage(characters, role, self._fonts)
                problems += [Problem("rare", char, f"{role.name}里没有") for char in found.rare]
                problems += [Problem("missing-glyph", char, f"{role.name}里没有这个字") for char in found.missing]
        return problems

    @cached_property
    def _setup(self) -> _Setup:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        setting.install()
        roles, config = fonts.resolve(self._themes, self._fonts), FontConfiguration()
        with _Heard() as heard:
            # Written by us from the settings, so its faces may lie anywhere on the machine.
            stylesheet = CSS(string=fonts.css(roles), font_config=config)
        fetcher = _fetcher({"themes": self._themes.resolve(), "content": self._images.resolve()})

        # A library has a few masters and many sheets: their styles are parsed once.
        @lru_cache(maxsize=STYLES)
        def parse(style: str) -> _Style:
            with _Heard() as heard:
                return _Style(CSS(string=style, base_url=BASE, url_fetcher=fetcher, font_config=config), tuple(heard))

        return _Setup(roles, config, stylesheet, parse, fetcher, tuple(heard))


def _names(document: Any) -> list[str]:
    return [page._page_box.page_type.name for page in document.pages]


def _blank(document: Any) -> frozenset[int]:
    """Return the numbers of the pages that the engine put in for a break to a left or right page."""
    return frozenset(n for n, page in enumerate(document.pages, 1) if page._page_box.page_type.blank)


@dataclass(frozen=True)
class _Layout:
    """A document laid out but not written: the engine's own, how its pages will stand on sheets (see `impose`), the
    pieces of each page, the texts of its drawings by family, which are no pieces, the faults, the engine's warnings.
    """

    document: Any
    scheme: str
    pages: list[list[geometry.Piece]]
    drawn: list[tuple[str, str]]
    faults: list[Problem]
    heard: tuple[logging.LogRecord, ...]


@dataclass(frozen=True)
class _Style:
    """A style element's text as the engine parsed it, and what it warned of while it did."""

    parsed: Any
    heard: tuple[logging.LogRecord, ...]


@dataclass(frozen=True)
class _Setup:
    roles: Mapping[str, fonts.Role]
    config: Any
    stylesheet: Any
    parse: Callable[[str], _Style]
    fetcher: Any
    heard: tuple[logging.LogRecord, ...]


def _taken(style: Any) -> str:
    """Return the text of a style element, which is left empty."""
    text, style.text = style.text or "", ""
    return str(text)


class _Heard(logging.Handler):
    """Context that gives the list of the engine's warnings and errors, which then go nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[logging.LogRecord] = []
        self._logger = logging.getLogger("weasyprint")

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def __enter__(self) -> list[logging.LogRecord]:
        self._propagates, self._logger.propagate = self._logger.propagate, False
        self._logger.addHandler(self)
        return self._records

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagates


def _from_log(record: logging.LogRecord) -> Problem:
    """Return the problem that a log line of the engine means."""
    message = record.getMessage()
    if image := re.match(r"Failed to load image at '(.*?)': (.*)", message, re.S):
        return Problem(
            "bad-image", image[1].removeprefix(BASE).removeprefix(ROOT), image[2].removeprefix("ValueError: ")
        )
    if image := re.match(r'Image "(.*)" has no required alt description', message, re.S):
        return Problem("no-alternative", image[1].removeprefix(BASE).removeprefix(ROOT))
    if glyph := re.match(r"\.notdef glyph rendered .*: \"(.*)\" \(U\+", message, re.S):
        return Problem("missing-glyph", glyph[1], "字体里没有这个字")
    return Problem("engine", message, record.levelname.lower())


def _fetcher(folders: Mapping[str, Path]) -> Any:
    """Return the engine's way to the files below the folders of the two roots; every other address is refused."""
    from urllib.parse import unquote, urlsplit

    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            address = urlsplit(url)
            root, _, path = unquote(address.path).lstrip("/").partition("/")
            if address.scheme != "file" or address.netloc or root not in folders:
                raise ValueError("只能用资料库文件夹里的图片")
            file = (folders[root] / path).resolve()
            if not file.is_relative_to(folders[root]):
                raise ValueError("只能用资料库文件夹里的图片")
            if not file.is_file():
                raise ValueError("没有这个文件")
            return URLFetcherResponse(url, io.BytesIO(file.read_bytes()))

    return Fetcher()


def _finish(scheme: str, document: Any, pdf: Any) -> None:
    """Put the structure right, make the fields, then put the pages on their sheets."""
    tags.finish(document, pdf)
    fields.finish(document, pdf)
    if scheme:
        impose.impose(pdf, scheme)
