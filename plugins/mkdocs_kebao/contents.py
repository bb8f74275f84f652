"""Tables of contents, rendered once for the same headings: many resources of a kind have those of its skeleton."""

from __future__ import annotations

from typing import Any, NoReturn

from jinja2.runtime import Context
from mkdocs.structure.toc import AnchorLink, TableOfContents

from mkdocs_kebao.live_context import PAGE_NAMES, LiveContext
from mkdocs_kebao.traces import NotUnderstood

CONTENTS = "partials/toc.html"
#: So many are kept for each shell; each takes a kilobyte or two.
_MOST = 1 << 8


class Contents:
    """Gives the contents of the pages of a shell, with the theme's own template.

    Attributes:
        set_later: Variables besides the page's own that tell of a page.
    """

    def __init__(self) -> None:
        self.set_later: frozenset[str] = frozenset()
        self._kept: dict[Any, str] = {}
        self.tells_more = False

    def __call__(self, context: Context) -> str:
        toc = context["page"].toc
        if self.tells_more or not isinstance(context, LiveContext) or not isinstance(toc, TableOfContents):
            return _rendered(context, context.get_all())
        said = _said(toc.items)
        found = self._kept.get(said)
        if found is None:
            try:
                found = self._of_headings(context, toc)
            except NotUnderstood:
                self.tells_more = True
                return _rendered(context, context.get_all())
            if len(self._kept) < _MOST:
                self._kept[said] = found
        return found

    def _of_headings(self, context: LiveContext, toc: TableOfContents) -> str:
        """The contents where the template sees nothing else of the page; NotUnderstood where it wants to."""
        known = context.get_all()
        hidden = {name: _Hidden() for name in (*PAGE_NAMES, *self.set_later) if name in known}
        variables = {**known, **hidden, "page": _Headings(toc)}
        with context.showing(variables):
            return _rendered(context, variables)


def _rendered(context: Context, variables: dict[str, Any]) -> str:
    template = context.environment.get_template(CONTENTS)
    return "".join(template.root_render_func(template.new_context(variables, shared=True)))


def _said(items: list[AnchorLink]) -> tuple[Any, ...]:
    """All that is said of headings."""
    return tuple([(item.title, item.id, item.level, _said(item.children)) for item in items])


class _Hidden:
    """A value of which nothing can be used."""

    def _refuse(self, *_: object) -> NoReturn:
        raise NotUnderstood("contents that tell of more than headings")

    __getattr__ = __call__ = __str__ = __bool__ = __iter__ = __len__ = __getitem__ = __contains__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __format__ = _refuse
    __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __truediv__ = __floordiv__ = __int__ = __index__ = _refuse


class _Headings(_Hidden):
    """A page of which only the headings can be used."""

    def __init__(self, toc: TableOfContents) -> None:
        self.toc = toc
