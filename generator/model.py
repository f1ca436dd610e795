"""Content values: frozen, typed, without I/O. Every other room speaks in these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AUDIENCES = ("教师", "家长", "学校", "学生")
STAGES = ("小学低年级", "小学中年级", "小学高年级", "初中", "高中", "中职")
ANSWERS = ("是什么", "为什么", "怎么做")


class Markdown(str):
    """Text in the library's Markdown dialect, placeholders still in it; any other `str` is plain text."""

    __slots__ = ()


@dataclass(frozen=True)
class Place:
    """Where something stands: file relative to the content folder, 1-based line and column, width in characters.

    `width` 0 marks to the end of the line. `line` 0 means the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 0
    width: int = 0


@dataclass(frozen=True)
class Project:
    """The folders that a build reads (`content`, `themes`, `kinds`) and where it keeps what it made (`cache`)."""

    content: Path
    themes: Path
    kinds: tuple[Path, ...]
    cache: Path

    @property
    def fonts(self) -> Path:
        """The folder of the fetched type faces."""
        return self.themes.parent / ".cache" / "fonts"


@dataclass(frozen=True)
class HelpLine:
    """A help line that exists once in `content/library.yml`."""

    number: str
    name: str
    use: str
    hours: str = ""
    verified: bool = False


@dataclass(frozen=True)
class Article:
    """One article (or chapter) of an instrument and what it says in plain words."""

    label: str
    says: str
    item: str = ""
    verified: bool = True


@dataclass(frozen=True)
class Law:
    """An instrument of the registry `content/laws.yml`; `articles` by number ("39") or chapter name."""

    id: str
    title: str
    short: str
    issuer: str
    number: str
    version: str
    in_force: str
    verified: bool
    aliases: tuple[str, ...]
    superseded_by: str
    articles: Mapping[str, Article]


@dataclass(frozen=True)
class Blank:
    """A value that comes from the school; `width` in characters, `text` a pattern such as ____年__月__日."""

    name: str
    width: int
    text: str = ""


@dataclass(frozen=True)
class School:
    """One school's own values by name of blank. A missing value prints as a line to fill in by hand."""

    id: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Info:
    """What the library says of itself. `base_url` is empty while no public address is known."""

    name: str
    tagline: str
    publisher: str
    base_url: str
    licence: str
    licence_note: str

    def address(self, path: str) -> str:
        """Return the public address of `path` of the site, "" while none is known."""
        return f"{self.base_url.rstrip('/')}/{path}" if self.base_url else ""


@dataclass(frozen=True)
class Wording:
    """How people say things, for the search: groups of words that mean the same (the library's own word first), phrases
    of a question that say nothing of its subject, and what stages and kinds are called, by stage and by id of kind.
    `people` are groups, too, of words that say who and not what.

    The order of `kinds` is that in which they answer a family's question.
    """

    synonyms: tuple[tuple[str, ...], ...] = ()
    people: tuple[tuple[str, ...], ...] = ()
    asking: tuple[str, ...] = ()
    stages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PartSpec:
    """A part that a kind's documents may have: file name without suffix, or a prefix ending in `*`."""

    name: str
    label: str
    audience: str
    required: bool
    schema: Mapping[str, Any] | None


@dataclass(frozen=True)
class Edition:
    """One form of a print: `suffix` of its file's name and its `label`, both empty for the usual one.

    `ink` is mono (black and greys, for the printer) or colour (for the screen), `type` normal or large, `paper` a size
    such as A4, `impose` how pages stand on sheets: empty for one a sheet. It is made of prints that are first of all
    for `audience` and of documents that say yes in `field`; of all where these are empty.
    """

    id: str
    suffix: str
    label: str
    ink: str
    type: str
    paper: str
    impose: str
    audience: str
    field: str


@dataclass(frozen=True)
class View:
    """A template with exactly the document fields that it reads.

    `name` is empty for the main output; `part` and `field` name what the document must have for it, if anything;
    `master` is the print master the template fills, `editions` the forms it is made in, `pages` how many it may have.
    """

    name: str
    label: str
    audience: str
    template: str
    reads: tuple[str, ...]
    master: str = ""
    part: str = ""
    field: str = ""
    editions: tuple[Edition, ...] = ()
    pages: int | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of document: its fields as JSON Schema, its parts and its outputs.

    `characters_per_minute` is set where the body is read aloud and its length must fit `minutes`; `book` is false for
    what is hung up or cut out and so stands in no book.
    """

    id: str
    name: str
    icon: str
    order: int
    folder: str
    schema: Mapping[str, Any]
    body: bool
    parts: tuple[PartSpec, ...]
    page: View
    prints: tuple[View, ...]
    characters_per_minute: int | None = None
    book: bool = True


@dataclass(frozen=True)
class Part:
    """One part of a document: a Markdown text with optional data, or data alone."""

    name: str
    label: str
    audience: str
    title: str
    body: Markdown
    data: Mapping[str, Any]
    file: str
    body_line: int = 1
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Document:
    """A document of the library. `id` is its path without suffix and its address; `data` the kind's own fields.

    `changes` are mappings of `date` and `what`, newest first; `moved_from` the ids that the document had before.
    `digest` stands for all of its values; `places` maps a field's path (a tuple of keys) to its place and stays out of
    every digest.
    """

    id: str
    kind: str
    title: str
    summary: str
    audiences: tuple[str, ...]
    stages: tuple[str, ...]
    topics: tuple[str, ...]
    answers: tuple[str, ...]
    occasions: tuple[str, ...]
    minutes: int | None
    asked_as: tuple[str, ...]
    cites: tuple[str, ...]
    related: tuple[str, ...]
    written: str
    changes: tuple[Mapping[str, str], ...]
    reviewed: str
    review_due: str
    moved_from: tuple[str, ...]
    licence: str
    body: Markdown
    parts: tuple[Part, ...]
    data: Mapping[str, Any]
    file: str
    digest: str
    body_line: int = 1
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False, repr=False)

    @property
    def modified(self) -> str:
        """The day on which it was last gone over: its review, or a change told after that."""
        return max([self.reviewed, *(change["date"] for change in self.changes)])


@dataclass(frozen=True)
class Figure:
    """A picture that texts may show: its file in `themes/art`, the words below it and its text alternative."""

    art: str
    caption: str
    alt: str


@dataclass(frozen=True)
class Step:
    """One step of a term: the document with this `id`, what pupils learn by it, and in which week of the term."""

    id: str
    aim: str
    week: int


@dataclass(frozen=True)
class Term:
    """The way through a term for one stage, in `content/paths.yml`; `places` as those of a Document."""

    stage: str
    title: str
    steps: tuple[Step, ...]
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Day:
    """A day of the school year, or something of one of its months.

    `date` is ISO, of the calendar's school year; only year and month (2026-09) where the school sets the day. `nth`
    says which weekday of its month it always is (1 the first, -1 the last), 0 that it has the same date every year.
    """

    name: str
    date: str
    nth: int
    do: str
    prepare: str
    occasion: str
    materials: tuple[str, ...]
    law: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Calendar:
    """The school year from September of `year` on, in `content/calendar.yml`; `places` as those of a Document."""

    year: int
    updated: str
    days: tuple[Day, ...]
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Library:
    """Everything that was read, checked or not; `calendar` is None where there is none."""

    info: Info
    topics: tuple[str, ...]
    occasions: tuple[str, ...]
    help_lines: Mapping[str, HelpLine]
    pictures: Mapping[str, Figure]
    laws: Mapping[str, Law]
    blanks: Mapping[str, Blank]
    kinds: Mapping[str, Kind]
    documents: tuple[Document, ...]
    school: School
    terms: tuple[Term, ...] = ()
    calendar: Calendar | None = None
    wording: Wording = Wording()


@dataclass(frozen=True)
class Picture:
    """A published picture: `path` from the site's root, width and height in pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True)
class Receipt:
    """What pages know of a made file: `path` from the site's root, `size` in bytes, its SHA-256 `digest`, `pages` of
    paper, `how` it is printed where that is not page by page, and pictures of its first page and of `shown` of its
    pages.
    """

    path: str
    media_type: str
    label: str
    audience: str
    size: int
    digest: str
    pages: int
    colour: bool
    preview: Picture
    all_pages: Picture
    shown: int
    how: str = ""


@dataclass(frozen=True)
class Problem:
    """Something wrong with a made artifact, cached with it.

    `code`: a key of `checks.printed.CODES`, as missing-glyph; `subject`: the text or address concerned,
    by which its place in the source is found; `detail`: where on the paper and how much, in Chinese.
    """

    code: str
    subject: str
    detail: str = ""


@dataclass(frozen=True)
class Made:
    """What a maker returns: the bytes, what is wrong with them, and facts such as the number of pages."""

    data: bytes
    problems: tuple[Problem, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Artifact:
    """A file to be made, as data: `output` names its maker, `args` is all that the maker reads, `depends` the digest
    of all that its bytes depend on.

    `path` is relative to the published tree; `document` the id of the document it is made from, if it is one;
    `copies` are further names under which the same bytes are published; `inputs` the paths of artifacts that it is
    made of.
    """

    path: str
    media_type: str
    output: str
    args: Mapping[str, Any]
    depends: str
    document: str = ""
    label: str = ""
    audience: str = ""
    copies: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
