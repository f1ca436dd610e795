"""What is asked: queries with the documents that must come, pieces of texts, exact phrases."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.site.corpus import Text

RUN = re.compile(r"[\u4e00-\u9fff]+")
# An exact phrase: its characters, and in how many texts it stands, enough for five hits and far from all.
PHRASE, HOLDERS = (6, 12), (5, 15)


@dataclass(frozen=True)
class Query:
    """What somebody types, the documents any of which must come (none: nothing may), and of what sort it is."""

    text: str
    expect: tuple[str, ...]
    sort: str


def read(path: Path) -> list[Query]:
    """Return the queries of a YAML list of {q, expect, sort}."""
    return [Query(each["q"], tuple(each["expect"]), each["sort"]) for each in yaml.safe_load(path.read_text("utf-8"))]


def cut(texts: Sequence[Text], count: int) -> list[str]:
    """Return `count` queries cut from titles and texts by turns, equal on every call."""
    dice = random.Random(1)
    found: list[str] = []
    for number, text in enumerate(dice.choices(texts, k=count)):
        runs = [run for run in RUN.findall(text.title if number % 2 == 0 else text.body) if len(run) > 3]
        run = dice.choice(runs or [text.title])
        length = min(len(run), dice.randint(4, 12))
        start = dice.randint(0, len(run) - length)
        found.append(run[start : start + length])
    return found


def phrases(texts: Sequence[Text], count: int) -> list[str]:
    """Return phrases that stand in several texts, no two of which share four characters, equal on every call."""
    dice = random.Random(1)
    holders: Counter[str] = Counter()
    for text in texts:
        # What stands between signs: a person quotes no half words, and the others know none.
        holders.update({run for run in RUN.findall(text.body) if PHRASE[0] <= len(run) <= PHRASE[1]})
    fitting = sorted(phrase for phrase, number in holders.items() if HOLDERS[0] <= number <= HOLDERS[1])
    dice.shuffle(fitting)
    chosen: list[str] = []
    for phrase in fitting:
        if len(chosen) < count and not any(_share(phrase, other) for other in chosen):
            chosen.append(phrase)
    return chosen


def _share(one: str, two: str) -> bool:
    return any(one[at : at + 4] in two for at in range(len(one) - 3))


@dataclass(frozen=True)
class Quality:
    """How well queries were answered: shares from 0 to 1, numbers of queries, recall in five by sort."""

    recall: float
    share: float
    reciprocal: float
    empty: int
    nonsense: int
    sorts: Mapping[str, float]


def judged(queries: Sequence[Query], found: Mapping[str, Sequence[str]]) -> Quality:
    """Judge ids found for each query, in order.

    `recall`: any expected one in the first five; `share`: how many of the expected ones are; `reciprocal`: the mean of
    1 / rank of the first; `empty`: nothing found though it should; `nonsense`: something found though it should not.
    """
    wanted = [query for query in queries if query.expect]
    first = {query: set(found[query.text][:5]) for query in wanted}

    def recall(sort: str = "") -> float:
        of = [query for query in wanted if sort in ("", query.sort)]
        return sum(bool(first[query] & set(query.expect)) for query in of) / len(of)

    ranks = [next((n for n, id_ in enumerate(found[q.text], 1) if id_ in q.expect), 0) for q in wanted]
    return Quality(
        recall(),
        sum(len(first[q] & set(q.expect)) / min(5, len(q.expect)) for q in wanted) / len(wanted),
        sum(1 / rank for rank in ranks if rank) / len(wanted),
        sum(not found[query.text] for query in wanted),
        sum(bool(found[query.text]) for query in queries if not query.expect),
        {sort: recall(sort) for sort in dict.fromkeys(query.sort for query in wanted)},
    )
