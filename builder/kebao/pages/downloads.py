"""Download buttons, and the downloads page with sizes and checksums."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.model.files_index import StoredBundle
from kebao.pages.cards import Desk, Link
from kebao.pages.site_page import SitePage

DOWNLOADS_URI = "downloads.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadButton:
    """A file to download: words, site URI, size in words."""

    text: str
    uri: str
    size: str
    name: str
    sha256: str
    files: str


def download_button(desk: Desk, scope: str, subject: str, text: str) -> DownloadButton | None:
    """The button for a bundle; None where there is none (nothing to download)."""
    bundle = desk.files.bundle(scope, subject)
    return _button(desk, bundle, text) if bundle else None


def _button(desk: Desk, bundle: StoredBundle, text: str) -> DownloadButton:
    return DownloadButton(
        text=text,
        uri=bundle.file.uri,
        size=desk.texts.size(bundle.file.size_bytes),
        name=bundle.file.name,
        sha256=bundle.file.sha256,
        files=desk.texts.count("download.files", bundle.file_count),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadGroup:
    title: str
    anchor: str
    lead: str
    buttons: tuple[DownloadButton, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsView:
    lead: str
    groups: tuple[DownloadGroup, ...]
    resources: int
    catalog_uri: str
    sources: tuple[str, Link] | None


def downloads_page(desk: Desk) -> SitePage:
    catalog, texts = desk.catalog, desk.texts
    whole = [
        download_button(desk, "package", "full", texts("download.full")),
        download_button(desk, "package", "light", texts("download.light")),
    ]
    topics = [download_button(desk, "topic", entry.topic.id, entry.title) for entry in catalog.topics]
    schools = [
        download_button(desk, "organisation", organisation.id, catalog.organisation_name(organisation.id))
        for organisation in catalog.content.organisations.values()
    ]
    groups = [
        _group(desk, "package", whole),
        _group(desk, "topic", topics),
        _group(desk, "organisation", schools),
    ]
    view = DownloadsView(
        lead=texts("downloads.lead"),
        groups=tuple(group for group in groups if group.buttons),
        resources=len(catalog.entries),
        catalog_uri=desk.page("catalog/index.html"),
        sources=_sources(desk),
    )
    return SitePage(
        uri=DOWNLOADS_URI,
        title=texts("downloads.title"),
        template="downloads.html",
        view=view,
        tab=DOWNLOADS_URI,
        description=view.lead,
        in_navigation=True,
    )


def _sources(desk: Desk) -> tuple[str, Link] | None:
    """A sentence for those who edit a package that builds on this one, and the archive that they need."""
    stored = desk.files.sources
    if stored is None:
        return None
    text = desk.texts("downloads.sources.link", size=desk.texts.size(stored.size_bytes))
    return desk.texts("downloads.sources"), Link(text=text, uri=stored.uri)


def _group(desk: Desk, scope: str, buttons: list[DownloadButton | None]) -> DownloadGroup:
    return DownloadGroup(
        title=desk.texts(f"downloads.{scope}"),
        anchor=scope,
        lead=desk.texts(f"downloads.{scope}.lead"),
        buttons=tuple(button for button in buttons if button),
    )
