"""Problems for other programs: ``docs/report.schema.json`` describes the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kebao.problems import Message, Problem, Severity
from kebao.reports.report import Report
from kebao.reports.safe_text import encodable
from kebao.words import LANGUAGES, words_in

SCHEMA = "kebao-report/1"


def render_json(report: Report) -> str:
    """All problems with their messages in every language."""
    summary = {severity.value: report.count(severity) for severity in Severity}
    return json_text(
        {
            "schema": SCHEMA,
            "summary": summary | {"files": len(report.files)},
            "problems": [_problem(problem) for problem in report.problems],
        }
    )


def _problem(problem: Problem) -> dict[str, Any]:
    place = problem.location
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "field": place.pointer,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": _in_every_language(problem.message),
        "hint": _in_every_language(problem.hint) if problem.hint else None,
    }


def _in_every_language(message: Message) -> Mapping[str, str]:
    return {language: words_in(language).say(message) for language in LANGUAGES}


def json_text(document: object) -> str:
    """A JSON document, keys sorted, characters as they are, one line end at its end."""
    return encodable(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)) + "\n"
