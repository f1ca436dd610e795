"""Our press against WeasyPrint, mkdocs-to-pdf, Chromium and Typst on the same statutes; README.md tells the rest."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import tools  # noqa: E402
from benchmarks.site import corpus  # noqa: E402

COUNT, ROUNDS, EDITS = 50, 3, 5
# The targets, all by the clock.
OF_LOOP, OF_MKDOCS, OF_CHROMIUM, COLD_EDIT, WARM_EDIT = 0.35, 0.30, 1.0, 0.08, 0.03


@dataclass(frozen=True)
class Side:
    """One of those compared: what lays texts in its folder and the command that makes PDFs of them in `out` there.

    `tells`: the command is warm and prints its own seconds; else its whole process counts.
    """

    name: str
    lay: Callable[[Path, Sequence[corpus.Text]], None]
    command: Sequence[str]
    tells: bool = True


@dataclass(frozen=True)
class Run:
    """Seconds by the clock and of the processors, and the PDFs: their pages and bytes."""

    wall: float
    cpu: float
    pages: int
    size: int


@dataclass(frozen=True)
class Target:
    """A measured value and the bound that it must not pass."""

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
    # From all over the folder: names that stand together are of laws alike.
    texts = corpus.repeated(texts[:: max(1, len(texts) // options.count)], options.count)
    sides = _sides()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="press-", dir=tools.TOOLS) as folder:
        runs, previews = _rounds(Path(folder), sides, texts, options.rounds)
        edits = _edits(Path(folder) / f"{options.rounds - 1}" / "ours", texts)
        shares = _told(_ours("shares"), _laid(Path(folder) / "shares", _lay_ours, texts))
    medians = {name: _median(each) for name, each in runs.items()}
    targets = _targets(medians, edits) if options.count == COUNT else []
    if options.json:
        data = {
            "texts": options.texts.name if options.texts else "generated",
            "load": load,
            "sides": {name: [asdict(run) for run in each] for name, each in runs.items()},
            "previews": [asdict(run) for run in previews],
            "edits": edits,
            "shares": shares,
            "targets": [{**asdict(target), "met": target.met} for target in targets],
        }
        print(json.dumps(data, indent=1))
    else:
        print("\n".join(_report(medians, _median(previews), edits, shares, targets, options, load)))
    return 0 if all(target.met for target in targets) else 1


def _sides() -> list[Side]:
    """Return the sides in the order of their turns, after setting up what they need."""
    chromium = shutil.which("chromium") or sys.exit("no chromium on this machine: make setup-test installs it")
    mkdocs, typst = (tools.python(HERE / "sides" / f"{name}.txt", name) for name in ("mkdocs-to-pdf", "typst"))
    scripts = HERE / "sides"
    return [
        Side("ours", _lay_ours, _ours("build"), tells=False),
        Side("WeasyPrint", _lay_html, (sys.executable, str(scripts / "weasyprint_loop.py"))),
        Side("mkdocs-to-pdf", _lay_mkdocs, (mkdocs, "-m", "mkdocs", "build", "-q"), tells=False),
        Side("Chromium", _lay_html, (sys.executable, str(scripts / "chromium_print.py"), chromium)),
        Side(
            "Typst",
            lambda folder, texts: corpus.lay_pages(folder / "content", texts),
            (typst, str(scripts / "typst_loop.py")),
        ),
    ]


def _ours(what: str) -> Sequence[str]:
    return (sys.executable, str(HERE / "ours.py"), what)


def _lay_ours(folder: Path, texts: Sequence[corpus.Text]) -> None:
    corpus.lay_content(folder / "content", texts, ROOT / "content")


def _lay_html(folder: Path, texts: Sequence[corpus.Text]) -> None:
    _lay_ours(folder, texts)
    _told(_ours("html"), folder)


def _lay_mkdocs(folder: Path, texts: Sequence[corpus.Text]) -> None:
    corpus.lay_pages(folder / "content", texts)
    shutil.copytree(HERE / "sides" / "mkdocs-to-pdf", folder, dirs_exist_ok=True)


def _laid(folder: Path, lay: Callable[[Path, Sequence[corpus.Text]], None], texts: Sequence[corpus.Text]) -> Path:
    folder.mkdir(parents=True)
    lay(folder, texts)
    return folder


def _rounds(
    folder: Path, sides: Sequence[Side], texts: Sequence[corpus.Text], rounds: int
) -> tuple[dict[str, list[Run]], list[Run]]:
    """Let the sides take turns; return the runs of each, those of ours without its previews, and the previews'."""
    runs: dict[str, list[Run]] = {side.name: [] for side in sides}
    previews = []
    for turn in range(rounds):
        for side in sides:
            place = _laid(folder / str(turn) / side.name, side.lay, texts)
            wall, cpu, told = _measured(side.command, place)
            if side.tells:
                wall, cpu = told["wall"], told["cpu"]
            elif side.name == "ours":
                pictures = told["previews"]
                wall, cpu = wall - pictures["wall"], cpu - pictures["cpu"]
                previews.append(Run(pictures["wall"], pictures["cpu"], *_sums(place / "out", "*-pages.webp")))
            runs[side.name].append(Run(wall, cpu, *_sums(place / "out", "*.pdf")))
    return runs, previews


def _edits(place: Path, texts: Sequence[corpus.Text]) -> dict[str, float]:
    """Return the median seconds after a change of one page: of a new process, and of one that has just made another.

    `place` holds a finished build.
    """
    cold = []
    for number in range(EDITS):
        page = corpus.page_of(place / "content", number * len(texts) // EDITS)
        page.write_text(page.read_text("utf-8") + "\n这一条是刚加的。\n", "utf-8")
        wall, _, told = _measured(_ours("build"), place)
        cold.append(wall - told["previews"]["wall"])
    return {"cold": statistics.median(cold), "warm": statistics.median(_told(_ours("serve"), place))}


def _median(runs: Sequence[Run]) -> Run:
    """Return the medians of times; sheets and sizes are those of the last run."""
    wall, cpu = (statistics.median(getattr(run, name) for run in runs) for name in ("wall", "cpu"))
    return Run(wall, cpu, runs[-1].pages, runs[-1].size)


def _sums(folder: Path, pattern: str) -> tuple[int, int]:
    """Return the pages of the PDFs of a folder (of other files, 0) and the bytes of all that the pattern names."""
    import pypdfium2

    files = list(folder.rglob(pattern))
    pages = sum(len(pypdfium2.PdfDocument(file)) for file in files if file.suffix == ".pdf")
    return pages, sum(file.stat().st_size for file in files)


def _measured(command: Sequence[str], folder: Path) -> tuple[float, float, Any]:
    """Run `command` in `folder`; return its seconds by the clock and of the processors, and what its JSON said.

    Ends with its output where it fails.
    """
    out, log = folder / "told.json", folder / "log.txt"
    with out.open("wb") as told, log.open("wb") as errors:
        started = time.monotonic()
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        process = subprocess.Popen(command, cwd=folder, stdout=told, stderr=errors, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{log.read_text('utf-8')[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime, json.loads(out.read_text("utf-8") or "null")


def _told(command: Sequence[str], folder: Path) -> Any:
    return _measured(command, folder)[2]


def _targets(medians: Mapping[str, Run], edits: Mapping[str, float]) -> list[Target]:
    ours = medians["ours"].wall
    return [
        Target("ours / WeasyPrint", ours / medians["WeasyPrint"].wall, OF_LOOP),
        Target("ours / mkdocs-to-pdf", ours / medians["mkdocs-to-pdf"].wall, OF_MKDOCS),
        Target("ours / Chromium", ours / medians["Chromium"].wall, OF_CHROMIUM),
        Target("one changed sheet from a cold start / all", edits["cold"] / ours, COLD_EDIT),
        Target("one changed sheet in a warm process / all", edits["warm"] / ours, WARM_EDIT),
    ]


def _report(
    medians: Mapping[str, Run],
    previews: Run,
    edits: Mapping[str, float],
    shares: Mapping[str, float],
    targets: Sequence[Target],
    options: argparse.Namespace,
    load: float,
) -> Iterator[str]:
    ours = medians["ours"].wall
    yield f"{options.count} sheets, medians of {options.rounds} rounds, load before them {load:.1f}"
    yield "side             wall s   CPU s   pages  ms/page    MB  ours is"
    for name, run in medians.items():
        yield (
            f"{name:<15}{run.wall:8.2f}{run.cpu:8.2f}{run.pages:8}{1000 * run.wall / run.pages:9.1f}"
            f"{run.size / 1e6:6.1f}{ours / run.wall:9.2f}"
        )
    yield f"{'+ previews':<15}{previews.wall:8.2f}{previews.cpu:8.2f}{'':17}{previews.size / 1e6:6.1f}"
    yield f"\none changed sheet, without its previews: {edits['cold']:.2f} s cold, {edits['warm']:.2f} s warm"
    total = sum(shares.values())
    yield f"\nours in one process, {total:.1f} s of the processor:"
    yield from (
        f"  {100 * spent / total:5.1f} %  {share}" for share, spent in sorted(shares.items(), key=lambda s: -s[1])
    )
    yield "\ntargets:" if targets else f"\nno targets but with {COUNT} sheets"
    for target in targets:
        word = "met   " if target.met else "MISSED"
        yield f"  {word}  {target.value:6.3f}  at most {target.bound:.2f}  {target.name}"


def _parser() -> argparse.ArgumentParser:
    parser = corpus.parser(__doc__ or "")
    parser.add_argument("--count", type=int, default=COUNT, help="number of sheets; targets only with the default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each side; the median counts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
