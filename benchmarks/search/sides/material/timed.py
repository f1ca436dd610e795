"""Build the site in the working directory as `mkdocs build` does; print the seconds of the processor in its search."""

import functools
import json
import time

from material.plugins.search.plugin import SearchPlugin
from mkdocs.commands.build import build
from mkdocs.config import load_config

spent = 0.0


def timed(method):
    @functools.wraps(method)
    def call(*args, **kwargs):
        global spent
        started = time.process_time()
        try:
            return method(*args, **kwargs)
        finally:
            spent += time.process_time() - started

    return call


for name in ("on_config", "on_page_context", "on_post_build"):
    setattr(SearchPlugin, name, timed(getattr(SearchPlugin, name)))
build(load_config())
print(json.dumps({"cpu": spent}))
