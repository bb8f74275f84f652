"""What stands on pages, as digests that are known without making it: of most pages it is what it was.

A page's sources are what its values are made from. Of the page of a resource they are the resource's folder and what
the page was seen to ask of others; of a list, all that is said of resources outside of their texts. While they are the
same, so are the values, and their digest is kept.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from kebao.assembly.entry_keys import EntryKeys, digest_of
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.page_cache import cache_digest
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.pages.cards import Desk, thumbnail_of
from kebao.pages.site_page import AnyPage, LaterPage, SitePage

_Value = TypeVar("_Value")
#: Who asks for this asks for everything.
_ALL = "*"
#: Of these a page may only ask whether they have a page.
_CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True)
class ValuesDigest:
    """What is known of a page's values.

    Attributes:
        values: Their digest.
        has_links: Whether the text holds a sign of links that MkDocs may change.
        sources: The digest of what they are made from; empty where they must be made to be known.
        asked: What the page asked of others, sorted; see :class:`_Asked`.
    """

    values: str
    has_links: bool
    sources: str = ""
    asked: tuple[str, ...] = ()


class PageValues:
    """The values of a shard's pages, and digests of them.

    Args:
        keys: Of the shard's entries.
        signs: Signs in a page's text; see :attr:`ValuesDigest.has_links`.
        path: Where digests are kept from build to build; nowhere when None.
    """

    def __init__(self, desk: Desk, keys: EntryKeys, *, signs: Sequence[str], path: Path | None) -> None:
        self._desk, self._keys, self._signs, self._path = desk, keys, signs, path
        self._asked: set[str] = set()
        self._asking = _asking_desk(desk, self._asked)
        self._before, self._said_before = _read(path, keys.ground) if path else ({}, {})
        self._found: dict[str, ValuesDigest] = {}
        self._said: dict[str, str] = {}
        topics = (repr((topic.topic.id, topic.title, topic.language)) for topic in desk.catalog.topics)
        self._around = digest_of((keys.ground, desk.files.root, *topics))
        self._lists = ""

    def known(self, page: AnyPage) -> ValuesDigest | None:
        """The digest of a page's values where they need not be made for it."""
        before = self._before.get(page.uri)
        if before is None or isinstance(page, SitePage) or before.sources != self._sources(page, before.asked):
            return None
        self._found[page.uri] = before
        return before

    def made(self, page: AnyPage) -> tuple[SitePage, ValuesDigest]:
        """A page with its values, and their digest."""
        self._asked.clear()
        made = page if isinstance(page, SitePage) else page.made(self._asking if page.entry else self._desk)
        asked = tuple(sorted(self._asked))
        sources = self._sources(page, asked) if isinstance(page, LaterPage) and _ALL not in asked else ""
        values = cache_digest(repr(made).encode("utf-8", "surrogatepass"))
        found = ValuesDigest(values, any(sign in made.markdown for sign in self._signs), sources, asked)
        if sources:
            self._found[page.uri] = found
        return made, found

    def found(self, page: AnyPage) -> str:
        """What was found out about a page, for :meth:`learn` in another process; empty when that is nothing."""
        digest = self._found.get(page.uri)
        return json.dumps((page.uri, *_fields(digest))) if digest else ""

    def learn(self, found: str) -> None:
        uri, values, has_links, sources, asked = json.loads(found)
        self._found[uri] = ValuesDigest(values, has_links, sources, tuple(asked))

    def save(self) -> None:
        """Keeps what this build found out."""
        if self._path is None or (self._found == self._before and self._said in ({}, self._said_before)):
            return
        data = {
            "ground": self._keys.ground,
            "pages": {uri: _fields(found) for uri, found in sorted(self._found.items())},
            "said": self._said or self._said_before,
        }
        # A read-only or full disk only costs the time of making values again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(self._path) as stream:
                stream.write(json.dumps(data).encode())

    def _sources(self, page: LaterPage, asked: Sequence[str]) -> str:
        what = (self._around, page.uri, page.title, page.also, repr(page.locales) if page.locales else "")
        if page.entry is None:
            return cache_digest("\0".join((*what, self.of_lists())).encode())
        parts = (*what, self._key(page.entry), *(self._answer(each) for each in asked))
        return cache_digest("\0".join(parts).encode("utf-8", "surrogatepass"))

    def of_lists(self) -> str:
        """The digest of what the shard says of resources outside of their texts."""
        if not self._lists:
            self._lists = digest_of(self._said_of(entry) for entry in self._desk.catalog.by_id.values())
        return self._lists

    def _said_of(self, entry: Entry) -> str:
        key = self._key(entry)
        said = self._said_before.get(key)
        if said is None:
            said = digest_of((repr(_without_texts(entry)), repr(thumbnail_of(self._desk.files, entry.resource))))
        self._said[key] = said
        return said

    def _key(self, entry: Entry) -> str:
        """Of all that an entry says, and of its files."""
        resource, key = entry.resource, self._keys.of(entry)
        if not resource.materials or resource.folder in self._keys.folders:
            return key
        files = (name for each in resource.materials for name in (each.file, each.captions) if name)
        facts = (self._desk.catalog.facts.get(resource.path_of(name)) for name in files)
        return digest_of((key, *(each.sha256 if each else "" for each in facts)))

    def _answer(self, asked: str) -> str:
        """What the catalog answers now to what a page asked."""
        kind, _, name = asked.partition(" ")
        catalog = self._desk.catalog
        if kind == "entry":
            entry = catalog.by_id.get(name)
            return self._key(entry) if entry else ""
        if kind == "elsewhere":
            entry = catalog.elsewhere.get(name)
            return self._key(entry) if entry else ""
        if kind == _CONTRIBUTOR:
            return "has a page" if name in catalog.by_contributor else ""
        return repr(catalog.related_from.get(name))


def _fields(found: ValuesDigest) -> tuple[str, bool, str, tuple[str, ...]]:
    return found.values, found.has_links, found.sources, found.asked


def _read(path: Path, ground: str) -> tuple[dict[str, ValuesDigest], dict[str, str]]:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        data = json.loads(path.read_bytes())
        if data["ground"] == ground:
            pages = {
                str(uri): ValuesDigest(str(values), bool(has_links), str(sources), tuple(map(str, asked)))
                for uri, (values, has_links, sources, asked) in data["pages"].items()
            }
            return pages, {str(key): str(said) for key, said in data["said"].items()}
    return {}, {}


def _without_texts(entry: Entry) -> Entry:
    resource = entry.resource
    translations = {locale: replace(each, body="") for locale, each in resource.translations.items()}
    translation = replace(entry.translation, body="") if entry.translation else None
    bare = replace(resource, body="", translations=translations)
    return replace(entry, resource=bare, body="", translation=translation)


# What pages ask


@dataclass(frozen=True, slots=True)
class _Asked(Mapping[str, _Value]):
    """A part of the catalog that notes what it is asked for, each with the part's name before it."""

    part: str
    inner: Mapping[str, _Value]
    asked: set[str]

    def __getitem__(self, name: str) -> _Value:
        self.asked.add(f"{self.part} {name}" if self.part != _CONTRIBUTOR else _ALL)
        return self.inner[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(f"{self.part} {name}")
        return name in self.inner

    def __iter__(self) -> Iterator[str]:
        self.asked.add(_ALL)
        return iter(self.inner)

    def __len__(self) -> int:
        self.asked.add(_ALL)
        return len(self.inner)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A part of the catalog that is about everything."""

    inner: Any
    asked: set[str] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        self.asked.add(_ALL)
        return getattr(self.inner, name)

    def __iter__(self) -> Iterator[Any]:
        self.asked.add(_ALL)
        return iter(self.inner)

    def __len__(self) -> int:
        self.asked.add(_ALL)
        return len(self.inner)

    def __getitem__(self, place: Any) -> Any:
        self.asked.add(_ALL)
        return self.inner[place]


def _asking_desk(desk: Desk, asked: set[str]) -> Desk:
    catalog = desk.catalog
    noting: Catalog = replace(
        catalog,
        by_id=_Asked("entry", catalog.by_id, asked),
        elsewhere=_Asked("elsewhere", catalog.elsewhere, asked),
        by_contributor=_Asked(_CONTRIBUTOR, catalog.by_contributor, asked),
        related_from=_Asked("related", catalog.related_from, asked),
        entries=cast(Any, _Whole(catalog.entries, asked)),
        counts=cast(Any, _Whole(catalog.counts, asked)),
    )
    return replace(desk, catalog=noting)
