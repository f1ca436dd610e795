"""The service worker: what it holds from the start, so that help and what was seen open without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from generator.store import key_of

PATH = "site/sw.js"
# Held before anybody has opened them.
PAGES = ("help.html", "offline.html")
_LOADED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(assets/[^"#]+)"')


def worker(themes: Path, pages: Mapping[str, bytes]) -> bytes:
    """Return the script for `sw.js` in the site's root, which holds `pages` and what they load.

    `pages` are finished pages of the root by path. Another text of one of them or another look, whose version stands in
    their addresses of styles and scripts, gives other bytes, by which browsers know that there is something new.
    """
    loaded = {address for page in pages.values() for address in _LOADED.findall(page.decode())}
    source = (themes / "site" / "worker.js").read_bytes()
    version = key_of(source, *(part for path in sorted(pages) for part in (path, pages[path])))[:12]
    held = json.dumps([*sorted(pages), *sorted(loaded)])
    return f'self.VERSION = "{version}";\nself.HELD = {held};\n'.encode() + source
