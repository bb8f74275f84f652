"""The search index of a shard: where a few documents changed, that of the build before is changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.entry_keys import EntryKeys
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.processes import Aside, WorkError, can_split
from kebao.assembly.search_documents import labels_of, listed_entries, other_documents, resource_documents
from kebao.assembly.token_cache import TokenCache
from kebao.catalog.entries import Entry
from kebao.pages.cards import Desk
from kebao.pages.site_page import AnyPage
from kebao.search.character_counts import spoken_in
from kebao.search.data_file import Scripts
from kebao.search.document import Document
from kebao.search.index import made_index
from kebao.search.kept_index import KeptIndex, from_bytes, to_parts, whole_of
from kebao.search.patching import patched_index
from kebao.search.repeated_lines import count_lines
from kebao.search.simplified import fold_text, learn_simplified, simplified_characters
from kebao.search.sounds import learn_sounds, sounds_of
from kebao.search.tokens import Normaliser

#: More changed resources than these: all is made anew.
_FEW = 64
#: For so many documents another process is started; it costs a few hundredths of a second.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class _Before:
    """The index of the build before.

    Attributes:
        entries: URI of the page, blank, key of each resource.
        counts: How many documents each resource has.
    """

    index: KeptIndex
    ground: str
    entries: Sequence[str]
    counts: Sequence[int]


def shard_index(
    desk: Desk, pages: Iterable[AnyPage], keys: EntryKeys, tokens: TokenCache, path: Path | None
) -> Scripts:
    """Path below ``search/`` → content; ``path`` is where the index is kept for the next build."""
    entries = listed_entries(desk)
    ground = f"{keys.ground} {desk.files.root}"
    now = [f"{entry.page_uri} {_key(desk, keys, entry)}" for entry in entries]
    others = other_documents(desk, pages)
    before = _read(path)
    patched = _patched(before, desk, ground, now, others, tokens, entries)
    if patched is not None:
        index, counts = patched
    else:
        documents: list[Document] = []
        counts = []
        for entry in entries:
            found = [*resource_documents(desk, entry)]
            documents += found
            counts.append(len(found))
        documents += others
        learn_sounds_of(documents)
        lines = count_lines(documents)
        index = made_index(_given_away(documents), labels_of(desk), tokens, lines=lines)
    tokens.use(index.marks.token_keys())
    if path is not None and (before is None or index is not before.index or now != before.entries):
        _write(path, _Before(index, ground, now, counts))
    return index.scripts


def learn_sounds_of(documents: Sequence[Document]) -> None:
    """Has titles and names read in a process that is gone before the index grows, and its dictionaries with it."""
    spoken = [spoken_in(document) for document in documents]

    def told() -> list[str]:
        table = simplified_characters()
        return [sounds_of(spoken, Normaliser(table)), fold_text(table)]

    if len(spoken) < _MANY or not can_split():
        return
    # What cannot be told is looked up here.
    with contextlib.suppress(WorkError):
        sounds, table = Aside(told).finish()
        learn_sounds(sounds)
        learn_simplified(table)


def _given_away(documents: list[Document]) -> Iterator[Document]:
    """The documents in turn; whoever leaves one has it no more."""
    documents.reverse()
    while documents:
        yield documents.pop()


def _patched(
    before: _Before | None,
    desk: Desk,
    ground: str,
    now: Sequence[str],
    others: Sequence[Document],
    tokens: TokenCache,
    entries: Sequence[Entry],
) -> tuple[KeptIndex, Sequence[int]] | None:
    if before is None or before.ground != ground or len(before.entries) != len(now):
        return None
    counts, marks = before.counts, before.index.marks
    places = [place for place, (old, new) in enumerate(zip(before.entries, now, strict=True)) if old != new]
    if any(before.entries[place].partition(" ")[0] != now[place].partition(" ")[0] for place in places):
        return None
    if len(places) > _FEW or sum(counts) + len(others) != len(marks):
        return None
    of_places = [list(resource_documents(desk, entries[place])) for place in places]
    if [len(found) for found in of_places] != [counts[place] for place in places]:
        return None
    found = [*others, *(document for of_place in of_places for document in of_place)]
    numbers = marks.numbers(document.order for document in found)
    documents = [d for d in found if d.order not in numbers or marks[numbers[d.order]].whole != whole_of(d)]
    index = patched_index(before.index, documents, labels_of(desk), tokens) if documents else before.index
    return (index, counts) if index is not None else None


def _key(desk: Desk, keys: EntryKeys, entry: Entry) -> str:
    """Of all that decides the documents of a resource, beside the ground and the URI of its page."""
    bundle = desk.files.bundle("resource", entry.id)
    return f"{keys.of(entry)} {bundle.file.sha256} {bundle.crc32} {bundle.file.name}" if bundle else keys.of(entry)


def _read(path: Path | None) -> _Before | None:
    if path is None:
        return None
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        found = from_bytes(path.read_bytes())
        if found is not None and isinstance(found[1], dict):
            about = found[1]
            return _Before(found[0], str(about["ground"]), list(about["entries"]), list(about["counts"]))
    return None


def _write(path: Path, after: _Before) -> None:
    # A read-only or full disk only costs the time of making it again.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as stream:
            about = {"ground": after.ground, "entries": after.entries, "counts": after.counts}
            stream.writelines(to_parts(after.index, about))
