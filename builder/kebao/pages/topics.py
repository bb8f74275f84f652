"""The topic list and the topic pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kebao.catalog.entries import TopicEntry
from kebao.model.resource import CourseDetails, Kind
from kebao.pages.cards import KIND_ICONS, Card, Desk, Link, TopicTile, card, cards, topic_tile
from kebao.pages.downloads import DownloadButton, download_button
from kebao.pages.lists import CardGroup, stage_link, subject_link
from kebao.pages.site_page import Crumb, SitePage

TOPICS_URI = "topics/index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicListView:
    lead: str
    tiles: tuple[TopicTile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """One topic: lead, suggested order, resources by kind, hours, download.

    Attributes:
        course_hours: Hours of its courses in all, said in words; empty when it has none.
    """

    summary: str
    language: str
    direction: str
    total: int
    stages: tuple[Link, ...]
    subjects: tuple[Link, ...]
    hours: str
    course_hours: str
    suggested: tuple[Card, ...]
    groups: tuple[CardGroup, ...]
    download: DownloadButton | None


def topic_pages(desk: Desk) -> Iterator[SitePage]:
    texts = desk.texts
    tiles = tuple(topic_tile(desk, topic) for topic in desk.catalog.topics)
    yield SitePage(
        uri=TOPICS_URI,
        title=texts("topics.title"),
        template="topics.html",
        view=TopicListView(lead=texts("topics.lead"), tiles=tiles),
        tab=TOPICS_URI,
        description=texts("topics.lead"),
        in_navigation=True,
    )
    for topic in desk.catalog.topics:
        yield _topic_page(desk, topic)


def _topic_page(desk: Desk, entry: TopicEntry) -> SitePage:
    catalog, texts, topic = desk.catalog, desk.texts, entry.topic
    entries = catalog.select(lambda resource: topic.id in resource.topics)
    groups = []
    for kind in Kind:
        of_kind = tuple(e for e in entries if e.resource.kind is kind)
        if of_kind:
            title = desk.kind_label(kind)
            groups.append(
                CardGroup(title=title, anchor=kind.value, cards=cards(desk, of_kind), icon=KIND_ICONS[kind])
            )
    courses = [e.resource.details for e in entries if isinstance(e.resource.details, CourseDetails)]
    course_hours = sum(course.hours for course in courses)
    suggested = [catalog.by_id[i] for i in topic.suggested if i in catalog.by_id]
    language, direction = desk.foreign(entry.language)
    view = TopicView(
        summary=entry.summary,
        language=language,
        direction=direction,
        total=len(entries),
        stages=tuple(stage_link(desk, stage) for stage in topic.stages if stage in _used(desk)),
        subjects=tuple(
            subject_link(desk, s) for s in topic.subjects if catalog.select(lambda r, s=s: r.subject == s)  # type: ignore[misc]
        ),
        hours=texts("topic.hours", n=texts.number(topic.hours)) if topic.hours else "",
        course_hours=texts("topic.course_hours", n=texts.number(course_hours)) if courses else "",
        suggested=tuple(card(desk, e) for e in suggested),
        groups=tuple(groups),
        download=download_button(desk, "topic", topic.id, texts("download.topic")),
    )
    return SitePage(
        uri=entry.page_uri,
        title=entry.title,
        template="topic.html",
        view=view,
        tab=TOPICS_URI,
        description=entry.summary,
        crumbs=(Crumb(title=texts("nav.topics"), uri=TOPICS_URI),),
        markdown=entry.body,
        language=entry.language,
    )


def _used(desk: Desk) -> set[str]:
    return {stage for entry in desk.catalog.entries for stage in entry.resource.stages}
