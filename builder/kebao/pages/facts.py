"""The facts of a resource's page: what it is for, who made it, who reviewed it. Most of them stand on many pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kebao.catalog.entries import Entry
from kebao.model.resource import (
    BulletinDetails,
    CourseDetails,
    LessonCaseDetails,
    Lifecycle,
    Resource,
    ReviewState,
    SchoolSummaryDetails,
)
from kebao.pages.cards import Desk, Fact, Link, minutes_of
from kebao.pages.lists import grade_uri, stage_uri, subject_uri
from kebao.pages.organisations import organisation_uri, person_uri
from kebao.pages.programmes import programme_uri


def resource_facts(desk: Desk, entry: Entry) -> Iterator[Fact]:
    """What the resource is for: the fact box."""
    resource, texts = entry.resource, desk.texts
    place = (resource.stages, resource.grades, resource.subject, resource.lifecycle is Lifecycle.CURRENT)
    yield from desk.shared(("place", *place), lambda: _place(desk, resource))
    if isinstance(resource.details, LessonCaseDetails):
        yield from _lesson_facts(desk, entry, resource.details)
    minutes = minutes_of(resource)
    if minutes:
        yield _said(desk, "fact.length", texts("fact.minutes", n=texts.number(minutes)))
    if isinstance(resource.details, CourseDetails):
        yield from _course_facts(desk, entry, resource.details)
    if isinstance(resource.details, SchoolSummaryDetails | BulletinDetails):
        period = resource.details.period
        said = texts("window.both", start=texts.day(period.start), end=texts.day(period.end))
        yield _said(desk, "fact.period", said)
    if isinstance(resource.details, BulletinDetails):
        yield _said(desk, "fact.issue", texts("issue", n=resource.details.issue))
    yield desk.shared(("topics", resource.topics), lambda: _topics_fact(desk, resource))
    yield desk.shared(("programme", resource.programme, resource.phase), lambda: _programme_fact(desk, resource))
    yield Fact(texts("fact.keywords"), tuple(_words(desk, keyword) for keyword in entry.keywords))


def _place(desk: Desk, resource: Resource) -> tuple[Fact, ...]:
    """Stages, grades and subject; they lead to their lists, which have current resources only."""
    current = resource.lifecycle is Lifecycle.CURRENT

    def terms(label: str, vocabulary: str, ids: tuple[str, ...], uri_of: Callable[[str], str]) -> Fact:
        names = ((desk.catalog.label(vocabulary, term), desk.page(uri_of(term)) if current else "") for term in ids)
        return Fact(desk.texts(label), tuple(Link(text=text, uri=uri) for text, uri in names))

    return (
        terms("facet.stage", "stages", resource.stages, stage_uri),
        terms("facet.grade", "grades", resource.grades, grade_uri),
        terms("facet.subject", "subjects", (resource.subject,) if resource.subject else (), subject_uri),
    )


def _said(desk: Desk, label: str, text: str) -> Fact:
    """A fact of plain words."""
    return desk.shared((label, text), lambda: Fact(desk.texts(label), (Link(text=text),)))


def _words(desk: Desk, text: str) -> Link:
    return desk.shared(("words", text), lambda: Link(text=text))


def _topics_fact(desk: Desk, resource: Resource) -> Fact:
    topics = (t for t in desk.catalog.topics if t.topic.id in resource.topics)
    links = (Link(text=t.title, uri=desk.page(t.page_uri), language=desk.foreign(t.language)[0]) for t in topics)
    return Fact(desk.texts("facet.topic"), tuple(links))


def _programme_fact(desk: Desk, resource: Resource) -> Fact:
    catalog = desk.catalog
    programme = catalog.content.programmes[resource.programme]
    uri = programme_uri(programme.id)
    phase = Link(text=catalog.label("phases", resource.phase), uri=desk.page(f"{uri}#{resource.phase}"))
    title = programme.short_title.in_locale(catalog.chain)
    return Fact(desk.texts("facet.programme"), (Link(text=title, uri=desk.page(uri)), phase))


def _lesson_facts(desk: Desk, entry: Entry, details: LessonCaseDetails) -> Iterator[Fact]:
    texts, catalog, translation = desk.texts, desk.catalog, entry.translation
    yield _said(desk, "fact.textbook", catalog.label("textbooks", details.textbook))
    # What hardly any other lesson has is not shared.
    yield Fact(texts("fact.unit"), (Link(text=(translation and translation.unit) or details.unit),))
    yield Fact(texts("fact.lesson"), (Link(text=(translation and translation.lesson) or details.lesson),))
    if details.level:
        yield _said(desk, "fact.level", catalog.label("levels", details.level))
    if details.award:
        title = (translation and translation.award_title) or details.award.title
        level = catalog.label("award-levels", details.award.level)
        yield _said(desk, "fact.award", texts("award", title=title, level=level, year=details.award.year))


def _course_facts(desk: Desk, entry: Entry, details: CourseDetails) -> Iterator[Fact]:
    texts, catalog = desk.texts, desk.catalog
    programme = catalog.content.programmes[entry.resource.programme]
    modules = [m.title.in_locale(catalog.chain) for m in programme.modules if m.id == details.module]
    required = texts("module.required" if details.required else "module.elective")
    yield Fact(texts("fact.module"), tuple(Link(text=text) for text in (*modules, required)))
    said = texts("hours_credits", hours=texts.number(details.hours), credits=texts.number(details.credits))
    yield _said(desk, "fact.hours_credits", said)
    yield _said(desk, "fact.delivery", catalog.label("deliveries", details.delivery))


def provenance_facts(desk: Desk, entry: Entry, origin: Link | None) -> Iterator[Fact]:
    """Who made it, where, when; who reviewed it; what those in it agreed to."""
    resource, catalog, texts = entry.resource, desk.catalog, desk.texts
    by_role: dict[str, list[str]] = {}
    for contribution in resource.contributors:
        by_role.setdefault(contribution.role, []).append(contribution.person)
    for role, people in by_role.items():
        yield _people(desk, catalog.label("contributor-roles", role), people)
    if isinstance(resource.details, LessonCaseDetails):
        yield _people(desk, texts("fact.guiding_teachers"), resource.details.guiding_teachers)
    yield desk.shared(("organisation", resource.organisation), lambda: _organisation_fact(desk, resource))
    if origin:
        yield Fact(texts("item.origin"), (origin,))
    yield _said(desk, "fact.date", texts.day(resource.date))
    review = resource.review
    said = texts(f"review.{review.state.value}")
    if review.state is ReviewState.ACCEPTED and review.by and review.on:
        said = texts("review.accepted.by", name=catalog.person_name(review.by), day=texts.day(review.on))
    yield _said(desk, "fact.review", said)
    if entry.translation:
        translator = entry.translation.by
        name = catalog.person_name(translator) if translator else ""
        yield Fact(texts("fact.translation"), (Link(text=name),) if name else ())
    if resource.consent:
        consent = resource.consent
        said = texts("consent", who=consent.who, scope=consent.scope, day=texts.day(consent.until))
        yield _said(desk, "fact.consent", said)


def _people(desk: Desk, label: str, ids: Sequence[str]) -> Fact:
    """People by name; they lead to their pages where they have one."""
    with_page = frozenset(person for person in ids if person in desk.catalog.by_contributor)

    def made() -> Fact:
        pages = ((person, desk.page(person_uri(person)) if person in with_page else "") for person in ids)
        return Fact(label, tuple(Link(text=desk.catalog.person_name(person), uri=uri) for person, uri in pages))

    return desk.shared(("people", label, tuple(ids), with_page), made)


def _organisation_fact(desk: Desk, resource: Resource) -> Fact:
    name, uri = desk.catalog.organisation_name(resource.organisation), organisation_uri(resource.organisation)
    return Fact(desk.texts("fact.organisation"), (Link(text=name, uri=desk.page(uri)),))
