"""A resource's text as a page of a bundle, its links leading to what is inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from kebao.bundles.bundle_plan import Member, made_member
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.html_page import html_page
from kebao.bundles.layout import PlacedResource
from kebao.bundles.names import quoted_path
from kebao.bundles.shared_html import NOWHERE, Converter, MarkedText
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink

#: Where the text of a resource that a link names stands in the bundle; empty when it is not in it.
TextPathOf = Callable[[str], str]
#: The page of a resource as a file of a bundle, its links leading to the targets.
TextPages = Callable[[PlacedResource, tuple[str, ...]], Member]


def text_pages(texts: EntryTexts, converter: Converter) -> TextPages:
    """Makes text pages, each once: most texts are the same in all five bundles that hold them."""
    catalog = texts.catalog

    @cache
    def page(resource_id: str, path: str, targets: tuple[str, ...]) -> Member:
        entry = catalog.by_id[resource_id]
        body = f"{texts.head(entry)}\n<main>{converter.html(texts.body(entry), targets)}</main>"
        return made_member(path, html_page(catalog.locale, title=entry.title, body=body))

    def text_page(placed: PlacedResource, targets: tuple[str, ...]) -> Member:
        return page(placed.entry.id, placed.text_path, targets)

    return text_page


@dataclass(frozen=True, slots=True)
class TextLinks:
    """Where a text's links lead: those to resources in each bundle elsewhere, the others to the same place in all.

    Attributes:
        text_path: Where the text stands.
        fixed: The target of each link; of those to resources anything.
        to_resources: Which links these are, the resource that each names, and the place in its text.
    """

    text_path: str
    fixed: tuple[str, ...]
    to_resources: tuple[tuple[int, str, str], ...]
    names: tuple[str, ...]

    def targets(self, paths: Mapping[str, str]) -> tuple[str, ...]:
        """The targets; ``paths`` says where the text of each resource that is named stands, or nothing."""
        targets = list(self.fixed)
        for at, name, fragment in self.to_resources:
            target = _relative(self.text_path, paths[name]) if paths[name] else NOWHERE
            targets[at] = f"{target}#{fragment}" if paths[name] and fragment else target
        return tuple(targets)


def links_of(placed: PlacedResource, text: MarkedText) -> TextLinks:
    """Where the links of a resource's text lead."""
    if not text.links:
        return TextLinks(placed.text_path, (), (), ())
    places = {file.source_path: file.path for file in reversed(placed.files)}
    fixed, to_resources = [], []
    for at, link in enumerate(text.links):
        if link.target.startswith(RESOURCE_SCHEME):
            name, _, fragment = link.target.removeprefix(RESOURCE_SCHEME).partition("#")
            to_resources.append((at, name, fragment))
            fixed.append(NOWHERE)
        else:
            fixed.append(_fixed_target(link, placed, places))
    names = dict.fromkeys(name for _, name, _ in to_resources)
    return TextLinks(placed.text_path, tuple(fixed), tuple(to_resources), tuple(names))


def _fixed_target(link: MarkdownLink, placed: PlacedResource, places: Mapping[str, str]) -> str:
    """Files of the bundle; others lead nowhere."""
    if link.target.startswith("#") or _has_scheme(link.target):
        return link.target
    path = places.get(placed.entry.resource.path_of(unquote(link.target.partition("#")[0])), "")
    return _relative(placed.text_path, path) if path else NOWHERE


def _has_scheme(target: str) -> bool:
    try:
        return bool(urlsplit(target).scheme)
    except ValueError:
        return False


def _relative(text_path: str, path: str) -> str:
    """The link from a resource's text to a path of the bundle."""
    here, there = text_path.split("/")[:-1], path.split("/")
    # Unlike posixpath.relpath it asks nobody where this process is: that is most of the work for ten thousand links.
    same = next((at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other), len(here))
    return "../" * (len(here) - same) + quoted_path("/".join(there[same:]))
