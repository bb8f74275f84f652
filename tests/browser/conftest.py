"""Headless Chromium in front of the built sample, from a server and from the disk.

Every reader is watched: at the end of a test no request may have left the site, nothing may have failed to
load, and the console must be free of errors.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast
from urllib.parse import unquote, urlsplit

import pytest
from tests.npm_packages import NotInstalledError, npm_package
from tests.running import running

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site

if TYPE_CHECKING:
    # Only the types: without Playwright these tests are skipped, not broken.
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

    from .axe import Axe

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Not requests of the page: data it carries itself, and the browser's own PDF viewer.
OWN_SCHEMES = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")

Way = Literal["http", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltSite:
    """The sample, built."""

    root: Path

    def heaviest(self, shard: str, pattern: str) -> str | None:
        """Site URI of the largest page that matches: what holds most, overflows first. None without a match.

        A pattern with a star means single things: lists (``index*.html``) are left out.
        """
        found = sorted(
            (self.root / shard).glob(pattern),
            key=lambda path: (path.stat().st_size, path.name),
        )
        if "*" in pattern:
            found = [path for path in found if not path.name.startswith("index")]
        return found[-1].relative_to(self.root).as_posix() if found else None

    def has(self, uri: str) -> bool:
        return (self.root / uri).is_file()


@dataclass(slots=True, kw_only=True)
class Reader:
    """A browser window on the site, and what happened in it.

    Attributes:
        base_url: The site's root, with a slash at its end.
        missing: URLs that the test asks for although they are not there.
    """

    page: Page
    base_url: str
    requests: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    def open(self, uri: str) -> Page:
        self.page.goto(self.base_url + uri)
        return self.page

    def open_missing(self, uri: str) -> Page:
        self.missing.add(self.base_url + uri)
        return self.open(uri)

    @property
    def uri(self) -> str:
        """Site URI of the page that is shown."""
        url = self.page.url.partition("#")[0]
        return unquote(url).removeprefix(unquote(self.base_url))

    def watch(self) -> None:
        # Lambdas: Playwright writes an attribute on the object of a bound method; slots refuse that.
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self._note_failed(request))
        self.page.on("response", lambda response: self._note_response(response))
        self.page.on("console", lambda message: self._note_console(message))
        self.page.on("pageerror", lambda error: self.errors.append((self.page.url, error.message)))

    def _note_failed(self, request: Request) -> None:
        # Aborted by the browser itself: the reader went on, or the link became a download.
        if request.failure != "net::ERR_ABORTED":
            self.errors.append((request.url, f"not loaded: {request.failure}"))

    def _note_response(self, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST:
            self.errors.append((response.url, f"answered with {response.status}"))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append((message.location["url"], message.text))
        elif message.type == "warning":
            self.warnings.append(message.text)

    def assert_nothing_went_wrong(self) -> None:
        within = self.base_url if self.base_url.startswith("file:") else _origin(self.base_url)
        left = [url for url in self.requests if not url.startswith((within, *OWN_SCHEMES))]
        assert left == [], "requests left the site"
        wrong = [(url, what) for url, what in self.errors if url not in self.missing]
        assert wrong == []


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


class Readers:
    """Opens windows on the site, each with its own storage, and closes them."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self._browser = browser
        self._base_url = base_url
        self._readers: list[Reader] = []

    def __call__(self, *, width: int = 1280, height: int = 844, **context: Any) -> Reader:
        """A new window; ``context`` are options of Playwright's ``new_context``."""
        window = self._browser.new_context(viewport={"width": width, "height": height}, **context)
        reader = Reader(page=window.new_page(), base_url=self._base_url)
        reader.page.set_default_timeout(15_000)
        reader.watch()
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        try:
            for reader in self._readers:
                reader.assert_nothing_went_wrong()
        finally:
            for reader in self._readers:
                reader.page.context.close()


class SiteServer(ThreadingHTTPServer):
    """Serves a folder as a plain web server does, with the nearest ``404.html`` above what is missing."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes its window early is no news."""


class SiteHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        body = nearest_not_found_page(Path(self.directory), urlsplit(self.path).path).read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def served(folder: Path) -> AbstractContextManager[str]:
    """A plain web server for the folder; gives its address."""
    return running(SiteServer(("127.0.0.1", 0), partial(SiteHandler, directory=str(folder))))


def nearest_not_found_page(site_path: Path, address: str) -> Path:
    """The ``404.html`` with the longest prefix of the address; the site's own at last."""
    folders = PurePosixPath(unquote(address)).relative_to("/").parents
    pages = (site_path / folder / "404.html" for folder in folders)
    return next(page for page in pages if page.is_file())


def no_browser(reason: str) -> NoReturn:
    if os.environ.get("KEBAO_REQUIRE_BROWSER"):
        pytest.fail(f"{reason}, and KEBAO_REQUIRE_BROWSER is set")
    pytest.skip(reason)


class ModuleWithoutPlaywright(pytest.Module):
    def collect(self) -> NoReturn:
        no_browser("Playwright for Python is not installed")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if find_spec("playwright"):
        return None
    return ModuleWithoutPlaywright.from_parent(parent, path=module_path)


def chromium_path() -> str | None:
    """Where the browser is: ``KEBAO_CHROMIUM``, Debian's place, or on the search path."""
    named = os.environ.get("KEBAO_CHROMIUM")
    if named:
        return named
    if Path("/usr/bin/chromium").is_file():
        return "/usr/bin/chromium"
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import Error, sync_playwright

    path = chromium_path()
    if path is None:
        no_browser("no Chromium found: install it or set KEBAO_CHROMIUM")
    with sync_playwright() as playwright:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        try:
            # Without its sandbox only where the sandbox refuses to work: Playwright adds --no-sandbox then.
            browser = playwright.chromium.launch(
                executable_path=path, args=list(ARGUMENTS), chromium_sandbox=not is_root
            )
        except Error as error:
            no_browser(f"{path} does not start: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The sample; built only where there is a browser to look at it."""
    project = check_project(ROOT)
    assert not project.has_errors, project.problems
    out = tmp_path_factory.mktemp("browser") / "site"
    build_site(project, BuildOptions(out=out, jobs=2))
    return BuiltSite(root=out)


@pytest.fixture(scope="session")
def server_url(site: BuiltSite) -> Iterator[str]:
    """The address of the site on a server of this machine, with a slash at its end."""
    with served(site.root) as url:
        yield url


@pytest.fixture(params=["http", "file"])
def way(request: pytest.FixtureRequest) -> Way:
    """How the site is reached; a test that means only one of the two sets it."""
    return cast(Way, request.param)


@pytest.fixture
def read(way: Way, browser: Browser, site: BuiltSite, server_url: str) -> Iterator[Readers]:
    """Opens windows on the site; what went wrong in them fails the test."""
    readers = Readers(browser, server_url if way == "http" else f"{site.root.as_uri()}/")
    yield readers
    readers.close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Finds what is wrong for readers with a disability; installed by npm when it is not there yet."""
    from .axe import AXE_CORE, Axe

    try:
        package = npm_package("axe-core", AXE_CORE)
    except NotInstalledError as error:
        no_browser(str(error))
    return Axe((package / "axe.min.js").read_text("utf-8"))
