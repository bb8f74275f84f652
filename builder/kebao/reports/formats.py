"""The formats by their names on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kebao.reports.github import render_github
from kebao.reports.gitlab import render_gitlab
from kebao.reports.json_report import render_json
from kebao.reports.junit import render_junit
from kebao.reports.markdown import render_markdown
from kebao.reports.report import Report
from kebao.reports.sarif import render_sarif

TEXT = "text"
#: Formats that hold nothing of the sources, only places and messages.
MACHINE_FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": render_json,
    "markdown": render_markdown,
    "github": render_github,
    "gitlab": render_gitlab,
    "sarif": render_sarif,
    "junit": render_junit,
}
FORMATS = (TEXT, *MACHINE_FORMATS)
