"""A page of a shard: where it is, which template shows it, and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """A step of the way to a page; the page itself has no ``uri``."""

    title: str
    uri: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleLink:
    """The same page in another locale; ``exact`` is False where only the list above it exists there."""

    locale: str
    language_tag: str
    name: str
    uri: str
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One page.

    Attributes:
        uri: Relative to the shard's root, ending in ``.html``.
        template: Name of the template that shows ``view``.
        tab: URI of the section page under which it stands in the navigation.
        markdown: Body text; headings start at level 2.
        language: Locale id of the body's and title's text, where it is not the shard's.
        in_navigation: Only section pages are (DESIGN §1.7).
    """

    uri: str
    title: str
    template: str
    view: Any
    tab: str
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    locales: tuple[LocaleLink, ...] = ()
    markdown: str = ""
    language: str = ""
    in_navigation: bool = False


def outline(pages: tuple[SitePage, ...]) -> str:
    """The pages as lines of ``uri  template  title``, sorted: what tests compare."""
    return "\n".join(f"{page.uri}  {page.template}  {page.title}" for page in sorted(pages, key=lambda p: p.uri))
