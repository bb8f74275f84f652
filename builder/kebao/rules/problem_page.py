"""docs/problems.md: all codes, first in Chinese, then in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from kebao.problems import Message, Severity
from kebao.rules.examples import Example
from kebao.rules.problem_codes import ProblemCode
from kebao.words import LANGUAGES, Words, words_in

_HEADING = Message("Problems and how to mend them")
_INTRODUCTION = Message(
    "Every problem that 'kebao check' and 'kebao audit' report has a code. 'kebao explain KB203' shows the same on"
    " the command line. The examples are small changes to a small project and are tried out by the tests."
)
_UNWAIVABLE = Message("A build relies on it: policy.yml can neither lower nor waive it.")
_WRONG = Message("Wrong: {path}")
_RIGHT = Message("Right: {path}")
_SEVERITIES = {
    Severity.ERROR: Message("error"),
    Severity.WARNING: Message("warning"),
    Severity.NOTICE: Message("notice"),
}
_HEAD = "<!-- make docs: scripts/make_problem_docs.py makes this page out of builder/kebao/rules/codes/ -->\n"


def anchor(code: str, language: str) -> str:
    """Where a code is explained in docs/problems.md: ``kb203`` in Chinese, ``kb203-en`` in English."""
    return code.lower() if language == LANGUAGES[0] else f"{code.lower()}-{language}"


def render_problem_page(codes: Mapping[str, ProblemCode]) -> str:
    """The whole page, as Markdown."""
    switch = "[中文](#中文) · [English](#english)"
    halves = (_half(codes.values(), words_in(language)) for language in LANGUAGES)
    return "\n".join([_HEAD, switch, "", *(line for half in halves for line in half)])


def _half(codes: Iterable[ProblemCode], words: Words) -> Iterator[str]:
    name = {"zh": "中文", "en": "English"}[words.language]
    yield from (f"# {name}", "", f"**{words.say(_HEADING)}**", "", words.say(_INTRODUCTION), "")
    locale = (words.language,)
    groups = [(group, tuple(members)) for group, members in groupby(codes, key=lambda code: code.group)]
    for group, members in groups:
        yield from (f"**{group.title.in_locale(locale)}**", "")
        for code in members:
            yield f"- [{code.code}](#{anchor(code.code, words.language)}) {_escaped(code.title.in_locale(locale))}"
        yield ""
    for group, members in groups:
        yield from (f"## {group.title.in_locale(locale)}", "")
        for code in members:
            yield from _section(code, words)


def _section(code: ProblemCode, words: Words) -> Iterator[str]:
    locale = (words.language,)
    yield from (f'<a id="{anchor(code.code, words.language)}"></a>', "")
    yield from (f"### {code.code} {_escaped(code.title.in_locale(locale))}", "")
    yield f"*{words.say(_SEVERITIES[code.severity])}*" + ("" if code.waivable else f" · {words.say(_UNWAIVABLE)}")
    yield from ("", _escaped(code.why.in_locale(locale)), "", _escaped(code.mend.in_locale(locale)), "")
    yield from _example(_WRONG, code.bad, words)
    yield from _example(_RIGHT, code.good, words)


def _example(title: Message, example: Example, words: Words) -> Iterator[str]:
    yield words.say(Message(title.template, {"path": f"`{example.shown.file}`"}))
    if example.note:
        yield from ("", _escaped(example.note.in_locale((words.language,))))
    yield ""
    if example.lines:
        language = {"md": "yaml", "yml": "yaml"}.get(example.shown.file.rpartition(".")[2], "text")
        yield from (f"```{language}", example.lines, "```", "")


def _escaped(text: str) -> str:
    """Texts are plain; what Markdown would read as markup is not."""
    return "".join(f"\\{character}" if character in r"\*_<>[]|#`" else character for character in text)
