"""The page of "my list": room for what scripts show of what a reader has picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kebao.pages.cards import Desk, Link
from kebao.pages.downloads import DOWNLOADS_URI
from kebao.pages.lists import CATALOG_URI
from kebao.pages.search import SEARCH_URI
from kebao.pages.site_page import SitePage

MY_LIST_URI = "my-list.html"
#: Interface texts that only the page's own script says; those of every page are ``script.list.*``.
_WORDS = "mylist.script."


@dataclass(frozen=True, slots=True, kw_only=True)
class MyListView:
    """What the page shows without a list, and what its script needs to know.

    Attributes:
        data: ``words`` of the script, titles of the site's ``packages``, ``shards`` that are built, and the site's
            ``address``, empty when it is not known.
    """

    lead: str
    places: tuple[Link, ...]
    downloads: Link
    data: Mapping[str, Any]


def my_list_page(desk: Desk) -> SitePage:
    texts, catalog = desk.texts, desk.catalog
    lead = texts("mylist.lead")
    packages = {i: p.short_title.in_locale(catalog.chain) for i, p in sorted(catalog.content.packages.items())}
    data = {
        "address": catalog.site.base_url,
        "packages": packages,
        "shards": sorted(shard.uri for shard in catalog.built),
        "words": {
            f"mylist.{key.removeprefix(_WORDS)}": text
            for key, text in sorted(texts.texts.items())
            if key.startswith(_WORDS)
        },
    }
    view = MyListView(
        lead=lead,
        places=(
            Link(text=texts("nav.catalog"), uri=desk.page(CATALOG_URI)),
            Link(text=texts("search.title"), uri=desk.page(SEARCH_URI)),
        ),
        downloads=Link(text=texts("nav.downloads"), uri=desk.page(DOWNLOADS_URI)),
        data=data,
    )
    return SitePage(
        uri=MY_LIST_URI,
        title=texts("mylist.title"),
        template="my-list.html",
        view=view,
        tab=CATALOG_URI,
        description=lead,
    )
