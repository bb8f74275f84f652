"""Two lesson cases side by side: a plan before and after polishing (研课磨课), two designs of one lesson (同课异构)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kebao.catalog.changes import EditionChanges
from kebao.catalog.entries import Entry
from kebao.catalog.snapshots import ResourceSnapshot
from kebao.catalog.text_difference import Mark, Span, likeness, pair_up, text_difference
from kebao.model.markdown_prose import headings
from kebao.model.resource import Kind
from kebao.model.shard import relative_uri
from kebao.pages.body_links import with_item_links
from kebao.pages.cards import Badge, Desk, Link, badges
from kebao.pages.change_values import field_word, values_in_words
from kebao.pages.lists import CATALOG_URI, kind_uri
from kebao.pages.materials import MaterialView, material_views
from kebao.pages.readable import readable
from kebao.pages.site_page import Crumb, SitePage
from kebao.rendering import render_markdown

#: Below so many characters a body only introduces the lesson plan, whose own text is compared then.
_SHORT_BODY = 300
#: Sections that have less than this in common were written anew.
_REWRITTEN = 0.55
#: Facts that say how two lessons differ, in the order in which they are shown.
_FACTS = ("date", "organisation", "contributors", "guiding_teachers", "grades", "textbook", "unit", "lesson")
_MORE_FACTS = ("minutes", "level", "award", "phase", "keywords")
_ID = re.compile(r' id="[^"]*"')
_OWN_FRAGMENT = re.compile(r'href="#([^"]*)"')
_ANCHOR = re.compile(r"[ \t]*\{[^{}]*\}[ \t]*#*$")


class Relation(StrEnum):
    """Relation types whose two ends are worth reading side by side."""

    POLISHED = "polished-from"
    SAME_LESSON = "same-lesson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two entries; of a polished lesson the earlier design is ``left``."""

    relation: Relation
    left: Entry
    right: Entry

    @property
    def uri(self) -> str:
        return f"compare/{self.left.id}--{self.right.id}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: what it is called here, and what it is."""

    label: str
    title: str
    summary: str
    uri: str
    badges: tuple[Badge, ...]
    materials: tuple[MaterialView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    word: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A paragraph as it was and as it is; ``is_same`` when it stands in both as it is."""

    left: tuple[Span, ...]
    right: tuple[Span, ...]
    is_same: bool


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as it stands; ``html`` is safe."""

    heading: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow:
    """Sections beside each other: two about the same, or those between such that only one of the two has.

    Attributes:
        rows: Paragraph by paragraph with what changed, under the headings; else ``left`` and ``right`` stand plain.
    """

    left_heading: str = ""
    right_heading: str = ""
    rows: tuple[TextRow, ...] = ()
    left: tuple[SectionText, ...] = ()
    right: tuple[SectionText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    relation: str
    lead: str
    left: Side
    right: Side
    facts: tuple[FactRow, ...]
    sections: tuple[SectionRow, ...]
    from_plan: bool


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    anchor: str
    text: str


def pairs(desk: Desk) -> tuple[Pair, ...]:
    """The lesson cases of the package that are worth comparing, each two once."""
    by_id = desk.catalog.by_id
    found: dict[frozenset[str], Pair] = {}
    # Few resources name one that they are compared with.
    wanted = frozenset(relation.value for relation in Relation)
    naming = [e for e in by_id.values() for each in e.resource.relations if each.type in wanted]
    for relation in Relation:
        for entry in sorted(naming, key=lambda e: e.id):
            for related in entry.resource.relations:
                other = by_id.get(related.target.removeprefix(f"{desk.catalog.package.id}/"))
                if related.type != relation or other is None or other is entry:
                    continue
                if {entry.resource.kind, other.resource.kind} != {Kind.LESSON_CASE}:
                    continue
                first, second = (other, entry) if relation is Relation.POLISHED else sorted((entry, other), key=_age)
                found.setdefault(frozenset((entry.id, other.id)), Pair(relation=relation, left=first, right=second))
    return tuple(sorted(found.values(), key=lambda pair: pair.uri))


def _age(entry: Entry) -> tuple[str, str]:
    return entry.resource.date.isoformat(), entry.id


def comparison_links(desk: Desk) -> Mapping[str, tuple[Link, ...]]:
    """Resource id → links to the pages that compare it with another, in words that say which."""
    links: dict[str, list[Link]] = {}
    for pair in pairs(desk):
        is_here = _is_here(desk, pair)
        source = desk.catalog.shard.in_locale(desk.catalog.package.source_locale)
        if not is_here and source not in desk.catalog.built:
            continue
        uri = desk.page(pair.uri) if is_here else source.page(pair.uri)
        language = "" if is_here else desk.foreign(source.locale)[0]
        for own, other, word in (
            (pair.left, pair.right, f"compare.{pair.relation.value}.to_after"),
            (pair.right, pair.left, f"compare.{pair.relation.value}.to_before"),
        ):
            text = desk.texts("amount.note", amount=desk.texts(word), note=other.title)
            links.setdefault(own.id, []).append(Link(text=text, uri=uri, language=language))
    return {resource_id: tuple(of_resource) for resource_id, of_resource in links.items()}


def _is_here(desk: Desk, pair: Pair) -> bool:
    """Whether both are in the shard's language: one in another would only be compared with its own words."""
    return {pair.left.language, pair.right.language} == {desk.catalog.shard.locale}


def compare_pages(desk: Desk, changes: EditionChanges) -> Iterator[SitePage]:
    for pair in pairs(desk):
        if _is_here(desk, pair):
            yield _page(desk, changes, pair)


def _page(desk: Desk, changes: EditionChanges, pair: Pair) -> SitePage:
    texts = desk.texts
    lead = texts(f"compare.{pair.relation.value}.lead")
    lesson = pair.right.title
    view = CompareView(
        relation=pair.relation.value,
        lead=lead,
        left=_side(desk, pair.left, texts(f"compare.{pair.relation.value}.before")),
        right=_side(desk, pair.right, texts(f"compare.{pair.relation.value}.after")),
        facts=_facts(desk, changes, pair),
        sections=_section_rows(desk, pair),
        from_plan=_plan(desk, pair.left) != () and _plan(desk, pair.right) != (),
    )
    return SitePage(
        uri=pair.uri,
        title=texts(f"compare.{pair.relation.value}.title", title=lesson),
        template="compare.html",
        view=view,
        tab=CATALOG_URI,
        description=lead,
        crumbs=(
            Crumb(title=desk.kind_label(Kind.LESSON_CASE), uri=kind_uri(Kind.LESSON_CASE)),
            Crumb(title=lesson, uri=pair.right.page_uri),
        ),
    )


def _side(desk: Desk, entry: Entry, label: str) -> Side:
    return Side(
        label=label,
        title=entry.title,
        summary=entry.summary,
        uri=desk.entry_uri(entry),
        badges=tuple(badges(desk, entry)),
        materials=material_views(desk, entry),
    )


def _facts(desk: Desk, changes: EditionChanges, pair: Pair) -> tuple[FactRow, ...]:
    snapshots = [changes.new.resources[entry.id] for entry in (pair.left, pair.right)]
    rows = []
    for name in (*_FACTS, *_MORE_FACTS):
        left, right = (_fact(desk, changes, snapshot, name) for snapshot in snapshots)
        if left or right:
            rows.append(FactRow(word=field_word(desk, name), left=left, right=right))
    return tuple(rows)


def _fact(desk: Desk, changes: EditionChanges, resource: ResourceSnapshot, name: str) -> str:
    text = resource.texts.get(desk.catalog.shard.locale, {}).get(name, "")
    if text:
        return desk.texts("list.separator").join(text.split("\n"))
    return desk.texts("list.separator").join(values_in_words(desk, changes, name, resource.fields.get(name, ())))


# Texts


def _section_rows(desk: Desk, pair: Pair) -> tuple[SectionRow, ...]:
    """The sections of both, those that are about the same beside each other."""
    plans = _plan(desk, pair.left), _plan(desk, pair.right)
    from_plan = all(plans)
    left, right = plans if from_plan else (_sections(pair.left.body), _sections(pair.right.body))

    def alike(i: int, j: int) -> float:
        if left[i].anchor and left[i].anchor == right[j].anchor:
            return 1.0
        if not left[i].heading or not right[j].heading:
            return 1.0 if left[i].heading == right[j].heading else 0.0
        return likeness(left[i].heading, right[j].heading)

    rows: list[SectionRow] = []
    alone: tuple[list[SectionText], list[SectionText]] = ([], [])

    def plain(entry: Entry, section: _Section) -> SectionText:
        return SectionText(section.heading, _html(desk, pair, entry, section, from_plan))

    def close() -> None:
        if alone[0] or alone[1]:
            rows.append(SectionRow(left=tuple(alone[0]), right=tuple(alone[1])))
            alone[0].clear()
            alone[1].clear()

    for i, j in pair_up(len(left), len(right), alike):
        if i is not None and j is not None:
            close()
            rows.append(_row(pair, left[i], right[j], plain))
        elif i is not None:
            alone[0].append(plain(pair.left, left[i]))
        elif j is not None:
            alone[1].append(plain(pair.right, right[j]))
    close()
    return tuple(rows)


def _row(pair: Pair, left: _Section, right: _Section, plain: Callable[[Entry, _Section], SectionText]) -> SectionRow:
    """Two sections about the same: marked where a polished lesson changed, else as they stand.

    Where almost everything was written anew, marks would only be in the way.
    """
    if pair.relation is Relation.POLISHED and likeness(left.text, right.text) >= _REWRITTEN:
        rows = _text_rows(left.text, right.text)
        return SectionRow(left_heading=left.heading, right_heading=right.heading, rows=rows)
    return SectionRow(left=(plain(pair.left, left),), right=(plain(pair.right, right),))


def _sections(body: str) -> tuple[_Section, ...]:
    """The body by its headings of level 2; what stands before the first one has none."""
    lines = body.split("\n")
    starts = [heading for heading in headings(body) if heading.level == 2]
    sections = [_Section("", "", "\n".join(lines[: starts[0].line - 1] if starts else lines))]
    for heading, following in zip(starts, [*starts[1:], None], strict=True):
        end = following.line - 1 if following else len(lines)
        title = readable(_ANCHOR.sub("", lines[heading.line - 1].lstrip("# "))).strip()
        sections.append(_Section(title, heading.anchor, "\n".join(lines[heading.line : end])))
    return tuple(section for section in sections if section.heading or section.text.strip())


def _plan(desk: Desk, entry: Entry) -> tuple[_Section, ...]:
    """The text of the lesson plan's file where the body is short; empty where it is not, or there is none."""
    if len(entry.body) >= _SHORT_BODY:
        return ()
    for material in entry.resource.materials:
        facts = desk.catalog.facts.get(entry.resource.path_of(material.file))
        if material.role != "lesson-plan" or facts is None or not facts.blocks:
            continue
        sections: list[tuple[str, list[str]]] = [("", [])]
        for block in facts.blocks:
            if block.kind == "heading":
                sections.append((block.text, []))
            else:
                sections[-1][1].append(block.text.replace("\t", " | "))
        return tuple(_Section(head, "", "\n".join(lines)) for head, lines in sections if head or lines)
    return ()


def _text_rows(before: str, after: str) -> tuple[TextRow, ...]:
    return tuple(
        TextRow(
            left=tuple(span for span in paragraph.spans if span.mark is not Mark.ADDED),
            right=tuple(span for span in paragraph.spans if span.mark is not Mark.REMOVED),
            is_same=paragraph.is_same,
        )
        for paragraph in text_difference(readable(before), readable(after))
    )


def _html(desk: Desk, pair: Pair, entry: Entry, section: _Section, from_plan: bool) -> str:
    """A section as it looks on its own page; what points to a place there leads there."""
    if from_plan:
        return render_markdown("\n\n".join(_escaped(line) for line in section.text.split("\n")))
    page = desk.page(pair.uri)
    whole = with_item_links(desk, replace(entry, body=section.text), page)
    item = relative_uri(page, desk.entry_uri(entry))
    return _OWN_FRAGMENT.sub(rf'href="{item}#\1"', _ID.sub("", render_markdown(whole)))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|~])", r"\\\1", text)
