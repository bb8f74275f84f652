"""Links in authored texts, turned to where they lead on the site; headings have the same ids in every locale."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.catalog.entries import Entry, TopicEntry
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink, with_targets
from kebao.model.shard import relative_uri
from kebao.pages.anchors import moved_ids, with_source_ids
from kebao.pages.cards import Desk


def with_topic_links(desk: Desk, entry: TopicEntry, from_page: str) -> str:
    """A topic's body, which has no files of its own: ``kebao:`` links lead to the resources' pages."""
    source = entry.topic.body
    moved = moved_ids(entry.body, source) if "](#" in entry.body else {}
    body = with_source_ids(entry.body, source)
    return with_targets(body, lambda link: _target(desk, from_page, link, moved))


def with_item_links(desk: Desk, entry: Entry, from_page: str, part: str | None = None) -> str:
    """A resource's body, or a part of it: links to resources, and to its own materials, lead there."""
    text = entry.body if part is None else part
    moved = _moved_ids(entry) if "](#" in text else {}

    def target(link: MarkdownLink) -> str:
        stored = desk.files.materials.get(entry.resource.path_of(link.target))
        if stored is not None:
            return relative_uri(from_page, desk.files.root + stored.uri)
        return _target(desk, from_page, link, moved)

    body = with_source_ids(text, entry.resource.body) if part is None and entry.translation else text
    return with_targets(body, target)


def _moved_ids(entry: Entry) -> Mapping[str, str]:
    return moved_ids(entry.body, entry.resource.body) if entry.translation else {}


def _target(desk: Desk, from_page: str, link: MarkdownLink, moved: Mapping[str, str]) -> str:
    """The relative link; to the catalog where the resource has no page (a draft); other links as they are.

    ``moved``: ids that headings of this text no longer have → the ones that they have instead.
    """
    if link.target.startswith("#"):
        return f"#{moved.get(link.target[1:], link.target[1:])}"
    if not link.target.startswith(RESOURCE_SCHEME):
        return link.target
    resource_id, mark, fragment = link.target.removeprefix(RESOURCE_SCHEME).partition("#")
    entry = desk.catalog.find(resource_id)
    if entry is None:
        return relative_uri(from_page, desk.page("catalog/index.html"))
    if fragment:
        fragment = _moved_ids(entry).get(fragment, fragment)
    return relative_uri(from_page, f"{desk.entry_uri(entry)}{mark}{fragment}")
