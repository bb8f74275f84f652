"""Types into the search boxes of built sites in Chromium, and asks their engines."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page, TimeoutError
from tests.running import running

from .search_sites import SHARD, NotFinishedError, Site

SLOWDOWN = 4
#: Nobody types a Chinese phrase faster: so long the box has had the focus.
_TYPING_MS = 1_000
_MEGABYTE = 1024 * 1024
_NUMBER = re.compile(r"(\d{5})\.html")

# Times count from the event that the engine listens to, to the forced layout of what is shown.
_WATCH = """
({ box, event, titles, snippets, nothing }) => {
  let start = 0;
  const seen = window.benchSeen = {};
  const note = () => { if (!("titles" in seen)) { start = performance.now(); } };
  document.querySelector(box).addEventListener(event, note, true);
  const stands = (test) => new Function(`return ${test}`)();
  new MutationObserver(() => {
    if (!start) { return; }
    if (!("titles" in seen) && stands(titles)) {
      document.body.offsetHeight;
      seen.titles = performance.now() - start;
    }
    if (!("snippets" in seen) && stands(snippets)) {
      document.body.offsetHeight;
      seen.snippets = performance.now() - start;
    }
    if (stands(nothing)) { seen.nothing = performance.now() - start; }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}
"""
_CLEAR = """
(box) => {
  const input = document.querySelector(box);
  input.value = "";
  for (const event of ["input", "keyup"]) { input.dispatchEvent(new Event(event, { bubbles: true })); }
}
"""
_SEEN = "() => 'snippets' in benchSeen || 'nothing' in benchSeen"

# Material's worker is its engine; what it answers is watched.
_MATERIAL_INIT = """
window.benchWorker = new Promise((ready) => {
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data.type === 1) {
          window.benchReady = true;
          ready(this);
        }
      });
    }
  };
});
"""
_MATERIAL_ASK = """
async (queries) => {
  const worker = await benchWorker, answers = [];
  for (const query of queries) {
    const answer = new Promise((done) => worker.addEventListener("message", ({ data }) => done(data), { once: true }));
    worker.postMessage({ type: 2, data: query });
    answers.push({ shown: (await answer).data.items.slice(0, 10).map((pages) => pages[0].location), all: null });
  }
  return answers;
}
"""
_OURS_ASK = """
async (queries) => {
  await Kebao.ready();
  const answers = [];
  for (const query of queries) {
    const result = await Kebao.search(query);
    const all = result.hits.filter(({ group }) => !group).map(({ doc }) => doc);
    const shown = await Kebao.confirm(result);
    answers.push({ shown: shown.map(({ row }) => row[1]), all });
  }
  return answers;
}
"""
_PAGEFIND_ASK = """
async (queries) => {
  const pagefind = await import(new URL("pagefind/pagefind.js", location.href)), answers = [];
  for (const query of queries) {
    const { results } = await pagefind.search(query);
    const shown = await Promise.all(results.slice(0, 10).map((result) => result.data()));
    answers.push({ shown: shown.map(({ url }) => url), all: null });
  }
  return answers;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How a site is searched.

    Attributes:
        page: Site URI of the page with the box.
        box: CSS selector.
        titles, snippets, nothing: JavaScript conditions: these are shown; it is said that nothing was found.
        event: What in the box the engine listens to.
        ready: A condition for a page that can answer.
        ask: JavaScript function, queries → the first ten pages' addresses, and numbers of all pages where known.
    """

    page: str
    box: str
    titles: str
    snippets: str
    nothing: str
    ask: str
    ready: str = "true"
    event: str = "input"
    init: str = ""


def _is_there(selector: str) -> str:
    return f"document.querySelector({selector!r}) !== null"


OURS = Driver(
    page=f"{SHARD.uri}/search.html",
    box="#kb-query",
    titles=_is_there("#kb-results:not([hidden]) #kb-hits h3 a"),
    # Titles and beginnings of texts come first; what is looked for is marked in the text when that was read.
    snippets=_is_there("#kb-results:not([hidden]) #kb-hits li > p mark"),
    nothing="false",
    ask=_OURS_ASK,
)
MATERIAL = Driver(
    page="index.html",
    box=".md-search__input",
    event="keyup",
    titles=_is_there(".md-search-result__list li"),
    snippets=_is_there(".md-search-result__list li"),
    nothing="document.querySelector('.md-search-result__meta').textContent.includes('没有找到')",
    ready="window.benchReady === true",
    init=_MATERIAL_INIT,
    ask=_MATERIAL_ASK,
)
PAGEFIND = Driver(
    page="index.html",
    box=".pagefind-ui__search-input",
    titles=_is_there(".pagefind-ui__result-link"),
    # Each result is drawn when its own file has come.
    snippets="((drawn) => drawn.length && drawn.every((each) => each.querySelector('.pagefind-ui__result-link')))"
    "([...document.querySelectorAll('.pagefind-ui__result')])",
    nothing="/^(未|没)/.test((document.querySelector('.pagefind-ui__message') || {}).textContent)",
    ask=_PAGEFIND_ASK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What happened when a query was typed into a fresh page; times in ms, ``None``: nothing was found.

    Attributes:
        before, after: Files loaded before the query was typed, and for it.
    """

    query: str
    titles: float | None
    snippets: float | None
    before: tuple[Path, ...]
    after: tuple[Path, ...]

    @property
    def raw(self) -> int:
        return sum(path.stat().st_size for path in self.after)

    @property
    def packed(self) -> int:
        return sum(len(gzip.compress(path.read_bytes(), 6)) for path in self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Numbers of the pages that are shown first, and of all that have every term, where the engine tells."""

    shown: tuple[int, ...]
    all: frozenset[int] | None


@dataclass(slots=True, kw_only=True)
class Window:
    """A fresh page of a site."""

    driver: Driver
    site: Site
    base_url: str
    page: Page
    requested: list[str] = field(default_factory=list)

    def files(self) -> tuple[Path, ...]:
        """What it has loaded, each once, without the page itself."""
        found = dict.fromkeys(self._path_of(url) for url in self.requested if url.startswith(self.base_url))
        return tuple(path for path in found if path.is_file() and path.suffix != ".html")

    def _path_of(self, url: str) -> Path:
        return self.site.folder / unquote(urlsplit(url.removeprefix(self.base_url)).path)


OpenedWindow = AbstractContextManager[Window]


@contextmanager
def open_window(
    browser: Browser, driver: Driver, site: Site, base_url: str, *, slowdown: int, patience: float
) -> Iterator[Window]:
    """``patience``: seconds in which it must answer."""
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    page = context.new_page()
    page.set_default_timeout(patience * 1000)
    window = Window(driver=driver, site=site, base_url=base_url, page=page)
    page.on("request", lambda request: window.requested.append(request.url))
    if driver.init:
        page.add_init_script(driver.init)
    if slowdown > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(base_url + driver.page)
    page.wait_for_selector(driver.box, state="attached")
    try:
        yield window
    finally:
        context.close()


def wait_until_ready(window: Window, patience: float) -> float:
    """Milliseconds since the page was asked for; NotFinishedError when it takes longer."""
    try:
        window.page.wait_for_function(window.driver.ready, timeout=patience * 1000)
    except TimeoutError as error:
        raise NotFinishedError(f"loading its index, given up after {patience:.0f} s") from error
    return float(window.page.evaluate("performance.now()"))


def type_query(window: Window, query: str, *, within: float) -> Typed:
    """Focuses the box, waits as long as typing takes, and puts the query in at once, as an input method does.

    ``within``: milliseconds after which nothing more is expected.
    """
    page, driver = window.page, window.driver
    # What was typed before is gone, with its answer.
    page.evaluate(_CLEAR, driver.box)
    page.wait_for_function(f"!({driver.titles})")
    wanted = {name: getattr(driver, name) for name in ("box", "event", "titles", "snippets", "nothing")}
    page.evaluate(_WATCH, wanted)
    page.focus(driver.box)
    page.wait_for_timeout(_TYPING_MS)
    before = window.files()
    page.keyboard.insert_text(query)
    if driver.event == "keyup":
        page.keyboard.press("Shift")
    with suppress(TimeoutError):
        page.wait_for_function(_SEEN, timeout=within)
    # Requests are told a moment later than they are made; and what follows the answer belongs to it.
    page.wait_for_timeout(300)
    seen: Mapping[str, float] = page.evaluate("benchSeen")
    after = tuple(path for path in window.files() if path not in before)
    return Typed(query=query, titles=seen.get("titles"), snippets=seen.get("snippets"), before=before, after=after)


def ask(window: Window, queries: Sequence[str]) -> list[Answer]:
    given: list[dict[str, Any]] = window.page.evaluate(window.driver.ask, list(queries))
    return [
        Answer(
            shown=tuple(int(found[1]) for uri in answer["shown"] if (found := _NUMBER.search(uri))),
            all=None if answer["all"] is None else frozenset(answer["all"]),
        )
        for answer in given
    ]


def memory(browser: Browser, window: Window) -> tuple[float, float]:
    """MB: of the page's scripts, and private to the browser's process that has the page and its workers."""
    session = window.page.context.new_cdp_session(window.page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    private = max(_private_bytes(each["id"]) for each in processes if each["type"] == "renderer")
    return metrics["JSHeapUsedSize"] / _MEGABYTE, private / _MEGABYTE


def _private_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes its window early is no news."""


def served(folder: Path) -> AbstractContextManager[str]:
    """The folder's address on a plain server of this machine, which compresses nothing."""
    return running(_Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder))))


def chromium_path() -> str | None:
    """Where the browser is: ``KEBAO_CHROMIUM``, or on the search path."""
    return os.environ.get("KEBAO_CHROMIUM") or shutil.which("chromium")


def load_average() -> float:
    return os.getloadavg()[0]
