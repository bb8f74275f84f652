"""The start of a template, kept for all pages that share a shell: what it imported sees the page that is shown now.

A page's templates begin with what they import, which takes as long as to fill the page in. What was imported for one
page serves another where it looks up the page's own variables only when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from jinja2 import Environment, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro, TemplateReference
from jinja2.utils import missing

#: What a template knows of its page; the rest is the same for all pages of a folder.
OF_PAGE = ("kb", "view", "page", "canonical_url", "page_qr")
#: What a template calls, another function for each page.
_CALLED = ("href", "here", "kb_icon", "sprite")
PAGE_NAMES = (*OF_PAGE, *_CALLED)
#: What looks things up when it is called, and holds nothing of a page.
_Imported = TemplateModule | TemplateReference | Macro


class LiveContext(Context):
    """A context of templates, in which the page's own variables are those of the page that is shown now.

    Attributes:
        asked: The page's variables that were looked up.
    """

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: Any = None,
    ) -> None:
        super().__init__(environment, parent, name, blocks, globals)
        self._live = cast(LiveEnvironment, environment)
        shown = self._live.shown
        # A template may have given one of the names to something else.
        self._own = {name for name in PAGE_NAMES if name in shown and parent.get(name) is shown[name]}
        self._first: dict[str, Any] = {}
        self.asked: set[str] = set()
        self._live.made.append(self)

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        if key in self._own:
            self.asked.add(key)
            return self._live.shown[key]
        return self.parent.get(key, missing)

    def get_all(self) -> dict[str, Any]:
        return {**self.parent, **{name: self._live.shown[name] for name in self._own}, **self.vars}

    def keep(self) -> None:
        """Notes the variables that are set, for :meth:`start`."""
        self._first = dict(self.vars)

    def start(self, variables: Mapping[str, Any]) -> None:
        """Shows the page with these variables, as if no template had set any since the start."""
        self.vars.clear()
        self.vars.update(self._first)
        self._live.show(variables)

    @contextmanager
    def showing(self, variables: Mapping[str, Any]) -> Iterator[None]:
        """Shows something else meanwhile."""
        shown = self._live.shown
        self._live.show(variables)
        try:
            yield
        finally:
            self._live.show(shown)


class LiveEnvironment(Environment):
    """Gives :class:`LiveContext` to its templates.

    Attributes:
        shown: The variables of the page that is shown now.
        made: The contexts that were made for it.
    """

    context_class = LiveContext
    shown: Mapping[str, Any]
    made: list[LiveContext]

    def show(self, variables: Mapping[str, Any]) -> None:
        self.shown, self.made = variables, []

    def kept_start(self, name: str, variables: Mapping[str, Any]) -> LiveContext | None:
        """The context at the start of a template, for this page and others; None where it holds something of the page.

        Which others these are is for the conditions of their shell to say: the start may have asked something too.
        """
        self.show(variables)
        context = cast(LiveContext, started(self.get_template(name), variables))
        imported = [each for each in self.made if each is not context]
        if any(each.asked for each in imported):
            return None
        handed = [*context.vars.values(), *(value for each in imported for value in _handed(each, context))]
        if not all(isinstance(value, _Imported) for value in handed):
            return None
        if any(_changes(value) for each in imported for value in each.vars.values()):
            return None
        if context.asked and any(isinstance(value, Macro) for value in context.vars.values()):
            # It may have in it what was looked up before.
            return None
        context.keep()
        return context


def live_environment(environment: Environment) -> LiveEnvironment:
    live = environment.overlay()
    live.__class__ = LiveEnvironment
    live = cast(LiveEnvironment, live)
    live.cache = {}
    live.show({})
    return live


def started(template: Template, variables: Mapping[str, Any]) -> Context:
    """The context in which the blocks of a page are rendered: what its templates import is there."""
    context = template.new_context(dict(variables))
    # Up to the first thing that the outermost template writes.
    next(iter(template.root_render_func(context)), None)
    return context


def _handed(context: Context, first: Context) -> Iterable[Any]:
    """What a template handed to one that it imports, besides what all have."""
    return (value for name, value in context.parent.items() if first.parent.get(name, missing) is not value)


def _changes(value: object) -> bool:
    """Whether it could be another after a page was rendered."""
    return not isinstance(value, _Imported | str | int | float | None)
