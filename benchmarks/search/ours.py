"""What the index of ours costs: `ours.py CONTENT CACHE`, in a new process, with pages rendered. Prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator import outputs, pipeline  # noqa: E402
from generator.model import Library, Project  # noqa: E402
from generator.reading.load import load  # noqa: E402

EDITS = 3
KIND = ROOT / "benchmarks" / "site" / "kind"


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor and by the clock."""

    cpu: float
    wall: float


def main(content: Path, cache: Path) -> int:
    """Make the index from nothing, then after a line was added to one document; each time its pages stand rendered."""
    project = replace(pipeline.project_of(content, [KIND]), cache=cache)
    if pipeline.make(project, without=frozenset(outputs.MAKERS)).faulty:
        return 1
    library, _ = load(project, "")
    whole = _made(library, project, [document.id for document in library.documents])
    edits = []
    for number in range(EDITS):
        document = library.documents[number * len(library.documents) // EDITS]
        page = content / f"{document.id}.md"
        page.write_text(page.read_text("utf-8") + "\n这一条是刚加的。\n", "utf-8")
        pipeline.make(project, without=frozenset(outputs.MAKERS))
        library, _ = load(project, "")
        edits.append(_made(library, project, [document.id]))
    least = Cost(min(cost.cpu for cost in edits), min(cost.wall for cost in edits))
    print(json.dumps({"documents": len(library.documents), "whole": asdict(whole), "edit": asdict(least)}))
    return 0


def _made(library: Library, project: Project, texts: Sequence[str]) -> Cost:
    """Plan the index and make it, of the texts of documents only these."""
    started, clock = time.process_time(), time.monotonic()
    plan, make = outputs.OUTPUTS["search"]
    for artifact in plan(library, project):
        if not artifact.document or artifact.document in texts:
            make(artifact, project)
    return Cost(time.process_time() - started, time.monotonic() - clock)


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:3])))
