"""Parts that stand a hundred times on a page or on each of thousands: a row of a list, a fact, a link.

They are written here since a template's macro takes ten times as long. They get a value and ``href``, and know the
words of the locale; nothing else of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup

from kebao.pages.cards import Badge, Card, Fact, Link
from kebao.pages.texts import Texts
from mkdocs_kebao.quick_code import escaped

Href = Callable[[str], str]


class SmallParts:
    """``kb_each`` of the templates."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._between = f'<span class="kb-sep">{escaped(texts("list.separator"))}</span>'
        self._parts: dict[str, Callable[[Any, Href], str]] = {
            "row": self.row,
            "related": self.related,
            "link": self.link,
            "fact": self.fact,
        }

    def each(self, name: str, values: Iterable[Any], href: Href) -> Markup:
        """The part for each of the values, one after the other."""
        part = self._parts[name]
        return Markup("".join([part(value, href) for value in values]))

    def row(self, card: Card, href: Href) -> str:
        """Of a long list, where every byte stands a hundred times: ends of p and li that HTML does not ask for are left
        out."""
        return _row(card, href, "h3")

    def related(self, card: Card, href: Href) -> str:
        return f"{_row(card, href, 'h4')}</p></li>"

    def link(self, link: Link, href: Href) -> str:
        text, language = escaped(link.text), _lang(link.language)
        if link.uri:
            said = f'<a href="{escaped(href(link.uri))}"{language}>{text}</a>'
        else:
            said = f"<span{language}>{text}</span>"
        return said if link.count is None else f"{said} <small>{escaped(self._texts.number(link.count))}</small>"

    def fact(self, fact: Fact, href: Href) -> str:
        links = self._between.join([self.link(link, href) for link in fact.links])
        return f"<div><dt>{escaped(fact.label)}</dt><dd>{links}</dd></div>"


def _row(card: Card, href: Href, heading: str) -> str:
    badges = "".join(map(_badge, card.badges))
    title = f'<a href="{escaped(href(card.uri))}">{escaped(card.title)}</a>'
    return f"<li><{heading}{_lang(card.language)}>{title}</{heading}>{badges}<p>{escaped(card.line)}"


def _badge(badge: Badge) -> str:
    """Of its tone there is only the first letter."""
    tone = f' class="kb-{escaped(badge.tone[0])}"' if badge.tone != "language" else ""
    return f" <small{tone}>{escaped(badge.text)}</small>"


def _lang(language: str) -> str:
    return f' lang="{escaped(language)}"' if language else ""
