"""What each resource adds to a bundle, made once for all bundles in which it is the same."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from kebao.bundles.bag import manifest_lines
from kebao.bundles.bundle_plan import Member, Part
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.index_page import article
from kebao.bundles.inventory import inventory_rows
from kebao.bundles.layout import PlacedFile, PlacedResource, lay_out
from kebao.bundles.text_page import TextPages, TextPathOf
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex


@dataclass(frozen=True, slots=True)
class PartMaker:
    """Makes parts."""

    texts: EntryTexts
    files: FilesIndex
    page: TextPages
    _made: dict[tuple[object, ...], Part] = field(default_factory=dict)

    def make(self, entry: Entry, text_path: str, text_path_of: TextPathOf, without: Collection[str]) -> Part:
        asked: dict[str, str] = {}

        def asking(name: str) -> str:
            asked[name] = text_path_of(name)
            return asked[name]

        placed = lay_out(self.texts, self.files, entry=entry, text_path=text_path, without=without)
        text = self.page(placed, asking)
        key = (entry.id, text_path, text.sha256, *asked.items(), *(file.source_path for file in placed.left_out))
        if key not in self._made:
            self._made[key] = self._part(placed, text, tuple(asked.items()))
        return self._made[key]

    def _part(self, placed: PlacedResource, text: Member, asked: tuple[tuple[str, str], ...]) -> Part:
        members = sorted((text, *map(_member, placed.files)), key=lambda member: member.path)
        return Part(
            id=placed.entry.id,
            text_path=placed.text_path,
            text_key=self.texts.body(placed.entry).key,
            asked=asked,
            article=article(self.texts, placed),
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
