"""Problems as a GitLab Code Quality report: they are shown in merge requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kebao.problems import Problem, Severity
from kebao.reports.json_report import json_text
from kebao.reports.report import Report, fingerprints
from kebao.words import Words

# GitLab knows info, minor, major, critical and blocker.
_SEVERITIES: Mapping[Severity, str] = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.NOTICE: "info",
}


def render_gitlab(report: Report) -> str:
    """A list with one entry for each problem; GitLab shows entries with the same fingerprint once."""
    digests = fingerprints(report.problems)
    return json_text([_entry(*each, report.words) for each in zip(report.problems, digests, strict=True)])


def _entry(problem: Problem, fingerprint: str, words: Words) -> Mapping[str, Any]:
    said = [words.say(message) for message in (problem.message, problem.hint) if message]
    return {
        "check_name": problem.code,
        "description": " → ".join(said),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[problem.severity],
        "location": {"path": problem.location.path, "lines": {"begin": max(problem.location.line, 1)}},
    }
