"""The search page: a form, room for results, and the lists for whoever has no scripts or finds nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.pages.cards import Desk, Link
from kebao.pages.lists import CATALOG_URI, OVERVIEW_URI, Facet, facets
from kebao.pages.organisations import SCHOOLS_URI
from kebao.pages.site_page import SitePage
from kebao.pages.topics import TOPICS_URI

SEARCH_URI = "search.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """Where else to look: sections of the package; its kinds, stages and subjects."""

    lead: str
    sections: tuple[Link, ...]
    facets: tuple[Facet, ...]


def search_page(desk: Desk) -> SitePage:
    texts = desk.texts
    lead = texts("search.lead")
    sections = (
        Link(text=texts("nav.catalog"), uri=desk.page(CATALOG_URI), count=len(desk.catalog.entries)),
        Link(text=texts("nav.topics"), uri=desk.page(TOPICS_URI), count=len(desk.catalog.topics)),
        Link(text=texts("overview.title"), uri=desk.page(OVERVIEW_URI)),
        Link(text=texts("nav.schools"), uri=desk.page(SCHOOLS_URI)),
    )
    return SitePage(
        uri=SEARCH_URI,
        title=texts("search.title"),
        template="search.html",
        view=SearchView(lead=lead, sections=sections, facets=facets(desk, desk.catalog.entries)),
        tab=CATALOG_URI,
        description=lead,
    )
