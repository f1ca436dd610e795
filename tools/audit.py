"""Lighthouse on the pages that people come to first, as a throttled phone: `make audit`.

Serves dist/site the way a web server does, compressed, and prints a line a page. Ends with 1 if a score is below 95.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
NODE = ROOT / "tools" / "audit" / "node_modules"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
TEXT = (".html", ".css", ".js", ".svg", ".json", ".xml")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, text compressed, a missing one answered with the site's own page."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else Path(self.directory) / "404.html"
        packed = path.suffix in TEXT
        data = gzip.compress(path.read_bytes(), 6) if packed else path.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve `folder` on a free port of this machine and give its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def pages(site: Path) -> list[str]:
    """Return the pages to look at: the ways in, the first guide and the first kit."""
    documents = [min(site.glob(f"{kind}/*.html")).relative_to(site).as_posix() for kind in ("guide", "kit")]
    return ["index.html", *documents, "all.html", "search/index.html", "help.html"]


def audit(address: str) -> dict[str, int]:
    """Return Lighthouse's scores of a page, 0 to 100, by category."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            *(BIN / "node", NODE / "lighthouse" / "cli" / "index.js", address),
            *("--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"),
            f"--chrome-flags=--headless=new --no-sandbox --user-data-dir={folder}/profile",
        ]
        environment = {"CHROME_PATH": "/usr/bin/chromium", **os.environ}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(report.read_text("utf-8"))
        for name in CATEGORIES:
            for each in found["categories"][name]["auditRefs"]:
                result = found["audits"][each["id"]]
                if each["weight"] and result["score"] is not None and result["score"] < 0.9:
                    print(f"    {name}: {result['title']} {result.get('displayValue', '')}")
        return {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}


def main() -> int:
    site = ROOT / "dist" / "site" if len(sys.argv) < 2 else Path(sys.argv[1])
    least = 100
    with served(site) as address:
        for page in pages(site):
            scores = audit(address + page)
            print(f"{page:32}", *(f"{name} {score}" for name, score in scores.items()), flush=True)
            least = min(least, *scores.values())
    return int(least < LEAST)


if __name__ == "__main__":
    sys.exit(main())
