"""What stands on pages, as digests that are known without making it: of most pages it is what it was.

A page's sources are what its values are made from. Of the page of a resource they are the resource's folder and what
the page was seen to ask of others; of a list, all that orders and counts resources, and what is said outside of their
texts of those that it shows. What all of these were is kept with the digests, so that it is compared once a build and
not once a page.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from kebao.assembly.entry_keys import EntryKeys, digest_of
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.page_cache import cache_digest
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.model.files_index import Picture
from kebao.model.resource import Translation
from kebao.pages.cards import Desk, thumbnail_of
from kebao.pages.site_page import AnyPage, LaterPage, SitePage

_Value = TypeVar("_Value")
#: Who asks for this asks for everything.
_ALL = "*"
#: Of these a page may only ask whether they have a page.
_CONTRIBUTOR = "contributor"
#: Hexadecimal digits of a digest.
_DIGEST = 40
_FIELD, _LINE, _SECTION = "\t", "\n", "\n\n"


@dataclass(frozen=True, slots=True)
class ValuesDigest:
    """What is known of a page's values.

    Attributes:
        values: Their digest.
        has_links: Whether the text holds a sign of links that MkDocs may change.
        about: The digest of what the page is besides them; empty where they must be made to be known.
        asked: What the page asked of others, sorted; see :class:`_Asked`.
    """

    values: str
    has_links: bool
    about: str = ""
    asked: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return self.values, "links" if self.has_links else "", self.about, *self.asked


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
        topics = (repr((topic.topic.id, topic.title, topic.language)) for topic in desk.catalog.topics)
        self._ground = digest_of((keys.ground, desk.files.root, *topics))
        self._before = _read(path, self._ground) if path else _Kept(self._ground)
        self._sources = self._sources_now()
        self._changed = self._sources.changed_since(self._before.sources)
        self._said = frozenset(each.partition(" ")[2] for each in self._changed if each.startswith("said "))
        #: Page → the line that is kept of it.
        self._found: dict[str, str] = {}

    def known(self, page: AnyPage) -> ValuesDigest | None:
        """The digest of a page's values where they need not be made for it."""
        line = self._before.pages.get(page.uri)
        if line is None or isinstance(page, SitePage):
            return None
        _, values, links, about, *asked = line.split(_FIELD)
        if about != self._about(page) or (self._changed and self._is_concerned(page, asked)):
            return None
        self._found[page.uri] = line
        return ValuesDigest(values, bool(links), about, tuple(asked))

    def made(self, page: AnyPage) -> tuple[SitePage, ValuesDigest]:
        """A page with its values, and their digest."""
        self._asked.clear()
        made = page if isinstance(page, SitePage) else page.made(self._asking if page.entry else self._desk)
        asked = tuple(sorted(self._asked))
        can_be_known = isinstance(page, LaterPage) and _ALL not in asked and not any(map(_would_break, asked))
        about = self._about(page) if can_be_known else ""
        # The text as it is, which is longer than all else: what repr() writes has no such character.
        values = cache_digest(f"{made!r}\0{made.markdown}".encode("utf-8", "surrogatepass"))
        found = ValuesDigest(values, any(sign in made.markdown for sign in self._signs), about, asked)
        if about:
            self._found[page.uri] = _FIELD.join((page.uri, *found.fields))
        return made, found

    def found(self, page: AnyPage) -> str:
        """What was found out about a page, for :meth:`learn` in another process; empty when that is nothing."""
        return self._found.get(page.uri, "")

    def learn(self, found: str) -> None:
        self._found[found.partition(_FIELD)[0]] = found

    def save(self) -> None:
        """Keeps what this build found out."""
        if self._path is None:
            return
        before = self._before.pages
        new = [line for uri, line in self._found.items() if before.get(uri) is not line]
        named = {each for line in new for each in line.split(_FIELD)[4:] if each.startswith("elsewhere ")}
        elsewhere = {each: self._elsewhere(each) for each in sorted(named | self._sources.elsewhere.keys())}
        text = _Kept(self._ground, replace(self._sources, elsewhere=elsewhere), self._found).text()
        if text == self._before.written:
            return
        # A read-only or full disk only costs the time of making values again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode("utf-8", "surrogatepass")
            with atomic_writer(self._path) as stream:
                stream.write(f"{cache_digest(data)}\n".encode() + data)

    def _about(self, page: AnyPage) -> str:
        also = page.also if isinstance(page, LaterPage) else ""
        # All else that is said of a locale is among the site's settings.
        locales = [f"{link.uri} {link.exact}" for link in page.locales]
        return cache_digest("\0".join((page.uri, page.title, also, *locales)).encode("utf-8", "surrogatepass"))

    def _is_concerned(self, page: LaterPage, asked: Sequence[str]) -> bool:
        """Whether anything is another that a page asked for, or depends on without asking."""
        if page.entry is not None:
            return f"entry {page.entry.id}" in self._changed or not self._changed.isdisjoint(asked)
        if "order" in self._changed:
            return True
        said = self._said
        return bool(said) and (page.shows is None or any(entry.resource.id in said for entry in page.shows))

    def _sources_now(self) -> _Sources:
        before, catalog = self._before.sources, self._desk.catalog
        entries = {entry.id: self._line_of(entry, before.entries.get(entry.id, "")) for entry in catalog.by_id.values()}
        order = cache_digest("".join([line[-_DIGEST:] for line in entries.values()]).encode())
        if order == before.order:
            # Both follow from what orders resources.
            contributors, related = before.contributors, before.related
        else:
            contributors = _LINE.join(catalog.by_contributor)
            related = _LINE.join([f"{name}{_FIELD}{named!r}" for name, named in catalog.related_from.items()])
        elsewhere = {each: self._elsewhere(each) for each in before.elsewhere}
        return _Sources(order, entries, elsewhere, contributors, related)

    def _line_of(self, entry: Entry, before: str) -> str:
        """An entry's id, key, the digest of what is said of it outside of its texts, and of what orders it."""
        start = f"{entry.id}{_FIELD}{self._key(entry)}{_FIELD}"
        if before.startswith(start):
            return before
        order = _order_digest(entry)
        said = _said_digest(entry, order, thumbnail_of(self._desk.files, entry.resource))
        return f"{start}{said}{_FIELD}{order}"

    def _key(self, entry: Entry) -> str:
        """Of all that an entry says, and of its files."""
        resource, key = entry.resource, self._keys.of(entry)
        if not resource.materials or resource.folder in self._keys.folders:
            return key
        files = (name for each in resource.materials for name in (each.file, each.captions) if name)
        facts = (self._desk.catalog.facts.get(resource.path_of(name)) for name in files)
        return digest_of((key, *(each.sha256 if each else "" for each in facts)))

    def _elsewhere(self, asked: str) -> str:
        entry = self._desk.catalog.elsewhere.get(asked.partition(" ")[2])
        return self._key(entry) if entry else ""


# What is kept


@dataclass(frozen=True, slots=True)
class _Sources:
    """What pages are made from.

    Attributes:
        order: The digest of what orders and counts all entries.
        entries: Id → line of an entry; see :meth:`PageValues._line_of`.
        elsewhere: What pages asked of other packages (``elsewhere <package>/<id>``) → key of that entry.
        contributors, related: Lines of those that have a page; of what is named by others.
    """

    order: str = ""
    entries: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    contributors: str = ""
    related: str = ""

    def changed_since(self, before: _Sources) -> frozenset[str]:
        """What is another now, in the words in which pages ask for it, and ``order`` and ``said <id>`` for lists."""
        changed: set[str] = set()
        for name in self.entries.keys() | before.entries.keys() if self.entries != before.entries else ():
            new, old = self.entries.get(name, ""), before.entries.get(name, "")
            if new != old:
                changed.add(f"entry {name}")
                if new.split(_FIELD)[2:] != old.split(_FIELD)[2:]:
                    changed.add(f"said {name}")
        changed.update(each for each, key in self.elsewhere.items() if before.elsewhere.get(each) != key)
        if self.order != before.order:
            changed.add("order")
            names = set(self.contributors.split(_LINE)) ^ set(before.contributors.split(_LINE))
            changed.update(f"{_CONTRIBUTOR} {name}" for name in names)
            named = set(self.related.split(_LINE)) ^ set(before.related.split(_LINE))
            changed.update(f"related {line.partition(_FIELD)[0]}" for line in named)
        return frozenset(changed)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a shard; ``pages`` are lines by URI, ``written`` is all of it."""

    ground: str
    sources: _Sources = field(default_factory=_Sources)
    pages: Mapping[str, str] = field(default_factory=dict)
    written: str = ""

    def text(self) -> str:
        sources = self.sources
        elsewhere = [f"{each}{_FIELD}{key}" for each, key in sources.elsewhere.items()]
        parts = (
            f"{self.ground}{_FIELD}{sources.order}",
            _LINE.join(sources.entries.values()),
            _LINE.join(elsewhere),
            sources.contributors,
            sources.related,
            # Processes found them out in no order.
            _LINE.join([line for _, line in sorted(self.pages.items())]),
        )
        return _SECTION.join(parts)


def _read(path: Path, ground: str) -> _Kept:
    with contextlib.suppress(OSError, ValueError):
        digest, _, data = path.read_bytes().partition(b"\n")
        if cache_digest(data) != digest.decode():
            return _Kept(ground)
        text = data.decode("utf-8", "surrogatepass")
        head, entries, elsewhere, contributors, related, pages = text.split(_SECTION)
        was, order = head.split(_FIELD)
        if was == ground:
            asked = dict(line.rsplit(_FIELD, 1) for line in elsewhere.split(_LINE) if line)
            sources = _Sources(order, _by_name(entries), asked, contributors, related)
            return _Kept(ground, sources, _by_name(pages), text)
    return _Kept(ground)


def _would_break(asked: str) -> bool:
    """Whether a line could not hold it: authors may write anything after ``kebao:``."""
    return _FIELD in asked or _LINE in asked


def _by_name(lines: str) -> dict[str, str]:
    return {line.partition(_FIELD)[0]: line for line in lines.split(_LINE) if line}


def _order_digest(entry: Entry) -> str:
    """Of what orders and counts an entry among others: of all but what it is called and says."""
    resource = entry.resource

    def bare(translation: Translation) -> Translation:
        return replace(translation, title="", summary="", keywords=(), body="")

    translations = {locale: bare(each) for locale, each in resource.translations.items()}
    ordered = replace(resource, title="", summary="", keywords=(), body="", translations=translations)
    translation = bare(entry.translation) if entry.translation else None
    silent = replace(entry, resource=ordered, title="", summary="", keywords=(), body="", translation=translation)
    return cache_digest(repr(silent).encode("utf-8", "surrogatepass"))


def _said_digest(entry: Entry, order: str, thumbnail: Picture | None) -> str:
    """Of all that an entry says but its body: ``order`` is the digest of the rest."""
    translated = (*entry.resource.translations.values(), *((entry.translation,) if entry.translation else ()))
    texts = [(each.title, each.summary, each.keywords) for each in (entry, entry.resource, *translated)]
    return cache_digest(repr((order, texts, thumbnail)).encode("utf-8", "surrogatepass"))


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
