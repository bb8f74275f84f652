"""A report in a machine format, with what the problem codes mean where the format has room for it."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.reports.formats import MACHINE_FORMATS
from kebao.reports.report import Report
from kebao.reports.sarif import RuleText, render_sarif
from kebao.rules.problem_codes import problem_codes


def rendered(report: Report, name: str) -> str:
    """The report in the format of that name."""
    if name == "sarif":
        return render_sarif(report, rules=rule_texts(report.words.language))
    return MACHINE_FORMATS[name](report)


def rule_texts(language: str) -> Mapping[str, RuleText]:
    """Code → title, why it matters and how to mend it."""
    chain = (language,)
    return {
        code: RuleText(
            title=known.title.in_locale(chain),
            help=f"{known.why.in_locale(chain)}\n\n{known.mend.in_locale(chain)}",
        )
        for code, known in problem_codes().items()
    }
