"""Pages that older editions have and the newest has not: what stands at their addresses under ``latest``."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from kebao.editions.edition_pages import RESOURCES
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A page that left or moved.

    Attributes:
        moved_to: Path of the same thing in ``latest``; empty when it left.
        title: What it was called last.
        last: The newest edition that has the page.
        replaced_by: Path and title in ``latest`` of what stands in for it.
        elsewhere: Locale, path in that locale's ``latest`` and title, where it is still read in another language.
    """

    path: str
    moved_to: str = ""
    title: str = ""
    last: str = ""
    replaced_by: tuple[str, str] | None = None
    elsewhere: tuple[str, str, str] | None = None


def departures(package: StoredPackage, view: PackageLocale) -> Mapping[str, Departure]:
    """Path → what to say there, for every page of another edition that ``latest`` does not have."""
    latest = view.latest
    if latest is None:
        return {}
    there = frozenset(latest.page_uris[view.locale])
    found: dict[str, Departure] = {}
    # The newest edition that has the page is the one to speak of.
    for edition in reversed(view.editions):
        for path in edition.page_uris[view.locale]:
            if path not in there and path not in found:
                found[path] = _departure(package, view, latest, edition, path)
    return found


def _departure(
    package: StoredPackage, view: PackageLocale, latest: StoredEdition, edition: StoredEdition, path: str
) -> Departure:
    known = edition.ids[view.locale].get(path)
    if known is None:
        # Further pages of a list, a contributor's page: what they belonged to is still there.
        return Departure(path=path, moved_to=_list_above(path, frozenset(latest.page_uris[view.locale])))
    group, name = known
    now = latest.place(group, name, view.locale)
    if now:
        return Departure(path=path, moved_to=now["path"])
    then = edition.place(group, name, view.locale)
    replacement = str(edition.pages[group][name].get("replaced_by") or "") if group == RESOURCES else ""
    instead = latest.place(RESOURCES, replacement, view.locale) if replacement else None
    return Departure(
        path=path,
        title=then["title"] if then else name,
        last=edition.id,
        replaced_by=(instead["path"], instead["title"]) if instead else None,
        elsewhere=_elsewhere(package, view, group, name),
    )


def _list_above(path: str, there: frozenset[str]) -> str:
    folder = posixpath.dirname(path)
    while folder and f"{folder}/index.html" not in there:
        folder = posixpath.dirname(folder)
    return f"{folder}/index.html" if folder else "index.html"


def _elsewhere(package: StoredPackage, view: PackageLocale, group: str, name: str) -> tuple[str, str, str] | None:
    for other in package.locales:
        place = other.latest.place(group, name, other.locale) if other.latest and other != view else None
        if place:
            return other.locale, place["path"], place["title"]
    return None
