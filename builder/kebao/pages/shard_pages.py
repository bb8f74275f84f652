"""All pages of a shard, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kebao.catalog.catalog import Catalog
from kebao.model.files_index import FilesIndex
from kebao.pages.cards import Desk
from kebao.pages.downloads import downloads_page
from kebao.pages.home import home_page
from kebao.pages.items import item_pages
from kebao.pages.lists import CATALOG_URI, list_pages, overview_page
from kebao.pages.organisations import contributor_pages, organisation_pages
from kebao.pages.programmes import programme_pages
from kebao.pages.prose import prose_pages
from kebao.pages.site_page import LocaleLink, SitePage
from kebao.pages.texts import texts_for
from kebao.pages.topics import topic_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationSection:
    """A tab and the section pages under it; the first is the tab's own."""

    title: str
    uris: tuple[str, ...]


def shard_pages(catalog: Catalog, files: FilesIndex) -> tuple[SitePage, ...]:
    """Every page of the shard, with its links to the same page in the other locales."""
    desk = desk_for(catalog, files)
    pages = tuple(_pages(desk))
    return tuple(replace(page, locales=_locale_links(catalog, page)) for page in pages)


def desk_for(catalog: Catalog, files: FilesIndex) -> Desk:
    return Desk(catalog, texts_for(catalog.site, catalog.shard.locale), files)


def _pages(desk: Desk) -> Iterator[SitePage]:
    yield home_page(desk)
    yield from list_pages(desk)
    yield overview_page(desk)
    yield from topic_pages(desk)
    yield from programme_pages(desk)
    yield from organisation_pages(desk)
    yield from contributor_pages(desk)
    yield downloads_page(desk)
    yield from prose_pages(desk)
    yield from item_pages(desk)


def _locale_links(catalog: Catalog, page: SitePage) -> tuple[LocaleLink, ...]:
    """The same page in every locale of the package; an item that is not translated leads to its list there."""
    links = []
    for locale_id in catalog.package.locales:
        if catalog.shard.in_locale(locale_id) not in catalog.built:
            continue
        locale = catalog.site.locales[locale_id]
        exact = _exists_in(catalog, page, locale_id)
        uri = page.uri if exact else f"{page.uri.partition('/')[0]}/index.html"
        links.append(
            LocaleLink(
                locale=locale_id,
                language_tag=locale.language_tag,
                name=locale.name,
                uri=catalog.shard.in_locale(locale_id).page(uri),
                exact=exact,
            )
        )
    return tuple(links)


def _exists_in(catalog: Catalog, page: SitePage, locale: str) -> bool:
    if page.template != "item.html":
        return True
    resource = catalog.by_id[page.uri.rpartition("/")[2].removesuffix(".html")].resource
    return locale == catalog.package.source_locale or locale in resource.translations


def navigation(pages: tuple[SitePage, ...], titles: Mapping[str, str]) -> tuple[NavigationSection, ...]:
    """Tabs with their section pages; ``titles`` names the tabs by their first page's URI, in order."""
    sections = []
    for tab, title in titles.items():
        uris = [page.uri for page in pages if page.in_navigation and page.tab == tab]
        if uris:
            sections.append(NavigationSection(title=title, uris=tuple(dict.fromkeys((tab, *uris)))))
    return tuple(sections)


def tab_titles(catalog: Catalog) -> Mapping[str, str]:
    """The tabs in their order: URI of the first page → words."""
    texts = texts_for(catalog.site, catalog.shard.locale)
    return {
        "index.html": texts("nav.home"),
        CATALOG_URI: texts("nav.catalog"),
        "topics/index.html": texts("nav.topics"),
        "programmes/index.html": texts("nav.programmes"),
        "schools/index.html": texts("nav.schools"),
        "downloads.html": texts("nav.downloads"),
        "about.html": texts("nav.about"),
    }
