"""One build of our site in a process of its own: `ours.py CONTENT CACHE OUT`. Prints what it did as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from generator import pipeline  # noqa: E402
from generator.publish import tree  # noqa: E402


def main(content: Path, cache: Path, out: Path) -> int:
    """Build and publish as `build.py build` does, without prints and archive, which the others do not make.

    Returns 1 if the content is faulty.
    """
    tree.recover(out)
    project = replace(pipeline.project_of(content, [Path(__file__).parent / "kind"]), cache=cache)
    result = pipeline.make(project, without=frozenset({"pdf", "book", "zip"}))
    if result.faulty:
        for found in result.diagnostics:
            print(found, file=sys.stderr)
        return 1
    unchanged = tree.unchanged(out, result.entries)
    if not unchanged:
        tree.publish(out, result.entries)
    print(json.dumps({"documents": len(result.library.documents), "made": result.made, "unchanged": unchanged}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:4])))
