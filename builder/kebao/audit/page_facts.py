"""What one HTML page says about itself, as far as the audit asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of text and where it stands: line and column are 1-based, 0 when unknown."""

    text: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """An address as it is written in a page or style sheet.

    Attributes:
        loads: The browser fetches it by itself, without a click.
    """

    url: str
    line: int
    column: int
    loads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """One page.

    Attributes:
        title: Empty when the page has none.
        language: ``lang`` of ``<html>``; empty when it has none.
        base_url: ``href`` of ``<base>``; empty when there is none.
        anchors: Every ``id``, and every ``name`` of an ``<a>``.
        nav_links: Links inside the primary navigation.
        duplicate_ids: The second place of each id that is there more than once.
        modules: Scripts and preloads that are ES modules; the text is the tag.
        nameless_images: Images without an ``alt`` attribute; the text is their address.
        skipped_headings: Headings more than one level below the one before; the text is ``h4 h2``.
        leftovers: What looks like template markup in visible text.
        machine_paths: Paths of a build machine in text or comments.
        unreadable: The parser gave up before the end.
    """

    title: str = ""
    language: str = ""
    base_url: str = ""
    anchors: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    nav_links: int = 0
    duplicate_ids: tuple[Mark, ...] = ()
    modules: tuple[Mark, ...] = ()
    nameless_images: tuple[Mark, ...] = ()
    skipped_headings: tuple[Mark, ...] = ()
    leftovers: tuple[Mark, ...] = ()
    machine_paths: tuple[Mark, ...] = ()
    unreadable: bool = False
