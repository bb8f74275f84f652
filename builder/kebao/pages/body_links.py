"""Links in authored texts, turned to where they lead on the site."""

from __future__ import annotations

from kebao.catalog.entries import Entry
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink, with_targets
from kebao.model.shard import relative_uri
from kebao.pages.cards import Desk


def with_resource_links(desk: Desk, body: str, from_page: str) -> str:
    """A body without files of its own (a topic's): ``kebao:`` links lead to the resources' pages."""
    return with_targets(body, lambda link: _resource_target(desk, from_page, link) or link.target)


def with_item_links(desk: Desk, entry: Entry, from_page: str) -> str:
    """A resource's body: links to resources, and to its own materials, lead there."""

    def target(link: MarkdownLink) -> str:
        stored = desk.files.materials.get(entry.resource.path_of(link.target))
        if stored is not None:
            return relative_uri(from_page, desk.files.root + stored.uri)
        return _resource_target(desk, from_page, link) or link.target

    return with_targets(entry.body, target)


def _resource_target(desk: Desk, from_page: str, link: MarkdownLink) -> str:
    """The relative link; to the catalog where the resource has no page (a draft); empty for other links."""
    if not link.target.startswith(RESOURCE_SCHEME):
        return ""
    resource_id, mark, fragment = link.target.removeprefix(RESOURCE_SCHEME).partition("#")
    entry = desk.catalog.find(resource_id)
    if entry is None:
        return relative_uri(from_page, desk.page("catalog/index.html"))
    return relative_uri(from_page, f"{desk.entry_uri(entry)}{mark}{fragment}")
