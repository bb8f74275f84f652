"""The topic list and the topic pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kebao.catalog.entries import Entry, TopicEntry
from kebao.model.markdown_links import RESOURCE_SCHEME
from kebao.model.resource import CourseDetails
from kebao.pages.body_links import with_topic_links
from kebao.pages.cards import Card, Desk, Link, TopicTile, card, topic_tile
from kebao.pages.downloads import DownloadButton, download_button
from kebao.pages.lists import stage_link, subject_link
from kebao.pages.paging import ListPart, PlannedPart, by_kind, kind_head, list_parts
from kebao.pages.site_page import AnyPage, Crumb, LaterPage, PageValues, SitePage, made_page

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
    part: ListPart
    download: DownloadButton | None


def topic_pages(desk: Desk) -> Iterator[AnyPage]:
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
    of_each: dict[str, list[Entry]] = {}
    for entry in desk.catalog.entries:
        for topic_id in dict.fromkeys(entry.resource.topics):
            of_each.setdefault(topic_id, []).append(entry)
    for topic in desk.catalog.topics:
        entries = tuple(of_each.get(topic.topic.id, ()))
        for part in list_parts(desk, topic.page_uri, by_kind(desk, entries), lambda e: kind_head(desk, e)):
            page = _topic_page(desk, topic, entries, part)
            # Links in its words lead to places in other texts.
            yield made_page(page, desk) if part.number == 1 and RESOURCE_SCHEME in topic.body else page


def _topic_page(desk: Desk, entry: TopicEntry, entries: tuple[Entry, ...], part: PlannedPart) -> LaterPage:
    """The topic's page; the second and later parts of its list leave out the words."""
    found = desk.catalog.by_id
    suggested = tuple(found[i] for i in entry.topic.suggested if i in found) if part.number == 1 else ()
    return LaterPage(
        uri=part.uri,
        title=entry.title if part.number == 1 else desk.texts("list.page_title", title=entry.title, n=part.number),
        template="topic.html",
        tab=TOPICS_URI,
        shows=(*part.entries, *suggested),
        also=repr((entry, desk.files.bundle("topic", entry.topic.id))),
        make=partial(_values, entry=entry, entries=entries, planned=part),
    )


def _values(desk: Desk, entry: TopicEntry, entries: tuple[Entry, ...], planned: PlannedPart) -> PageValues:
    catalog, texts, topic = desk.catalog, desk.texts, entry.topic
    part = planned.made()
    is_first = planned.number == 1
    courses = [e.resource.details for e in entries if isinstance(e.resource.details, CourseDetails)]
    course_hours = sum(course.hours for course in courses)
    suggested = [catalog.by_id[i] for i in topic.suggested if i in catalog.by_id]
    language, direction = desk.foreign(entry.language)
    view = TopicView(
        summary=entry.summary,
        language=language,
        direction=direction,
        total=len(entries),
        stages=tuple(stage_link(desk, stage) for stage in topic.stages if stage in catalog.counts.stages),
        subjects=tuple(subject_link(desk, s) for s in topic.subjects if s in catalog.counts.subjects),
        hours=texts("topic.hours", n=texts.number(topic.hours)) if topic.hours else "",
        course_hours=texts("topic.course_hours", n=texts.number(course_hours)) if courses else "",
        suggested=tuple(card(desk, e) for e in suggested) if is_first else (),
        part=part,
        download=download_button(desk, "topic", topic.id, texts("download.topic")),
    )
    return PageValues(
        view=view,
        description=entry.summary,
        crumbs=(Crumb(title=texts("nav.topics"), uri=TOPICS_URI),),
        markdown=with_topic_links(desk, entry, desk.page(part.uri)) if is_first else "",
        language=entry.language,
    )
