"""All pages of a shard, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kebao.catalog.catalog import Catalog
from kebao.catalog.changes import EditionChanges, compare
from kebao.catalog.snapshots import Snapshot, take_snapshot
from kebao.model.files_index import FilesIndex
from kebao.model.resource import Kind
from kebao.pages.cards import Desk
from kebao.pages.compare import compare_pages
from kebao.pages.downloads import downloads_page
from kebao.pages.home import home_page
from kebao.pages.items import item_pages
from kebao.pages.lists import CATALOG_URI, kind_uri, list_pages, overview_page
from kebao.pages.my_list import my_list_page
from kebao.pages.organisations import contributor_pages, organisation_pages
from kebao.pages.overlays import overlay_pages
from kebao.pages.programmes import programme_pages
from kebao.pages.prose import prose_pages
from kebao.pages.search import search_page
from kebao.pages.site_page import AnyPage, LocaleLink
from kebao.pages.texts import texts_for
from kebao.pages.topics import topic_pages
from kebao.pages.translations import translations_page
from kebao.pages.whats_new import WHATS_NEW_URI, whats_new_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationSection:
    """A tab and the section pages under it; the first is the tab's own."""

    title: str
    uris: tuple[str, ...]


def shard_pages(catalog: Catalog, files: FilesIndex, changes: EditionChanges | None = None) -> tuple[AnyPage, ...]:
    """Every page of the shard, with its links to the same page in the other locales; the values of most come later.

    ``changes`` are those since the edition before; None for a first edition.
    """
    return desk_pages(desk_for(catalog, files), changes or edition_changes(catalog, None))


def desk_pages(desk: Desk, changes: EditionChanges) -> tuple[AnyPage, ...]:
    """As :func:`shard_pages` gives them; what they have in common is made once, at the desk."""
    links = _LocaleLinks(desk.catalog)
    pages = (replace(page, locales=links.of(page.template, page.uri)) for page in _pages(desk, changes))
    return (*pages, *item_pages(desk, links.of))


def desk_for(catalog: Catalog, files: FilesIndex) -> Desk:
    return Desk(catalog, texts_for(catalog.site, catalog.shard.locale), files)


def edition_changes(catalog: Catalog, previous: Snapshot | None) -> EditionChanges:
    """What changed in the shard's package since an earlier edition; in a first edition nothing."""
    edition, audience = catalog.shard.edition, catalog.site.audience
    return compare(previous, take_snapshot(catalog.package, edition=edition, audience=audience, facts=catalog.facts))


def _pages(desk: Desk, changes: EditionChanges) -> Iterator[AnyPage]:
    """All but those of single resources."""
    yield home_page(desk)
    yield from list_pages(desk)
    yield overview_page(desk)
    yield from topic_pages(desk)
    yield from programme_pages(desk)
    yield from organisation_pages(desk)
    yield from contributor_pages(desk)
    yield downloads_page(desk)
    yield search_page(desk)
    yield my_list_page(desk)
    yield from whats_new_pages(desk, changes)
    yield from compare_pages(desk, changes)
    yield from prose_pages(desk)
    yield translations_page(desk)
    yield from overlay_pages(desk)


class _LocaleLinks:
    """Finds the same page in every locale of the package that is built."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        shards = ((locale, catalog.shard.in_locale(locale)) for locale in catalog.package.locales)
        self._built = [(catalog.site.locales[locale], shard) for locale, shard in shards if shard in catalog.built]

    def of(self, template: str, uri: str) -> tuple[LocaleLink, ...]:
        """An item that is not translated leads to its list there."""
        links = []
        for locale, shard in self._built:
            exact = _exists_in(self._catalog, template, uri, locale.id)
            links.append(
                LocaleLink(
                    locale=locale.id,
                    language_tag=locale.language_tag,
                    name=locale.name,
                    uri=shard.page(uri if exact else _above(template, uri)),
                    exact=exact,
                )
            )
        return tuple(links)


def _above(template: str, uri: str) -> str:
    """The list that stands above a page in every locale."""
    if template == "item.html":
        return f"{uri.partition('/')[0]}/index.html"
    # How much there is to say of an edition differs from language to language.
    return WHATS_NEW_URI if template == "whats-new.html" else kind_uri(Kind.LESSON_CASE)


def _exists_in(catalog: Catalog, template: str, uri: str, locale: str) -> bool:
    """Whether a page has its like in another locale: what stands on pages of single resources must be translated."""
    if template == "whats-new.html":
        return uri == WHATS_NEW_URI or locale == catalog.shard.locale
    if template not in ("item.html", "compare.html") or locale == catalog.package.source_locale:
        return True
    ids = uri.rpartition("/")[2].removesuffix(".html").split("--")
    return all(locale in catalog.by_id[resource_id].resource.translations for resource_id in ids)


def navigation(pages: tuple[AnyPage, ...], titles: Mapping[str, str]) -> tuple[NavigationSection, ...]:
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
