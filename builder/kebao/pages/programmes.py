"""The programme list and the programme pages: figures, timeline, phases, modules, marks, rules, roles, awards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kebao.catalog.entries import Entry
from kebao.model.programme import Amount, Assessment, Module, Programme, Window
from kebao.model.resource import CourseDetails
from kebao.model.text import LocalizedText
from kebao.pages.cards import Card, Desk, Link, cards
from kebao.pages.lists import ListView
from kebao.pages.paging import PlannedPart, by_kind, kind_head, list_parts
from kebao.pages.site_page import AnyPage, Crumb, LaterPage, PageValues, SitePage

PROGRAMMES_URI = "programmes/index.html"
_SHOWN_IN_PHASE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeSummary:
    title: str
    short_title: str
    region: str
    summary: str
    uri: str
    count: int
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeListView:
    lead: str
    programmes: tuple[ProgrammeSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSection:
    """A phase or step with the resources that belong to it."""

    number: int
    title: str
    anchor: str
    summary: str
    window: str
    cards: tuple[Card, ...]
    all: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRow:
    title: str
    required: str
    hours: str
    courses: str
    note: str
    resources: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRow:
    title: str
    count: str
    each: str
    marks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTable:
    title: str
    rows: tuple[MarkRow, ...]
    total: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeView:
    summary: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    timeline: tuple[tuple[str, str], ...]
    phases: tuple[PhaseSection, ...]
    modules: tuple[ModuleRow, ...]
    marks: tuple[MarkTable, ...]
    rules: tuple[tuple[str, str, str], ...]
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    awards: tuple[tuple[str, str], ...]
    source: tuple[tuple[str, str], ...]
    total: int


def programme_uri(programme_id: str) -> str:
    return f"programmes/{programme_id}.html"


def phase_link(desk: Desk, programme: Programme, phase: str) -> Link:
    count = desk.catalog.counts.phases.get((programme.id, phase), 0)
    uri = desk.page(f"{programme_uri(programme.id)}#{phase}")
    return Link(text=desk.catalog.label("phases", phase), uri=uri, count=count)


def programme_pages(desk: Desk) -> Iterator[AnyPage]:
    catalog, texts = desk.catalog, desk.texts
    programmes = [catalog.content.programmes[p] for p in catalog.package.programmes]
    view = ProgrammeListView(lead=texts("programmes.lead"), programmes=tuple(_summary(desk, p) for p in programmes))
    yield SitePage(
        uri=PROGRAMMES_URI,
        title=texts("programmes.title"),
        template="programmes.html",
        view=view,
        tab=PROGRAMMES_URI,
        description=view.lead,
        in_navigation=True,
    )
    for programme in programmes:
        yield _programme_page(desk, programme)
        yield from _phase_pages(desk, programme)


def _count(desk: Desk, programme: Programme) -> int:
    return desk.catalog.counts.programmes.get(programme.id, 0)


def _said(desk: Desk, text: LocalizedText) -> str:
    return text.in_locale(desk.catalog.chain)


def _summary(desk: Desk, programme: Programme) -> ProgrammeSummary:
    return ProgrammeSummary(
        title=_said(desk, programme.title),
        short_title=_said(desk, programme.short_title),
        region=_said(desk, programme.region),
        summary=_said(desk, programme.summary),
        uri=desk.page(programme_uri(programme.id)),
        count=_count(desk, programme),
        figures=_figures(desk, programme)[:3],
    )


def _figures(desk: Desk, programme: Programme) -> tuple[tuple[str, str], ...]:
    texts = desk.texts
    return tuple(
        (
            _said(desk, figure.label),
            texts("figure", value=texts.number(figure.value), unit=_said(desk, figure.unit)),
        )
        for figure in programme.figures
    )


def window_text(desk: Desk, window: Window | None) -> str:
    """A stretch of time in words; empty when nothing is known."""
    texts = desk.texts
    if window is None or not (window.start or window.end):
        return ""
    if window.start and window.end:
        if window.start == window.end:
            return texts.moment(window.start)
        return texts("window.both", start=texts.moment(window.start), end=texts.moment(window.end))
    if window.start:
        return texts("window.from", start=texts.moment(window.start))
    return texts("window.until", end=texts.moment(window.end or ""))


def amount_text(desk: Desk, amount: Amount | None) -> str:
    """``≥ 72``, ``24–28``, ``3``, with its note."""
    texts = desk.texts
    if amount is None:
        return ""
    low, high = amount.minimum, amount.maximum
    if low is not None and high is not None:
        said = texts.number(low) if low == high else f"{texts.number(low)}–{texts.number(high)}"
    elif low is not None:
        said = texts("amount.minimum", n=texts.number(low))
    elif high is not None:
        said = texts("amount.maximum", n=texts.number(high))
    else:
        said = ""
    note = _said(desk, amount.note)
    return texts("amount.note", amount=said, note=note) if note and said else said or note


def _programme_page(desk: Desk, programme: Programme) -> SitePage:
    texts = desk.texts
    facts = (
        (texts("programme.region"), _said(desk, programme.region)),
        (texts("programme.organiser"), _said(desk, programme.organiser)),
        (texts("programme.audience"), _said(desk, programme.audience)),
        (texts("programme.period"), window_text(desk, programme.period)),
        (texts("programme.hours"), amount_text(desk, programme.hours)),
        (texts("programme.credits"), amount_text(desk, programme.credits)),
    )
    view = ProgrammeView(
        summary=_said(desk, programme.summary),
        facts=tuple((label, value) for label, value in facts if value),
        figures=_figures(desk, programme),
        timeline=tuple((_said(desk, w.title), window_text(desk, w.window)) for w in programme.windows),
        phases=_phases(desk, programme),
        modules=tuple(_module_row(desk, programme, module) for module in programme.modules),
        marks=tuple(_mark_table(desk, assessment) for assessment in programme.assessments),
        rules=tuple((rule.id, _said(desk, rule.title), _said(desk, rule.text)) for rule in programme.rules),
        roles=tuple((_said(desk, r.title), tuple(_said(desk, d) for d in r.duties)) for r in programme.roles),
        awards=tuple(
            (_said(desk, a.title), texts("share", n=texts.number(a.share)) if a.share is not None else "")
            for a in programme.awards
        ),
        source=_source(desk, programme),
        total=_count(desk, programme),
    )
    return SitePage(
        uri=programme_uri(programme.id),
        title=_said(desk, programme.title),
        template="programme.html",
        view=view,
        tab=PROGRAMMES_URI,
        description=view.summary,
        crumbs=(Crumb(title=texts("nav.programmes"), uri=PROGRAMMES_URI),),
    )


def phase_uri(programme_id: str, phase: str) -> str:
    return f"programmes/{programme_id}-{phase}.html"


def _phase_entries(desk: Desk, programme: Programme, phase: str) -> tuple[Entry, ...]:
    return desk.catalog.select(lambda r: r.programme == programme.id and r.phase == phase)


def _phase_pages(desk: Desk, programme: Programme) -> Iterator[LaterPage]:
    """The whole list of a phase, where the programme's page shows only its beginning."""
    programmes = Crumb(title=desk.texts("nav.programmes"), uri=PROGRAMMES_URI)
    above = Crumb(title=_said(desk, programme.short_title), uri=programme_uri(programme.id))
    for phase in programme.phases:
        entries = _phase_entries(desk, programme, phase.phase)
        if len(entries) <= _SHOWN_IN_PHASE:
            continue
        title = desk.catalog.label("phases", phase.phase)
        lead = _said(desk, phase.summary)
        parts = list_parts(
            desk, phase_uri(programme.id, phase.phase), by_kind(desk, entries), lambda e: kind_head(desk, e)
        )
        for part in parts:
            yield LaterPage(
                uri=part.uri,
                title=title if part.number == 1 else desk.texts("list.page_title", title=title, n=part.number),
                template="list.html",
                tab=PROGRAMMES_URI,
                shows=part.entries,
                make=partial(_phase_values, lead=lead, part=part, crumbs=(programmes, above)),
            )


def _phase_values(desk: Desk, lead: str, part: PlannedPart, crumbs: tuple[Crumb, ...]) -> PageValues:
    view = ListView(lead=lead, total=part.rows, part=part.made())
    return PageValues(view=view, description=lead, crumbs=crumbs)


def _phases(desk: Desk, programme: Programme) -> tuple[PhaseSection, ...]:
    sections = []
    for number, phase in enumerate(programme.phases, start=1):
        entries = _phase_entries(desk, programme, phase.phase)
        has_page = len(entries) > _SHOWN_IN_PHASE
        uri = phase_uri(programme.id, phase.phase) if has_page else f"{programme_uri(programme.id)}#{phase.phase}"
        sections.append(
            PhaseSection(
                number=number,
                title=desk.catalog.label("phases", phase.phase),
                anchor=phase.phase,
                summary=_said(desk, phase.summary),
                window=window_text(desk, phase.window),
                cards=cards(desk, entries[:_SHOWN_IN_PHASE]),
                all=Link(
                    text=desk.texts.count("phase.all", len(entries)),
                    uri=desk.page(uri) if has_page else "",
                    count=len(entries),
                ),
            )
        )
    return tuple(sections)


def _module_row(desk: Desk, programme: Programme, module: Module) -> ModuleRow:
    texts = desk.texts
    courses = [
        entry
        for entry in desk.catalog.select(lambda r: r.programme == programme.id)
        if isinstance(entry.resource.details, CourseDetails) and entry.resource.details.module == module.id
    ]
    links = tuple(Link(text=e.title, uri=desk.entry_uri(e), language=desk.foreign(e.language)[0]) for e in courses)
    return ModuleRow(
        title=_said(desk, module.title),
        required=texts("module.required" if module.required else "module.elective"),
        hours=amount_text(desk, module.hours),
        courses=texts.number(module.courses) if module.courses else "",
        note=_said(desk, module.note),
        resources=links,
    )


def _mark_table(desk: Desk, assessment: Assessment) -> MarkTable:
    texts = desk.texts
    rows = []
    for part in assessment.parts:
        count = texts.number(part.count) if part.count is not None else ""
        unit = _said(desk, part.unit)
        each = texts.number(part.marks_each) if part.marks_each is not None else ""
        said = texts("figure", value=count, unit=unit) if count else ""
        rows.append(MarkRow(title=_said(desk, part.title), count=said, each=each, marks=texts.number(part.marks)))
    notes = []
    if assessment.threshold:
        titles = {part.id: _said(desk, part.title) for part in assessment.parts}
        names = texts("list.separator").join(titles.get(part, part) for part in assessment.threshold.parts)
        notes.append(texts("marks.threshold", parts=names, n=texts.number(assessment.threshold.marks)))
    if assessment.pass_marks is not None:
        notes.append(texts("marks.pass", n=texts.number(assessment.pass_marks)))
    total = texts.number(sum(part.marks for part in assessment.parts))
    return MarkTable(title=_said(desk, assessment.title), rows=tuple(rows), total=total, notes=tuple(notes))


def _source(desk: Desk, programme: Programme) -> tuple[tuple[str, str], ...]:
    texts, source = desk.texts, programme.source
    rows = (
        (texts("source.title"), source.title),
        (texts("source.issuer"), source.issuer),
        (texts("source.number"), source.number or ""),
        (texts("source.date"), texts.moment(source.date) if source.date else ""),
    )
    return tuple((label, value) for label, value in rows if value)
