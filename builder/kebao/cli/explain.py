"""``kebao explain``: what the codes mean."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.markup import escape

from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN
from kebao.reports.report import SEVERITY_WORDS
from kebao.rules.examples import Example
from kebao.rules.problem_codes import NEAR_ENOUGH, ProblemCode, problem_codes
from kebao.words import Words


def explain(options: argparse.Namespace, console: Console) -> int:
    """``kebao explain [CODE…]``: each code in full; without one, all codes by group with their titles."""
    codes = problem_codes()
    wanted = [code.upper() for code in options.codes]
    unknown = [code for code in wanted if code not in codes]
    for code in unknown:
        near = difflib.get_close_matches(code, codes, n=1, cutoff=NEAR_ENOUGH)
        if near:
            console.fault("There is no code {code}; did you mean {candidate}?", code=code, candidate=near[0])
        else:
            console.fault("There is no code {code}; 'kebao explain' alone lists all.", code=code)
    if unknown:
        return COULD_NOT_RUN
    # A code asked for twice is explained once.
    pieces = [_explained(codes[code], console.words) for code in dict.fromkeys(wanted)]
    text = "\n\n".join("\n".join(piece) for piece in pieces) or _listed(codes.values(), console.words)
    console.out.print(text, highlight=False, soft_wrap=True)
    return ALL_WELL


def _listed(codes: Iterable[ProblemCode], words: Words) -> str:
    blocks = []
    for group, members in groupby(codes, key=lambda code: code.group):
        lines = [f"  {code.code}  {escape(code.title.in_locale((words.language,)))}" for code in members]
        blocks.append("\n".join([f"[bold]{escape(group.title.in_locale((words.language,)))}[/]", *lines]))
    return "\n\n".join(blocks)


def _explained(code: ProblemCode, words: Words) -> Iterator[str]:
    locale = (words.language,)
    severity = words.say(SEVERITY_WORDS[code.severity])
    yield f"[bold]{code.code}  {escape(code.title.in_locale(locale))}[/]"
    yield escape(f"{severity} · {code.group.title.in_locale(locale)}")
    if not code.waivable:
        yield escape(words("A build relies on it: policy.yml can neither lower nor waive it."))
    yield from ("", escape(code.why.in_locale(locale)), "", escape(code.mend.in_locale(locale)), "")
    yield from _shown(words("Wrong: {path}", path=code.bad.shown.file), code.bad, words)
    yield ""
    yield from _shown(words("Right: {path}", path=code.good.shown.file), code.good, words)


def _shown(title: str, example: Example, words: Words) -> Iterator[str]:
    yield f"[bold]{escape(title)}[/]"
    if example.note:
        yield escape(example.note.in_locale((words.language,)))
    if example.lines:
        yield from (f"    {escape(line)}" for line in example.lines.split("\n"))
