"""A page of a shard: where it is, which template shows it, and what stands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kebao.catalog.entries import Entry
from kebao.pages.cards import Desk


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
    markdown: str = field(default="", repr=False)
    language: str = ""
    in_navigation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageValues:
    """What a page has beside its place and title; see :class:`SitePage`."""

    view: Any
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    markdown: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterPage:
    """A page whose values are made when somebody asks for them: of most pages nobody does, since they are kept.

    Attributes:
        uri, title, template, tab, locales, in_navigation: As the page has them.
        entry: The resource that it is about. Where there is none, it shows nothing of resources' texts (``body``).
        shows: The resources of which it shows more than what orders and counts them: title, summary, keywords,
            pictures. None when these may be all.
        also: What it shows of what is neither in the catalog nor in the resource's own files, as text.
        make: Gives its values; asks for what it shows of others the catalog of the desk that it is given.
    """

    uri: str
    title: str
    template: str
    tab: str
    locales: tuple[LocaleLink, ...] = ()
    in_navigation: bool = False
    entry: Entry | None = None
    shows: tuple[Entry, ...] | None = None
    also: str = ""
    make: Callable[[Desk], PageValues]

    def made(self, desk: Desk) -> SitePage:
        values = self.make(desk)
        return SitePage(
            uri=self.uri,
            title=self.title,
            template=self.template,
            view=values.view,
            tab=self.tab,
            description=values.description,
            crumbs=values.crumbs,
            locales=self.locales,
            markdown=values.markdown,
            language=values.language,
            in_navigation=self.in_navigation,
        )


AnyPage = SitePage | LaterPage


def made_page(page: AnyPage, desk: Desk) -> SitePage:
    """The page with its values."""
    return page.made(desk) if isinstance(page, LaterPage) else page


def outline(pages: Iterable[AnyPage]) -> str:
    """The pages as lines of ``uri  template  title``, sorted: what tests compare."""
    return "\n".join(f"{page.uri}  {page.template}  {page.title}" for page in sorted(pages, key=lambda p: p.uri))
