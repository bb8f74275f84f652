"""The feed of a package in one language, out of what the store says of its editions."""

from __future__ import annotations

from kebao.editions.edition_pages import RESOURCES
from kebao.editions.history_files import Histories
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage
from kebao.model.site import SiteConfig
from kebao.pages.feed import FEED_URI as FEED
from kebao.pages.feed import Feed, FeedEdition, atom_feed, change_counts, feed_items
from kebao.pages.texts import texts_for
from kebao.pages.whats_new import WHATS_NEW_URI

__all__ = ["FEED", "feed"]


def feed(site: SiteConfig, package: StoredPackage, view: PackageLocale, history: Histories) -> bytes:
    """The feed at ``<package>/<locale>/feed.atom``, newest edition first; withdrawn editions are not told of."""
    texts = texts_for(site, view.locale)
    shown = [edition for edition in view.editions if not edition.is_withdrawn]
    told = Feed(
        package=package.title.in_locale(texts.locale.chain),
        author=site.title.in_locale(texts.locale.chain),
        place=view.uri,
        base_url=site.base_url,
        editions=tuple(_edition(view, edition, history, is_first=edition is shown[0]) for edition in shown),
    )
    return atom_feed(told, texts).encode()


def _edition(view: PackageLocale, edition: StoredEdition, history: Histories, *, is_first: bool) -> FeedEdition:
    page = WHATS_NEW_URI if WHATS_NEW_URI in edition.page_uris[view.locale] else "index.html"
    return FeedEdition(
        id=edition.id,
        name=edition.state.title or edition.id,
        released=edition.record.released,
        page=page,
        resources=sum(view.locale in entry["locales"] for entry in edition.pages[RESOURCES].values()),
        counts=None if is_first else change_counts(history, edition.id),
        items=() if is_first else feed_items(history, edition.id),
    )
