"""Problems as JUnit XML: each file is a test case, which fails when it has errors or warnings."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from kebao.problems import Problem, Severity
from kebao.reports.report import Report
from kebao.reports.safe_text import one_line, xml_text
from kebao.reports.text import text_entry
from kebao.words import Words

_SUITE = "kebao check"


def render_junit(report: Report) -> str:
    """One suite with a case for every file that was looked at."""
    problems = report.by_file()
    suite = ElementTree.Element("testsuite")
    failures = sum(_add_case(suite, path, problems.get(path, ()), report.words) for path in report.files)
    totals = {"name": _SUITE, "tests": str(len(report.files)), "failures": str(failures), "errors": "0", "time": "0"}
    suite.attrib.update(totals, skipped="0")
    root = ElementTree.Element("testsuites", totals)
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_case(suite: ElementTree.Element, path: str, problems: Sequence[Problem], words: Words) -> bool:
    """Adds a file's case, and says whether it fails; notices alone do not make it fail."""
    name = xml_text(path)
    case = ElementTree.SubElement(suite, "testcase", classname="kebao.check", name=name, time="0")
    grave = [problem for problem in problems if problem.severity is not Severity.NOTICE]
    if grave:
        # Several failures in one case are lost in some readers: one holds them all.
        worst = min(grave, key=lambda problem: problem.severity is not Severity.ERROR)
        others = f" (+{len(grave) - 1})" if len(grave) > 1 else ""
        message = f"{worst.code} {xml_text(one_line(words.say(worst.message)))}{others}"
        failure = ElementTree.SubElement(case, "failure", type=worst.severity.value, message=message)
        failure.text = _said(grave, words)
    notices = [problem for problem in problems if problem.severity is Severity.NOTICE]
    if notices:
        ElementTree.SubElement(case, "system-out").text = _said(notices, words)
    return bool(grave)


def _said(problems: Sequence[Problem], words: Words) -> str:
    return xml_text("\n".join(line for problem in problems for line in text_entry(problem, words).lines))
