"""Problems as GitHub workflow commands: they become annotations of the changed lines."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.problems import Location, Problem, Severity
from kebao.reports.report import Report
from kebao.reports.safe_text import without_steering
from kebao.words import Words

_COMMANDS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "notice",
}


def render_github(report: Report) -> str:
    """One command on a line for each problem; nothing when there are none."""
    return "".join(f"{_command(problem, report.words)}\n" for problem in report.problems)


def _command(problem: Problem, words: Words) -> str:
    said = "\n".join(words.say(message) for message in (problem.message, problem.hint) if message)
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(problem).items())
    return f"::{_COMMANDS[problem.severity]} {properties}::{_data(said)}"


def _properties(problem: Problem) -> Mapping[str, str]:
    place = problem.location
    numbers = {"line": place.line, "endLine": _end_line(place), "col": place.column, "endColumn": _end_column(place)}
    return {
        "file": place.path,
        **{name: str(number) for name, number in numbers.items() if number},
        "title": problem.code,
    }


def _end_line(place: Location) -> int:
    return place.end_line if place.end_line > place.line else 0


def _end_column(place: Location) -> int:
    """GitHub's last column is marked too; it is taken only where the place is on one line."""
    return max(place.end_column - 1, place.column) if place.end_line == place.line and place.column else 0


# github.com/actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty.


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return without_steering(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
