"""Lists of resources: everything, by kind, stage, grade, subject, and stage × subject; 100 rows a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kebao.catalog.entries import Entry
from kebao.model.resource import Kind, LessonCaseDetails
from kebao.pages.cards import Card, Desk, Link, cards
from kebao.pages.site_page import Crumb, SitePage

ROWS_PER_PAGE = 100
CATALOG_URI = "catalog/index.html"
OVERVIEW_URI = "overview.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGroup:
    """Cards under a heading; ``uri`` leads to the whole list where there is one."""

    title: str
    anchor: str
    cards: tuple[Card, ...]
    uri: str = ""
    icon: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Which page of a list this is, from 1, and where the others are."""

    page: int
    pages: int
    first_row: int
    last_row: int
    rows: int
    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A way to narrow a list: a heading and its values with counts, each a list of its own."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    lead: str
    total: int
    groups: tuple[CardGroup, ...]
    facets: tuple[Facet, ...] = ()
    pager: Pager | None = None


def kind_uri(kind: Kind) -> str:
    return f"{kind.value}/index.html"


def stage_uri(stage: str) -> str:
    return f"stages/{stage}.html"


def grade_uri(grade: str) -> str:
    return f"grades/{grade}.html"


def subject_uri(subject: str) -> str:
    return f"subjects/{subject}.html"


def cell_uri(stage: str, subject: str) -> str:
    return f"overview/{stage}-{subject}.html"


def list_pages(desk: Desk) -> Iterator[SitePage]:
    """Every list page of the shard."""
    texts, catalog = desk.texts, desk.catalog
    catalog_crumb = Crumb(title=texts("nav.catalog"), uri=CATALOG_URI)
    lead = texts("catalog.lead")
    yield from _paged(desk, CATALOG_URI, texts("catalog.title"), catalog.entries, lead=lead, crumbs=())
    for kind in Kind:
        title, lead = desk.kind_label(kind), texts(f"kind.{kind.value}.lead")
        yield from _paged(desk, kind_uri(kind), title, catalog.of_kind(kind), lead=lead, crumbs=(catalog_crumb,))
    yield from _stage_pages(desk, catalog_crumb)
    yield from _grade_pages(desk, catalog_crumb)
    yield from _subject_pages(desk, catalog_crumb)


def _paged(
    desk: Desk, uri: str, title: str, entries: tuple[Entry, ...], *, lead: str, crumbs: tuple[Crumb, ...]
) -> Iterator[SitePage]:
    count = max(1, -(-len(entries) // ROWS_PER_PAGE))
    uris = (uri, *(uri.replace(".html", f"-{number}.html") for number in range(2, count + 1)))
    for number, page_uri in enumerate(uris, start=1):
        first = (number - 1) * ROWS_PER_PAGE
        rows = entries[first : first + ROWS_PER_PAGE]
        pager = Pager(
            page=number,
            pages=count,
            first_row=first + 1,
            last_row=first + len(rows),
            rows=len(entries),
            uris=tuple(desk.page(u) for u in uris),
        )
        group = CardGroup(title="", anchor="", cards=cards(desk, rows))
        view = ListView(lead=lead, total=len(entries), groups=(group,), facets=facets(desk, entries), pager=pager)
        page_title = title if number == 1 else desk.texts("list.page_title", title=title, n=number)
        way = crumbs if number == 1 else (*crumbs, Crumb(title=title, uri=uri))
        yield _list_page(page_uri, page_title, view, way, in_navigation=number == 1)


def _list_page(
    uri: str, title: str, view: ListView, crumbs: tuple[Crumb, ...], *, in_navigation: bool = False
) -> SitePage:
    return SitePage(
        uri=uri,
        title=title,
        template="list.html",
        view=view,
        tab=CATALOG_URI,
        description=view.lead,
        crumbs=crumbs,
        in_navigation=in_navigation,
    )


def facets(desk: Desk, entries: tuple[Entry, ...]) -> tuple[Facet, ...]:
    """Kinds, stages and subjects that occur, each linked to its own list with that list's count."""
    catalog, texts = desk.catalog, desk.texts
    kinds = [kind for kind in Kind if any(e.resource.kind is kind for e in entries)]
    stages = [s for s in catalog.content.vocabularies["stages"].terms if any(s in e.resource.stages for e in entries)]
    subjects = [
        s for s in catalog.content.vocabularies["subjects"].terms if any(s == e.resource.subject for e in entries)
    ]
    found = (
        Facet(title=texts("facet.kind"), links=tuple(_kind_link(desk, kind) for kind in kinds)),
        Facet(title=texts("facet.stage"), links=tuple(stage_link(desk, stage) for stage in stages)),
        Facet(title=texts("facet.subject"), links=tuple(subject_link(desk, subject) for subject in subjects)),
    )
    return tuple(facet for facet in found if facet.links)


def _kind_link(desk: Desk, kind: Kind) -> Link:
    return Link(text=desk.kind_label(kind), uri=desk.page(kind_uri(kind)), count=len(desk.catalog.of_kind(kind)))


def stage_link(desk: Desk, stage: str) -> Link:
    count = len(desk.catalog.select(lambda r: stage in r.stages))
    return Link(text=desk.catalog.label("stages", stage), uri=desk.page(stage_uri(stage)), count=count)


def grade_link(desk: Desk, grade: str) -> Link:
    count = len(desk.catalog.select(lambda r: grade in r.grades))
    return Link(text=desk.catalog.label("grades", grade), uri=desk.page(grade_uri(grade)), count=count)


def subject_link(desk: Desk, subject: str) -> Link:
    count = len(desk.catalog.select(lambda r: r.subject == subject))
    return Link(text=desk.catalog.label("subjects", subject), uri=desk.page(subject_uri(subject)), count=count)


def used_terms(desk: Desk, vocabulary: str, uses: Callable[[Entry, str], bool]) -> list[str]:
    """Terms of a vocabulary, in its order, that some listed resource uses."""
    terms = desk.catalog.content.vocabularies[vocabulary].terms
    return [term for term in terms if any(uses(entry, term) for entry in desk.catalog.entries)]


def used_stages(desk: Desk) -> list[str]:
    return used_terms(desk, "stages", lambda entry, stage: stage in entry.resource.stages)


def used_grades(desk: Desk, stage: str) -> list[str]:
    """Grades of a stage that some listed resource is for."""
    terms = desk.catalog.content.vocabularies["grades"].terms
    used = used_terms(desk, "grades", lambda entry, grade: grade in entry.resource.grades)
    return [grade for grade in used if terms[grade].broader == stage]


def used_subjects(desk: Desk) -> list[str]:
    return used_terms(desk, "subjects", lambda entry, subject: entry.resource.subject == subject)


def _stage_pages(desk: Desk, above: Crumb) -> Iterator[SitePage]:
    for stage in used_stages(desk):
        entries = desk.catalog.select(lambda r, stage=stage: stage in r.stages)  # type: ignore[misc]
        groups = []
        for grade in used_grades(desk, stage):
            of_grade = tuple(e for e in entries if grade in e.resource.grades)
            title = desk.catalog.label("grades", grade)
            uri = desk.page(grade_uri(grade))
            groups.append(CardGroup(title=title, anchor=grade, cards=cards(desk, of_grade), uri=uri))
        rest = tuple(e for e in entries if not e.resource.grades)
        if rest:
            title = desk.texts("stage.all_grades")
            groups.append(CardGroup(title=title, anchor="all-grades", cards=cards(desk, rest)))
        title = desk.catalog.label("stages", stage)
        lead = desk.texts("stage.lead", stage=title)
        view = ListView(lead=lead, total=len(entries), groups=tuple(groups), facets=facets(desk, entries))
        yield _list_page(stage_uri(stage), title, view, (above,))


def _grade_pages(desk: Desk, above: Crumb) -> Iterator[SitePage]:
    grades = desk.catalog.content.vocabularies["grades"].terms
    for stage in used_stages(desk):
        for grade in used_grades(desk, stage):
            entries = desk.catalog.select(lambda r, grade=grade: grade in r.grades)  # type: ignore[misc]
            stage_title = desk.catalog.label("stages", grades[grade].broader or stage)
            title = desk.catalog.label("grades", grade)
            view = ListView(
                lead=desk.texts("grade.lead", grade=title),
                total=len(entries),
                groups=_by_subject(desk, entries),
                facets=facets(desk, entries),
            )
            crumbs = (above, Crumb(title=stage_title, uri=stage_uri(stage)))
            yield _list_page(grade_uri(grade), title, view, crumbs)


def _by_subject(desk: Desk, entries: tuple[Entry, ...]) -> tuple[CardGroup, ...]:
    groups = []
    for subject in desk.catalog.content.vocabularies["subjects"].terms:
        of_subject = tuple(e for e in entries if e.resource.subject == subject)
        if of_subject:
            title, uri = desk.catalog.label("subjects", subject), desk.page(subject_uri(subject))
            groups.append(
                CardGroup(title=title, anchor=subject, cards=cards(desk, _in_textbook_order(of_subject)), uri=uri)
            )
    rest = tuple(e for e in entries if not e.resource.subject)
    if rest:
        groups.append(
            CardGroup(title=desk.texts("subject.none"), anchor="no-subject", cards=cards(desk, rest))
        )
    return tuple(groups)


def _in_textbook_order(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Lesson cases by textbook, unit and lesson, then the rest as they were."""

    def key(entry: Entry) -> tuple[int, str, str, str]:
        details = entry.resource.details
        if isinstance(details, LessonCaseDetails):
            return (0, details.textbook, details.unit, details.lesson)
        return (1, "", "", "")

    return tuple(sorted(entries, key=key))


def _subject_pages(desk: Desk, above: Crumb) -> Iterator[SitePage]:
    for subject in used_subjects(desk):
        entries = desk.catalog.select(lambda r, subject=subject: r.subject == subject)  # type: ignore[misc]
        title = desk.catalog.label("subjects", subject)
        groups = []
        for stage in used_stages(desk):
            of_stage = tuple(e for e in entries if stage in e.resource.stages)
            if not of_stage:
                continue
            stage_title = desk.catalog.label("stages", stage)
            cell = cell_uri(stage, subject)
            group = CardGroup(title=stage_title, anchor=stage, cards=cards(desk, of_stage), uri=desk.page(cell))
            groups.append(group)
            cell_view = ListView(
                lead=desk.texts("cell.lead", stage=stage_title, subject=title),
                total=len(of_stage),
                groups=(CardGroup(title="", anchor="", cards=cards(desk, _in_textbook_order(of_stage))),),
            )
            crumbs = (above, Crumb(title=stage_title, uri=stage_uri(stage)))
            yield _list_page(cell, desk.texts("cell.title", stage=stage_title, subject=title), cell_view, crumbs)
        lead = desk.texts("subject.lead", subject=title)
        view = ListView(lead=lead, total=len(entries), groups=tuple(groups))
        yield _list_page(subject_uri(subject), title, view, (above,))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    head: Link
    cells: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """Subject × stage: how many resources there are, and where the gaps lie."""

    lead: str
    columns: tuple[Link, ...]
    rows: tuple[MatrixRow, ...]
    total: int


def overview_page(desk: Desk) -> SitePage:
    catalog, texts = desk.catalog, desk.texts
    stages = used_stages(desk)
    rows = []
    for subject in used_subjects(desk):
        cells = []
        for stage in stages:
            count = len(catalog.select(lambda r, s=subject, t=stage: r.subject == s and t in r.stages))  # type: ignore[misc]
            uri = desk.page(cell_uri(stage, subject)) if count else ""
            cells.append(Link(text=texts.number(count), uri=uri, count=count))
        rows.append(MatrixRow(head=subject_link(desk, subject), cells=tuple(cells)))
    view = OverviewView(
        lead=texts("overview.lead"),
        columns=tuple(stage_link(desk, stage) for stage in stages),
        rows=tuple(rows),
        total=len(catalog.entries),
    )
    crumbs = (Crumb(title=texts("nav.catalog"), uri=CATALOG_URI),)
    return SitePage(
        uri=OVERVIEW_URI,
        title=texts("overview.title"),
        template="overview.html",
        view=view,
        tab=CATALOG_URI,
        description=view.lead,
        crumbs=crumbs,
        in_navigation=True,
    )
