"""A resource's text as a page of a bundle, its links leading to what is inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from posixpath import dirname, relpath
from urllib.parse import quote, unquote, urlsplit

from kebao.bundles.html_page import facts_list, html_page
from kebao.bundles.layout import PlacedResource
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink, with_targets
from kebao.rendering import render_markdown

#: The page of ``(resource id, Markdown with a bundle's own targets)``.
TextPage = Callable[[str, str], bytes]

# A scheme that the allowlist does not know: the link loses its target and reads as plain text.
_NOWHERE = RESOURCE_SCHEME


def text_pages(catalog: Catalog, words: Words) -> TextPage:
    """Makes text pages, each once: most texts are the same in all five bundles that hold them."""

    @cache
    def text_page(resource_id: str, markdown: str) -> bytes:
        entry = catalog.by_id[resource_id]
        parts = (
            f'<p class="note"><a href="../../index.html">{escape(words("bundle.back"))}</a></p>',
            f"<h1>{escape(entry.title)}</h1>",
            f"<p>{escape(entry.summary)}</p>",
            facts_list(catalog, words, entry),
            f"<main>{render_markdown(markdown)}</main>",
        )
        return html_page(catalog.locale, title=entry.title, body="\n".join(parts))

    return text_page


def linked_markdown(catalog: Catalog, placed: PlacedResource, inside: Mapping[str, PlacedResource]) -> str:
    """The text with links to resources and files of the bundle (``inside``: by id); others lead nowhere."""
    resource = placed.entry.resource
    places = {file.source_path: file.path for file in reversed(placed.files)}

    def target_for(link: MarkdownLink) -> str:
        if link.target.startswith("#"):
            return link.target
        if link.target.startswith(RESOURCE_SCHEME):
            path, _, fragment = link.target.removeprefix(RESOURCE_SCHEME).partition("#")
            found = catalog.find(path)
            other = inside.get(found.id) if found and found.package == catalog.package.id else None
            target = _relative(placed, other.text_path) if other else _NOWHERE
            return f"{target}#{fragment}" if other and fragment else target
        if _has_scheme(link.target):
            return link.target
        path = places.get(resource.path_of(unquote(link.target.partition("#")[0])), "")
        return _relative(placed, path) if path else _NOWHERE

    return with_targets(placed.entry.body, target_for)


def _has_scheme(target: str) -> bool:
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return False


def _relative(placed: PlacedResource, path: str) -> str:
    return quote(relpath(path, dirname(placed.text_path)))
