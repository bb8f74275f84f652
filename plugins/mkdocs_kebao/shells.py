"""What the pages of a folder have in common is rendered once, with the real templates; each page's own is put in.

A shell is the page around the block ``body``, which Jinja renders for every page, and around the table of contents.
The first two pages of each shell, and one in two hundred of the others, are rendered whole too and compared; a template
for which they differ, or that does something that is not understood, is rendered whole for all pages.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import BytecodeCache, Environment, Template
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from mkdocs.plugins import get_plugin_logger

from mkdocs_kebao.contents import CONTENTS, Contents
from mkdocs_kebao.indents import Frame, Tidied, WholeFrame, frame, without_indents
from mkdocs_kebao.live_context import OF_PAGE, LiveContext, LiveEnvironment, live_environment, started
from mkdocs_kebao.traced_json import traced_json
from mkdocs_kebao.traces import (
    Condition,
    NotUnderstood,
    Recipe,
    Recorder,
    WrittenTrace,
    is_traced,
    recipe_of,
    traced_function,
)

log = get_plugin_logger(__name__)

#: A page's template context, new at each call: icons are collected in it.
MakeVariables = Callable[[], dict[str, Any]]

BODY = "body"
_CONTENTS_NAME = "kb_contents"
_SAMPLED = 200
_CHECKED_FIRST = 2
_MOST_SHELLS = 24


@dataclass(slots=True)
class Shell:
    """One form of the pages of a folder.

    Attributes:
        start: The context in which its pages are filled in; None where each needs one of its own.
        recipes: What is put into the frame.
        icons: Those that are used around the body, in their order.
        set, later: Variables that templates set after the start: the same for all pages, and a page's own.
        filled: Pages that were made with it.
    """

    start: LiveContext | None
    conditions: tuple[Condition, ...]
    frame: Frame | WholeFrame
    recipes: tuple[Recipe, ...]
    icons: tuple[str, ...]
    set: Mapping[str, Any]
    later: Mapping[str, Recipe]
    filled: int = 0

    def fits(self, context: Context) -> bool:
        return all(condition.holds(context) for condition in self.conditions)

    def fill(self, context: Context) -> Tidied:
        for name, value in self.set.items():
            context.vars.setdefault(name, value)
        for name, recipe in self.later.items():
            if name not in context.vars:
                context.vars[name] = recipe(context)
        for icon in self.icons:
            context["kb_icon"](icon)
        return self.frame.filled([str(recipe(context)) for recipe in self.recipes])


@dataclass(slots=True)
class Splicer:
    """Renders pages that are not in the navigation.

    Attributes:
        samples: Whether pages are rendered whole as well now and then.
        whole: Templates whose pages are all rendered whole, and why.
    """

    environment: Environment
    samples: bool = True
    _recorder: Recorder = field(default_factory=Recorder)
    _traced: Environment = field(init=False)
    _live: LiveEnvironment = field(init=False)
    _shells: dict[tuple[str, ...], list[Shell]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Each template is compiled once for all.
        self.environment.bytecode_cache = self.environment.bytecode_cache or CodeInMemory()
        self._traced = _traced_environment(self.environment, self._recorder)
        self._live = live_environment(self.environment)

    def render(self, name: str, make: MakeVariables) -> Tidied:
        """The page, as ``environment.get_template(name).render(make())`` gives it, without indents."""
        if name in self.whole:
            return self._whole(name, make)
        variables = make()
        page = variables["page"]
        parents = [parent.title or "" for parent in page.ancestors]
        shells = self._shells.setdefault((name, posixpath.dirname(page.url), *parents), [])
        try:
            for shell in shells:
                if shell.fits(context := self._started(shell, name, variables)):
                    break
            else:
                if len(shells) >= _MOST_SHELLS:
                    raise NotUnderstood("too many forms")
                shell = self._trace(name, make())
                if not shell.fits(context := self._started(shell, name, variables)):
                    raise NotUnderstood("what it asks has another answer the second time")
                shells.append(shell)
            filled = shell.fill(context)
        except NotUnderstood as reason:
            return self._render_whole(name, make, str(reason))
        shell.filled += 1
        if self.samples and _is_sample(shell, page.url) and filled != self._whole(name, make):
            return self._render_whole(name, make, f"{page.url} would differ")
        return filled

    def _started(self, shell: Shell, name: str, variables: Mapping[str, Any]) -> Context:
        if shell.start is None:
            return started(self.environment.get_template(name), variables)
        shell.start.start(variables)
        return shell.start

    def _trace(self, name: str, variables: Mapping[str, Any]) -> Shell:
        """The shell of a page, out of one rendering with traces; NotUnderstood when that cannot be."""
        recorder, template = self._recorder, self._traced.get_template(name)
        recorder.restart(started(self.environment.get_template(name), variables))
        icons: list[str] = []
        later: dict[str, Any] = {}
        contents = Contents()
        links = _Links()

        def use_icon(icon: str) -> Any:
            if is_traced(icon):
                raise NotUnderstood("an icon that depends on the page")
            icons.append(icon)
            return variables["kb_icon"](icon)

        def body(context: Context) -> Iterator[str]:
            later.update(context.vars)
            yield recorder.mark(lambda own: "".join(own.blocks[BODY][0](own)))

        ours = {known: recorder.trace(variables[known], _variable(known)) for known in OF_PAGE if known in variables}
        context = template.new_context(
            {
                **variables,
                **ours,
                "href": _link(recorder, variables, "href", links),
                "here": _link(recorder, variables, "here", links),
                "kb_icon": use_icon,
                "sprite": lambda: recorder.trace(variables["sprite"](), lambda own: own["sprite"]()),
                _CONTENTS_NAME: WrittenTrace(recorder, "", contents),
            }
        )
        context.blocks[BODY] = [body]
        output = "".join(template.root_render_func(context))
        texts, recipes = recorder.pieces(output)
        recipes_later = {key: recipe_of(value) for key, value in later.items() if is_traced(value)}
        contents.set_later = frozenset(recipes_later)
        return Shell(
            start=self._live.kept_start(name, variables),
            conditions=(*recorder.conditions, Condition(links.hold, True)),
            frame=frame(texts),
            recipes=recipes,
            icons=tuple(icons),
            set={key: value for key, value in later.items() if not is_traced(value)},
            later=recipes_later,
        )

    def _render_whole(self, name: str, make: MakeVariables, reason: str) -> Tidied:
        log.info("pages of '%s' are rendered whole: %s", name, reason)
        self.whole[name] = reason
        return self._whole(name, make)

    def _whole(self, name: str, make: MakeVariables) -> Tidied:
        return without_indents(self.environment.get_template(name).render(make()))


def _is_sample(shell: Shell, url: str) -> bool:
    return shell.filled <= _CHECKED_FIRST or zlib.crc32(url.encode()) % _SAMPLED == 0


def _variable(name: str) -> Recipe:
    return lambda context: context[name]


@dataclass(slots=True)
class _Links:
    """Links around the body that name their targets: they are the same from all pages of a folder that are none of
    these targets.

    Attributes:
        given: What was called, and its target → the link.
    """

    given: dict[tuple[str, str], Any] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    def note(self, name: str, target: str, link: Any) -> None:
        self.given[name, target] = link
        self._names.add(posixpath.basename(target.partition("#")[0]))

    def hold(self, context: Context) -> bool:
        """Whether a page of the folder has the same links."""
        uri = context["kb"].uri
        # Of thousands of pages next to none is called as one of the targets is.
        return posixpath.basename(uri) not in self._names or all(
            uri == target or context[name](target) == link for (name, target), link in self.given.items()
        )


def _link(recorder: Recorder, variables: Mapping[str, Any], name: str, links: _Links) -> Callable[[Any], Any]:
    """``href`` and ``here``, whose links are part of a shell."""

    def link(target: Any) -> Any:
        if is_traced(target):
            wanted = target._recipe
            return recorder.trace(variables[name](target._value), lambda own: own[name](wanted(own)))
        given = variables[name](target)
        links.note(name, target, given)
        return given

    return link


def _traced_environment(environment: Environment, recorder: Recorder) -> Environment:
    traced = environment.overlay()
    traced.__class__ = _TracedEnvironment
    traced.cache = {}
    traced.filters = _all_traced(recorder, environment.filters, asks=False)
    traced.filters["tojson"] = traced_json(recorder, traced.filters["tojson"], environment.filters["tojson"])
    traced.tests = _all_traced(recorder, environment.tests, asks=True)
    return traced


def _all_traced(recorder: Recorder, functions: Mapping[str, Any], *, asks: bool) -> dict[str, Any]:
    return {name: traced_function(recorder, function, asks=asks) for name, function in functions.items()}


class _TracedEnvironment(Environment):
    """Leaves the table of contents to the theme's own template, for each page."""

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        if name == CONTENTS:
            return self.from_string("{{ " + _CONTENTS_NAME + " }}")
        return super().get_template(name, parent, globals)


class CodeInMemory(BytecodeCache):
    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()
