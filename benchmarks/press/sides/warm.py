"""What the warm sides share: the clock starts when everything is ready, and what it showed is printed as JSON."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path


def run(pattern: str, press: Callable[[Path, Path], None]) -> None:
    """Call `press` with each file of the pattern and the PDF to write into `out`; print the seconds that all took.

    The first file is pressed once before the clock starts.
    """
    out = Path("out")
    out.mkdir()
    files = sorted(Path().glob(pattern))
    press(files[0], out / "warm.pdf")
    (out / "warm.pdf").unlink()
    started, processors = time.monotonic(), _processors()
    for file in files:
        press(file, out / f"{file.stem}.pdf")
    print(json.dumps({"wall": time.monotonic() - started, "cpu": _processors() - processors}))


def _processors() -> float:
    """Return the seconds of the processors that this process and all below it have used."""
    parents, ticks = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents[int(folder.name)] = int(fields[1])
        # Own time and that of children that have ended; fields 14 to 17 of proc(5).
        ticks[int(folder.name)] = sum(map(int, fields[11:15]))
    family = {os.getpid()}
    while grown := {child for child, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(ticks[process] for process in family) / os.sysconf("SC_CLK_TCK")
