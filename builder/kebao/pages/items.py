"""The item page: facts, materials, body, provenance and review, licence and citation, related items, QR code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from kebao.catalog.entries import Entry
from kebao.catalog.history import history_bucket
from kebao.model.files_index import StoredBundle
from kebao.model.resource import (
    AiUse,
    BulletinDetails,
    CourseDetails,
    LessonCaseDetails,
    Lifecycle,
    ReviewState,
    SchoolSummaryDetails,
    TranslationState,
)
from kebao.pages.body_links import with_item_links
from kebao.pages.cards import Badge, Card, Desk, Link, badges, card, licence_link, minutes_of
from kebao.pages.compare import comparison_links
from kebao.pages.downloads import DownloadButton, download_button
from kebao.pages.lists import CATALOG_URI, cell_uri, grade_uri, kind_uri, stage_uri, subject_uri
from kebao.pages.materials import MaterialView, material_views
from kebao.pages.organisations import organisation_uri, person_uri, summary_numbers
from kebao.pages.overlays import LocalView, local_view
from kebao.pages.programmes import programme_uri
from kebao.pages.qr_code import QrDrawing
from kebao.pages.site_page import Crumb, LaterPage, LocaleLink, PageValues
from kebao.pages.whats_new import WHATS_NEW_URI

Fact = tuple[str, tuple[Link, ...]]
_TEMPLATE = "item.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedGroup:
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseBox:
    """A course's five parts, how it is assessed, who approved it."""

    sections: tuple[tuple[str, str], ...]
    assessment: tuple[tuple[str, str], ...]
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryNumbers:
    numbers: tuple[tuple[str, str], ...]
    next_plan: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """Everything on an item page beside its body.

    Attributes:
        qr: The page's address as a code; None when the site's address is not known.
        stale: The source has changed since it was translated.
        machine: The translation is a machine's, not read by anybody yet.
        replaced_by: Where a retired resource's readers should go.
        comparisons: Pages that show it beside an earlier or another design of the same lesson.
        local: Where it comes from, and what the package says about it.
        history: What the run time needs to list the editions that it stood in: its id, and the file that holds them.
    """

    kind_label: str
    icon: str
    summary: str
    facts_line: tuple[str, ...]
    badges: tuple[Badge, ...]
    facts: tuple[Fact, ...]
    materials: tuple[MaterialView, ...]
    download: DownloadButton | None
    course: CourseBox | None
    summary_numbers: SummaryNumbers | None
    provenance: tuple[Fact, ...]
    citation: str
    licence: Link
    related: tuple[RelatedGroup, ...]
    retired: bool
    replaced_by: Card | None
    stale: bool
    machine: bool
    source_uri: str
    ai_note: str
    address: str
    qr: QrDrawing | None
    comparisons: tuple[Link, ...]
    local: LocalView
    history: tuple[str, str]
    whats_new: Link


def item_pages(desk: Desk, locales_of: Callable[[str, str], tuple[LocaleLink, ...]]) -> Iterator[LaterPage]:
    """A page for each resource that exists in the shard's language, retired ones too.

    ``locales_of`` gives its like in the other locales, by template and URI.
    """
    comparisons, bundles, locale = comparison_links(desk), desk.files.bundles, desk.catalog.shard.locale
    for name, entry in desk.catalog.by_id.items():
        if entry.language == locale:
            compared = comparisons.get(name, ())
            uri, bundle = entry.page_uri, bundles.get(("resource", name))
            yield LaterPage(
                uri=uri,
                title=entry.title,
                template=_TEMPLATE,
                tab=CATALOG_URI,
                locales=locales_of(_TEMPLATE, uri),
                entry=entry,
                also=f"{_all_of(bundle) if bundle else None} {compared}",
                make=partial(_values, entry=entry, comparisons=compared),
            )


def _all_of(bundle: StoredBundle) -> tuple[str | int, ...]:
    """All that a bundle says: its ``repr`` takes five times as long, and a site has one for each resource."""
    file = bundle.file
    return bundle.scope, bundle.subject, file.sha256, file.size_bytes, file.name, bundle.file_count, bundle.crc32


def with_entry(page: LaterPage, entry: Entry) -> LaterPage:
    """A resource's page about what was just written; what others decide of it stays as it was."""
    make: Callable[..., PageValues] = page.make
    return replace(page, title=entry.title, entry=entry, make=partial(make, entry=entry))


def _values(desk: Desk, entry: Entry, comparisons: tuple[Link, ...]) -> PageValues:
    return PageValues(
        view=_view(desk, entry, comparisons),
        description=entry.summary,
        crumbs=_crumbs(desk, entry),
        markdown=with_item_links(desk, entry, desk.page(entry.page_uri)),
        language=entry.language,
    )


def _crumbs(desk: Desk, entry: Entry) -> tuple[Crumb, ...]:
    """Kind, then the teacher's path: stage or grade, subject."""
    resource, catalog = entry.resource, desk.catalog
    crumbs = [Crumb(title=desk.kind_label(resource.kind), uri=kind_uri(resource.kind))]
    if entry.resource.lifecycle is not Lifecycle.CURRENT:
        return tuple(crumbs)
    stage = resource.stages[0]
    crumbs.append(Crumb(title=catalog.label("stages", stage), uri=stage_uri(stage)))
    if resource.grades:
        grade = resource.grades[0]
        crumbs.append(Crumb(title=catalog.label("grades", grade), uri=grade_uri(grade)))
    if resource.subject:
        label = catalog.label("subjects", resource.subject)
        crumbs.append(Crumb(title=label, uri=cell_uri(stage, resource.subject)))
    return tuple(crumbs)


def _view(desk: Desk, entry: Entry, comparisons: tuple[Link, ...]) -> ItemView:
    resource, texts, catalog = entry.resource, desk.texts, desk.catalog
    shown = card(desk, entry)
    replaced_by = catalog.by_id.get(resource.replaced_by) if resource.replaced_by else None
    source_shard = catalog.shard.in_locale(catalog.package.source_locale)
    base = catalog.site.base_url
    address = f"{base}{desk.page(entry.page_uri)}" if base else ""
    ai_note = texts(f"ai.{resource.ai_generated.value}.note") if resource.ai_generated is not AiUse.NONE else ""
    return ItemView(
        kind_label=shown.kind_label,
        icon=shown.icon,
        summary=entry.summary,
        facts_line=(*shown.facts, shown.who, shown.organisation),
        badges=tuple(badges(desk, entry)),
        facts=tuple(fact for fact in _facts(desk, entry) if fact[1]),
        materials=material_views(desk, entry),
        download=download_button(desk, "resource", entry.id, texts("download.all")),
        course=_course_box(desk, entry),
        summary_numbers=_summary_numbers(desk, entry),
        provenance=tuple(fact for fact in _provenance(desk, entry) if fact[1]),
        citation=_citation(desk, entry, address),
        licence=licence_link(desk, resource.licence),
        related=_related(desk, entry),
        retired=resource.lifecycle is Lifecycle.RETIRED,
        replaced_by=card(desk, replaced_by) if replaced_by else None,
        stale=entry.is_stale,
        machine=entry.translation is not None and entry.translation.state is TranslationState.MACHINE,
        source_uri=source_shard.page(entry.page_uri) if entry.translation and source_shard in catalog.built else "",
        ai_note=ai_note,
        address=address,
        qr=QrDrawing(address) if address else None,
        comparisons=comparisons,
        local=local_view(desk, entry),
        history=(entry.id, history_bucket(entry.id)),
        whats_new=Link(text=texts("whatsnew.title"), uri=desk.page(WHATS_NEW_URI)),
    )


def _facts(desk: Desk, entry: Entry) -> Iterator[Fact]:
    """What the resource is for: the fact box."""
    resource, catalog, texts = entry.resource, desk.catalog, desk.texts
    current = resource.lifecycle is Lifecycle.CURRENT

    def terms(vocabulary: str, ids: tuple[str, ...], uri_of: object = None) -> tuple[Link, ...]:
        return tuple(
            Link(
                text=catalog.label(vocabulary, i),
                uri=desk.page(uri_of(i)) if callable(uri_of) and current else "",
            )
            for i in ids
        )

    yield texts("facet.stage"), terms("stages", resource.stages, stage_uri)
    yield texts("facet.grade"), terms("grades", resource.grades, grade_uri)
    yield (
        texts("facet.subject"),
        terms("subjects", (resource.subject,) if resource.subject else (), subject_uri),
    )
    if isinstance(resource.details, LessonCaseDetails):
        yield from _lesson_facts(desk, entry, resource.details)
    minutes = minutes_of(resource)
    if minutes:
        yield texts("fact.length"), (Link(text=texts("fact.minutes", n=texts.number(minutes))),)
    if isinstance(resource.details, CourseDetails):
        yield from _course_facts(desk, entry, resource.details)
    if isinstance(resource.details, SchoolSummaryDetails | BulletinDetails):
        period = resource.details.period
        said = texts("window.both", start=texts.day(period.start), end=texts.day(period.end))
        yield texts("fact.period"), (Link(text=said),)
    if isinstance(resource.details, BulletinDetails):
        yield texts("fact.issue"), (Link(text=texts("issue", n=resource.details.issue)),)
    topics = tuple(t for t in catalog.topics if t.topic.id in resource.topics)
    yield (
        texts("facet.topic"),
        tuple(Link(text=t.title, uri=desk.page(t.page_uri), language=desk.foreign(t.language)[0]) for t in topics),
    )
    programme = catalog.content.programmes[resource.programme]
    uri = programme_uri(programme.id)
    phase = Link(text=catalog.label("phases", resource.phase), uri=desk.page(f"{uri}#{resource.phase}"))
    title = programme.short_title.in_locale(catalog.chain)
    yield texts("facet.programme"), (Link(text=title, uri=desk.page(uri)), phase)
    yield texts("fact.keywords"), tuple(Link(text=keyword) for keyword in entry.keywords)


def _lesson_facts(desk: Desk, entry: Entry, details: LessonCaseDetails) -> Iterator[Fact]:
    texts, catalog, translation = desk.texts, desk.catalog, entry.translation
    yield texts("fact.textbook"), (Link(text=catalog.label("textbooks", details.textbook)),)
    yield texts("fact.unit"), (Link(text=(translation and translation.unit) or details.unit),)
    yield texts("fact.lesson"), (Link(text=(translation and translation.lesson) or details.lesson),)
    if details.level:
        yield texts("fact.level"), (Link(text=catalog.label("levels", details.level)),)
    if details.award:
        title = (translation and translation.award_title) or details.award.title
        level = catalog.label("award-levels", details.award.level)
        said = texts("award", title=title, level=level, year=details.award.year)
        yield texts("fact.award"), (Link(text=said),)


def _course_facts(desk: Desk, entry: Entry, details: CourseDetails) -> Iterator[Fact]:
    texts, catalog = desk.texts, desk.catalog
    programme = catalog.content.programmes[entry.resource.programme]
    modules = [m.title.in_locale(catalog.chain) for m in programme.modules if m.id == details.module]
    required = texts("module.required" if details.required else "module.elective")
    yield texts("fact.module"), tuple(Link(text=text) for text in (*modules, required))
    yield (
        texts("fact.hours_credits"),
        (Link(text=texts("hours_credits", hours=texts.number(details.hours), credits=texts.number(details.credits))),),
    )
    yield texts("fact.delivery"), (Link(text=catalog.label("deliveries", details.delivery)),)


def _course_box(desk: Desk, entry: Entry) -> CourseBox | None:
    details, texts = entry.resource.details, desk.texts
    if not isinstance(details, CourseDetails):
        return None
    sections = tuple(
        (desk.catalog.label("course-parts", section.part), entry.listed("sections", i, section.title))
        for i, section in enumerate(details.sections)
    )
    assessment = tuple(
        (entry.listed("assessment", i, item.item), texts("share", n=texts.number(item.weight)))
        for i, item in enumerate(details.assessment)
    )
    approval = texts("approval", by=details.approval.by, day=texts.day(details.approval.on))
    return CourseBox(sections=sections, assessment=assessment, approval=approval)


def _summary_numbers(desk: Desk, entry: Entry) -> SummaryNumbers | None:
    details = entry.resource.details
    if not isinstance(details, SchoolSummaryDetails):
        return None
    plan = tuple(entry.listed("next_plan", i, text) for i, text in enumerate(details.next_plan))
    return SummaryNumbers(numbers=summary_numbers(desk, entry, details), next_plan=plan)


def _provenance(desk: Desk, entry: Entry) -> Iterator[Fact]:
    """Who made it, where, when; who reviewed it; what those in it agreed to."""
    resource, catalog, texts = entry.resource, desk.catalog, desk.texts

    def person(person_id: str) -> Link:
        uri = desk.page(person_uri(person_id)) if person_id in catalog.by_contributor else ""
        return Link(text=catalog.person_name(person_id), uri=uri)

    by_role: dict[str, list[str]] = {}
    for contribution in resource.contributors:
        by_role.setdefault(contribution.role, []).append(contribution.person)
    for role, people in by_role.items():
        yield catalog.label("contributor-roles", role), tuple(person(p) for p in people)
    if isinstance(resource.details, LessonCaseDetails):
        yield texts("fact.guiding_teachers"), tuple(person(p) for p in resource.details.guiding_teachers)
    organisation = Link(
        text=catalog.organisation_name(resource.organisation),
        uri=desk.page(organisation_uri(resource.organisation)),
    )
    yield texts("fact.organisation"), (organisation,)
    origin = local_view(desk, entry).origin
    yield texts("item.origin"), (origin,) if origin else ()
    yield texts("fact.date"), (Link(text=texts.day(resource.date)),)
    review = resource.review
    said = texts(f"review.{review.state.value}")
    if review.state is ReviewState.ACCEPTED and review.by and review.on:
        said = texts("review.accepted.by", name=catalog.person_name(review.by), day=texts.day(review.on))
    yield texts("fact.review"), (Link(text=said),)
    if entry.translation:
        translator = entry.translation.by
        name = catalog.person_name(translator) if translator else ""
        yield texts("fact.translation"), (Link(text=name),) if name else ()
    if resource.consent:
        consent = resource.consent
        said = texts("consent", who=consent.who, scope=consent.scope, day=texts.day(consent.until))
        yield texts("fact.consent"), (Link(text=said),)


def _citation(desk: Desk, entry: Entry, address: str) -> str:
    catalog, resource = desk.catalog, entry.resource
    separator = desk.texts("list.separator")
    people = separator.join(catalog.person_name(c.person) for c in resource.contributors[:3])
    return desk.texts(
        "citation",
        people=people,
        title=entry.title,
        kind=desk.kind_name(resource.kind),
        package=catalog.package.title.in_locale(catalog.chain),
        publisher=catalog.organisation_name(catalog.package.publisher),
        date=resource.date.isoformat(),
        address=address,
    ).strip()


def _related(desk: Desk, entry: Entry) -> tuple[RelatedGroup, ...]:
    """Relations of this resource and those that others have to it, by type."""
    catalog = desk.catalog
    by_type: dict[str, list[str]] = {}
    for relation in entry.resource.relations:
        by_type.setdefault(relation.type, []).append(relation.target)
    for other_id, relation_type in catalog.related_from.get(entry.id, ()):
        by_type.setdefault(_INVERSE.get(relation_type, relation_type), []).append(other_id)
    groups = []
    for relation_type in catalog.content.vocabularies["relation-types"].terms:
        ids = dict.fromkeys(by_type.get(relation_type, ()))
        found = [other for i in ids if (other := catalog.find(i)) is not None and other is not entry]
        if found:
            title = catalog.label("relation-types", relation_type)
            groups.append(RelatedGroup(title=title, cards=tuple(card(desk, e) for e in found)))
    return tuple(groups)


#: What a relation is called from its other end.
_INVERSE = {
    "prerequisite": "follow-up",
    "follow-up": "prerequisite",
    "based-on": "related",
    "polished-from": "related",
}
