"""Values that remember where they come from: how a rendered template is told apart into what differs from page to page.

A template is rendered once for one page, whose values stand in it as :class:`Trace`. What is written out leaves a mark;
what is asked (``if``, ``==``, how many) is answered for this page and kept as a condition under which another page may
use the result. Whatever else a template does with a trace raises :class:`NotUnderstood`: such pages are rendered whole.
"""

from __future__ import annotations

import operator
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from jinja2.runtime import Context
from jinja2.utils import _PassArg
from markupsafe import escape
from mkdocs.structure.toc import TableOfContents

from mkdocs_kebao.quick_code import escaped

#: A value of a page, out of the context in which its template would be rendered.
Recipe = Callable[[Context], Any]

# Private-use characters, which no sound page has (checked for each page that a trace is taken of).
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_SCALARS = (str, int, float)
#: What Jinja says of where the code of a template comes from.
_TEMPLATES = (".html", "<template>")
_ESCAPES = {getattr(function, "__code__", None) for function in (escape, escaped)}


class NotUnderstood(Exception):
    """A template does something with a page's value that cannot be repeated for another page."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that a template asked, and what it was told."""

    question: Recipe
    answer: Any

    def holds(self, context: Context) -> bool:
        answer = self.question(context)
        return type(answer) is type(self.answer) and bool(answer == self.answer)


@dataclass(slots=True)
class Recorder:
    """What one rendering asks and writes of its page; restarted for each."""

    context: Context | None = None
    conditions: list[Condition] = field(default_factory=list)
    written: list[Recipe] = field(default_factory=list)
    refused: str = ""
    _known: dict[Any, Recipe] = field(default_factory=dict)
    _asked: set[Recipe] = field(default_factory=set)

    def restart(self, context: Context) -> None:
        """``context`` is the page's own, without traces."""
        self.context, self.conditions, self.written, self.refused = context, [], [], ""
        self._known, self._asked = {}, set()

    def once(self, recipe: Recipe, *said: Any) -> Recipe:
        """The recipe, or the one for which the same was ``said`` before: what is asked twice is compared once."""
        return self._known.setdefault(said, recipe)

    def ask(self, question: Recipe, answer: Any) -> Any:
        if question not in self._asked:
            self._asked.add(question)
            self.conditions.append(Condition(question, answer))
        return answer

    def refuse(self, reason: str) -> NoReturn:
        # Kept, since a caller might catch the exception: Jinja does in some places.
        self.refused = self.refused or reason
        raise NotUnderstood(reason)

    def mark(self, recipe: Recipe) -> str:
        self.written.append(recipe)
        return f"{_OPEN}{len(self.written) - 1}{_CLOSE}"

    def trace(self, value: Any, recipe: Recipe) -> Any:
        """The value in the form in which a template may have it."""
        if value is None or isinstance(value, bool):
            return self.ask(recipe, value)
        if isinstance(value, _SCALARS):
            return WrittenTrace(self, value, recipe)
        if isinstance(value, TableOfContents):
            return ListTrace(self, value.items, self.once(lambda context: recipe(context).items, "headings", recipe))
        if isinstance(value, tuple | list):
            return ListTrace(self, value, recipe)
        return Trace(self, value, recipe)

    def pieces(self, output: str) -> tuple[tuple[str, ...], tuple[Recipe, ...]]:
        """What is the same on every page, and what is to be written after each piece of it but the last."""
        if self.refused:
            raise NotUnderstood(self.refused)
        parts = _MARK.split(output)
        texts, recipes = parts[::2], [self.written[int(number)] for number in parts[1::2]]
        if any(_OPEN in text or _CLOSE in text for text in texts):
            self.refuse("a mark was changed after it was written")
        return tuple(texts), tuple(recipes)


class Trace:
    """An object of a page."""

    __slots__ = ("_recipe", "_recorder", "_value")

    def __init__(self, recorder: Recorder, value: Any, recipe: Recipe) -> None:
        self._recorder, self._value, self._recipe = recorder, value, recipe

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        recipe, missing = self._recipe, object()
        value = getattr(self._value, name, missing)
        if value is missing:
            if isinstance(self._value, Mapping):
                try:
                    return self[name]
                except KeyError:
                    raise AttributeError(name) from None
            self._ask("has", lambda context: hasattr(recipe(context), name), False, name)
            raise AttributeError(name)
        if callable(value):
            self._recorder.refuse(f"a call of {name}()")
        return self._part("attribute", lambda context: getattr(recipe(context), name), value, name)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(self._value, Mapping) or isinstance(key, Trace):
            self._recorder.refuse("a look-up")
        recipe = self._recipe
        if not self._ask("key", lambda context: key in recipe(context), key in self._value, type(key), key):
            raise KeyError(key)
        return self._part("item", lambda context: recipe(context)[key], self._value[key], type(key), key)

    def _part(self, name: str, part: Recipe, value: Any, *said: Any) -> Any:
        return self._recorder.trace(value, self._recorder.once(part, name, self._recipe, *said))

    def _ask(self, name: str, question: Recipe, answer: Any, *said: Any) -> Any:
        return self._recorder.ask(self._recorder.once(question, name, self._recipe, *said), answer)

    def __bool__(self) -> bool:
        recipe = self._recipe
        return bool(self._ask("bool", lambda context: bool(recipe(context)), bool(self._value)))

    def __contains__(self, key: object) -> bool:
        recipe, wanted = self._recipe, recipe_of(key)
        found = value_of(key) in self._value
        return bool(self._ask("in", lambda context: wanted(context) in recipe(context), found, *_said(key)))

    def __len__(self) -> int:
        recipe = self._recipe
        return int(self._ask("len", lambda context: len(recipe(context)), len(self._value)))

    def _compared(self, compare: Callable[[Any, Any], Any], other: object) -> bool:
        recipe, right = self._recipe, recipe_of(other)
        answer = compare(self._value, value_of(other))
        question = self._recorder.once(
            lambda context: compare(recipe(context), right(context)), compare, recipe, *_said(other)
        )
        return bool(self._recorder.ask(question, answer))

    def __eq__(self, other: object) -> bool:
        return self._compared(operator.eq, other)

    def __ne__(self, other: object) -> bool:
        return self._compared(operator.ne, other)

    def __lt__(self, other: object) -> bool:
        return self._compared(operator.lt, other)

    def __le__(self, other: object) -> bool:
        return self._compared(operator.le, other)

    def __gt__(self, other: object) -> bool:
        return self._compared(operator.gt, other)

    def __ge__(self, other: object) -> bool:
        return self._compared(operator.ge, other)

    def _refused(self, *_: object) -> Any:
        self._recorder.refuse(f"what a template does with a {type(self._value).__name__}")

    def __iter__(self) -> Iterator[Any]:
        return iter(self._refused())

    def __str__(self) -> str:
        return str(self._refused())

    def __html__(self) -> str:
        return str(self._refused())

    __call__ = __format__ = __hash__ = _refused
    __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __truediv__ = __floordiv__ = __int__ = __index__ = _refused


class ListTrace(Trace):
    """A sequence of a page: a template that goes through it asks after each whether there is one more."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        for place in range(len(self._value) + 1):
            if not self._has(place):
                return
            yield self._at(place)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, int):
            self._recorder.refuse("a part of a list")
        if not self._has(key):
            raise IndexError(key)
        return self._at(key)

    def _has(self, place: int) -> bool:
        recipe = self._recipe
        wanted = place + 1 if place >= 0 else -place
        return bool(
            self._ask("many", lambda context: len(recipe(context)) >= wanted, len(self._value) >= wanted, wanted)
        )

    def _at(self, place: int) -> Any:
        recipe = self._recipe
        return self._part("place", lambda context: recipe(context)[place], self._value[place], place)


class WrittenTrace(Trace):
    """A text or number of a page: where a template writes it, the page's own will stand."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._recorder.refuse(f"a call of {name}()")

    def __str__(self) -> str:
        return self._written(lambda value: str(value), "str()")

    def __html__(self) -> str:
        return self._written(lambda value: str(escape(value)), "escape()")

    def _written(self, form: Callable[[Any], str], said: str) -> str:
        # Templates write by these calls. A function that does so would go on with the mark in the value's place.
        caller = sys._getframe(2)
        while caller.f_code in _ESCAPES and caller.f_back:
            caller = caller.f_back
        if not caller.f_code.co_filename.endswith(_TEMPLATES):
            self._recorder.refuse(f"{said} outside of a template")
        recipe = self._recipe
        return self._recorder.mark(lambda context: form(recipe(context)))

    def __iter__(self) -> Iterator[Any]:
        self._recorder.refuse("the characters of a text")


def _said(value: Any) -> tuple[Any, ...]:
    """What tells a value from others for :meth:`Recorder.once`; of most it is not told."""
    if isinstance(value, Trace):
        return (value._recipe,)
    return (type(value), value) if isinstance(value, str | int | float | None) else (object(),)


def is_traced(value: object) -> bool:
    """Whether there is a trace in a value, or in what it holds."""
    if isinstance(value, Trace):
        return True
    if isinstance(value, Mapping):
        return any(is_traced(each) for pair in value.items() for each in pair)
    return isinstance(value, tuple | list) and any(is_traced(each) for each in value)


def value_of(value: Any) -> Any:
    """The value without traces."""
    if isinstance(value, Trace):
        return value._value
    if isinstance(value, Mapping) and is_traced(value):
        return {value_of(key): value_of(each) for key, each in value.items()}
    if isinstance(value, tuple | list) and is_traced(value):
        return type(value)(value_of(each) for each in value)
    return value


def recipe_of(value: Any) -> Recipe:
    """How another page gets its own of the value."""
    if isinstance(value, Trace):
        return value._recipe
    if isinstance(value, Mapping) and is_traced(value):
        pairs = [(recipe_of(key), recipe_of(each)) for key, each in value.items()]
        return lambda context: {key(context): each(context) for key, each in pairs}
    if isinstance(value, tuple | list) and is_traced(value):
        kind, each_of = type(value), [recipe_of(each) for each in value]
        return lambda context: kind(each(context) for each in each_of)
    return lambda context: value


def traced_function(recorder: Recorder, function: Callable[..., Any], *, asks: bool = False) -> Callable[..., Any]:
    """A filter, test or function for a rendering with traces; called with one, its result is one too.

    ``asks`` is for tests: their answer is a condition. What takes Jinja's context gets that of the page.
    """
    passed = getattr(function, "jinja_pass_arg", None)

    def call(*arguments: Any, **named: Any) -> Any:
        first, rest = (arguments[:1], arguments[1:]) if passed else ((), arguments)
        if passed is _PassArg.context:
            first = (recorder.context,)
        if not is_traced(rest) and not is_traced(named):
            return function(*first, *rest, **named)
        places, names = recipe_of(rest), recipe_of(named)

        def result(context: Context) -> Any:
            own = (context,) if passed is _PassArg.context else first
            return function(*own, *places(context), **names(context))

        said = [object()] if named else [each for argument in rest for each in _said(argument)]
        recipe = recorder.once(result, function, *map(id, first), *said)
        value = function(*first, *value_of(rest), **value_of(named))
        return recorder.ask(recipe, value) if asks else recorder.trace(value, recipe)

    if passed:
        call.jinja_pass_arg = passed  # type: ignore[attr-defined]
    return call
