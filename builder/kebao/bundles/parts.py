"""What each resource adds to a bundle, made once for all bundles in which it is the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from kebao.bundles.bag import manifest_lines
from kebao.bundles.bundle_plan import Member, Part
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.index_page import article
from kebao.bundles.inventory import inventory_rows
from kebao.bundles.layout import PlacedFile, PlacedResource, lay_out
from kebao.bundles.text_page import TextLinks, TextPages, TextPathOf, links_of
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource in the bundles in which it stands in one folder with the same files: only its links may differ.

    Attributes:
        article: In ``index.html``.
        made: Where links to resources lead → what it adds.
    """

    placed: PlacedResource
    links: TextLinks
    article: bytes
    made: dict[tuple[str, ...], Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartMaker:
    """Makes parts."""

    texts: EntryTexts
    files: FilesIndex
    page: TextPages
    _places: dict[tuple[str, str, tuple[str, ...]], _Place] = field(default_factory=dict)

    def make(self, entry: Entry, text_path: str, text_path_of: TextPathOf, without: tuple[str, ...]) -> Part:
        place = self._place(entry, text_path, without)
        paths = tuple(map(text_path_of, place.links.names))
        made = place.made.get(paths)
        if made is None:
            made = place.made[paths] = self._part(place, dict(zip(place.links.names, paths, strict=True)))
        return made

    def _place(self, entry: Entry, text_path: str, without: tuple[str, ...]) -> _Place:
        key = (entry.id, text_path, without)
        place = self._places.get(key)
        if place is None:
            placed = lay_out(self.texts, self.files, entry=entry, text_path=text_path, without=without)
            # Most resources have nothing that the light bundle leaves out.
            place = self._places.get((entry.id, text_path, ()))
            if place is None or (place.placed.files, place.placed.left_out) != (placed.files, placed.left_out):
                place = _Place(placed, links_of(placed, self.texts.body(entry)), article(self.texts, placed))
            self._places[key] = place
        return place

    def _part(self, place: _Place, paths: dict[str, str]) -> Part:
        placed = place.placed
        text = self.page(placed, place.links.targets(paths))
        members = sorted((text, *map(_member, placed.files)), key=lambda member: member.path)
        return Part(
            id=placed.entry.id,
            text_path=placed.text_path,
            text_key=self.texts.body(placed.entry).key,
            asked=tuple(paths.items()),
            article=place.article,
            rows=inventory_rows(self.texts, placed, members),
            manifest=manifest_lines(members),
            member_count=len(members),
            octets=sum(member.size_bytes for member in members),
            file_count=sum(not file.is_captions for file in placed.files),
            file_bytes=sum(file.size_bytes for file in placed.files),
            members=tuple(members),
        )


def _member(file: PlacedFile) -> Member:
    return Member(path=file.path, sha256=file.sha256, size_bytes=file.size_bytes, source_path=file.source_path)
