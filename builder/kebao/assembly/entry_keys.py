"""What a shard says of a resource, as a key that is cheap to make: of its folder and of what all resources share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from kebao.assembly.build_stamp import installed
from kebao.assembly.code_digest import code_digest
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.pages.texts import Texts


@dataclass(frozen=True, slots=True)
class EntryKeys:
    """The keys of a catalog's entries.

    Attributes:
        folders: A resource's folder → digest of the files in it; where one is not known, the entry itself counts.
        ground: Of code, libraries, settings, words, and of all content beside resources and topics.
    """

    catalog: Catalog
    words: Texts
    folders: Mapping[str, str]
    ground: str = field(init=False)
    _entries: dict[tuple[str, str], tuple[Entry, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        catalog = self.catalog
        package = replace(catalog.package, resources={}, topics={})
        content = replace(catalog.content, packages={})
        # The order of a set is another one in each process.
        written = sorted(catalog.site.policy.written)
        site = replace(catalog.site, policy=replace(catalog.site.policy, written=frozenset()))
        built = sorted(shard.uri for shard in catalog.built)
        parts = (code_digest(), _libraries(), site, written, built, catalog.shard, package, content)
        words = sorted(self.words.texts.items())
        object.__setattr__(self, "ground", digest_of((*map(repr, parts), repr(words))))

    def of(self, entry: Entry) -> str:
        """Of all that an entry says; the ground is not in it."""
        name = (entry.package, entry.id)
        known = self._entries.get(name)
        if known is None or known[0] is not entry:
            known = self._entries[name] = (entry, self._made(entry))
        return known[1]

    def _made(self, entry: Entry) -> str:
        folder = self.folders.get(entry.resource.folder)
        # What stands in a folder of that name was not taken from there.
        if folder is None or entry.origin is not None:
            return digest_of((repr(entry),))
        return digest_of((folder, entry.package, entry.language, repr((entry.is_stale, entry.notes, entry.replaces))))


@cache
def _libraries() -> str:
    """All that is installed: what is read from files depends on some of it."""
    return " ".join(installed())


def digest_of(parts: Iterable[str]) -> str:
    """A digest of texts; a length before each, so that no two lists of texts read the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d\0" % len(data) + data)
    return digest.hexdigest()
