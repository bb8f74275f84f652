"""What templates compile to, where Jinja's own code asks more than it must: of a page's body, that is half of its time.

A text without signs of HTML is written as it is, instead of as Markup that is joined to a text at once; what takes no
context of Jinja's is called without asking it several times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

_sign_of_html = re.compile("[&<>'\"]").search
#: By this attribute Jinja knows what it is to hand its context to.
_PASSED = "jinja_pass_arg"
#: It may stand at the method of an object that can be called.
_CALL = "__call__"


def escaped(value: Any) -> str:
    """The text of ``escape(value)``."""
    if type(value) is str:
        return value if _sign_of_html(value) is None else escape(value)
    return value if type(value) is Markup else escape(value)


def called(
    context: Context,
    function: Callable[..., Any],
    /,
    *args: Any,
    _loop_vars: Any = None,
    _block_vars: Any = None,
    **named: Any,
) -> Any:
    """What ``context.call`` gives; the variables of loops and blocks are for functions that take a context."""
    if type(function) is Macro:
        return function(context.eval_ctx, *args, **named)
    if hasattr(function, _PASSED) or hasattr(getattr(function, _CALL, None), _PASSED):
        return context.call(function, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **named)
    return function(*args, **named)


class QuickCode(CodeGenerator):
    """Jinja's code, but for how it writes values and calls functions."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import called, escaped")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller:
            super().visit_Call(node, frame, forward_caller=True)
            return
        self.write("called(context, ")
        self.visit(node.node, frame)
        known = (("_loop_vars", frame.loop_frame), ("_block_vars", frame.block_frame))
        self.signature(node, frame, {name: name for name, is_there in known if is_there})
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("escaped(")
        if finalize.src is not None:
            self.write(finalize.src)


def compile_quickly(environment: Environment) -> None:
    """Lets the templates of an environment be compiled so; to be told before the first is."""
    environment.code_generator_class = QuickCode
