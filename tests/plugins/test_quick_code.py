"""Templates that are compiled to quick code write what they write otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, UndefinedError, pass_context, pass_environment, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mkdocs_kebao.quick_code import compile_quickly, escaped

_PARTS = """
{% macro plain(value) %}<i>{{ value }}</i>{% endmacro %}
{% macro safe(value, other="&") %}{% autoescape true %}
<b>{{ value }}{{ other }}{{ varargs }}{{ kwargs }}</b>{% endautoescape %}{% endmacro %}
{% macro around(value) %}{{ value }}({{ caller(value) }}){% endmacro %}
{% macro nested(value) %}{% autoescape true %}{{ safe(value) }}{{ plain(value) }}{% endautoescape %}{% endmacro %}
"""
_PAGE = """{% import "parts" as parts with context %}
{% block body %}{{ value }}{{ parts.plain(value) }}{{ parts.safe(value) }}{{ parts.safe(other=value) }}
{% autoescape true %}{{ value }}{{ "&" }}{{ parts.safe(value, value, 1, n=2) }}{{ parts.nested(value) }}
{% for each in [value, "<"] %}{{ asked("each") }}{{ loop.index }}{{ loop.cycle("'", each) }}{{ of(each) }}{% endfor %}
{% call(each) parts.around(value) %}<u>{{ each }}</u>{% endcall %}{% set said %}<s>{{ value }}</s>{% endset %}{{ said }}
{{ value ~ "<" }}{{ value | string | upper }}{{ here() }}{{ form() }}{{ nothing.at_all is defined }}{{ missing }}
{% endautoescape %}{% endblock %}"""


@pass_context
def asked(context: Context, name: str) -> Any:
    return context.resolve(name)


@pass_environment
def here(environment: Environment) -> str:
    return f"<{environment.trim_blocks}>"


@pass_eval_context
def form(eval_ctx: EvalContext) -> str:
    return f"<{eval_ctx.autoescape}>"


class _Of:
    @pass_context
    def __call__(self, context: Context, value: object) -> str:
        return f"{value} of {context.name}"


def written(value: object, *, quickly: bool) -> str:
    made = Environment(loader=DictLoader({"page": _PAGE, "parts": _PARTS}))
    if quickly:
        compile_quickly(made)
    return made.get_template("page").render(
        value=value, asked=asked, here=here, form=form, of=_Of(), nothing={}, loads=None
    )


class _Drawing:
    def __html__(self) -> str:
        return "<svg/>"


class _Marked(Markup):
    pass


VALUES = st.one_of(
    st.text("甲<>&'\"a", max_size=5),
    st.text("<&", max_size=3).map(Markup),
    st.sampled_from([None, True, 3, 1.5, _Drawing(), _Marked("<x>"), ("<",), escape("<")]),
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(VALUES)
def test_quick_code_writes_what_other_code_does(value: object) -> None:
    assert written(value, quickly=True).replace(hex(id(value))[2:], "") == written(value, quickly=False).replace(
        hex(id(value))[2:], ""
    )


@given(VALUES)
def test_a_text_is_escaped_as_ever(value: object) -> None:
    assert str(escaped(value)) == str(escape(value))


def test_what_is_not_there_cannot_be_called() -> None:
    made = Environment()
    compile_quickly(made)
    with pytest.raises(UndefinedError, match="'nobody' is undefined"):
        made.from_string("{{ nobody() }}").render()
    with pytest.raises(TypeError, match="not callable"):
        made.from_string("{{ value() }}").render(value=3)
