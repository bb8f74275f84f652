"""What is wrong with text that is not YAML, where its author made the fault, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kebao.problems import Location, Message, Problem

_NO_FIELD = Message("this is not valid YAML: the line is not of the form 'field: value'")
_TAB = Message("this is not valid YAML: a tab stands where blanks must")
_NOT_WITH_ABOVE = Message("this is not valid YAML: the line does not go with those above it")
_NO_BEGINNING = Message("this is not valid YAML: no value can begin like this")
#: What libyaml says begins like this → how an author is told.
_REASONS = (
    ("mapping values are not allowed", Message("this is not valid YAML: a colon stands where none can")),
    ("could not find expected ':'", _NO_FIELD),
    ("did not find expected ',' or", Message("this is not valid YAML: the text in brackets does not go on as it must")),
    ("found unexpected end of stream", Message("this is not valid YAML: the quotation mark is not closed")),
    ("found character that cannot start", _NO_BEGINNING),
    ("but found another document", Message("this is not valid YAML: a line '---' begins another text here")),
    ("found a tab character", _TAB),
    ("block sequence entries are not", Message("this is not valid YAML: a list cannot begin in this place")),
    ("found undefined alias", _NO_BEGINNING),
    ("did not find expected alphabetic", _NO_BEGINNING),
    ("did not find expected", _NOT_WITH_ABOVE),
)
_OTHER_REASON = Message("this is not valid YAML")

_KEY = r"^[ ]*(?:- +)?[{\[]?[\w-]+"
_WIDE_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_FULL_WIDTH_COLON = re.compile(rf"{_KEY}[ {_WIDE_BLANKS}]*(：)")
_WIDE_AFTER_COLON = re.compile(rf"{_KEY}:[ ]*([{_WIDE_BLANKS}]+)")
_WIDE_INDENT = re.compile(rf"^ *([{_WIDE_BLANKS}]+)")
_TAB_INDENT = re.compile(r"^ *(\t+)")
_NO_SPACE = re.compile(rf"{_KEY}(:)[^\s/]")
_CURLED_QUOTE = re.compile(rf"{_KEY}: +([“”„‘’«»＂＇])")
_TEXT_AFTER_CLOSING = re.compile(rf"{_KEY}: +(\"[^\"]*\"|'[^']*'|\[[^\]]*\]|\{{[^}}]*\}}) *[^\s#,]")
_SIGN_AT_START = re.compile(rf"{_KEY}: +([@`%*&!|>].*?)\s*$")
_FULL_WIDTH_BRACKETS = re.compile(r"[【】［］｛｝〔〕]")


@dataclass(frozen=True, slots=True)
class _Fault:
    """0-based line, and first column and the one after the last; ``reason`` where it says more than libyaml does."""

    line: int
    start: int
    end: int
    hint: Message | None = None
    reason: Message | None = None


def syntax_problem(path: str, text: str, error: Exception, *, first_line: int) -> Problem:
    """The fault where the author made it: libyaml often notices one line later."""
    lines = text.split("\n")
    fault = _left_open(lines, error) or _at_the_mark(lines, error)
    location = Location(
        path=path,
        line=fault.line + first_line,
        column=fault.start + 1,
        end_line=fault.line + first_line,
        end_column=max(fault.end, fault.start + 1) + 1,
    )
    return Problem(location=location, code="KB102", message=fault.reason or _reason(error), hint=fault.hint)


def _reason(error: Exception) -> Message:
    detail = str(getattr(error, "problem", ""))
    return next((reason for start, reason in _REASONS if detail.startswith(start)), _OTHER_REASON)


def _left_open(lines: Sequence[str], error: Exception) -> _Fault | None:
    """A bracket or quotation mark that is not closed: libyaml complains far below of it."""
    opened, noticed = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    context = str(getattr(error, "context", ""))
    if opened is None or noticed is None or opened.line >= len(lines):
        return None
    line, start = opened.line, opened.column
    if "quoted scalar" in context:
        return _Fault(line, start, start + 1, Message("close the quotation mark that is opened here"))
    if "flow" not in context:
        return None
    wrong_bracket = _FULL_WIDTH_BRACKETS.search(lines[line], start)
    if wrong_bracket:
        hint = Message("use half-width brackets: [ ] around a list, {{ }} around fields")
        return _Fault(line, wrong_bracket.start(), wrong_bracket.end(), hint)
    # Noticed in the same line: something in the brackets is wrong; below it: they are not closed.
    comma = lines[line].rfind("，", start, noticed.column + 1) if noticed.line == line else -1
    if comma >= 0:
        hint = Message("use the half-width comma and a space between entries, not the full-width '，'")
        return _Fault(line, comma, comma + 1, hint)
    return _Fault(line, start, start + 1, Message("close the bracket that is opened here"))


def _at_the_mark(lines: Sequence[str], error: Exception) -> _Fault:
    mark = getattr(error, "problem_mark", None)
    at = min(mark.line, len(lines) - 1) if mark else 0
    for line in (at, at - 1):
        found = next(_usual_faults(lines[line]), None) if line >= 0 else None
        if found:
            (start, end), hint, reason = found
            return _Fault(line, start, end, hint, reason)
    column = min(mark.column, len(lines[at])) if mark else 0
    if _is_too_deep(lines, at, column):
        return _Fault(at, _indent(lines[at]), column, _in_one_column(), _NOT_WITH_ABOVE)
    word = re.compile(r"\S*").match(lines[at], column)
    end = word.end() if word else column
    return _Fault(at, column, end, _hint_on_line(lines, at, error))


def _usual_faults(line: str) -> Iterator[tuple[tuple[int, int], Message, Message | None]]:
    """Places of what authors get wrong in a line, the likeliest first; what to do, and what is wrong."""
    if found := _FULL_WIDTH_COLON.search(line):
        hint = Message("use the half-width colon and a space, 'title: …', not the full-width '：'")
        yield found.span(1), hint, _NO_FIELD
    if found := _TAB_INDENT.search(line):
        yield found.span(1), Message("indent with spaces, not with tabs"), _TAB
    if found := _WIDE_INDENT.search(line):
        hint = Message("this blank is not an ordinary one: delete it and press the space bar")
        yield found.span(1), hint, _NOT_WITH_ABOVE
    if found := _WIDE_AFTER_COLON.search(line):
        hint = Message("this blank is not an ordinary one: delete it and press the space bar")
        yield found.span(1), hint, _NO_FIELD
    if found := _NO_SPACE.search(line):
        yield found.span(1), Message("put a space after the colon"), _NO_FIELD
    if found := _CURLED_QUOTE.search(line):
        hint = Message("put the text in straight quotation marks, \"…\" or '…', not in curled ones")
        yield found.span(1), hint, None
    if found := _TEXT_AFTER_CLOSING.search(line):
        hint = Message("put the whole text in quotation marks, '…', and leave what is inside as it is")
        yield found.span(1), hint, Message("this is not valid YAML: more text stands after the closing sign")
    if found := _SIGN_AT_START.search(line):
        yield found.span(1), Message("put the text in quotation marks: it begins with a sign of YAML"), _NO_BEGINNING


def _hint_on_line(lines: Sequence[str], at: int, error: Exception) -> Message | None:
    if lines[at].startswith("---"):
        return Message("take this line out: a file holds one text")
    if str(getattr(error, "problem", "")).startswith("block sequence entries"):
        return Message("begin the list on a new line, each entry with '- '; or write [one, two]")
    if lines[at].count(": ") > 1 and "{" not in lines[at]:
        return Message('put the text in quotation marks when it contains ": "')
    if "block" in str(getattr(error, "context", "")) and lines[at][:1] in (" ", "-"):
        return _in_one_column()
    return None


def _is_too_deep(lines: Sequence[str], at: int, colon: int) -> bool:
    """A field that stands further right than the line above, which is a field and has its text already."""
    return (
        lines[at][colon : colon + 1] == ":"
        and ": " not in lines[at][:colon]
        and at > 0
        and _indent(lines[at]) > _indent(lines[at - 1])
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _in_one_column() -> Message:
    return Message("begin entries that belong together in the same column, with the same number of spaces")
