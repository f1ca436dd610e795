"""What a build leans on and in which version, for `build.py doctor`."""

from __future__ import annotations

import platform
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, version

from generator.store import graphviz

PACKAGES = ("mkdocs", "mkdocs-material", "weasyprint", "markdown", "nh3", "jsonschema", "fonttools", "pyyaml")
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig")


def versions() -> dict[str, str]:
    """Return the versions of Python, packages and Graphviz and the system libraries' sonames; "" where one is missing.

    A soname (libpango-1.0.so.0) says that a library is there and which interface it has, not its exact version.
    """
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    found["graphviz"] = graphviz().removeprefix("dot - graphviz version ")
    return found | {f"lib{name}": find_library(name) or "" for name in LIBRARIES}
