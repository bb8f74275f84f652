"""From what the store holds to what the published tree must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kebao.assembly.landing import LandingPackage, landing_pages
from kebao.editions.departure_pages import departure_page, redirect_page, withdrawn_page
from kebao.editions.departures import departures
from kebao.editions.feeds import FEED, feed
from kebao.editions.history_files import histories, history_files
from kebao.editions.latest_as import LatestAs
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage
from kebao.editions.plan import Mount, Plan, edition_mount, shared_files
from kebao.editions.publication import Publication
from kebao.editions.sitemaps import selector_sitemap, sitemap_files
from kebao.editions.versions_json import read_versions, version_entries, versions_json, versions_script
from kebao.model.site import SiteConfig

#: Gives the bytes of a file of the tree that is there already; None when there is no such file.
ReadPublished = Callable[[str], bytes | None]


def plan_publication(
    site: SiteConfig,
    packages: Sequence[StoredPackage],
    latest_as: LatestAs,
    before: Publication,
    read_published: ReadPublished,
) -> Plan:
    """Everything that the tree holds; ``read_published`` is asked for what others have written into it."""
    mounts: list[Mount] = []
    files: dict[str, bytes] = dict(landing_pages(site, [_landing_package(package) for package in packages]))
    files.update(sitemap_files(packages, site.base_url))
    tombstones: list[str] = []
    for package in packages:
        for view in package.locales:
            for edition in view.editions:
                notices = _notices(site, package, view, edition)
                sitemap = {} if notices else _selector_sitemap(site, view, f"{view.uri}/{edition.id}", edition)
                mounts.append(edition_mount(view, edition, notices or sitemap))
                tombstones.extend(f"{view.uri}/{edition.id}/{path}" for path in notices)
            if view.latest:
                pages = _departed(site, package, view)
                tombstones.extend(f"{view.latest_uri}/{path}" for path in pages)
                sitemap = _selector_sitemap(site, view, view.latest_uri, view.latest)
                mounts.append(_latest_mount(site, package, view, latest_as, {**pages, **sitemap}))
                if latest_as is LatestAs.REDIRECT:
                    tombstones.extend(f"{view.latest_uri}/{path}" for path in view.latest.page_uris[view.locale])
            files.update(_files_of(site, package, view, read_published))
    stored = shared_files(packages, before)
    return Plan(mounts=tuple(mounts), files=files, stored=stored, tombstones=tuple(tombstones))


def _landing_package(package: StoredPackage) -> LandingPackage:
    homes = {view.locale: f"{view.entry_uri}/index.html" for view in package.locales}
    return LandingPackage(id=package.id, title=package.title, summary=package.summary, homes=homes)


def _notices(
    site: SiteConfig, package: StoredPackage, view: PackageLocale, edition: StoredEdition
) -> Mapping[str, bytes]:
    if not edition.is_withdrawn:
        return {}
    return {path: withdrawn_page(site, package, view, edition, path) for path in edition.page_uris[view.locale]}


def _departed(site: SiteConfig, package: StoredPackage, view: PackageLocale) -> Mapping[str, bytes]:
    found = departures(package, view)
    return {path: departure_page(site, package, view, departure) for path, departure in found.items()}


def _selector_sitemap(site: SiteConfig, view: PackageLocale, uri: str, edition: StoredEdition) -> Mapping[str, bytes]:
    return selector_sitemap(uri, edition.page_uris[view.locale], site.base_url)


def _latest_mount(
    site: SiteConfig, package: StoredPackage, view: PackageLocale, latest_as: LatestAs, departed: Mapping[str, bytes]
) -> Mount:
    uri, locale, latest = view.latest_uri, view.locale, view.latest
    if latest_as is not LatestAs.REDIRECT or latest is None:
        return Mount(uri=uri, locale=locale, edition=latest, is_copy=latest_as is LatestAs.COPY, pages=departed)
    pages = {path: redirect_page(site, package, view, path) for path in latest.page_uris[locale]}
    return Mount(uri=uri, locale=locale, edition=None, pages={**pages, **departed})


def _files_of(
    site: SiteConfig, package: StoredPackage, view: PackageLocale, read_published: ReadPublished
) -> Mapping[str, bytes]:
    """What lies beside the editions of a package in one language."""
    uri = f"{view.uri}/versions.json"
    entries = version_entries(view, read_versions(read_published(uri)))
    history = histories(view)
    return {
        uri: versions_json(entries),
        f"{view.uri}/versions.js": versions_script(entries),
        f"{view.uri}/{FEED}": feed(site, package, view, history),
        **history_files(view, history),
    }
