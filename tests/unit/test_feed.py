"""The Atom feed keeps to RFC 4287 and tells what editions brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.changes import ChangeType
from kebao.catalog.history import HistoryEntry, history_of
from kebao.pages.feed import MOST_ENTRIES, Feed, FeedEdition, FeedItem, atom_feed, change_counts, feed_items
from kebao.pages.texts import texts_for

from .test_edition_changes import snapshot, written
from .test_pages import tiny_catalog

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = tiny_catalog().site
TEXTS = texts_for(SITE, "zh")


def assert_keeps_to_the_standard(text: str) -> ElementTree.Element:
    """What RFC 4287 §4.1 asks of a feed and its entries."""
    feed = ElementTree.fromstring(text.encode())
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    # §4.1.1: an author for the feed stands for all its entries; one id, title and updated each.
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for holder in (feed, *entries):
        for name in ("id", "title", "updated"):
            (element,) = holder.findall(f"{ATOM}{name}")
            assert element.text, f"{name} says nothing"
        assert urlsplit(holder.findtext(f"{ATOM}id") or "").scheme, "§4.2.6: an absolute IRI"
        moment = datetime.fromisoformat(holder.findtext(f"{ATOM}updated") or "")
        assert moment.tzinfo, "§3.3: with a time zone"
        # §4.1.2: without content an entry has an alternate link; §4.2.7: at most one of a type.
        alternates = [link for link in holder.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert alternates[0].get("href")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    return feed


def feed_of(*editions: FeedEdition, base_url: str = "https://kebao.example/") -> Feed:
    return Feed(package="示例包", author="示例县", place="county/zh", base_url=base_url, editions=editions)


FIRST = FeedEdition(
    id="2025.1",
    name="2025.1",
    released="2025-03-01",
    page="whats-new.html",
    resources=12,
    counts=None,
    items=(FeedItem(change=ChangeType.ADDED, page="lesson-cases/a.html", title="分数"),),
)
SECOND = FeedEdition(
    id="2026.1",
    name="2026 春季版",
    released="2026-03-01",
    page="whats-new.html",
    resources=13,
    counts={ChangeType.ADDED: 1, ChangeType.RETIRED: 2},
    items=(FeedItem(change=ChangeType.ADDED, page="micro-stories/b.html", title="<一盏灯> & 其他"),),
)


def test_a_feed_tells_the_newest_edition_first_and_what_it_brought() -> None:
    feed = assert_keeps_to_the_standard(atom_feed(feed_of(FIRST, SECOND), TEXTS))
    told = [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary"), link.get("href"))
        for entry in feed.findall(f"{ATOM}entry")
        if (link := entry.find(f"{ATOM}link")) is not None
    ]
    home = "https://kebao.example/county/zh/"
    assert told == [
        ("示例包（2026 春季版）", "新增 1 项、停用 2 项", f"{home}2026.1/whats-new.html"),
        ("新增：<一盏灯> & 其他", "示例包（2026 春季版）", f"{home}2026.1/micro-stories/b.html"),
        ("示例包（2025.1）", "第一版，收入 12 项资源。", f"{home}2025.1/whats-new.html"),
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize("base_url", ["", "https://kebao.example/", "https://elsewhere.example/x/"])
def test_ids_stay_when_the_site_moves(base_url: str) -> None:
    feed = assert_keeps_to_the_standard(atom_feed(feed_of(FIRST, SECOND, base_url=base_url), TEXTS))
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    at_home = assert_keeps_to_the_standard(atom_feed(feed_of(FIRST, SECOND), TEXTS))
    assert ids == [element.text for element in at_home.iter(f"{ATOM}id")]


def test_without_an_address_links_are_relative_to_the_feed() -> None:
    feed = assert_keeps_to_the_standard(atom_feed(feed_of(FIRST, base_url=""), TEXTS))
    hrefs = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert hrefs == ["latest/index.html", "2025.1/whats-new.html"]


def test_an_edition_without_changes_says_so() -> None:
    same = replace(SECOND, counts={}, items=())
    feed = assert_keeps_to_the_standard(atom_feed(feed_of(FIRST, same), TEXTS))
    assert feed.findtext(f"{ATOM}entry/{ATOM}summary") == "资源没有变化。"


def test_a_feed_without_editions_is_one() -> None:
    assert_keeps_to_the_standard(atom_feed(feed_of(), TEXTS))


@given(st.lists(st.text(min_size=1), max_size=400))
def test_any_titles_give_a_valid_feed_of_bounded_length(titles: list[str]) -> None:
    items = tuple(
        FeedItem(change=ChangeType.CHANGED, page=f"micro-cases/{number}.html", title=title)
        for number, title in enumerate(titles)
    )
    edition = FeedEdition(
        id="2026.1", name="2026.1", released="2026-03-01", page="index.html", resources=1, counts=None, items=items
    )
    counted = FeedEdition(
        id="2026.2",
        name="2026.2",
        released="2026-09-01",
        page="index.html",
        resources=1,
        counts={ChangeType.CHANGED: len(items)},
        items=items,
    )
    feed = assert_keeps_to_the_standard(atom_feed(feed_of(edition, counted), TEXTS))
    assert len(feed.findall(f"{ATOM}entry")) == min(MOST_ENTRIES, len(titles) + 2)


def test_what_a_feed_tells_comes_from_the_histories() -> None:
    editions = [
        snapshot("2025.1", written({"title": "分数"})),
        snapshot("2026.1", written({"title": "分数的认识"})),
        snapshot("2026.2"),
    ]
    history = history_of(editions, "zh")
    assert [item.title for item in feed_items(history, "2026.1")] == ["分数的认识"]
    assert change_counts(history, "2026.1") == {ChangeType.CHANGED: 1}
    assert (feed_items(history, "2026.2"), change_counts(history, "2026.2")) == ((), {ChangeType.RETIRED: 1})
    same = {"x": (HistoryEntry(edition="2026.1", change="same", page="a/x.html", title="x"),)}
    assert (feed_items(same, "2026.1"), change_counts(same, "2026.1")) == ((), {})
