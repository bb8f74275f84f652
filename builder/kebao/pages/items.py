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
    CourseDetails,
    Lifecycle,
    Resource,
    SchoolSummaryDetails,
    TranslationState,
)
from kebao.pages.body_links import with_item_links
from kebao.pages.cards import Badge, Card, Desk, Fact, Link, card, licence_link
from kebao.pages.compare import comparison_links
from kebao.pages.downloads import DownloadButton, download_button
from kebao.pages.facts import provenance_facts, resource_facts
from kebao.pages.lists import CATALOG_URI, cell_uri, grade_uri, kind_uri, stage_uri
from kebao.pages.materials import MaterialView, material_views
from kebao.pages.organisations import summary_numbers
from kebao.pages.overlays import LocalView, local_view
from kebao.pages.qr_code import QrDrawing
from kebao.pages.site_page import Crumb, LaterPage, LocaleLink, PageValues
from kebao.pages.whats_new import WHATS_NEW_URI

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
    resource = entry.resource
    place = ("crumbs", resource.kind, resource.lifecycle, resource.stages[:1], resource.grades[:1], resource.subject)
    return PageValues(
        view=_view(desk, entry, comparisons),
        description=entry.summary,
        crumbs=desk.shared(place, lambda: _crumbs(desk, resource)),
        markdown=with_item_links(desk, entry, desk.page(entry.page_uri)),
        language=entry.language,
    )


def _crumbs(desk: Desk, resource: Resource) -> tuple[Crumb, ...]:
    """Kind, then the teacher's path: stage or grade, subject."""
    catalog = desk.catalog
    crumbs = [Crumb(title=desk.kind_label(resource.kind), uri=kind_uri(resource.kind))]
    if resource.lifecycle is not Lifecycle.CURRENT:
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
    shown, local = card(desk, entry), local_view(desk, entry)
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
        badges=shown.badges,
        facts=tuple(fact for fact in resource_facts(desk, entry) if fact.links),
        materials=material_views(desk, entry),
        download=download_button(desk, "resource", entry.id, texts("download.all")),
        course=_course_box(desk, entry),
        summary_numbers=_summary_numbers(desk, entry),
        provenance=tuple(fact for fact in provenance_facts(desk, entry, local.origin) if fact.links),
        citation=_citation(desk, entry, address),
        licence=desk.shared(("licence", resource.licence), lambda: licence_link(desk, resource.licence)),
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
        local=local,
        history=(entry.id, history_bucket(entry.id)),
        whats_new=desk.shared(("whats new",), lambda: Link(text=texts("whatsnew.title"), uri=desk.page(WHATS_NEW_URI))),
    )


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
    for relation_type in catalog.content.vocabularies["relation-types"].terms if by_type else ():
        if relation_type not in by_type:
            continue
        ids = dict.fromkeys(by_type[relation_type])
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
