"""Chromium, without a window, asks a site: what is found, what was loaded for it, and how long it took."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from benchmarks.search.sides import DRIVERS, Driver, Site, sizes

# Not loaded for a query: the page itself, its looks, and passages, which come after the first hit stands.
APART = (".html", ".css", ".svg", ".png", ".ico", ".woff2")
PASSAGES = "/search/t/"
# Milliseconds after which a page counts as one that is never ready, and a query as one without answer.
READY, ANSWER = 240_000, 10_000
FROM_DISK = 6_000
# Material's worker, overheard: whether it is ready, and what it answers to a query of ours.
EARS = """
if (location.protocol.startsWith("http")) {
  const Plain = Worker;
  window.heard = {};
  window.Worker = class extends Plain {
    constructor(...args) {
      super(...args);
      heard.worker = this;
      this.addEventListener("message", ({ data }) => {
        if (data.type === 1) heard.ready = true;
        if (data.type === 3 && heard.next) { heard.next(data.data.items); heard.next = null; }
      });
    }
  };
}
"""
# From the key to the first hit in the page, in milliseconds; null if none comes. Hits of before are cleared first.
ASK = """async ([field, hit, query, wait]) => {
  const input = document.querySelector(field);
  const type = text => {
    input.value = text;
    for (const name of ["input", "keyup"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  };
  const until = good => new Promise(resolve => {
    if (good()) return resolve(true);
    const end = setTimeout(() => { seen.disconnect(); resolve(false); }, wait);
    const seen = new MutationObserver(() => {
      if (good()) { clearTimeout(end); seen.disconnect(); resolve(true); }
    });
    seen.observe(document.body, { childList: true, subtree: true });
  });
  input.focus();
  if (document.querySelector(hit)) {
    type("");
    await until(() => !document.querySelector(hit));
  }
  await new Promise(resolve => setTimeout(resolve, 50));
  const started = performance.now();
  type(query);
  return await until(() => document.querySelector(hit)) ? performance.now() - started : null;
}"""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # As servers do: else each answer waits for an acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, *args: Any, asked: list[str], **more: Any) -> None:
        self.asked = asked
        super().__init__(*args, **more)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        self.asked.append(unquote(urlsplit(self.path).path))
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing of browsers that close with a connection open."""


class Asker:
    """A site over HTTP and from disk, open in a browser."""

    def __init__(self, browser: Browser, site: Site, address: str, asked: list[str]) -> None:
        self.site = site
        self.driver: Driver = DRIVERS[site.side]
        self._browser, self._address, self._asked = browser, address, asked

    @contextmanager
    def page(self, *, disk: bool = False, slow: int = 1) -> Iterator[Page | None]:
        """Yield the page of search, ready and with nothing found yet; None if it never is.

        `slow`: how many times slower the page then runs.
        """
        # A site's service worker loads for later, what it keeps is nothing that a new browser has.
        context = self._browser.new_context(viewport={"width": 1440, "height": 900}, service_workers="block")
        try:
            page = context.new_page()
            page.add_init_script(EARS)
            self._asked.clear()
            base = self.site.root.as_uri() if disk else self._address
            page.goto(f"{base}/{self.driver.page}")
            try:
                limit = FROM_DISK if disk else READY
                page.wait_for_function(f"() => {{ try {{ return {self.driver.ready}; }} catch {{}} }}", timeout=limit)
            except TimeoutError:
                yield None
                return
            if slow > 1:
                session = context.new_cdp_session(page)
                session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
            yield page
        finally:
            context.close()

    def found(self, queries: Iterable[str]) -> dict[str, list[str]]:
        """Return the ids of documents found for each query, in order, at most twenty."""
        with self.page() as page:
            assert page
            return {query: self._ids(page.evaluate(self.driver.found, query)) for query in queries}

    def loaded(self, queries: Iterable[str]) -> list[tuple[int, int]]:
        """Return the bytes of scripts and data that the first hit took in a new browser: plain, and as gzip."""
        sums = []
        for query in queries:
            with self.page() as page:
                assert page
                if self.ask(page, query) is not None:
                    paths = {path for path in self._asked if not path.endswith((*APART, "/")) and PASSAGES not in path}
                    files = (self.site.root / path.lstrip("/") for path in paths)
                    sums.append(sizes(file for file in files if file.is_file()))
        return sums

    def ask(self, page: Page, query: str) -> float | None:
        """Type a query; return the milliseconds until the first hit stands in the page, None if none comes."""
        took: float | None = page.evaluate(ASK, [self.driver.field, self.driver.hit, query, ANSWER])
        return took

    def times(
        self, queries: Sequence[str], *, cold: int, disk: bool = False, slow: int = 1
    ) -> tuple[list[float], list[float]]:
        """Return the milliseconds of the first `cold` queries in pages of their own, and of all asked a second time."""
        first, again = [], []
        for query in queries[:cold]:
            with self.page(disk=disk, slow=slow) as page:
                if not page:
                    return [], []
                first.append(self._took(page, query))
        with self.page(disk=disk, slow=slow) as page:
            if not page:
                return [], []
            for query in queries:
                self._took(page, query)
                again.append(self._took(page, query))
        return first, again

    def _took(self, page: Page, query: str) -> float:
        took = self.ask(page, query)
        return ANSWER if took is None else took

    def _ids(self, addresses: Iterable[str]) -> list[str]:
        """Return addresses as ids of documents, each once; other pages are left out."""
        ids = dict.fromkeys(address.strip("/").removesuffix(".html") for address in addresses)
        return [id_ for id_ in ids if "/" in id_ and id_.split("/")[0] not in ("for", "kind", "stage", "topic")]


@contextmanager
def asker(browser: Browser, site: Site) -> Iterator[Asker]:
    """Serve a site on this machine while it is asked."""
    asked: list[str] = []
    server = _Server(("127.0.0.1", 0), partial(_Handler, asked=asked, directory=str(site.root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Asker(browser, site, f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of the tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()
