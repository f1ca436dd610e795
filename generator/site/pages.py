"""Library and receipts to the plan of every page. Pure: no files, no clock, no MkDocs."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import quote

from generator import view
from generator.feeds import described
from generator.model import ANSWERS, AUDIENCES, STAGES, Document, Law, Library
from generator.reading import resolve
from generator.site import frames, mirror, year
from generator.site.frames import DOOR, DOORS, STAGE_KEYS, Door, Receipts
from generator.site.shelf import Entries, Shelf, crumb, first_of_each_kind, has, questions, spread, stock
from generator.site.shelf import Page as Page

# What the page of help names as its ground: article 39 of the Protection of Minors Law and the plan of 2017.
HELP_CITES = (("wbf", "39"), ("zhzl", ""))
# The blanks of the school that the page of help shows.
HELP_BLANKS = ("班主任电话", "学校求助电话", "负责人电话", "区教育局电话")
# Bounds of the facet 多少分钟: at most this many minutes.
MINUTES = (("short", "10 分钟以内", 10), ("half", "20 分钟左右", 25), ("lesson", "一节课（40–45）", 10**6))
CALLS = 4
# A list of more documents is parted; of each part so many are shown.
UNGROUPED = 8
SHOWN = 12
RELATED = 3


def plan(library: Library, receipts: Receipts) -> tuple[Page, ...]:
    """Return all pages of the site.

    `receipts` holds the files of each document by its id, and the books of an audience by its name (教师 …).
    """
    shelf = stock(library, receipts)
    everything = shelf.tally(shelf.documents)
    return (
        _home(shelf, everything),
        *(_door(shelf, door) for door in DOORS),
        *_lists(shelf, everything),
        _catalogue(shelf, everything),
        _help(shelf),
        _laws(shelf),
        *year.pages(shelf),
        _search(shelf),
        mirror.page(shelf),
        _missing(shelf, everything),
        _offline(shelf),
        *(_document(shelf, document) for document in shelf.documents),
    )


def _home(shelf: Shelf, everything: Mapping[str, Entries]) -> Page:
    ready = [document for document in shelf.mainly("教师") if document.minutes and document.parts]
    sets = [document for document in ready if document.kind == ready[0].kind]
    info = shelf.library.info
    page = shelf.page(
        "index.html",
        "pages/home.html",
        info.name,
        f"{info.publisher}编：{info.tagline}。班会、教案、讲话稿、家长信、制度和指南，打开就能看，打印就能发。",
        {
            "finds": _finds(shelf, 3),
            "doors": [_door_card(shelf, door) for door in DOORS],
            "leaves": year.leaves(shelf),
            "terms": year.term_links(shelf),
            "ready": _ready(shelf, sets) if sets else None,
            "questions": questions(_at_home(shelf, "家长"), 6),
            **everything,
        },
        nav="home",
    )
    return _in_frame(page, crumbs=[])


def _finds(shelf: Shelf, count: int) -> list[dict[str, str]]:
    """Return short questions, one of each kind of document, for people who do not know what to type."""
    firsts = first_of_each_kind(shelf.documents)
    return [entry for each in firsts for entry in questions([each], 1, longest=10)][:count]


def _search(shelf: Shelf) -> Page:
    context = {"finds": _finds(shelf, 5)}
    return shelf.page("search/index.html", "pages/search.html", "搜索", "用一整句话找材料", context, nav="search")


def _ready(shelf: Shelf, sets: Sequence[Document]) -> dict[str, Any]:
    kind = shelf.library.kinds[sets[0].kind]
    cards = shelf.list(spread(sets, 3))
    return {"name": kind.name, "href": f"kind/{kind.id}.html", "count": len(sets), "cards": cards}


def _door_card(shelf: Shelf, door: Door) -> dict[str, Any]:
    """Return a door of the home page: families are led in by their questions, teachers by what they hold in class,
    schools by what there is most of.
    """
    if door.audience in ("家长", "学生"):
        links = questions(_at_home(shelf, door.audience), 3, longest=11)
    else:
        found = [document for document in shelf.documents if door.audience in document.audiences]
        held = {document.kind for document in found if document.minutes and door.audience == "教师"}
        kinds = sorted(shelf.tally(found)["kinds"], key=lambda kind: (kind["id"] not in held, -int(kind["count"])))
        links = [{"text": f"{kind['name']}，{kind['count']} 份", "href": kind["href"]} for kind in kinds[:3]]
    return {**_door_frame(door), "links": links}


def _at_home(shelf: Shelf, audience: str) -> Sequence[Document]:
    """Return what is written for this audience to read; only where there is nothing else, what is held at school."""
    mine = shelf.mainly(audience)
    return [document for document in mine if document.minutes is None] or mine


def _door_frame(door: Door) -> dict[str, str]:
    return {
        "id": door.id,
        "audience": door.audience,
        "title": door.title,
        "lead": door.lead,
        "art": door.art,
        "href": f"for/{door.id}.html",
    }


def _door(shelf: Shelf, door: Door) -> Page:
    # Only teachers look for something to hold in class first; lessons and speeches stand last for the others.
    mine = sorted(shelf.mainly(door.audience), key=lambda each: door.audience != "教师" and each.minutes is not None)
    others = [document for document in shelf.documents if door.audience in document.audiences[1:]]
    found = [*mine, *others]
    kinds = {kind["id"]: kind for kind in shelf.tally(found)["kinds"]}
    return shelf.page(
        f"for/{door.id}.html",
        "pages/door.html",
        door.nav,
        f"{door.title}：{door.lead}",
        {
            "door": _door_frame(door),
            "first": shelf.list(spread(mine or others, 3)),
            "questions": questions((mine if door.audience == "教师" else _at_home(shelf, door.audience)) or others, 8),
            "groups": [
                {**kinds[id_], "cards": shelf.list(document for document in found if document.kind == id_)}
                for id_ in dict.fromkeys(document.kind for document in found)
            ],
            "stages": shelf.tally(found)["stages"],
            "total": len(found),
            "calls": frames.help_lines(shelf.library, list(shelf.library.help_lines)[:CALLS]),
            "books": frames.downloads(shelf.receipts.get(door.audience, ())),
            "terms": year.term_links(shelf) if door.audience == "教师" else [],
        },
        nav=door.id,
    )


def _lists(shelf: Shelf, everything: Mapping[str, Entries]) -> Iterable[Page]:
    """Yield a page for each stage, kind and topic that has documents."""
    groups = (
        ("stages", "stages", "这个学段用得上的全部材料"),
        ("kinds", "kind", "按学段从低到高排"),
        ("topics", "topics", "讲这件事的全部材料"),
    )
    for group, field, lead in groups:
        for entry in everything[group]:
            found = [document for document in shelf.documents if has(document, field, entry["value"])]
            tally = shelf.tally(found)
            yield shelf.page(
                entry["href"],
                "pages/list.html",
                entry["name"],
                f"{entry['name']}：{lead}，{len(found)} 份。",
                {
                    "group": group,
                    "entry": entry,
                    "lead": f"{lead}，{len(found)} 份。",
                    "total": len(found),
                    "groups": _groups(shelf, found, group, entry),
                    "term": next((t for t in year.term_links(shelf) if t["name"] == entry["value"]), None),
                    "siblings": everything[group],
                    "kinds": tally["kinds"],
                    "stages": tally["stages"],
                    "topics": tally["topics"],
                },
                nav="all",
                crumbs=[crumb("找材料", "all.html"), crumb(entry["name"])],
            )


def _groups(shelf: Shelf, found: Sequence[Document], group: str, entry: Mapping[str, Any]) -> Entries:
    """Return a list in parts: the documents of a kind by stage, others by kind; a short list in one part.

    Of a long part the first ones, and the address in the catalogue where all of it stands.
    """
    if len(found) <= UNGROUPED:
        return [{"name": "", "cards": shelf.list(found), "count": len(found), "href": ""}]
    if group == "kinds":
        own = "k"
        keys = {document.id: _stage_group(document) for document in found}
        heads = {f"s={STAGE_KEYS[name]}": {"name": name, "icon": ""} for name in STAGES}
        heads[""] = {"name": "各学段", "icon": ""}
    else:
        own = "s" if group == "stages" else "t"
        keys = {document.id: f"k={document.kind}" for document in found}
        heads = {f"k={kind['id']}": {"name": kind["name"], "icon": kind["icon"]} for kind in shelf.site["kinds"]}
    value = quote(STAGE_KEYS.get(entry["value"], entry["value"]))
    parts = []
    for key, head in heads.items():
        part = [document for document in found if keys[document.id] == key]
        if part:
            href = f"all.html?{'&'.join(filter(None, (f'{own}={value}', key)))}"
            cards = shelf.list(part[:SHOWN])
            parts.append({**head, "cards": cards, "count": len(part), "href": href if len(part) > SHOWN else ""})
    return parts


def _stage_group(document: Document) -> str:
    return "" if len(document.stages) == len(STAGES) else f"s={STAGE_KEYS[document.stages[0]]}"


def _catalogue(shelf: Shelf, everything: Mapping[str, Entries]) -> Page:
    def facet(
        id_: str, title: str, field: str, values: Iterable[str], keys: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return {
            "id": id_,
            "title": title,
            "options": [
                {"value": keys[value] if keys else value, "name": value, "count": count}
                for value in values
                if (count := sum(has(document, field, value) for document in shelf.documents))
            ],
        }

    times = [_time(document.minutes) for document in shelf.documents]
    kinds = [{"value": kind["id"], "name": kind["name"], "count": kind["count"]} for kind in everything["kinds"]]
    lengths = [{"value": key, "name": name, "count": times.count(key)} for key, name, _ in MINUTES if key in times]
    facets = [
        facet("a", "给谁用", "audiences", AUDIENCES),
        facet("s", "学段", "stages", STAGES, STAGE_KEYS),
        {"id": "k", "title": "种类", "options": kinds},
        {"id": "m", "title": "多少分钟", "options": lengths},
        facet("q", "回答哪一问", "answers", ANSWERS),
        facet("w", "什么时候用", "occasions", shelf.library.occasions),
        facet("t", "主题", "topics", shelf.library.topics),
    ]
    cards = [{**shelf.cards[document.id], "time": _time(document.minutes)} for document in shelf.documents]
    return shelf.page(
        "all.html",
        "pages/catalogue.html",
        "找材料",
        "按给谁用、学段、种类、时长和主题挑材料",
        {
            "facets": [each for each in facets if each["options"]],
            "cards": cards,
            "terms": bool(shelf.library.terms),
            **everything,
        },
        nav="all",
    )


def _help(shelf: Shelf) -> Page:
    library = shelf.library
    lines = list(library.help_lines)
    values = library.school.values
    basis = (resolve.law_value(law, article, library.laws) for law, article in HELP_CITES)
    return shelf.page(
        "help.html",
        "pages/help.html",
        "现在就需要帮助",
        "正被人欺负，或者撑不住了：打给谁，先做什么，今天留下什么",
        {
            "calls": frames.help_lines(library, lines[:CALLS]),
            "others": frames.help_lines(library, lines[CALLS:]),
            "contacts": {name: values.get(name, "") for name in HELP_BLANKS},
            "guides": {
                audience: shelf.cards[first.id] if first else None
                for audience in ("学生", "家长")
                for first in [next(iter(_at_home(shelf, audience)), None)]
            },
            "basis": [frames.law(value) for value in basis if value],
        },
        nav="help",
    )


def _laws(shelf: Shelf) -> Page:
    citing: dict[str, dict[str, list[dict[str, str]]]] = {}
    for document in shelf.documents:
        link = {"title": document.title, "href": f"{document.id}.html"}
        for value in resolve.cited(document, shelf.library):
            citing.setdefault(value["id"], {}).setdefault(value["article"], []).append(link)
    laws = shelf.library.laws
    entries = [_law(law, laws, citing.get(law.id, {})) for law in laws.values()]
    return shelf.page(
        "laws.html",
        "pages/laws.html",
        "法规依据",
        "本站引用的法律和文件，每一条用大白话说",
        {
            "current": [entry for entry in entries if not entry["superseded_by"]],
            "superseded": [entry for entry in entries if entry["superseded_by"]],
        },
        nav="laws",
    )


def _law(law: Law, laws: Mapping[str, Law], citing: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Return an instrument for the page of laws; `citing` holds the pages that cite it by the article's label."""
    newer = laws.get(law.superseded_by)
    articles = []
    for number in law.articles:
        value = resolve.law_value(law.id, number, laws) or {}
        articles.append(
            {
                **{name: value[name] for name in ("article", "says", "verified")},
                "anchor": value["anchor"] if value["anchor"] != law.id else "",
                "cited_by": citing.get(value["article"], []),
            }
        )
    return {
        **{name: getattr(law, name) for name in ("id", "title", "short", "issuer", "number", "version", "in_force")},
        "verified": law.verified,
        "superseded_by": {"title": newer.short, "href": f"#{newer.id}"} if newer else None,
        "articles": articles,
        "cited_by": citing.get("", []),
        "count": len({link["href"] for links in citing.values() for link in links}),
    }


def _missing(shelf: Shelf, everything: Mapping[str, Entries]) -> Page:
    """Return the page for addresses that do not exist; a server shows it at any depth, so its links are absolute."""
    page = shelf.page("404.html", "pages/404.html", "这一页不在了", "这一页不在了", dict(everything), nav="")
    path = shelf.library.info.base_url.partition("://")[2].partition("/")[2].strip("/")
    return _in_frame(page, root=f"/{path}/" if path else "/", url="")


def _offline(shelf: Shelf) -> Page:
    """Return the page that the service worker shows in the place of pages that it does not hold."""
    lines = list(shelf.library.help_lines)[:CALLS]
    context = {"calls": frames.help_lines(shelf.library, lines)}
    return shelf.page("offline.html", "pages/offline.html", "现在没有网络", "现在没有网络", context, nav="")


def _in_frame(page: Page, **values: Any) -> Page:
    return replace(page, context={**page.context, "page": {**page.context["page"], **values}})


def _document(shelf: Shelf, document: Document) -> Page:
    kind = shelf.library.kinds[document.kind]
    door = DOOR[document.audiences[0]]
    related = shelf.list(_related(shelf, document))
    image = shelf.library.info.address(f"share/{document.id}.png")
    page = shelf.page(
        f"{document.id}.html",
        kind.page.template,
        document.title,
        document.summary,
        {
            **view.cut(document, kind.page),
            "doc": frames.doc(
                shelf.library,
                document,
                shelf.cards[document.id],
                shelf.receipts,
                related,
                year.of_document(shelf, document),
            ),
        },
        nav=door.id,
        crumbs=[crumb(door.nav, f"for/{door.id}.html"), crumb(kind.name, f"kind/{kind.id}.html")],
    )
    data = described.script(shelf.library, document, shelf.receipts.get(document.id, ()), image)
    return _in_frame(page, image=image, data=data)


def _related(shelf: Shelf, document: Document) -> Sequence[Document]:
    """Return the documents it names, then those nearest by topic, stage and kind, so that no page is a dead end."""
    named = [shelf.by_id[id_] for id_ in document.related if id_ in shelf.by_id]
    left_out = {document.id, *document.related}
    shared = Counter(chain.from_iterable(shelf.of_topic[topic] for topic in document.topics))
    stages = set(document.stages)

    def nearness(position: int) -> tuple[int, bool, bool]:
        other = shelf.documents[position]
        return shared[position], not stages.isdisjoint(other.stages), document.kind == other.kind

    # In a large library only those with most topics in common are worth comparing.
    most = sorted(shared.values(), reverse=True)[: RELATED + len(left_out)]
    enough = len(most) == RELATED + len(left_out)
    rest = sorted(each for each in shared if shared[each] >= most[-1]) if enough else range(len(shelf.documents))
    others = [position for position in rest if shelf.documents[position].id not in left_out]
    nearest = heapq.nlargest(max(0, RELATED - len(named)), others, key=nearness)
    return [*named, *(shelf.documents[position] for position in nearest)]


def _time(minutes: int | None) -> str:
    """Return the key of the facet 多少分钟, or "" for a document without minutes."""
    return next((key for key, _, most in MINUTES if minutes and minutes <= most), "")
