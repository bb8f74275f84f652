"""Parts that look alike on thousands of pages, rendered once: a row of a list, a fact, a link."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

TEMPLATE = "kebao/alike.html"
#: So many values are kept of each part: a row with its words takes about a kilobyte.
_MOST = 1 << 14

Href = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class _Given:
    """What a part gave for a value.

    Attributes:
        links: Those that it asked for on the way: target → link.
        pages: Site URIs that they lead to; from these pages themselves a link is another.
        folders: From whose other pages the links are known to be these.
    """

    html: str
    links: Mapping[str, str]
    pages: frozenset[str]
    folders: set[str] = field(default_factory=set)

    def stands_for(self, page: str, folder: str, href: Href) -> bool:
        """Whether a page would be given the same."""
        is_linked = page in self.pages
        if folder in self.folders and not is_linked:
            return True
        for target, link in self.links.items():
            if href(target) != link:
                return False
        if not is_linked:
            self.folders.add(folder)
        return True


@dataclass(slots=True)
class AlikeParts:
    """Renders the parts of ``kebao/alike.html``.

    Their macros know nothing of the page: only a value, the words of the locale, and ``href``. So what one gave for a
    value is what it would give for an equal one wherever the links that it asked for are the same.

    Attributes:
        keeps: Whether what was given is used again; the bytes are the same without it.
    """

    environment: Environment
    keeps: bool = True
    _macros: TemplateModule | None = None
    _kept: dict[str, dict[Hashable, list[_Given]]] = field(default_factory=dict)

    @pass_context
    def each(self, context: Context, name: str, values: Iterable[Hashable]) -> Markup:
        """``kb_each`` of the templates: the part for each of the values, one after the other."""
        href, page = context["href"], context["shard"].page(context["kb"].uri)
        folder, kept = page.rpartition("/")[0], self._kept.setdefault(name, {})
        parts = []
        for value in values:
            for given in kept.get(value, ()):
                if given.stands_for(page, folder, href):
                    break
            else:
                given = self._given(name, value, href)
                if self.keeps:
                    if len(kept) >= _MOST:
                        kept.clear()
                    kept.setdefault(value, []).append(given)
            parts.append(given.html)
        return Markup("".join(parts))

    def _given(self, name: str, value: Hashable, href: Href) -> _Given:
        links: dict[str, str] = {}

        def noted(target: str) -> str:
            link = links[target] = href(target)
            return link

        # Without a page's context: what its macros know is in the environment.
        self._macros = self._macros or self.environment.get_template(TEMPLATE).module
        macro: Any = getattr(self._macros, name)
        return _Given(str(macro(value, noted)), links, frozenset(target.partition("#")[0] for target in links))
