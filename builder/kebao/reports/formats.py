"""The formats by their names on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kebao.reports.format_names import MACHINE_FORMAT_NAMES
from kebao.reports.github import render_github
from kebao.reports.gitlab import render_gitlab
from kebao.reports.json_report import render_json
from kebao.reports.junit import render_junit
from kebao.reports.markdown import render_markdown
from kebao.reports.report import Report
from kebao.reports.sarif import render_sarif

_RENDERERS = (render_json, render_markdown, render_github, render_gitlab, render_sarif, render_junit)
MACHINE_FORMATS: Mapping[str, Callable[[Report], str]] = dict(zip(MACHINE_FORMAT_NAMES, _RENDERERS, strict=True))
