"""The pages that say that something left, moved or was withdrawn, in the site's words."""

from __future__ import annotations

from datetime import date

from kebao.editions.departures import Departure
from kebao.editions.notice_page import NoticeLink, notice_page
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage
from kebao.model.site import SiteConfig
from kebao.model.text import LocalizedText
from kebao.pages.texts import texts_for


def departure_page(site: SiteConfig, package: StoredPackage, view: PackageLocale, departure: Departure) -> bytes:
    """A redirect where the thing has another address, else a tombstone."""
    texts = texts_for(site, view.locale)
    uri = f"{view.latest_uri}/{departure.path}"
    title = package.title.in_locale(texts.locale.chain)
    if departure.moved_to:
        target = f"{view.latest_uri}/{departure.moved_to}"
        link = NoticeLink(text=texts("moved.here"), target=target)
        return notice_page(
            uri, texts, title=texts("moved.title"), package=title, paragraphs=(), links=[link], refresh=target
        )
    links = []
    if departure.replaced_by:
        path, name = departure.replaced_by
        text = texts("tombstone.replaced", title=name)
        links.append(NoticeLink(text=text, target=f"{view.latest_uri}/{path}"))
    last = NoticeLink(
        text=texts("tombstone.read", edition=departure.last),
        target=f"{view.uri}/{departure.last}/{departure.path}",
        is_main=not departure.replaced_by,
    )
    links.append(last)
    if departure.elsewhere:
        locale, path, _ = departure.elsewhere
        text = texts("tombstone.elsewhere", language=site.locales[locale].name)
        links.append(NoticeLink(text=text, target=f"{package.id}/{locale}/latest/{path}", is_main=False))
    links.append(_home(site, view))
    lead = texts("tombstone.lead", title=departure.title, edition=departure.last)
    return notice_page(uri, texts, title=texts("tombstone.title"), package=title, paragraphs=[lead], links=links)


def withdrawn_page(
    site: SiteConfig, package: StoredPackage, view: PackageLocale, edition: StoredEdition, path: str
) -> bytes:
    """What stands at every page of an edition that was withdrawn."""
    texts = texts_for(site, view.locale)
    state = edition.state
    title = package.title.in_locale(texts.locale.chain)
    day = texts.day(date.fromisoformat(state.on))
    reason = LocalizedText(state.reason).in_locale(texts.locale.chain)
    paragraphs = [
        texts("withdrawn.lead", edition=edition.id, package=title, on=day),
        texts("withdrawn.reason", reason=reason) if reason else "",
    ]
    links = []
    known = edition.ids[view.locale].get(path)
    now = view.latest.place(*known, view.locale) if known and view.latest else None
    if now:
        text = texts("withdrawn.now", title=now["title"])
        links.append(NoticeLink(text=text, target=f"{view.latest_uri}/{now['path']}"))
    if view.latest:
        links.append(_home(site, view))
    return notice_page(
        f"{view.uri}/{edition.id}/{path}",
        texts,
        title=texts("withdrawn.title"),
        package=title,
        paragraphs=paragraphs,
        links=links,
    )


def redirect_page(site: SiteConfig, package: StoredPackage, view: PackageLocale, path: str) -> bytes:
    """What stands in ``latest`` for a page of the current edition, where the site is published with redirects."""
    texts = texts_for(site, view.locale)
    edition = view.latest.id if view.latest else ""
    target = f"{view.uri}/{edition}/{path}"
    return notice_page(
        f"{view.latest_uri}/{path}",
        texts,
        title=package.title.in_locale(texts.locale.chain),
        package=edition,
        paragraphs=(),
        links=[NoticeLink(text=texts("moved.here"), target=target)],
        refresh=target,
    )


def _home(site: SiteConfig, view: PackageLocale) -> NoticeLink:
    text = texts_for(site, view.locale)("tombstone.home")
    return NoticeLink(text=text, target=f"{view.latest_uri}/index.html", is_main=False)
