"""Our site against mkdocs + Material and against Zensical on the same statute-sized pages; README.md tells the rest."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

import corpus  # noqa: E402

from benchmarks import tools  # noqa: E402

SIZES = (100, 500, 1500)
# The targets: at 1,500 pages, the linearity by the size below it.
FULL, HALF = 1500, 500
OF_MATERIAL, OF_ZENSICAL, LINEAR, EDIT_SECONDS = 0.15, 0.25, 0.10, 1.0
# Builds after a change: how often, and of what sides. Material has no such build, it makes everything again.
AGAIN, REBUILT = 5, ("ours", "zensical")
NOTHING, ONE = "nothing changed", "one page changed"


@dataclass(frozen=True)
class Cost:
    """Seconds that a process and its children took: of the processors, and by the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Side:
    """One of those compared: how texts are laid in its folder, what builds them there into `out`, its search index.

    `once`: one run of the largest size is enough, it takes a minute and is far from the target.
    """

    name: str
    lay: Callable[[Path, Sequence[corpus.Text]], None]
    command: Sequence[str]
    index: str
    once: bool = False


# By name of the side and number of pages.
Costs = dict[tuple[str, int], Cost]
Trees = dict[tuple[str, int], dict[str, int]]


def _ours(folder: Path, texts: Sequence[corpus.Text]) -> None:
    corpus.lay_content(folder / "content", texts, ROOT / "content")


def _theirs(folder: Path, texts: Sequence[corpus.Text]) -> None:
    corpus.lay_pages(folder / "content", texts)
    shutil.copytree(HERE / "sides" / folder.name, folder, dirs_exist_ok=True)


PYTHON = str(tools.TOOLS / "site" / "bin" / "python")
MKDOCS = (PYTHON, "-m", "mkdocs", "build", "-q")
ZENSICAL = (PYTHON, "-m", "zensical", "build")
OURS = (sys.executable, str(HERE / "ours.py"), "content", ".cache", "out")
SIDES = (
    Side("ours", _ours, OURS, "site/search/index.js"),
    Side("zensical", _theirs, ZENSICAL, "search.json"),
    Side("material-unlisted", _theirs, MKDOCS, "search/search_index.json", once=True),
    Side("material", _theirs, MKDOCS, "search/search_index.json", once=True),
)


@dataclass(frozen=True)
class Target:
    """A measured value and the bound it must not pass."""

    name: str
    value: float
    bound: float

    @property
    def met(self) -> bool:
        return self.value <= self.bound


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    options = _parser().parse_args()
    texts = corpus.read(options.texts) if options.texts else corpus.generate()
    if not texts:
        sys.exit(f"no Markdown files in {options.texts}")
    tools.python(HERE / "requirements.txt", "site")
    sizes = [0, *sorted(set(options.sizes))]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=tools.TOOLS) as folder:
        cold, trees = _cold(Path(folder), texts, sizes, options.runs)
        again = _again(Path(folder), sizes[-1])
    targets = _targets(cold, again, sizes[-1])
    if options.json:
        data = {
            "texts": options.texts.name if options.texts else "generated",
            "cold": [{"side": side, "pages": size, **asdict(cost)} for (side, size), cost in cold.items()],
            "published": [{"side": side, "pages": size, **sums} for (side, size), sums in trees.items()],
            "again": [{"side": side, "what": what, **asdict(cost)} for (side, what), cost in again.items()],
            "targets": [{**asdict(target), "met": target.met} for target in targets],
        }
        print(json.dumps(data, indent=1))
    else:
        print("\n".join(_report(cold, trees, again, targets, sizes[-1])))
    return 0 if all(target.met for target in targets) else 1


def _cold(folder: Path, texts: Sequence[corpus.Text], sizes: Sequence[int], runs: int) -> tuple[Costs, Trees]:
    """Build every side at every size from nothing, in turns; return the least cost of its runs and what it published.

    Nothing is removed meanwhile: for a minute after many files were, ext4 takes several times as long to make new ones.
    """
    cold: Costs = {}
    trees: Trees = {}
    for turn in range(runs):
        for size in sizes:
            for side in SIDES:
                if side.once and turn and size == sizes[-1]:
                    continue
                place = _place(folder, side, size, turn)
                side.lay(place, corpus.repeated(texts, size))
                cost = _measured(side.command, place)
                before = cold.get((side.name, size), cost)
                cold[side.name, size] = Cost(min(cost.cpu, before.cpu), min(cost.wall, before.wall))
                trees[side.name, size] = {"bytes": _bytes(place / "out"), "index": _bytes(place / "out" / side.index)}
    return cold, trees


def _again(folder: Path, size: int) -> dict[tuple[str, str], Cost]:
    """Build the largest size again, each time in a new process: with nothing changed, and with one page changed."""
    again = {}
    for side in SIDES:
        if side.name not in REBUILT:
            continue
        place = _place(folder, side, size, 0)
        again[side.name, NOTHING] = _least(_measured(side.command, place) for _ in range(AGAIN))
        edited = [corpus.page_of(place / "content", size * turn // AGAIN) for turn in range(AGAIN)]
        again[side.name, ONE] = _least(_measured(side.command, place) for _ in map(_edit, edited))
    return again


def _place(folder: Path, side: Side, size: int, turn: int) -> Path:
    return folder / f"{size}-{turn}" / side.name


def _least(costs: Iterable[Cost]) -> Cost:
    found = list(costs)
    return Cost(min(cost.cpu for cost in found), min(cost.wall for cost in found))


def _edit(page: Path) -> None:
    page.write_text(page.read_text("utf-8") + "\n这一条是刚加的。\n", "utf-8")


def _measured(command: Sequence[str], folder: Path) -> Cost:
    """Run `command` in `folder`. Ends with its output where it fails."""
    log = folder / "log.txt"
    # The folder for temporary files is ours, too: jieba keeps its dictionary there.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "TMPDIR": str(folder.parents[1])}
    with log.open("wb") as out:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}:\n{log.read_text('utf-8')[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)


def _bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _targets(cold: Costs, again: Mapping[tuple[str, str], Cost], size: int) -> list[Target]:
    """Return what is judged: at the full size only, for below it the start of a process outweighs the pages."""
    if size != FULL:
        return []
    ours = {pages: cost.cpu for (side, pages), cost in cold.items() if side == "ours"}
    targets = [
        Target("CPU of ours / Material", ours[size] / cold["material", size].cpu, OF_MATERIAL),
        Target("CPU of ours / Zensical", ours[size] / cold["zensical", size].cpu, OF_ZENSICAL),
        Target("one changed page, seconds by the clock", again["ours", ONE].wall, EDIT_SECONDS),
    ]
    if HALF in ours:
        growth = (ours[FULL] - ours[0]) / FULL / ((ours[HALF] - ours[0]) / HALF)
        targets.append(Target(f"CPU of a page at {FULL} above that at {HALF}", growth - 1, LINEAR))
    return targets


def _report(
    cold: Costs, trees: Trees, again: Mapping[tuple[str, str], Cost], targets: Sequence[Target], size: int
) -> Iterator[str]:
    yield " pages  side                 CPU s  wall s  ms/page  tree MB  index MB  ours is"
    for pages in sorted({pages for _, pages in cold}):
        for side in SIDES:
            cost, sums = cold[side.name, pages], trees[side.name, pages]
            each = f"{1000 * (cost.cpu - cold[side.name, 0].cpu) / pages:9.2f}" if pages else " " * 9
            yield (
                f"{pages:6}  {side.name:<18}{cost.cpu:8.2f}{cost.wall:8.2f}{each}"
                f"{sums['bytes'] / 1e6:9.1f}{sums['index'] / 1e6:10.1f}{cold['ours', pages].cpu / cost.cpu:9.2f}"
            )
    yield f"\nagain, {size} pages, in a new process (least of {AGAIN}):"
    yield from (
        f"  {side:<10}{what:<18}{cost.cpu:6.2f} s CPU{cost.wall:7.2f} s" for (side, what), cost in again.items()
    )
    yield "\ntargets:" if targets else f"\nno targets below {FULL} pages"
    for target in targets:
        word = "met   " if target.met else "MISSED"
        yield f"  {word}  {target.value:5.2f}  at most {target.bound:.2f}  {target.name}"


def _parser() -> argparse.ArgumentParser:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="numbers of pages")
    parser.add_argument("--runs", type=int, default=2, help="cold builds of each side and size; the least counts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
