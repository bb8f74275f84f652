"""Problems for a terminal or a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kebao.problems import Message, Problem
from kebao.reports.excerpt import WIDTH, excerpt
from kebao.reports.report import SEVERITY_WORDS, Report, counts_in_words
from kebao.reports.safe_text import one_line
from kebao.words import Words

NO_SOURCES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry:
    """One problem, said; the console puts colours to the parts.

    Attributes:
        excerpt: The source line and the line with the caret; may be empty.
        hint: Empty when there is none.
    """

    place: str
    severity: str
    message: str
    excerpt: tuple[str, ...] = ()
    hint: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        hint = (f"    → {self.hint}",) if self.hint else ()
        return (f"{self.place}: {self.severity} {self.message}", *self.excerpt, *hint)


def text_entry(
    problem: Problem, words: Words, *, sources: Mapping[str, str] = NO_SOURCES, width: int = WIDTH
) -> TextEntry:
    """A problem in the reader's words; ``sources`` holds texts of files by path, with ``\\n`` line ends."""
    source = sources.get(problem.location.path) if problem.location.line else None
    return TextEntry(
        place=one_line(str(problem.location)),
        severity=f"{words.say(SEVERITY_WORDS[problem.severity])} {problem.code}",
        message=one_line(words.say(problem.message)),
        excerpt=excerpt(source, problem.location, width=width) if source is not None else (),
        hint=one_line(words.say(problem.hint)) if problem.hint else "",
    )


def count_line(report: Report) -> str:
    """How many problems there are, or that there are none."""
    counts = counts_in_words(report.problems, report.words)
    return report.words.say(Message("Problems: {counts}", {"counts": counts}) if counts else Message("Nothing wrong."))


def render_text(report: Report, *, sources: Mapping[str, str] = NO_SOURCES, width: int = WIDTH) -> str:
    """Every problem with its line of the source and its hint, then how many there are."""
    entries = (text_entry(problem, report.words, sources=sources, width=width) for problem in report.problems)
    return "\n".join([*(line for entry in entries for line in entry.lines), count_line(report)]) + "\n"
