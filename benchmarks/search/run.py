"""Our search against Material's and Pagefind's over the same documents, in Chromium; README.md tells the rest."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser  # noqa: E402

from benchmarks import tools  # noqa: E402
from benchmarks.search import browser, queries, sides  # noqa: E402
from benchmarks.site import corpus  # noqa: E402

ASKED = ROOT / "tests" / "search"
KILOBYTE = 1024
FEW, FULL, PHRASES = 100, 1500, 10
# How much slower a phone's processor is than this one's.
SLOW = 6
# Material reads its whole index before it is ready, and no query makes a difference: so often it is opened anew.
OPENED = 1
# The bounds of ours.
SMALL_KB, LARGE_KB, FAST_MS, SLOW_MS, INDEX_MS, EDIT_SECONDS = 200.0, 400.0, 100.0, 250.0, 4.0, 0.5


@dataclass(frozen=True)
class Line:
    """One measure: its value for each side, whether more is better, the bound of ours."""

    name: str
    values: Mapping[str, float]
    bound: float | None = None
    more: bool = False
    digits: int = 0

    @property
    def met(self) -> bool:
        """Whether ours keeps its bound and no other side is better."""
        sign = -1 if self.more else 1
        ours = self.values.get("ours")
        if ours is None or (self.bound is not None and sign * ours > sign * self.bound):
            return False
        return all(sign * ours <= sign * value for side, value in self.values.items() if side != "ours")


def main() -> int:
    """Measure, print, and return 1 if a line is missed."""
    options = _parser().parse_args()
    texts = corpus.read(options.texts) if options.texts else corpus.generate()
    if not texts:
        sys.exit(f"no Markdown files in {options.texts}")
    tools.node(HERE / "package.json", "search")
    tools.python(ROOT / "benchmarks" / "site" / "requirements.txt", "site")
    load = os.getloadavg()[0]
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="search-", dir=tools.TOOLS) as folder, browser.chromium() as chromium:
        asked = {path.stem: queries.read(path) for path in sorted(ASKED.glob("*.yml"))}
        known = [query.text for each in asked.values() for query in each if query.expect]
        built = sides.library(Path(folder) / "library")
        lines += _quality(chromium, built, asked)
        lines += _weights(chromium, built, known, "library", SMALL_KB, options.weighed)
        lines += _times(chromium, built, _evenly(known, options.timed), "library", options.rounds)
        few = corpus.repeated(texts[:: max(1, len(texts) // FEW)], FEW)
        lines += _phrases(chromium, sides.statutes(Path(folder) / "few", few), few)
        many = corpus.repeated(texts, options.size)
        built = sides.statutes(Path(folder) / "many", many, costs=True)
        pieces = queries.cut(many, options.weighed)
        lines += _weights(chromium, built, pieces, f"{options.size}", LARGE_KB, options.weighed)
        # Words of the list of synonyms cost most, and pieces of statutes have few.
        mixed = [*_evenly(pieces, options.timed // 2), *_evenly(known, options.timed - options.timed // 2)]
        lines += _times(chromium, built, mixed, f"{options.size}", options.rounds)
        lines += _built(built, options.size)
    load = max(load, os.getloadavg()[0])
    if options.json:
        data = {
            "texts": options.texts.name if options.texts else "generated",
            "load": load,
            "lines": [{**asdict(line), "met": line.met} for line in lines],
        }
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        print("\n".join(_report(lines, load)))
    return 0 if all(line.met for line in lines) else 1


def _quality(chromium: Browser, sites: Sequence[sides.Site], asked: Mapping[str, list[queries.Query]]) -> list[Line]:
    judged: dict[str, dict[str, queries.Quality]] = {}
    for site in sites:
        with browser.asker(chromium, site) as asker:
            for name, these in asked.items():
                found = asker.found([query.text for query in these])
                judged.setdefault(name, {})[site.side] = queries.judged(these, found)
    lines = []
    for name, by_side in judged.items():

        def line(what: str, field: str, *, more: bool, digits: int, by_side: Mapping[str, queries.Quality]) -> Line:
            return Line(what, {side: getattr(each, field) for side, each in by_side.items()}, None, more, digits)

        lines += [
            line(f"{name}: recall in five", "recall", more=True, digits=3, by_side=by_side),
            line(f"{name}: share of the expected in five", "share", more=True, digits=3, by_side=by_side),
            line(f"{name}: mean reciprocal rank", "reciprocal", more=True, digits=3, by_side=by_side),
            line(f"{name}: wrongly empty", "empty", more=False, digits=0, by_side=by_side),
            line(f"{name}: nonsense answered", "nonsense", more=False, digits=0, by_side=by_side),
        ]
        for sort in by_side["ours"].sorts:
            values = {side: each.sorts[sort] for side, each in by_side.items()}
            lines.append(Line(f"{name}: recall in five, {sort}", values, None, True, 3))
    return lines


def _phrases(chromium: Browser, sites: Sequence[sides.Site], texts: Sequence[corpus.Text]) -> list[Line]:
    """Count the first five hits of each exact phrase whose text holds it."""
    asked = queries.phrases(texts, PHRASES)
    held = {}
    for site in sites:
        with browser.asker(chromium, site) as asker:
            found = asker.found(asked)
            held[site.side] = float(
                sum(phrase in texts[int(id_[-4:]) - 1].body for phrase in asked for id_ in found[phrase][:5])
            )
    return [Line(f"phrases, {FEW} statutes: hits that hold it, of {5 * len(asked)}", held, None, True)]


def _weights(
    chromium: Browser, sites: Sequence[sides.Site], asked: Sequence[str], name: str, bound: float, count: int
) -> list[Line]:
    """Return the bytes before the first result; those of Material are the same for every query."""
    plain, packed = {}, {}
    for site in sites:
        with browser.asker(chromium, site) as asker:
            loaded = asker.loaded(_answered(asker, asked, 1 if site.side == "Material" else count))
        plain[site.side] = [each / KILOBYTE for each, _ in loaded]
        packed[site.side] = [each / KILOBYTE for _, each in loaded]
    return [
        Line(f"{name}: KB before the first hit, median", _each(plain, statistics.median), bound),
        Line(f"{name}: KB before the first hit, most", _each(plain, max), bound),
        Line(f"{name}: the same as gzip, median", _each(packed, statistics.median)),
    ]


def _times(
    chromium: Browser, sites: Sequence[sides.Site], asked: Sequence[str], name: str, rounds: int
) -> Iterator[Line]:
    """Yield times from the key to the first hit, each query's least of the rounds."""
    answered = {}
    for site in sites:
        with browser.asker(chromium, site) as asker:
            answered[site.side] = _answered(asker, asked, len(asked))
    for slow, bound in ((1, FAST_MS), (SLOW, SLOW_MS)):
        for disk in (False, True):
            cold: dict[str, list[float]] = {}
            warm: dict[str, list[float]] = {}
            for _ in range(rounds):
                for site in sites:
                    with browser.asker(chromium, site) as asker:
                        these = answered[site.side]
                        opened = OPENED if site.side == "Material" else len(these)
                        first, again = asker.times(these, cold=opened, disk=disk, slow=slow)
                    cold[site.side] = _least(cold.get(site.side), first)
                    warm[site.side] = _least(warm.get(site.side), again)
            where = f"{name}, {'from disk' if disk else 'HTTP'}{f', {slow} times slower' if slow > 1 else ''}"
            for state, times in (("nothing loaded", cold), ("asked before", warm)):
                yield Line(f"{where}, {state}: ms, median", _each(times, statistics.median), bound)
                yield Line(f"{where}, {state}: ms, most", _each(times, max), bound)


def _least(before: Sequence[float] | None, times: Sequence[float]) -> list[float]:
    return list(times) if before is None else [min(pair) for pair in zip(before, times, strict=True)]


def _answered(asker: browser.Asker, asked: Sequence[str], count: int) -> list[str]:
    """Return at most `count` of the queries to which the side has an answer."""
    found = asker.found(asked)
    return _evenly([query for query in asked if found[query]], count)


def _evenly(values: Sequence[str], count: int) -> list[str]:
    return [values[number * len(values) // count] for number in range(count)] if count < len(values) else list(values)


def _each(values: Mapping[str, Sequence[float]], judge: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """Return what `judge` makes of each side's values; sides without any (none works from disk) are left out."""
    return {side: judge(each) for side, each in values.items() if each}


def _built(sites: Sequence[sides.Site], size: int) -> list[Line]:
    each = {site.side: 1000 * site.cpu / size for site in sites}
    # The others have no way to index one document: all again.
    edits = {site.side: site.edit or site.cpu for site in sites}
    return [
        Line(f"{size}: ms of the processor a document, index", each, INDEX_MS, digits=1),
        Line(f"{size}: seconds, index after one change", edits, EDIT_SECONDS, digits=2),
        Line(f"{size}: MB of index", {site.side: site.index / 1e6 for site in sites}, digits=1),
        Line(f"{size}: MB of index as gzip", {site.side: site.packed / 1e6 for site in sites}, digits=1),
    ]


def _report(lines: Sequence[Line], load: float) -> Iterator[str]:
    yield f"load {load:.1f}"
    yield f"{'':62}{'ours':>9}{'Material':>10}{'Pagefind':>10}{'at most':>9}"
    for line in lines:
        values = [f"{line.values[side]:.{line.digits}f}" if side in line.values else "–" for side in sides.DRIVERS]
        bound = "" if line.bound is None else f"{line.bound:g}"
        word = "met   " if line.met else "MISSED"
        yield f"{word}  {line.name:54}{values[0]:>9}{values[1]:>10}{values[2]:>10}{bound:>9}"


def _parser() -> argparse.ArgumentParser:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--size", type=int, default=FULL, help="number of statutes")
    parser.add_argument("--weighed", type=int, default=150, help="queries whose bytes are counted")
    parser.add_argument("--timed", type=int, default=24, help="queries that are timed")
    parser.add_argument("--rounds", type=int, default=2, help="turns of the timing; each query's least counts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
