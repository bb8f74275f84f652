"""What a site's policy.yml makes of problems: other severities, and waivers with a reason and an end (KB610–KB613)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from kebao.model.site import Policy, Waiver
from kebao.model.source_map import SourceMap
from kebao.problems import Location, Message, Problem, Severity, sorted_problems
from kebao.rules.problem_codes import AUDIT_PREFIX, NEAR_ENOUGH, ProblemCode

_WEIGHTS = {Severity.NOTICE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def apply_policy(
    problems: Iterable[Problem],
    policy: Policy,
    *,
    today: date | None,
    codes: Mapping[str, ProblemCode],
    source_map: SourceMap,
) -> tuple[Problem, ...]:
    """The problems under the policy, sorted, with those of the policy itself.

    Args:
        today: A waiver holds up to and on its ``until``; None: no waiver has run out.
        source_map: Of policy.yml.
    """
    found = tuple(problems)
    faults = [*_of_severities(policy, codes, source_map), *_of_waivers(policy, found, today, codes, source_map)]
    severities = {c: s for c, s in policy.severities.items() if c in codes and not _refused(codes[c], s)}
    waivers = [w for w in policy.waivers if _holds(w, today, codes)]
    # Waivers are for the content; what is wrong with the policy is not waived by the policy.
    kept = [problem for problem in found if not any(_matches(waiver, problem) for waiver in waivers)]
    return sorted_problems(
        replace(problem, severity=severities.get(problem.code, problem.severity)) for problem in (*kept, *faults)
    )


def _matches(waiver: Waiver, problem: Problem) -> bool:
    return waiver.code == problem.code and fnmatchcase(problem.location.path, waiver.path)


def _expired(waiver: Waiver, today: date | None) -> bool:
    return today is not None and waiver.until < today


def _holds(waiver: Waiver, today: date | None, codes: Mapping[str, ProblemCode]) -> bool:
    known = codes.get(waiver.code)
    return known is not None and not _refused(known) and not _expired(waiver, today)


def _refused(code: ProblemCode, severity: Severity | None = None) -> bool:
    """True when the policy may not give it that severity; without one, when it may not be waived."""
    if code.code.startswith(AUDIT_PREFIX):
        return True
    lowered = severity is None or _WEIGHTS[severity] < _WEIGHTS[code.severity]
    return lowered and not code.waivable


def _of_severities(policy: Policy, codes: Mapping[str, ProblemCode], source_map: SourceMap) -> Iterator[Problem]:
    for code, severity in policy.severities.items():
        place = source_map.location("severities", code, at_key=True)
        if code not in codes:
            yield _unknown(place, code, codes)
        elif _refused(codes[code], severity):
            yield _not_to_be_changed(place, code)


def _of_waivers(
    policy: Policy,
    problems: tuple[Problem, ...],
    today: date | None,
    codes: Mapping[str, ProblemCode],
    source_map: SourceMap,
) -> Iterator[Problem]:
    for index, waiver in enumerate(policy.waivers):
        place = source_map.location("waivers", index, "code")
        if waiver.code not in codes:
            yield _unknown(place, waiver.code, codes)
        elif _refused(codes[waiver.code]):
            yield _not_to_be_changed(place, waiver.code)
        elif _expired(waiver, today):
            yield _run_out(source_map.location("waivers", index, "until"), waiver)
        elif not any(_matches(waiver, problem) for problem in problems):
            yield _unused(source_map.location("waivers", index, "path"), waiver)


def _unknown(place: Location, code: str, codes: Mapping[str, ProblemCode]) -> Problem:
    near = difflib.get_close_matches(code, codes, n=1, cutoff=NEAR_ENOUGH)
    hint = Message("run 'kebao explain' to see all codes")
    if near:
        hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
    message = Message("there is no code '{code}'", {"code": code})
    return Problem(location=place, code="KB610", message=message, hint=hint)


def _unused(place: Location, waiver: Waiver) -> Problem:
    message = Message("no {code} in '{path}': nothing is waived", {"code": waiver.code, "path": waiver.path})
    hint = Message("take the waiver out; if it is meant for another file, correct its path")
    return Problem(location=place, code="KB611", message=message, severity=Severity.WARNING, hint=hint)


def _run_out(place: Location, waiver: Waiver) -> Problem:
    message = Message("the waiver of {code} ended on {until}", {"code": waiver.code, "until": waiver.until.isoformat()})
    hint = Message("mend what it waived and take it out, or decide anew on a later date")
    return Problem(location=place, code="KB612", message=message, hint=hint)


def _not_to_be_changed(place: Location, code: str) -> Problem:
    if code.startswith(AUDIT_PREFIX):
        message = Message("{code} is found by the audit; policy.yml changes what 'kebao check' finds", {"code": code})
    else:
        message = Message("{code} can be neither lowered nor waived: a build relies on it", {"code": code})
    hint = Message("take it out here; 'kebao explain {code}' says how to mend the fault", {"code": code})
    return Problem(location=place, code="KB613", message=message, hint=hint)
