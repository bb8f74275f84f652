"""Lists of resources: everything, by kind, stage, grade, subject, and stage × subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from kebao.catalog.entries import Entry
from kebao.model.resource import Kind, LessonCaseDetails
from kebao.pages.cards import Desk, Link
from kebao.pages.paging import GroupHead, ListPart, PlannedPart, list_parts
from kebao.pages.site_page import Crumb, LaterPage, PageValues, SitePage

CATALOG_URI = "catalog/index.html"
#: Orders that the catalog's script knows too.
BY_DATE, BY_LESSON = "date", "lesson"
OVERVIEW_URI = "overview.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A way to narrow a list: a heading and its values with counts, each a list of its own."""

    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A page of a list.

    Attributes:
        filters: What all its entries have in common, as the catalog's fragment says it (``stage=primary&subject=art``).
        order: How they are sorted, by the catalog's name for it.
    """

    lead: str
    total: int
    part: ListPart
    facets: tuple[Facet, ...] = ()
    filters: str = ""
    order: str = BY_DATE


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


def list_pages(desk: Desk) -> Iterator[LaterPage]:
    """Every list page of the shard."""
    texts, catalog = desk.texts, desk.catalog
    above = Crumb(title=texts("nav.catalog"), uri=CATALOG_URI)
    view_of = _view_maker(desk, texts("catalog.lead"), catalog.entries)
    yield from _pages(list_parts(desk, CATALOG_URI, catalog.entries), texts("catalog.title"), view_of, desk)
    for kind in Kind:
        entries = catalog.of_kind(kind)
        view_of = _view_maker(desk, texts(f"kind.{kind.value}.lead"), entries, filters=f"kind={kind.value}")
        parts = list_parts(desk, kind_uri(kind), entries)
        yield from _pages(parts, desk.kind_label(kind), view_of, desk, crumbs=(above,), in_navigation=True)
    yield from _stage_pages(desk, above)
    yield from _grade_pages(desk, above)
    yield from _subject_pages(desk, above)


def _view_maker(
    desk: Desk, lead: str, entries: tuple[Entry, ...], *, filters: str = "", order: str = BY_DATE
) -> Callable[[ListPart], ListView]:
    found = cache(lambda: facets(desk, entries))
    return lambda part: ListView(lead=lead, total=len(entries), part=part, facets=found(), filters=filters, order=order)


def _pages(
    parts: Iterator[PlannedPart],
    title: str,
    view_of: Callable[[ListPart], ListView],
    desk: Desk,
    *,
    crumbs: tuple[Crumb, ...] = (),
    in_navigation: bool = False,
) -> Iterator[LaterPage]:
    """The parts of a list as pages; the ones after the first are called after their number."""
    first_uri = ""
    for part in parts:
        first_uri = first_uri or part.uri
        is_first = part.number == 1
        steps = crumbs if is_first else (*crumbs, Crumb(title=title, uri=first_uri))
        yield LaterPage(
            uri=part.uri,
            title=title if is_first else desk.texts("list.page_title", title=title, n=part.number),
            template="list.html",
            tab=CATALOG_URI,
            in_navigation=is_first and (in_navigation or part.uri == CATALOG_URI),
            shows=part.entries,
            make=partial(_values, part=part, view_of=view_of, crumbs=steps),
        )


def _values(
    desk: Desk, part: PlannedPart, view_of: Callable[[ListPart], ListView], crumbs: tuple[Crumb, ...]
) -> PageValues:
    view = view_of(part.made())
    return PageValues(view=view, description=view.lead, crumbs=crumbs)


def facets(desk: Desk, entries: tuple[Entry, ...]) -> tuple[Facet, ...]:
    """Kinds, stages and subjects that occur, each linked to its own list with that list's count."""
    catalog, texts = desk.catalog, desk.texts
    kinds = {entry.resource.kind for entry in entries}
    stages = {stage for entry in entries for stage in entry.resource.stages}
    subjects = {entry.resource.subject for entry in entries}
    vocabularies = catalog.content.vocabularies
    found = (
        Facet(title=texts("facet.kind"), links=tuple(_kind_link(desk, kind) for kind in Kind if kind in kinds)),
        Facet(
            title=texts("facet.stage"),
            links=tuple(stage_link(desk, stage) for stage in vocabularies["stages"].terms if stage in stages),
        ),
        Facet(
            title=texts("facet.subject"),
            links=tuple(subject_link(desk, s) for s in vocabularies["subjects"].terms if s in subjects),
        ),
    )
    return tuple(facet for facet in found if len(facet.links) > 1)


def _kind_link(desk: Desk, kind: Kind) -> Link:
    return Link(text=desk.kind_label(kind), uri=desk.page(kind_uri(kind)), count=len(desk.catalog.of_kind(kind)))


def stage_link(desk: Desk, stage: str) -> Link:
    count = desk.catalog.counts.stages[stage]
    return Link(text=desk.catalog.label("stages", stage), uri=desk.page(stage_uri(stage)), count=count)


def grade_link(desk: Desk, grade: str) -> Link:
    count = desk.catalog.counts.grades[grade]
    return Link(text=desk.catalog.label("grades", grade), uri=desk.page(grade_uri(grade)), count=count)


def subject_link(desk: Desk, subject: str) -> Link:
    count = desk.catalog.counts.subjects[subject]
    return Link(text=desk.catalog.label("subjects", subject), uri=desk.page(subject_uri(subject)), count=count)


def used_stages(desk: Desk) -> list[str]:
    """Stages that some listed resource is for, in the vocabulary's order."""
    terms = desk.catalog.content.vocabularies["stages"].terms
    return [stage for stage in terms if stage in desk.catalog.counts.stages]


def used_grades(desk: Desk, stage: str) -> list[str]:
    """Grades of a stage that some listed resource is for."""
    terms = desk.catalog.content.vocabularies["grades"].terms
    return [g for g, term in terms.items() if g in desk.catalog.counts.grades and term.broader == stage]


def used_subjects(desk: Desk) -> list[str]:
    terms = desk.catalog.content.vocabularies["subjects"].terms
    return [subject for subject in terms if subject in desk.catalog.counts.subjects]


def _stage_pages(desk: Desk, above: Crumb) -> Iterator[LaterPage]:
    grades = desk.catalog.content.vocabularies["grades"]
    for stage in used_stages(desk):

        @cache
        def head_of(of_resource: tuple[str, ...], stage: str = stage) -> GroupHead:
            of_stage = [g for g in of_resource if grades.terms[g].broader == stage]
            if not of_stage:
                return GroupHead(title=desk.texts("stage.all_grades"), anchor="all-grades")
            title = desk.catalog.label("grades", of_stage[0])
            return GroupHead(title=title, anchor=of_stage[0], uri=desk.page(grade_uri(of_stage[0])))

        head = partial(_head_by_grades, head_of)
        entries = desk.catalog.select(lambda r, stage=stage: stage in r.stages)  # type: ignore[misc]
        position = cache(grades.position)
        order = sorted(entries, key=lambda e: position(head(e).anchor))
        title = desk.catalog.label("stages", stage)
        view_of = _view_maker(desk, desk.texts("stage.lead", stage=title), entries, filters=f"stage={stage}")
        yield from _pages(list_parts(desk, stage_uri(stage), tuple(order), head), title, view_of, desk, crumbs=(above,))


def _head_by_grades(head_of: Callable[[tuple[str, ...]], GroupHead], entry: Entry) -> GroupHead:
    """Of thousands of resources few have other grades."""
    return head_of(entry.resource.grades)


def _grade_pages(desk: Desk, above: Crumb) -> Iterator[LaterPage]:
    for stage in used_stages(desk):
        stage_crumb = Crumb(title=desk.catalog.label("stages", stage), uri=stage_uri(stage))
        for grade in used_grades(desk, stage):
            entries = desk.catalog.select(lambda r, grade=grade: grade in r.grades)  # type: ignore[misc]
            title = desk.catalog.label("grades", grade)
            lead = desk.texts("grade.lead", grade=title)
            view_of = _view_maker(desk, lead, entries, filters=f"grade={grade}", order=BY_LESSON)
            parts = list_parts(desk, grade_uri(grade), by_subject(desk, entries), lambda e: _subject_head(desk, e))
            yield from _pages(parts, title, view_of, desk, crumbs=(above, stage_crumb))


def _subject_head(desk: Desk, entry: Entry) -> GroupHead:
    subject = entry.resource.subject
    if not subject:
        return GroupHead(title=desk.texts("subject.none"), anchor="no-subject")
    title = desk.catalog.label("subjects", subject)
    return GroupHead(title=title, anchor=subject, uri=desk.page(subject_uri(subject)))


def by_subject(desk: Desk, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """By subject; within it lesson cases in the order of textbook, unit and lesson, then the rest as they were."""
    subjects = desk.catalog.content.vocabularies["subjects"]

    def key(entry: Entry) -> tuple[int, int, str, str, str]:
        position = subjects.position(entry.resource.subject or "")
        details = entry.resource.details
        if isinstance(details, LessonCaseDetails):
            return (position, 0, details.textbook, details.unit, details.lesson)
        return (position, 1, "", "", "")

    return tuple(sorted(entries, key=key))


def _subject_pages(desk: Desk, above: Crumb) -> Iterator[LaterPage]:
    stages = desk.catalog.content.vocabularies["stages"]
    for subject in used_subjects(desk):
        entries = desk.catalog.select(lambda r, subject=subject: r.subject == subject)  # type: ignore[misc]
        title = desk.catalog.label("subjects", subject)

        def head(entry: Entry, subject: str = subject) -> GroupHead:
            stage = entry.resource.stages[0]
            uri = desk.page(cell_uri(stage, subject))
            return GroupHead(title=desk.catalog.label("stages", stage), anchor=stage, uri=uri)

        order = sorted(entries, key=lambda e: stages.position(e.resource.stages[0]))
        lead = desk.texts("subject.lead", subject=title)
        view_of = _view_maker(desk, lead, entries, filters=f"subject={subject}")
        parts = list_parts(desk, subject_uri(subject), tuple(order), head)
        yield from _pages(parts, title, view_of, desk, crumbs=(above,))
        yield from _cell_pages(desk, subject, entries, above)


def _cell_pages(desk: Desk, subject: str, entries: tuple[Entry, ...], above: Crumb) -> Iterator[LaterPage]:
    subject_title = desk.catalog.label("subjects", subject)
    for stage in used_stages(desk):
        of_stage = tuple(e for e in entries if stage in e.resource.stages)
        if not of_stage:
            continue
        stage_title = desk.catalog.label("stages", stage)
        title = desk.texts("cell.title", stage=stage_title, subject=subject_title)
        lead = desk.texts("cell.lead", stage=stage_title, subject=subject_title)
        view_of = _view_maker(desk, lead, of_stage, filters=f"stage={stage}&subject={subject}", order=BY_LESSON)
        crumbs = (above, Crumb(title=stage_title, uri=stage_uri(stage)))
        parts = list_parts(desk, cell_uri(stage, subject), by_subject(desk, of_stage))
        yield from _pages(parts, title, view_of, desk, crumbs=crumbs)


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
    texts, cells = desk.texts, desk.catalog.counts.cells
    stages = used_stages(desk)
    rows = []
    for subject in used_subjects(desk):
        counts = [(stage, cells.get((stage, subject), 0)) for stage in stages]
        links = tuple(
            Link(text=texts.number(n), uri=desk.page(cell_uri(stage, subject)) if n else "", count=n)
            for stage, n in counts
        )
        rows.append(MatrixRow(head=subject_link(desk, subject), cells=links))
    view = OverviewView(
        lead=texts("overview.lead"),
        columns=tuple(stage_link(desk, stage) for stage in stages),
        rows=tuple(rows),
        total=len(desk.catalog.entries),
    )
    return SitePage(
        uri=OVERVIEW_URI,
        title=texts("overview.title"),
        template="overview.html",
        view=view,
        tab=CATALOG_URI,
        description=view.lead,
        crumbs=(Crumb(title=texts("nav.catalog"), uri=CATALOG_URI),),
        in_navigation=True,
    )
