"""Problems as SARIF 2.1.0 (OASIS): for code scanning and editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from kebao import __version__
from kebao.problems import Location, Message, Problem, Severity
from kebao.reports.json_report import json_text
from kebao.reports.report import Report, fingerprints
from kebao.words import Words

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# §3.14.14: the project's folder; whoever reads the report knows where it is.
_ROOT = "PROJECT"
_LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTICE: "note",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What is said of a problem code, in the reader's language.

    Attributes:
        title: One sentence.
        help: What the rule wants, and why; plain text.
        help_markdown: The same in Markdown; empty when there is none.
    """

    title: str
    help: str
    help_markdown: str = ""


NO_RULES: Mapping[str, RuleText] = MappingProxyType({})


def render_sarif(report: Report, *, rules: Mapping[str, RuleText] = NO_RULES) -> str:
    """One run with a result for each problem; a code that ``rules`` does not have is described by its sentence."""
    codes = sorted({problem.code for problem in report.problems})
    first = {problem.code: problem for problem in reversed(report.problems)}
    driver = {
        "name": "kebao",
        "semanticVersion": __version__,
        "rules": [_rule(first[code], rules.get(code), report.words) for code in codes],
    }
    digests = fingerprints(report.problems)
    results = [
        _result(problem, digest, words=report.words, rule_index=codes.index(problem.code))
        for problem, digest in zip(report.problems, digests, strict=True)
    ]
    run = {
        "tool": {"driver": driver},
        "language": report.words.language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {}},
        "results": results,
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(problem: Problem, text: RuleText | None, words: Words) -> Mapping[str, Any]:
    text = text or _text_of_sentence(problem, words)
    markdown = {"markdown": text.help_markdown} if text.help_markdown else {}
    return {
        "id": problem.code,
        "shortDescription": {"text": text.title},
        "help": {"text": text.help} | markdown,
        "defaultConfiguration": {"level": _LEVELS[problem.severity]},
    }


def _text_of_sentence(problem: Problem, words: Words) -> RuleText:
    """The first sentence that a code says, with dots for its parameters."""
    template = problem.message.template
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    sentence = words.say(Message(template, dict.fromkeys(names, "…")))
    return RuleText(title=f"{problem.code}: {sentence}", help=sentence)


def _result(problem: Problem, digest: str, *, words: Words, rule_index: int) -> Mapping[str, Any]:
    said = [words.say(message) for message in (problem.message, problem.hint) if message]
    place = problem.location
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path), "uriBaseId": _ROOT},
            "region": _region(place),
        }
    }
    if place.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": place.pointer, "kind": "member"}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[problem.severity],
        "message": {"text": _message_string("\n".join(said))},
        "locations": [location],
        "partialFingerprints": {"problem/v1": digest},
    }


def _region(place: Location) -> Mapping[str, int]:
    """GitHub wants a line for every result; a problem of the whole file stands in its first."""
    region = {"startLine": max(place.line, 1)}
    if place.line and place.column:
        region["startColumn"] = place.column
        if (place.end_line, place.end_column) > (place.line, place.column):
            region |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
    return region


def _message_string(text: str) -> str:
    """SARIF §3.11.5 and §3.11.6: braces are doubled, and what looks like an embedded link is none."""
    text = text.replace("{", "{{").replace("}", "}}")
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _uri(path: str) -> str:
    """RFC 3986: UTF-8, percent-encoded; a colon too, so that no path looks like a scheme."""
    return quote(path.encode("utf-8", "replace"), safe="/")
