"""Which pages a shard should have, as its pages.json says (KBA10, KBA11)."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from kebao.audit.files import ASSETS, SiteFiles
from kebao.problems import Location, Message, Problem, Severity

PAGE_LIST = "pages.json"
#: At the root of a published tree: every address that it has, and the notices among them.
PUBLICATION = "publication.json"
NOT_FOUND_PAGE = "404.html"


def check_page_lists(root: Path, site: SiteFiles) -> Iterator[Problem]:
    """Each page a list names is there, and each page below a list is named in the nearest one."""
    listed: dict[str, frozenset[str] | None] = {}
    for list_uri in site.ending(PAGE_LIST):
        if posixpath.basename(list_uri) != PAGE_LIST or ASSETS in list_uri.split("/"):
            continue
        folder = posixpath.dirname(list_uri)
        uris = read_page_list((root / list_uri).read_bytes())
        listed[folder] = None if uris is None else frozenset(posixpath.join(folder, uri) for uri in uris)
        if uris is None:
            message = Message("the list of pages cannot be read")
            yield Problem(location=Location(path=list_uri), code="KBA10", message=message, hint=_rebuild())
        else:
            yield from _missing_pages(site, list_uri, uris)
    notices: frozenset[str] = frozenset()
    if PUBLICATION in site.files:
        published = read_publication_pages((root / PUBLICATION).read_bytes())
        if published is None:
            message = Message("the list of what is published cannot be read")
            yield Problem(location=Location(path=PUBLICATION), code="KBA10", message=message, hint=_republish())
        else:
            pages, notices = published
            yield from _unpublished_pages(site, pages)
    yield from _unexpected_pages(site, listed, notices)


def read_publication_pages(data: bytes) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """All pages, and those among them that stand for something that left or moved; None when it is no such list."""
    try:
        written = json.loads(data)
        pages, notices = written["pages"], written["tombstones"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if not all(isinstance(uris, list) and all(isinstance(uri, str) for uri in uris) for uris in (pages, notices)):
        return None
    return tuple(pages), frozenset(notices)


def _unpublished_pages(site: SiteFiles, pages: tuple[str, ...]) -> Iterator[Problem]:
    for index, uri in enumerate(pages):
        if uri not in site.files:
            yield Problem(
                location=Location(path=PUBLICATION, pointer=f"pages[{index}]"),
                code="KBA10",
                message=Message("the page '{uri}' is missing", {"uri": uri}),
                hint=_republish(),
            )


def read_page_list(data: bytes) -> tuple[str, ...] | None:
    """The ``uri`` of every entry; None when this is not ``{"pages": [{"uri": …}, …]}``."""
    try:
        written = json.loads(data)
    except (ValueError, RecursionError):
        return None
    pages = written.get("pages") if isinstance(written, dict) else None
    if not isinstance(pages, list):
        return None
    uris = tuple(page["uri"] for page in pages if isinstance(page, dict) and isinstance(page.get("uri"), str))
    return uris if len(uris) == len(pages) else None


def _missing_pages(site: SiteFiles, list_uri: str, uris: tuple[str, ...]) -> Iterator[Problem]:
    for index, uri in enumerate(uris):
        if posixpath.join(posixpath.dirname(list_uri), uri) not in site.files:
            yield Problem(
                location=Location(path=list_uri, pointer=f"pages[{index}].uri"),
                code="KBA10",
                message=Message("the page '{uri}' is missing", {"uri": uri}),
                hint=_rebuild(),
            )


def _unexpected_pages(
    site: SiteFiles, listed: Mapping[str, frozenset[str] | None], notices: frozenset[str]
) -> Iterator[Problem]:
    for uri in site.pages:
        folder = _shard_of(uri, listed)
        uris = None if folder is None else listed[folder]
        excepted = uri == posixpath.join(folder or "", NOT_FOUND_PAGE) or ASSETS in uri.split("/")
        if uris is not None and uri not in uris and uri not in notices and not excepted:
            yield Problem(
                location=Location(path=uri),
                code="KBA11",
                message=Message("the page is not in its shard's {list}", {"list": PAGE_LIST}),
                severity=Severity.WARNING,
                hint=Message("it may be left over from an earlier build; build into an empty folder"),
            )


def _shard_of(uri: str, listed: Mapping[str, object]) -> str | None:
    folder = uri
    while folder:
        folder = posixpath.dirname(folder)
        if folder in listed:
            return folder
    return None


def _rebuild() -> Message:
    return Message("build this package and locale again without the cache")


def _republish() -> Message:
    return Message("run kebao publish into a new folder, and put that in the place of this one")
