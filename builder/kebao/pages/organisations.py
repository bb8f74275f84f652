"""Schools, teams and contributors: who made what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kebao.catalog.catalog import ancestors
from kebao.catalog.entries import Entry
from kebao.model.organisation import Organisation, Person
from kebao.model.resource import Kind, LessonCaseDetails, SchoolSummaryDetails
from kebao.pages.cards import Card, Desk, Fact, Link, card, cards
from kebao.pages.downloads import DownloadButton, download_button
from kebao.pages.paging import ListPart, PlannedPart, by_kind, kind_head, list_parts
from kebao.pages.site_page import AnyPage, Crumb, LaterPage, PageValues, SitePage

SCHOOLS_URI = "schools/index.html"
CONTRIBUTORS_URI = "contributors/index.html"


def organisation_uri(organisation_id: str) -> str:
    return f"schools/{organisation_id}.html"


def person_uri(person_id: str) -> str:
    return f"contributors/{person_id}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRow:
    name: str
    uri: str
    type: str
    stages: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationGroup:
    """The organisations of a cluster; ``count`` is what they contributed together."""

    title: str
    anchor: str
    rows: tuple[OrganisationRow, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolListView:
    lead: str
    groups: tuple[OrganisationGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of a small chart; ``share`` is its length in per cent of the longest."""

    label: str
    value: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryBox:
    """A school's latest summary: its numbers, and the plan for next year."""

    card: Card
    numbers: tuple[tuple[str, str], ...]
    next_plan: tuple[str, ...]
    language: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    facts: tuple[Fact, ...]
    summary: SummaryBox | None
    by_kind: tuple[Bar, ...]
    by_year: tuple[Bar, ...]
    recommended: tuple[Card, ...]
    part: ListPart
    people: tuple[Link, ...]
    total: int
    download: DownloadButton | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorGroup:
    title: str
    uri: str
    people: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorListView:
    lead: str
    groups: tuple[ContributorGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorView:
    organisation: Link
    pseudonym: bool
    total: int
    part: ListPart


def shown_organisations(desk: Desk) -> tuple[Organisation, ...]:
    """Schools of the package, and whatever else contributed to it; in authored order."""
    schools = {school.id for school in desk.catalog.schools()}
    named = {entry.resource.organisation for entry in desk.catalog.by_id.values()}
    return tuple(o for o in desk.catalog.content.organisations.values() if o.id in schools | named)


def organisation_pages(desk: Desk) -> Iterator[AnyPage]:
    texts = desk.texts
    view = SchoolListView(lead=texts("schools.lead"), groups=organisation_groups(desk))
    yield SitePage(
        uri=SCHOOLS_URI,
        title=texts("schools.title"),
        template="schools.html",
        view=view,
        tab=SCHOOLS_URI,
        description=view.lead,
        in_navigation=True,
    )
    of_each: dict[str, list[Entry]] = {}
    for entry in desk.catalog.entries:
        of_each.setdefault(entry.resource.organisation, []).append(entry)
    for organisation in shown_organisations(desk):
        entries = tuple(of_each.get(organisation.id, ()))
        parts = list_parts(
            desk, organisation_uri(organisation.id), by_kind(desk, entries), lambda e: kind_head(desk, e)
        )
        yield from (_organisation_page(desk, organisation, entries, part) for part in parts)


def organisation_groups(desk: Desk) -> tuple[OrganisationGroup, ...]:
    """By cluster; centres and teams, which belong to none, come first. Not ranked."""
    organisations = desk.catalog.content.organisations
    members: dict[str, list[Organisation]] = {}
    for organisation in shown_organisations(desk):
        clusters = [i for i in ancestors(organisation, organisations) if organisations[i].type == "cluster"]
        members.setdefault(clusters[0] if clusters else "", []).append(organisation)
    order = ["", *(o.id for o in organisations.values() if o.type == "cluster")]
    groups = []
    for cluster in order:
        rows = tuple(_row(desk, organisation) for organisation in members.get(cluster, ()))
        if rows:
            title = desk.catalog.organisation_name(cluster) if cluster else desk.texts("schools.county")
            count = sum(row.count for row in rows)
            groups.append(OrganisationGroup(title=title, anchor=cluster or "county", rows=rows, count=count))
    return tuple(groups)


def _row(desk: Desk, organisation: Organisation) -> OrganisationRow:
    catalog = desk.catalog
    stages = desk.texts("list.separator").join(catalog.label("stages", stage) for stage in organisation.stages)
    return OrganisationRow(
        name=catalog.organisation_name(organisation.id),
        uri=desk.page(organisation_uri(organisation.id)),
        type=catalog.label("organisation-types", organisation.type),
        stages=stages,
        count=desk.catalog.counts.organisations.get(organisation.id, 0),
    )


def _organisation_page(
    desk: Desk, organisation: Organisation, entries: tuple[Entry, ...], part: PlannedPart
) -> LaterPage:
    name = desk.catalog.organisation_name(organisation.id)
    # The first one recommends some, and shows the school's summary.
    more = tuple(e for e in entries if _is_awarded(e) or e.resource.kind is Kind.SCHOOL_SUMMARY)
    return LaterPage(
        uri=part.uri,
        title=name if part.number == 1 else desk.texts("list.page_title", title=name, n=part.number),
        template="school.html",
        tab=SCHOOLS_URI,
        shows=(*part.entries, *more) if part.number == 1 else part.entries,
        also=repr(desk.files.bundle("organisation", organisation.id)),
        make=partial(_organisation_values, organisation=organisation, entries=entries, planned=part),
    )


def _organisation_values(
    desk: Desk, organisation: Organisation, entries: tuple[Entry, ...], planned: PlannedPart
) -> PageValues:
    catalog, texts = desk.catalog, desk.texts
    part = planned.made()
    is_first = planned.number == 1
    summaries = [e for e in entries if e.resource.kind is Kind.SCHOOL_SUMMARY]
    kinds = [(desk.kind_label(kind), len([e for e in entries if e.resource.kind is kind])) for kind in Kind]
    years = sorted({e.resource.date.year for e in entries})
    by_year = [
        (texts("date.year", year=year), len([e for e in entries if e.resource.date.year == year])) for year in years
    ]
    people = [p for p in catalog.content.people.values() if p.organisation == organisation.id and _has_page(desk, p)]
    view = OrganisationView(
        facts=_facts(desk, organisation),
        summary=_summary_box(desk, summaries[0]) if summaries and is_first else None,
        by_kind=_bars([(label, n) for label, n in kinds if n]),
        by_year=_bars(by_year),
        recommended=cards(desk, tuple(e for e in entries if _is_awarded(e))) if is_first else (),
        part=part,
        people=tuple(_person_link(desk, person) for person in people),
        total=len(entries),
        download=download_button(desk, "organisation", organisation.id, texts("download.organisation")),
    )
    name = catalog.organisation_name(organisation.id)
    return PageValues(
        view=view,
        description=texts.count("school.description", len(entries), name=name),
        crumbs=(Crumb(title=texts("nav.schools"), uri=SCHOOLS_URI),),
    )


def _is_awarded(entry: Entry) -> bool:
    details = entry.resource.details
    return isinstance(details, LessonCaseDetails) and details.award is not None


def _facts(desk: Desk, organisation: Organisation) -> tuple[Fact, ...]:
    catalog, texts = desk.catalog, desk.texts
    above = ancestors(organisation, catalog.content.organisations)
    shown = {o.id for o in shown_organisations(desk)}
    parents = tuple(
        Link(text=catalog.organisation_name(i), uri=desk.page(organisation_uri(i)) if i in shown else "") for i in above
    )
    stages = tuple(Link(text=catalog.label("stages", stage)) for stage in organisation.stages)
    facts = (
        Fact(texts("school.type"), (Link(text=catalog.label("organisation-types", organisation.type)),)),
        Fact(texts("school.stages"), stages),
        Fact(texts("school.belongs_to"), parents),
        Fact(texts("school.county"), (Link(text=organisation.county),) if organisation.county else ()),
    )
    return tuple(fact for fact in facts if fact.links)


def _bars(counts: list[tuple[str, int]]) -> tuple[Bar, ...]:
    longest = max((n for _, n in counts), default=1)
    return tuple(Bar(label=label, value=n, share=round(100 * n / longest)) for label, n in counts)


def _summary_box(desk: Desk, entry: Entry) -> SummaryBox | None:
    details = entry.resource.details
    if not isinstance(details, SchoolSummaryDetails):
        return None
    language, direction = desk.foreign(entry.language)
    return SummaryBox(
        card=card(desk, entry),
        numbers=summary_numbers(desk, entry, details),
        next_plan=tuple(entry.listed("next_plan", i, text) for i, text in enumerate(details.next_plan)),
        language=language,
        direction=direction,
    )


def summary_numbers(desk: Desk, entry: Entry, details: SchoolSummaryDetails) -> tuple[tuple[str, str], ...]:
    """Labels and values of a school summary's numbers, in the entry's language."""
    texts = desk.texts
    rows = []
    for index, number in enumerate(details.numbers):
        unit = entry.listed("number_units", index, "" if entry.translation else number.unit)
        value = texts("figure", value=texts.number(number.value), unit=unit)
        rows.append((entry.listed("numbers", index, number.label), value.strip()))
    return tuple(rows)


def _has_page(desk: Desk, person: Person) -> bool:
    return person.id in desk.catalog.by_contributor


def _person_link(desk: Desk, person: Person) -> Link:
    count = len(desk.catalog.by_contributor[person.id])
    return Link(text=desk.catalog.person_name(person.id), uri=desk.page(person_uri(person.id)), count=count)


def contributor_pages(desk: Desk) -> Iterator[AnyPage]:
    catalog, texts = desk.catalog, desk.texts
    people = [person for person in catalog.content.people.values() if _has_page(desk, person)]
    shown = frozenset(organisation.id for organisation in shown_organisations(desk))
    groups = []
    for organisation in catalog.content.organisations.values():
        of_organisation = tuple(_person_link(desk, p) for p in people if p.organisation == organisation.id)
        if of_organisation:
            uri = desk.page(organisation_uri(organisation.id)) if organisation.id in shown else ""
            title = catalog.organisation_name(organisation.id)
            groups.append(ContributorGroup(title=title, uri=uri, people=of_organisation))
    view = ContributorListView(lead=texts("contributors.lead"), groups=tuple(groups))
    crumb = Crumb(title=texts("nav.schools"), uri=SCHOOLS_URI)
    yield SitePage(
        uri=CONTRIBUTORS_URI,
        title=texts("contributors.title"),
        template="contributors.html",
        view=view,
        tab=SCHOOLS_URI,
        description=view.lead,
        crumbs=(crumb,),
        in_navigation=True,
    )
    for person in people:
        crumbs = (crumb, Crumb(title=texts("contributors.title"), uri=CONTRIBUTORS_URI))
        entries = catalog.by_contributor[person.id]
        parts = list_parts(desk, person_uri(person.id), by_kind(desk, entries), lambda e: kind_head(desk, e))
        yield from (_contributor_page(desk, person, crumbs, part, shown) for part in parts)


def _contributor_page(
    desk: Desk, person: Person, crumbs: tuple[Crumb, ...], part: PlannedPart, shown: frozenset[str]
) -> LaterPage:
    name = desk.catalog.person_name(person.id)
    return LaterPage(
        uri=part.uri,
        title=name if part.number == 1 else desk.texts("list.page_title", title=name, n=part.number),
        template="contributor.html",
        tab=SCHOOLS_URI,
        shows=part.entries,
        make=partial(_contributor_values, person=person, crumbs=crumbs, part=part, shown=shown),
    )


def _contributor_values(
    desk: Desk, person: Person, crumbs: tuple[Crumb, ...], part: PlannedPart, shown: frozenset[str]
) -> PageValues:
    catalog, texts = desk.catalog, desk.texts
    total = part.rows
    organisation = Link(
        text=catalog.organisation_name(person.organisation),
        uri=desk.page(organisation_uri(person.organisation)) if person.organisation in shown else "",
    )
    name = catalog.person_name(person.id)
    return PageValues(
        view=ContributorView(organisation=organisation, pseudonym=person.pseudonym, total=total, part=part.made()),
        description=texts.count("school.description", total, name=name),
        crumbs=crumbs,
    )
