"""The page of what changed since the edition before, in parts that stay small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kebao.catalog.changes import Change, ChangeType, EditionChanges, FieldChange, FieldKind
from kebao.catalog.snapshots import ResourceSnapshot
from kebao.catalog.text_difference import Mark
from kebao.model.resource import Kind
from kebao.model.shard import WORKING_EDITION, Shard
from kebao.pages.cards import KIND_ICONS, Desk, Link
from kebao.pages.change_values import field_word, organisation_word, title_of, values_in_words
from kebao.pages.differences import Difference, difference
from kebao.pages.home import edition_label
from kebao.pages.lists import CATALOG_URI, kind_uri
from kebao.pages.paging import Pager
from kebao.pages.site_page import SitePage

WHATS_NEW_URI = "whats-new.html"
_KINDS = frozenset(kind.value for kind in Kind)
#: Interface texts that only the page's own script says.
_WORDS = "whatsnew.script."
#: A text of so many characters shows whole, as it was and as it is; of a longer one only what changed.
_SHORT_TEXT = 30
#: UTF-8 bytes of changes on one page: with header and footer it stays below 60 KB. The rest of a change weighs about
#: :data:`_CHANGE_BYTES`, a marked span of a difference about :data:`_SPAN_BYTES` beside its text.
_PAGE_BYTES = 34_000
_CHANGE_BYTES = 900
_SPAN_BYTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A changed field.

    Attributes:
        removed, added: Short values as they were and are.
        difference: Of a longer text; None when the values say it.
        is_folded: The difference is long: readers open it when they want it.
        is_text: The values and the difference are in the resource's language, not in the page's.
        note: What happened, where neither says it.
    """

    word: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    difference: Difference | None = None
    is_folded: bool = False
    is_text: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One changed resource; ``uri`` is empty where it has no page any more."""

    id: str
    kind: str
    kind_word: str
    icon: str
    subject: str
    stages: tuple[str, ...]
    school: str
    title: str
    language: str
    direction: str
    uri: str
    old_uri: str
    facts: tuple[str, ...]
    fields: tuple[FieldView, ...]
    note: str
    replaced_by: Link | None

    @property
    def weight(self) -> int:
        """About how many bytes of HTML it takes."""
        texts = [text for each in self.fields for text in (each.word, each.note, *each.removed, *each.added)]
        spans = [s for each in self.fields if each.difference for line in each.difference.lines for s in line.spans]
        texts += [self.title, self.note, *self.facts, *(span.text for span in spans)]
        marked = sum(span.mark is not Mark.SAME for span in spans)
        return _CHANGE_BYTES + _SPAN_BYTES * marked + sum(len(text.encode()) for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeGroup:
    """Changes of one type on one page; ``count`` is that of all pages."""

    type: ChangeType
    title: str
    count: int
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsNewView:
    """One page of changes.

    Attributes:
        since: The edition before in words; empty for the first edition.
        counts: The types that there are, each leading to where it begins.
        kinds: For the first edition: what it holds.
        data: What the page's script filters by: ``facets`` and ``words``.
    """

    lead: str
    since: str
    counts: tuple[Link, ...]
    groups: tuple[ChangeGroup, ...]
    kinds: tuple[Link, ...]
    catalog: Link
    pager: Pager
    data: Mapping[str, Any]


def whats_new_pages(desk: Desk, changes: EditionChanges) -> Iterator[SitePage]:
    """``whats-new.html``, and ``whats-new-2.html`` … when there is much to say."""
    shown = tuple(_shown_changes(desk, changes))
    parts = _parts(shown)
    uris = tuple(WHATS_NEW_URI if n == 1 else f"whats-new-{n}.html" for n in range(1, len(parts) + 1))
    counts = _counts(desk, shown, parts, uris)
    lead = _lead(desk, changes, shown)
    first_row = 1
    for number, (uri, part) in enumerate(zip(uris, parts, strict=True), start=1):
        pager = Pager(
            page=number,
            pages=len(parts),
            first_row=first_row,
            last_row=first_row + len(part) - 1,
            rows=len(shown),
            uris=tuple(desk.page(each) for each in uris),
        )
        first_row += len(part)
        title = desk.texts("whatsnew.title")
        view = WhatsNewView(
            lead=lead,
            since=changes.old.edition if changes.old else "",
            counts=counts,
            groups=_groups(desk, part, shown),
            kinds=_kinds(desk) if changes.is_first else (),
            catalog=Link(text=desk.texts("nav.catalog"), uri=desk.page(CATALOG_URI), count=len(desk.catalog.entries)),
            pager=pager,
            data=_script_data(desk, part),
        )
        yield SitePage(
            uri=uri,
            title=title if number == 1 else desk.texts("list.page_title", title=title, n=number),
            template="whats-new.html",
            view=view,
            tab=CATALOG_URI,
            description=lead,
        )


_Shown = tuple[ChangeType, ChangeView]


def _shown_changes(desk: Desk, changes: EditionChanges) -> Iterator[_Shown]:
    """The changes that concern readers of this locale: by type, kind and title."""
    order, kinds = list(ChangeType), [kind.value for kind in Kind]
    found = [(c.type, view) for c in changes.changes if (view := change_view(desk, changes, c)) is not None]
    place = {kind: number for number, kind in enumerate(kinds)}
    yield from sorted(found, key=lambda each: (order.index(each[0]), place.get(each[1].kind, 99), each[1].title))


def change_view(desk: Desk, changes: EditionChanges, change: Change) -> ChangeView | None:
    """A change as this locale's readers see it; None when only other languages changed."""
    texts, locale = desk.texts, desk.catalog.shard.locale
    shown, source = change.shown, changes.new.source_locale
    language = locale if locale in shown.texts else source
    fields = tuple(
        view
        for each in change.fields
        if each.locale in ("", language, locale) and (view := _field_view(desk, changes, change, each)) is not None
    )
    note = ""
    if change.type is ChangeType.CHANGED and not fields:
        if language == source or not any(f.locale == source for f in change.fields):
            return None
        note = texts("whatsnew.source_changed")
    elif change.type is ChangeType.RETIRED and change.new is None:
        note = texts("whatsnew.gone")
    elif change.type is ChangeType.ADDED and change.new and change.new.is_retired:
        note = texts("item.retired")
    if change.type is not ChangeType.CHANGED and change.type is not ChangeType.MOVED:
        fields = ()
    if change.type is ChangeType.MOVED and change.old:
        note = texts("whatsnew.moved_from", place=_kind_word(desk, change.old.kind))
    tag, direction = desk.foreign(language)
    return ChangeView(
        id=change.id,
        kind=shown.kind,
        kind_word=_kind_word(desk, shown.kind),
        icon=KIND_ICONS[Kind(shown.kind)] if shown.kind in _KINDS else "material/file-outline",
        subject=change.subject,
        stages=change.stages,
        school=change.school,
        title=shown.title(language, source),
        language=tag,
        direction=direction,
        uri=_page_now(desk, change.new, language),
        old_uri=_page_before(desk, changes, change.old),
        facts=_facts(desk, changes, change),
        fields=fields,
        note=note,
        replaced_by=_replacement(desk, changes, change),
    )


def _kind_word(desk: Desk, kind: str) -> str:
    """The kind in words; one that is no longer known by its id."""
    return desk.kind_name(Kind(kind)) if kind in _KINDS else kind


def _facts(desk: Desk, changes: EditionChanges, change: Change) -> tuple[str, ...]:
    fields = change.shown.fields
    names = ("grades" if fields.get("grades") else "stages", "subject")
    said = [values_in_words(desk, changes, name, fields.get(name, ())[:3]) for name in names]
    joined = [desk.texts("list.separator").join(words) for words in said if words]
    return (*joined, organisation_word(desk, change.school))


def _page_now(desk: Desk, resource: ResourceSnapshot | None, language: str) -> str:
    shard = desk.catalog.shard.in_locale(language)
    return shard.page(resource.page) if resource and shard in desk.catalog.built else ""


def _page_before(desk: Desk, changes: EditionChanges, resource: ResourceSnapshot | None) -> str:
    """Its page in the edition before; the working edition is built where no released one lies beside it."""
    shard, old = desk.catalog.shard, changes.old
    if resource is None or old is None or shard.edition == WORKING_EDITION:
        return ""
    locale = shard.locale if shard.locale in resource.texts else old.source_locale
    return Shard(package=shard.package, locale=locale, edition=old.edition).page(resource.page)


def _replacement(desk: Desk, changes: EditionChanges, change: Change) -> Link | None:
    if not change.replaced_by:
        return None
    entry = desk.catalog.find(change.replaced_by)
    if entry is None:
        return Link(text=title_of(desk, changes, change.replaced_by))
    return Link(text=entry.title, uri=desk.entry_uri(entry), language=desk.foreign(entry.language)[0])


def _field_view(desk: Desk, changes: EditionChanges, change: Change, each: FieldChange) -> FieldView | None:
    texts, locale = desk.texts, desk.catalog.shard.locale
    if each.kind is FieldKind.TRANSLATION:
        if each.locale != locale:
            return None
        note = texts("whatsnew.translated") if each.new else texts("whatsnew.untranslated")
        return FieldView(word=field_word(desk, "translation"), note=note)
    if each.kind is FieldKind.MATERIAL:
        return _material_view(desk, change, each)
    if each.kind is FieldKind.VALUES:
        before = values_in_words(desk, changes, each.name, each.old)
        after = values_in_words(desk, changes, each.name, each.new)
        removed = tuple(value for value in before if value not in after)
        added = tuple(value for value in after if value not in before)
        if not removed and not added:
            removed, added = before, after
        return FieldView(word=field_word(desk, each.name), removed=removed, added=added)
    old, new = ("".join(values) for values in (each.old, each.new))
    if max(len(old), len(new)) <= _SHORT_TEXT and "\n" not in old + new and each.name != "body":
        return FieldView(word=field_word(desk, each.name), removed=each.old, added=each.new, is_text=True)
    found = difference(old, new)
    if not found.places:
        return FieldView(word=field_word(desk, each.name), note=texts("whatsnew.only_marks"))
    is_folded = each.name == "body" or found.places > 1
    return FieldView(word=field_word(desk, each.name), difference=found, is_folded=is_folded, is_text=True)


def _material_view(desk: Desk, change: Change, each: FieldChange) -> FieldView | None:
    """What happened to a file; None when only its title in another language changed."""
    texts, locale = desk.texts, desk.catalog.shard.locale
    old = change.old.materials.get(each.name) if change.old else None
    new = change.new.materials.get(each.name) if change.new else None
    material = new or old
    if material is None:
        return None
    source = desk.catalog.package.source_locale
    titles = [m.titles.get(locale) or m.titles.get(source, each.name) for m in (old, new) if m]
    word = desk.catalog.label("material-roles", material.role)
    if old and new and old.sha256 == new.sha256:
        if old.captions != new.captions:
            return FieldView(word=word, note=texts("whatsnew.captions", title=titles[-1]))
        if titles[0] == titles[-1] and old.role == new.role:
            return None
        return FieldView(word=word, removed=(titles[0],), added=(titles[-1],))
    if old and new:
        size = desk.texts.size(new.size_bytes)
        return FieldView(word=word, note=texts("whatsnew.file_replaced", title=titles[-1], size=size))
    return FieldView(word=word, added=(titles[0],)) if new else FieldView(word=word, removed=(titles[0],))


def _parts(shown: tuple[_Shown, ...]) -> tuple[tuple[_Shown, ...], ...]:
    """The changes in pages by weight; at least one page."""
    parts: list[list[_Shown]] = [[]]
    weight = 0
    for each in shown:
        if parts[-1] and weight + each[1].weight > _PAGE_BYTES:
            parts.append([])
            weight = 0
        parts[-1].append(each)
        weight += each[1].weight
    return tuple(tuple(part) for part in parts)


def _groups(desk: Desk, part: Iterable[_Shown], shown: Iterable[_Shown]) -> tuple[ChangeGroup, ...]:
    by_type: dict[ChangeType, list[ChangeView]] = {}
    for change_type, view in part:
        by_type.setdefault(change_type, []).append(view)
    counts = {change_type: sum(each[0] is change_type for each in shown) for change_type in by_type}
    return tuple(
        ChangeGroup(
            type=change_type,
            title=desk.texts(f"whatsnew.{change_type.value}"),
            count=counts[change_type],
            changes=tuple(views),
        )
        for change_type, views in by_type.items()
    )


def _counts(
    desk: Desk, shown: tuple[_Shown, ...], parts: tuple[tuple[_Shown, ...], ...], uris: tuple[str, ...]
) -> tuple[Link, ...]:
    links = []
    for change_type in ChangeType:
        count = sum(each[0] is change_type for each in shown)
        if count:
            page = next(uri for uri, part in zip(uris, parts, strict=True) if any(e[0] is change_type for e in part))
            links.append(
                Link(
                    text=desk.texts(f"whatsnew.{change_type.value}"),
                    uri=desk.page(f"{page}#{change_type.value}"),
                    count=count,
                )
            )
    return tuple(links)


def _lead(desk: Desk, changes: EditionChanges, shown: tuple[_Shown, ...]) -> str:
    texts, edition = desk.texts, edition_label(desk)
    if changes.old is None:
        return texts("whatsnew.first", edition=edition)
    if not shown:
        return texts("whatsnew.nothing", edition=edition, previous=changes.old.edition)
    return texts.count("whatsnew.lead", len(shown), edition=edition, previous=changes.old.edition)


def _kinds(desk: Desk) -> tuple[Link, ...]:
    found = ((kind, len(desk.catalog.of_kind(kind))) for kind in Kind)
    return tuple(
        Link(text=desk.kind_label(kind), uri=desk.page(kind_uri(kind)), count=count, icon=KIND_ICONS[kind])
        for kind, count in found
        if count
    )


def _script_data(desk: Desk, part: tuple[_Shown, ...]) -> Mapping[str, Any]:
    """The values to filter by that occur on the page, in their order, with their words."""
    catalog, texts = desk.catalog, desk.texts
    views = [view for _, view in part]
    kinds = {view.kind: view.kind_word for view in views}
    subjects = {view.subject: catalog.label("subjects", view.subject) for view in views if view.subject}
    stages = {stage: catalog.label("stages", stage) for view in views for stage in view.stages}
    schools = {view.school: organisation_word(desk, view.school) for view in views if view.school}
    facets = (
        ("kind", texts("facet.kind"), kinds),
        ("subject", texts("facet.subject"), _in_order(desk, "subjects", subjects)),
        ("stage", texts("facet.stage"), _in_order(desk, "stages", stages)),
        ("school", texts("fact.organisation"), dict(sorted(schools.items(), key=lambda item: item[1]))),
    )
    words = {key.removeprefix("whatsnew."): text for key, text in texts.texts.items() if key.startswith(_WORDS)}
    return {
        "facets": [{"id": i, "title": title, "values": list(values.items())} for i, title, values in facets],
        "words": {f"whatsnew.{key.removeprefix('script.')}": text for key, text in sorted(words.items())},
    }


def _in_order(desk: Desk, vocabulary: str, labels: dict[str, str]) -> dict[str, str]:
    terms = desk.catalog.content.vocabularies[vocabulary]
    return {i: labels[i] for i in sorted(labels, key=terms.position)}
