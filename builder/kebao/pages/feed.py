"""The Atom feed of a package in one language (RFC 4287): an entry an edition, and one for each resource it brought."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from kebao.catalog.changes import ChangeType
from kebao.catalog.history import HistoryEntry
from kebao.pages.texts import Texts

FEED_URI = "feed.atom"
#: Entries that a feed holds at most: readers ask for it again and again.
MOST_ENTRIES = 200
#: What an empty feed says: Atom asks for a moment.
_BEGINNING = "1980-01-01"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """A resource that an edition added or changed; ``page`` relative to the edition's root."""

    change: ChangeType
    page: str
    title: str

    @property
    def kind(self) -> str:
        return self.page.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEdition:
    """An edition in the feed.

    Attributes:
        name: What it is called; its id when it has no name.
        released: ISO day.
        page: Where its entry leads, relative to its root.
        counts: How many changes of each type it has; None for a first edition.
        resources: How many resources it holds.
    """

    id: str
    name: str
    released: str
    page: str
    resources: int
    counts: Mapping[ChangeType, int] | None
    items: tuple[FeedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What all entries share.

    Attributes:
        package: Title of the package.
        place: ``<package>/<locale>``.
        base_url: The site's address with a slash at its end; links are relative to the feed where it is empty.
    """

    package: str
    author: str
    place: str
    base_url: str
    editions: tuple[FeedEdition, ...]


def feed_items(history: Mapping[str, Sequence[HistoryEntry]], edition: str) -> tuple[FeedItem, ...]:
    """The resources that an edition added or changed, by title; the others are only counted."""
    told = {ChangeType.ADDED.value, ChangeType.CHANGED.value}
    entries = (entry for entries in history.values() for entry in entries if entry.edition == edition)
    items = (
        FeedItem(change=ChangeType(e.change), page=e.page, title=e.title)
        for e in entries
        if e.change in told and e.page
    )
    return tuple(sorted(items, key=lambda item: (item.change.value, item.title, item.page)))


def change_counts(history: Mapping[str, Sequence[HistoryEntry]], edition: str) -> Mapping[ChangeType, int]:
    """How many resources changed in an edition, by type; types without any are absent."""
    changes = [entry.change for entries in history.values() for entry in entries if entry.edition == edition]
    return {change: changes.count(change.value) for change in ChangeType if change.value in changes}


def atom_feed(feed: Feed, texts: Texts) -> str:
    """The feed, newest edition first; ``feed.editions`` come oldest first."""
    updated = max((edition.released for edition in feed.editions), default=_BEGINNING)
    home = f"{feed.base_url}{feed.place}/" if feed.base_url else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(texts.locale.language_tag)}>',
        f"<id>{_id(feed, '')}</id>",
        f"<title>{_text(texts('feed.title', package=feed.package))}</title>",
        f"<updated>{_moment(updated)}</updated>",
        f"<author><name>{_text(feed.author)}</name></author>",
        *([f'<link rel="self" type="application/atom+xml" href={quoteattr(home + FEED_URI)}/>'] if home else []),
        f'<link rel="alternate" type="text/html" href={quoteattr(f"{home}latest/index.html")}/>',
    ]
    entries = (entry for edition in reversed(feed.editions) for entry in _entries(feed, edition, texts, home))
    lines += [entry for _, entry in zip(range(MOST_ENTRIES), entries, strict=False)]
    return "\n".join([*lines, "</feed>", ""])


def _entries(feed: Feed, edition: FeedEdition, texts: Texts, home: str) -> Iterator[str]:
    place = f"{edition.id}/"
    yield _entry(
        _id(feed, edition.id),
        texts("feed.edition", package=feed.package, edition=edition.name),
        edition.released,
        f"{home}{place}{edition.page}",
        _summary(edition, texts),
    )
    # A first edition brought everything: that is one thing to say.
    for item in () if edition.counts is None else edition.items:
        yield _entry(
            _id(feed, f"{place}{item.page}"),
            texts("feed.entry", change=texts(f"whatsnew.{item.change.value}"), title=item.title),
            edition.released,
            f"{home}{place}{item.page}",
            texts("feed.edition", package=feed.package, edition=edition.name),
            category=f"<category term={quoteattr(item.kind)} label={quoteattr(texts(f'kind.{item.kind}.one'))}/>",
        )


def _summary(edition: FeedEdition, texts: Texts) -> str:
    if edition.counts is None:
        return texts("feed.first", n=texts.number(edition.resources))
    said = (
        texts("feed.count", change=texts(f"whatsnew.{change.value}"), n=texts.number(number))
        for change, number in edition.counts.items()
    )
    return texts("list.separator").join(said) or texts("feed.same")


def _entry(entry_id: str, title: str, day: str, href: str, summary: str, *, category: str = "") -> str:
    return (
        f"<entry><id>{entry_id}</id><title>{_text(title)}</title><updated>{_moment(day)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(href)}/>{category}'
        f"<summary>{_text(summary)}</summary></entry>"
    )


def _id(feed: Feed, uri: str) -> str:
    """For ever the same, also when the site moves to another address (RFC 4287 §4.2.6)."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'kebao:{feed.place}/{uri}')}"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"
