"""Where resources come from (本土化): the page about it, and what an item's page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kebao.catalog.entries import Entry
from kebao.model.overlay import LeftOut, LocalNote, Origin
from kebao.model.shard import WORKING_EDITION
from kebao.pages.cards import Desk, Link, origin_name
from kebao.pages.prose import ABOUT_URI, OVERLAY_URI
from kebao.pages.site_page import Crumb, SitePage


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A local note with who says it and when; ``language`` and ``direction`` where they are not the page's."""

    text: str
    language: str
    direction: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalView:
    """What an item's page says of the item's origin.

    Attributes:
        origin: Leads to the same resource in its own package, where that can be reached. None in a package that
            builds on no other.
        replaces: Sentence and links, one for each resource in whose place it stands.
    """

    origin: Link | None
    notes: tuple[NoteView, ...]
    replaces: tuple[tuple[str, Link], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """A resource that is not shown; ``by`` is what stands in its place, or None."""

    upstream: Link
    source: str
    reason: NoteView | None
    decided: str
    by: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayView:
    """``sources``: how many resources are from where, the package's own first."""

    lead: str
    sources: tuple[Link, ...]
    replaced: tuple[LeftOutRow, ...]
    annotated: tuple[tuple[Link, tuple[NoteView, ...]], ...]
    hidden: tuple[LeftOutRow, ...]


def overlay_pages(desk: Desk) -> Iterator[SitePage]:
    """One page in a package that builds on another, else none."""
    package, texts = desk.catalog.package, desk.texts
    if not package.provenance.origins and not package.provenance.left_out:
        return
    view = _view(desk)
    yield SitePage(
        uri=OVERLAY_URI,
        title=texts("overlay.title"),
        template="overlay.html",
        view=view,
        tab=ABOUT_URI,
        description=view.lead,
        crumbs=(Crumb(title=texts("nav.about"), uri=ABOUT_URI),),
    )


def _view(desk: Desk) -> OverlayView:
    catalog, texts = desk.catalog, desk.texts
    left_out = catalog.package.provenance.left_out
    annotated = [entry for entry in catalog.entries if entry.notes]
    return OverlayView(
        lead=texts("overlay.lead", package=upstream_name(desk)),
        sources=tuple(_sources(desk)),
        replaced=tuple(_row(desk, each) for each in left_out if each.replaced_by),
        annotated=tuple((entry_link(desk, entry), note_views(desk, entry.notes)) for entry in annotated),
        hidden=tuple(_row(desk, each) for each in left_out if not each.replaced_by),
    )


def upstream_name(desk: Desk) -> str:
    """The package that this one builds on; its edition too, when that was released."""
    package = desk.catalog.package
    extends = package.extends
    if extends is None:
        return ""
    origins = [*package.provenance.origins.values(), *(each.origin for each in package.provenance.left_out)]
    found = next((origin for origin in origins if origin.package == extends.package), None)
    return origin_name(desk, found) if found else extends.package


def _sources(desk: Desk) -> Iterator[Link]:
    entries = desk.catalog.entries
    own = sum(entry.origin is None for entry in entries)
    yield Link(text=desk.texts("overlay.own"), uri=desk.page("catalog/index.html"), count=own)
    origins = dict.fromkeys(entry.origin.package for entry in entries if entry.origin)
    for package_id in sorted(origins):
        of_it = [entry for entry in entries if entry.origin and entry.origin.package == package_id]
        if of_it[0].origin:
            yield Link(text=_from(desk, of_it[0].origin), count=len(of_it))


def _from(desk: Desk, origin: Origin) -> str:
    edition = desk.texts("edition.next") if origin.edition == WORKING_EDITION else origin.edition
    title = origin.title.in_locale(desk.catalog.chain)
    return desk.texts("overlay.upstream", package=title, edition=edition)


def _row(desk: Desk, left_out: LeftOut) -> LeftOutRow:
    stand_in = desk.catalog.package.provenance.stand_in(left_out.id) if left_out.replaced_by else ""
    by = desk.catalog.by_id.get(stand_in)
    said, language = left_out.reason.best(desk.catalog.chain)
    tag, direction = desk.foreign(language) if said else ("", "")
    above = _upstream_link(desk, left_out.origin, left_out.id, left_out.title)
    decided = desk.texts("overlay.decided", package=left_out.decided_by.in_locale(desk.catalog.chain))
    reason = NoteView(text=said, language=tag, direction=direction, said=decided) if said else None
    return LeftOutRow(
        # What is hidden here is named, not led to.
        upstream=above if by else replace(above, uri=""),
        source=_from(desk, left_out.origin),
        reason=reason,
        decided=decided,
        by=entry_link(desk, by) if by else None,
    )


def entry_link(desk: Desk, entry: Entry) -> Link:
    return Link(text=entry.title, uri=desk.entry_uri(entry), language=desk.foreign(entry.language)[0])


def _upstream_link(desk: Desk, origin: Origin, resource_id: str, title: str) -> Link:
    """Leads to the resource's page in its own package where this site has that, in words of the reader's language."""
    elsewhere = desk.catalog.elsewhere.get(f"{origin.package}/{resource_id}")
    if elsewhere is None:
        language = desk.foreign(desk.catalog.package.source_locale)[0]
        return Link(text=title, language=language)
    return entry_link(desk, elsewhere)


def note_views(desk: Desk, notes: tuple[LocalNote, ...]) -> tuple[NoteView, ...]:
    return tuple(_note(desk, note) for note in notes)


def _note(desk: Desk, note: LocalNote) -> NoteView:
    text, language = note.text.best(desk.catalog.chain)
    tag, direction = desk.foreign(language)
    said = desk.texts(
        "item.local.by",
        package=note.package.in_locale(desk.catalog.chain),
        name=desk.catalog.person_name(note.by),
        day=desk.texts.day(note.on),
    )
    return NoteView(text=text, language=tag, direction=direction, said=said)


def local_view(desk: Desk, entry: Entry) -> LocalView:
    """What an item's page says of where the item comes from."""
    return LocalView(
        origin=_origin(desk, entry),
        notes=note_views(desk, entry.notes),
        replaces=tuple(_replaced(desk, each) for each in entry.replaces),
    )


def _origin(desk: Desk, entry: Entry) -> Link | None:
    catalog, texts = desk.catalog, desk.texts
    if entry.origin is None:
        title = catalog.package.short_title.in_locale(catalog.chain)
        is_alone = catalog.package.extends is None
        return None if is_alone else Link(text=texts("item.origin.own", package=title), uri=desk.page(OVERLAY_URI))
    above = _upstream_link(desk, entry.origin, entry.id, "")
    return Link(text=_from(desk, entry.origin), uri=above.uri or desk.page(OVERLAY_URI))


def _replaced(desk: Desk, left_out: LeftOut) -> tuple[str, Link]:
    sentence = desk.texts("item.replaces", package=origin_name(desk, left_out.origin))
    return sentence, _upstream_link(desk, left_out.origin, left_out.id, left_out.title)
