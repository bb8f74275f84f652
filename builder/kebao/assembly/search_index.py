"""The search index of a shard: where a few documents changed, that of the build before is changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.entry_keys import EntryKeys
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.search_documents import labels_of, listed_entries, other_documents, resource_documents
from kebao.assembly.token_cache import TokenCache
from kebao.catalog.entries import Entry
from kebao.pages.cards import Desk
from kebao.pages.site_page import AnyPage
from kebao.search.document import Document
from kebao.search.index import made_index
from kebao.search.kept_index import KeptIndex, from_bytes, to_parts, whole_of
from kebao.search.patching import patched_index
from kebao.search.repeated_lines import count_lines

#: More changed resources than these: all is made anew.
_FEW = 64


@dataclass(frozen=True, slots=True)
class _Before:
    """The index of the build before; ``entries``: URI of the page, key and number of documents of each resource."""

    index: KeptIndex
    ground: str
    entries: Sequence[tuple[str, str, int]]


def shard_index(
    desk: Desk, pages: Iterable[AnyPage], keys: EntryKeys, tokens: TokenCache, path: Path | None
) -> Mapping[str, bytes]:
    """Path below ``search/`` → content; ``path`` is where the index is kept for the next build."""
    entries = listed_entries(desk)
    now = [(entry.page_uri, _key(desk, keys, entry)) for entry in entries]
    others = other_documents(desk, pages)
    before = _read(path)
    patched = _patched(before, desk, keys, now, others, tokens, entries)
    if patched is not None:
        index, counts = patched
    else:
        of_entries = [list(resource_documents(desk, entry)) for entry in entries]
        documents = [*(document for found in of_entries for document in found), *others]
        index = made_index(documents, labels_of(desk), tokens, lines=count_lines(documents))
        counts = [len(found) for found in of_entries]
    tokens.use(bytes.fromhex(mark.tokens) for mark in index.marks)
    after = _Before(index, keys.ground, [(*each, count) for each, count in zip(now, counts, strict=True)])
    if path is not None and (before is None or after != before):
        _write(path, after)
    return index.scripts


def _patched(
    before: _Before | None,
    desk: Desk,
    keys: EntryKeys,
    now: Sequence[tuple[str, str]],
    others: Sequence[Document],
    tokens: TokenCache,
    entries: Sequence[Entry],
) -> tuple[KeptIndex, list[int]] | None:
    if before is None or before.ground != keys.ground or [uri for uri, _, _ in before.entries] != [u for u, _ in now]:
        return None
    counts = [count for _, _, count in before.entries]
    places = [place for place, (old, new) in enumerate(zip(before.entries, now, strict=True)) if old[1] != new[1]]
    marks = {mark.order: mark.whole for mark in before.index.marks}
    if len(places) > _FEW or sum(counts) + len(others) != len(marks):
        return None
    documents = [document for document in others if marks.get(document.order) != whole_of(document)]
    for place in places:
        found = list(resource_documents(desk, entries[place]))
        if len(found) != counts[place]:
            return None
        documents += (document for document in found if marks.get(document.order) != whole_of(document))
    index = patched_index(before.index, documents, labels_of(desk), tokens) if documents else before.index
    return (index, counts) if index is not None else None


def _key(desk: Desk, keys: EntryKeys, entry: Entry) -> str:
    """Of all that decides the documents of a resource, beside the ground."""
    bundle = desk.files.bundle("resource", entry.id)
    return f"{keys.of(entry)} {desk.entry_uri(entry)} {bundle and (bundle.file.uri, bundle.crc32)}"


def _read(path: Path | None) -> _Before | None:
    if path is None:
        return None
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        found = from_bytes(path.read_bytes())
        if found is not None and isinstance(found[1], dict):
            entries = [(str(uri), str(key), int(count)) for uri, key, count in found[1]["entries"]]
            return _Before(found[0], str(found[1]["ground"]), entries)
    return None


def _write(path: Path, after: _Before) -> None:
    # A read-only or full disk only costs the time of making it again.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as stream:
            stream.writelines(to_parts(after.index, {"ground": after.ground, "entries": after.entries}))
