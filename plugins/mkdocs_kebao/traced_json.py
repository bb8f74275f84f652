"""``tojson`` for a rendering with traces: of what is the same on all pages, JSON is written once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2.filters import do_tojson
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from mkdocs_kebao.traces import Recorder, Trace, is_traced, recipe_of, value_of

_MARK = "kebaojsontext{}end"
_MARKED = re.compile(r'"kebaojsontext([0-9]+)end"')


def traced_json(recorder: Recorder, traced: Callable[..., Any], tojson: Callable[..., Any]) -> Callable[..., Any]:
    """The filter; ``traced`` does what is not understood here, ``tojson`` is Jinja's own.

    Of a mapping in which only texts are a page's own, such as the theme's settings, these are put between the rest.
    """

    @pass_eval_context
    def call(how: EvalContext, value: Any, *rest: Any, **named: Any) -> Any:
        texts = {key: each for key, each in value.items() if _is_text(each)} if isinstance(value, Mapping) else {}
        if not texts or rest or named:
            return traced(how, value, *rest, **named)
        places = {key: place for place, key in enumerate(texts)}
        marked = {key: _MARK.format(places[key]) if key in places else each for key, each in value.items()}
        if is_traced(marked):
            return traced(how, value)
        pieces, recipes = _MARKED.split(str(tojson(how, marked))), [recipe_of(each) for each in texts.values()]

        def result(context: Context) -> Markup:
            own = [str(tojson(how, recipe(context))) for recipe in recipes]
            return Markup("".join([own[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)]))

        whole = tojson(how, value_of(value))
        # Something else in it may look like a mark.
        same = recorder.context is not None and len(pieces) == 2 * len(texts) + 1 and result(recorder.context) == whole
        return recorder.trace(whole, result) if same else traced(how, value)

    return call if tojson is do_tojson else traced


def _is_text(value: object) -> bool:
    return isinstance(value, Trace) and isinstance(value_of(value), str)
