"""A resource's text as a page of a bundle, its links leading to what is inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import quote, unquote, urlsplit

from kebao.bundles.bundle_plan import Member, made_member
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.html_page import html_page
from kebao.bundles.layout import PlacedResource
from kebao.bundles.shared_html import NOWHERE, Converter
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink

#: Where the text of a resource that a link names stands in the bundle; empty when it is not in it.
TextPathOf = Callable[[str], str]
#: The page of a resource as a file of a bundle.
TextPages = Callable[[PlacedResource, TextPathOf], Member]


def text_pages(texts: EntryTexts, converter: Converter) -> TextPages:
    """Makes text pages, each once: most texts are the same in all five bundles that hold them."""
    catalog = texts.catalog

    @cache
    def page(resource_id: str, path: str, targets: tuple[str, ...]) -> Member:
        entry = catalog.by_id[resource_id]
        body = f"{texts.head(entry)}\n<main>{converter.html(texts.body(entry), targets)}</main>"
        return made_member(path, html_page(catalog.locale, title=entry.title, body=body))

    def text_page(placed: PlacedResource, text_path_of: TextPathOf) -> Member:
        links = texts.body(placed.entry).links
        target_for = targets_in(placed, text_path_of) if links else None
        targets = tuple(target_for(link) for link in links) if target_for else ()
        return page(placed.entry.id, placed.text_path, targets)

    return text_page


def targets_in(placed: PlacedResource, text_path_of: TextPathOf) -> Callable[[MarkdownLink], str]:
    """Where a text's links lead: to resources and files of the bundle; others lead nowhere."""
    resource = placed.entry.resource
    places = {file.source_path: file.path for file in reversed(placed.files)}

    def target_for(link: MarkdownLink) -> str:
        if link.target.startswith("#"):
            return link.target
        if link.target.startswith(RESOURCE_SCHEME):
            name, _, fragment = link.target.removeprefix(RESOURCE_SCHEME).partition("#")
            other = text_path_of(name)
            target = _relative(placed, other) if other else NOWHERE
            return f"{target}#{fragment}" if other and fragment else target
        if _has_scheme(link.target):
            return link.target
        path = places.get(resource.path_of(unquote(link.target.partition("#")[0])), "")
        return _relative(placed, path) if path else NOWHERE

    return target_for


def _has_scheme(target: str) -> bool:
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return False


def _relative(placed: PlacedResource, path: str) -> str:
    """The link from a resource's text to a path of the bundle."""
    here, there = placed.text_path.split("/")[:-1], path.split("/")
    # Unlike posixpath.relpath it asks nobody where this process is: that is most of the work for ten thousand links.
    same = next((at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), len(here))
    return quote("/".join((*(".." for _ in here[same:]), *there[same:])))
