"""The home page: what this is, the way to a lesson, numbers, topics, phases, newest and chosen items, schools."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.catalog.entries import Entry
from kebao.model.resource import Kind
from kebao.model.shard import Shard
from kebao.model.text import LocalizedText
from kebao.pages.cards import KIND_ICONS, Card, Desk, Link, TopicTile, card, cards, topic_tile
from kebao.pages.downloads import DOWNLOADS_URI, DownloadButton, download_button
from kebao.pages.lists import (
    CATALOG_URI,
    OVERVIEW_URI,
    grade_link,
    kind_uri,
    stage_link,
    used_grades,
    used_stages,
)
from kebao.pages.organisations import SCHOOLS_URI, organisation_groups
from kebao.pages.programmes import phase_link, programme_uri
from kebao.pages.site_page import SitePage
from kebao.pages.topics import TOPICS_URI

HOME_URI = "index.html"
_NEWEST = 6
# A package's own come first; those that it takes from another are one click away.
_MOST_TOPICS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePath:
    """A stage and its grades: the beginning of the teacher's path."""

    stage: Link
    grades: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An item the editors recommend, with their reason."""

    card: Card
    reason: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """What the home page shows; every number links to what it counts."""

    summary: str
    edition: str
    publisher: Link
    region: str
    total: Link
    path: tuple[StagePath, ...]
    overview_uri: str
    kinds: tuple[Link, ...]
    topics: tuple[TopicTile, ...]
    topics_uri: str
    programme: Link
    phases: tuple[Link, ...]
    newest: tuple[Card, ...]
    chosen: tuple[Choice, ...]
    clusters: tuple[Link, ...]
    schools_uri: str
    downloads: tuple[DownloadButton, ...]
    downloads_uri: str
    mirror_uri: str
    upstream: Link | None


def home_page(desk: Desk) -> SitePage:
    catalog, texts = desk.catalog, desk.texts
    package = catalog.package
    programme = catalog.content.programmes[package.programmes[0]]
    kinds = tuple(
        Link(
            text=desk.kind_label(kind),
            uri=desk.page(kind_uri(kind)),
            count=len(catalog.of_kind(kind)),
            icon=KIND_ICONS[kind],
        )
        for kind in Kind
    )
    chosen = [
        _choice(desk, catalog.by_id[f.resource], f.reason) for f in package.featured if f.resource in catalog.by_id
    ]
    downloads = (
        download_button(desk, "package", "full", texts("download.full")),
        download_button(desk, "package", "light", texts("download.light")),
    )
    view = HomeView(
        summary=package.summary.in_locale(catalog.chain),
        edition=edition_label(desk),
        publisher=Link(text=catalog.organisation_name(package.publisher)),
        region=package.region.in_locale(catalog.chain),
        total=Link(text=texts("home.total"), uri=desk.page(CATALOG_URI), count=len(catalog.entries)),
        path=tuple(
            StagePath(
                stage=stage_link(desk, stage),
                grades=tuple(grade_link(desk, grade) for grade in used_grades(desk, stage)),
            )
            for stage in used_stages(desk)
        ),
        overview_uri=desk.page(OVERVIEW_URI),
        kinds=tuple(kind for kind in kinds if kind.count),
        topics=tuple(topic_tile(desk, topic) for topic in catalog.topics[:_MOST_TOPICS]),
        topics_uri=desk.page(TOPICS_URI),
        programme=Link(text=programme.short_title.in_locale(catalog.chain), uri=desk.page(programme_uri(programme.id))),
        phases=tuple(phase_link(desk, programme, phase.phase) for phase in programme.phases),
        newest=cards(desk, catalog.entries[:_NEWEST]),
        chosen=tuple(chosen),
        clusters=tuple(
            Link(text=group.title, uri=desk.page(f"{SCHOOLS_URI}#{group.anchor}"), count=group.count)
            for group in organisation_groups(desk)
        ),
        schools_uri=desk.page(SCHOOLS_URI),
        downloads=tuple(button for button in downloads if button),
        downloads_uri=desk.page(DOWNLOADS_URI),
        mirror_uri=desk.page("mirror.html"),
        upstream=_upstream(desk),
    )
    title = package.title.in_locale(catalog.chain)
    return SitePage(
        uri=HOME_URI,
        title=title,
        template="home.html",
        view=view,
        tab=HOME_URI,
        description=view.summary,
        in_navigation=True,
    )


def _choice(desk: Desk, entry: Entry, reason: LocalizedText) -> Choice:
    said, language = reason.best(desk.catalog.chain)
    tag, direction = desk.foreign(language)
    return Choice(card=card(desk, entry), reason=said, language=tag, direction=direction)


def edition_label(desk: Desk) -> str:
    """The edition in words: the unreleased working state has a name of its own."""
    edition = desk.catalog.shard.edition
    return desk.texts("edition.next") if edition == "next" else edition


def _upstream(desk: Desk) -> Link | None:
    """The package that this one builds on, in the reader's language or else in its own; None when it is not built."""
    upstream = desk.catalog.package.extends
    package = desk.catalog.content.packages.get(upstream.package) if upstream else None
    if upstream is None or package is None:
        return None
    for locale in (desk.catalog.shard.locale, package.source_locale):
        shard = Shard(package=package.id, locale=locale, edition=upstream.edition)
        if shard in desk.catalog.built:
            return Link(text=package.title.in_locale(desk.catalog.chain), uri=shard.page(HOME_URI))
    return None
