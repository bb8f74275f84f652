"""What a first visit weighs: HTML and assets of each page type, compressed as a server would, and how many requests.

Run ``python -m tests.bench.bench_weight SITE`` on a built site. The budget (DESIGN §8): 60 KB of HTML, 250 KB with
assets, no request to another site.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

KB = 1024
MOST_HTML, MOST_WITH_ASSETS = 60 * KB, 250 * KB
#: Page types; of those with a star the heaviest page is weighed.
PAGE_TYPES = (
    "index.html",
    "404.html",
    "about.html",
    "catalog/index.html",
    "compare/*.html",
    "contributors/index.html",
    "contributors/*.html",
    "courses/*.html",
    "downloads.html",
    "grades/*.html",
    "lesson-cases/index.html",
    "lesson-cases/*.html",
    "micro-lessons/*.html",
    "my-list.html",
    "overview.html",
    "overview/*.html",
    "programmes/index.html",
    "programmes/*.html",
    "schools/index.html",
    "schools/*.html",
    "search.html",
    "stages/*.html",
    "subjects/*.html",
    "topics/index.html",
    "topics/*.html",
    "translations.html",
    "whats-new.html",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A first visit of a page, compressed by ``gzip -6``.

    Attributes:
        assets: Bytes of styles, scripts and pictures that the page loads by itself; pictures as they are.
        external: Addresses of other sites that it would load from.
    """

    uri: str
    html: int
    html_raw: int
    assets: int
    requests: int
    external: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.html + self.assets


class _Assets(HTMLParser):
    """What a page loads without being asked; lazy pictures and media wait for the reader."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_sheet = tag == "link" and values.get("rel") in {"stylesheet", "icon", "preload"}
        is_loaded = tag in {"script", "img", "iframe"} and values.get("loading") != "lazy"
        address = values.get("href") if is_sheet else values.get("src") if is_loaded else values.get("poster")
        if address and not address.startswith("data:"):
            self.found.append(address)


def weigh(site: Path, uri: str) -> Weight:
    """The weight of a page; what it names has to be there."""
    page = site / uri
    html = page.read_bytes()
    parser = _Assets()
    parser.feed(html.decode())
    addresses = list(dict.fromkeys(parser.found))
    external = tuple(address for address in addresses if urlsplit(address).netloc)
    own = [page.parent / unquote(urlsplit(address).path) for address in addresses if address not in external]
    return Weight(
        uri=uri,
        html=_packed(html),
        html_raw=len(html),
        assets=sum(_delivered(path) for path in own),
        requests=1 + len(addresses),
        external=external,
    )


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def _delivered(path: Path) -> int:
    content = path.read_bytes()
    # Servers do not compress what is compressed already.
    return _packed(content) if path.suffix in {".css", ".js", ".svg", ".json"} else len(content)


def heaviest(site: Path, shards: Sequence[str]) -> Iterator[Weight]:
    """The heaviest page of each type in these shards."""
    for page_type in PAGE_TYPES:
        pages = [path for shard in shards for path in (site / shard).glob(page_type)]
        if "*" in page_type:
            pages = [path for path in pages if not path.name.startswith("index")]
        if pages:
            page = max(pages, key=lambda path: (path.stat().st_size, path.as_posix()))
            yield weigh(site, page.relative_to(site).as_posix())


def main() -> None:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    shards = sorted(path.parent.relative_to(site).as_posix() for path in site.glob("*/*/*/pages.json"))
    print(f"{'page':<62}{'HTML raw':>10}{'HTML':>8}{'assets':>8}{'total':>8}{'requests':>9}")  # noqa: T201
    for weight in heaviest(site, shards):
        sizes = "".join(f"{size / KB:>{width}.1f}" for size, width in zip(_columns(weight), (10, 8, 8, 8), strict=True))
        print(f"{weight.uri:<62}{sizes}{weight.requests:>9}")  # noqa: T201
    print("KB; compressed by gzip -6 but for the first column")  # noqa: T201


def _columns(weight: Weight) -> tuple[int, int, int, int]:
    return weight.html_raw, weight.html, weight.assets, weight.total


if __name__ == "__main__":
    main()
