"""Problems as a Markdown comment, for any forge: Chinese first, the English folded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kebao.problems import Location, Message, Problem
from kebao.reports.report import SEVERITY_WORDS, Report, counts_in_words
from kebao.reports.safe_text import one_line
from kebao.words import Words, words_in

#: By this, the one comment of a merge request is found and renewed.
MARKER = "<!-- kebao:report -->"
#: GitHub takes 65,536 characters in a comment.
MOST_CHARACTERS = 60_000
_MOST_OF_A_SENTENCE = 1_000

# What is markup inside a line; what not every dialect takes after a backslash is written as a reference.
_ACTIVE = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_[]#"}
    | {character: f"&#{ord(character)};" for character in "|~$^"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
# Dialects make links of bare addresses.
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)
# Forges turn @name, #1 and !1 into links, and tell the people named: a zero-width space stops them.
_CALLING = re.compile(r"([@#!])(?=\w)")
_ZERO_WIDTH_SPACE = "\u200b"


def render_markdown(report: Report) -> str:
    """The report; when it would be too long, as many problems as fit, and how many are left out."""
    first, last = 0, len(report.problems)
    whole = _rendered(report, last)
    if len(whole) <= MOST_CHARACTERS:
        return whole
    # Bisection: the length grows with the number of problems shown.
    while last - first > 1:
        middle = (first + last) // 2
        if len(_rendered(report, middle)) <= MOST_CHARACTERS:
            first = middle
        else:
            last = middle
    return _rendered(report, first)


def _rendered(report: Report, shown: int) -> str:
    part = Report(problems=report.problems[:shown], words=report.words)
    chinese = "\n".join(_in_one_language(report, part, words_in("zh")))
    english = "\n".join(_in_one_language(report, part, words_in("en")))
    folded = f"<details>\n<summary>English</summary>\n\n{english}\n\n</details>"
    return f"{MARKER}\n\n{chinese}\n\n{folded}\n"


def _in_one_language(report: Report, part: Report, words: Words) -> Iterator[str]:
    yield f"**{words.say(_summary(report, words))}**"
    for path, problems in part.by_file().items():
        yield f"\n### {_code_span(path)}\n"
        for problem in problems:
            yield from _item(problem, words)
    left_out = len(report.problems) - len(part.problems)
    if left_out:
        message = Message(
            "{count} more problems are left out here; 'kebao check' tells them all.", {"count": str(left_out)}
        )
        yield f"\n{words.say(message)}"


def _summary(report: Report, words: Words) -> Message:
    files = str(len(report.files))
    if not report.problems:
        return Message("All is well: {files} files checked, nothing to mend. Thank you!", {"files": files})
    counts = counts_in_words(report.problems, words)
    faulty = str(len(report.by_file()))
    params = {"counts": counts, "faulty": faulty, "files": files}
    return Message("Kebao check: {counts}; in {faulty} of {files} files.", params)


def _item(problem: Problem, words: Words) -> Iterator[str]:
    severity = words.say(SEVERITY_WORDS[problem.severity])
    place = words.say(_place(problem.location))
    yield f"- {place} · **{severity}** `{problem.code}` {_escaped(words.say(problem.message))}"
    if problem.hint:
        yield f"  <br>→ {_escaped(words.say(problem.hint))}"


def _place(place: Location) -> Message:
    if not place.line:
        return Message("the whole file")
    if not place.column:
        return Message("line {line}", {"line": str(place.line)})
    return Message("line {line}, column {column}", {"line": str(place.line), "column": str(place.column)})


def _escaped(text: str) -> str:
    """Authored text as text: no markup, no HTML, no one called."""
    text = one_line(text)
    if len(text) > _MOST_OF_A_SENTENCE:
        text = text[:_MOST_OF_A_SENTENCE] + "…"
    text = _CALLING.sub(rf"\1{_ZERO_WIDTH_SPACE}", text)
    return _ADDRESS.sub(lambda match: f"&#{ord(match[0])};", text.translate(_ACTIVE))


def _code_span(text: str) -> str:
    """CommonMark §6.1: fenced by more backticks than stand in it."""
    text = one_line(text)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{padding}{text}{padding}{fence}"
