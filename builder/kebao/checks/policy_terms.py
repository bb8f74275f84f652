"""What policy.yml names is there: kinds, roles, stages, programmes, topics (KB204, KB206, KB301, KB401, KB624)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping

from kebao.checks.context import CheckContext, problem
from kebao.checks.references import known_id
from kebao.checks.vocabulary_values import known_term
from kebao.model.limits import DEFAULT_BIT_RATES, DEFAULT_LENGTHS, Bounds
from kebao.model.resource import Kind
from kebao.model.source_map import Pointer
from kebao.problems import Message, Problem, Severity

_PATH = "site_config/policy.yml"
_KINDS = tuple(kind.value for kind in Kind)
_DEFAULTS = frozenset((*DEFAULT_LENGTHS, *DEFAULT_BIT_RATES))
_NEAR_ENOUGH = 0.6
#: Of topics only slips are reported: one that no school has chosen yet need not be in a package.
_A_SLIP = 0.8


def check_policy_terms(context: CheckContext) -> Iterator[Problem]:
    """KB204, KB206, KB301, KB401 and KB624 for what the file states; the defaults suit a full set of vocabularies."""
    policy = context.site.policy
    for field, roles in (("nominated_roles", policy.nominated_roles), ("consent_roles", policy.consent_roles)):
        if field in policy.written:
            yield from _roles(context, roles, (field,))
    for kind, roles in policy.required_roles.items():
        yield from _kind(context, kind, ("required_roles", kind))
        yield from _roles(context, roles, ("required_roles", kind))
    for field, limits in (("lengths", policy.lengths), ("bit_rates", policy.bit_rates)):
        if field in policy.written:
            yield from _limits(context, field, limits)
    if "topic_programmes" in policy.written:
        for index, programme in enumerate(policy.topic_programmes):
            file, known = f"content/programmes/{programme}.yml", context.content.programmes
            yield from known_id(context, _PATH, ("topic_programmes", index), programme, known, file=file)
    if "required_topics" in policy.written:
        topics = {topic for package in context.content.packages.values() for topic in package.topics}
        for index, topic in enumerate(policy.required_topics):
            near = difflib.get_close_matches(topic, sorted(topics), n=1, cutoff=_A_SLIP)
            if topic not in topics and near:
                message = Message("no package has the topic '{topic}'", {"topic": topic})
                hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
                place = context.at(_PATH, "required_topics", index)
                yield problem(place, "KB624", message, hint=hint, severity=Severity.WARNING)


def _roles(context: CheckContext, roles: Collection[str], pointer: Pointer) -> Iterator[Problem]:
    for index, role in enumerate(roles):
        yield from known_term(context, _PATH, "material-roles", role, (*pointer, index))


def _limits(context: CheckContext, field: str, limits: Mapping[str, Bounds]) -> Iterator[Problem]:
    source_map = context.source_maps.get(_PATH)
    stated = source_map.spans if source_map else {}
    for key, bounds in limits.items():
        # The defaults among them do not stand in the file; and a file may change one whose role no vocabulary has.
        if (field, key) not in stated or key in _DEFAULTS:
            yield from _order(context, (field, key), bounds)
            continue
        kind, *rest = key.split(".")
        if len(rest) not in (1, 2):
            message = Message("'{key}' must be kind.role or kind.role.stage", {"key": key})
            yield problem(context.at(_PATH, field, key, at_key=True), "KB206", message)
            continue
        yield from _kind(context, kind, (field, key))
        for vocabulary_id, value in zip(("material-roles", "stages"), rest, strict=False):
            yield from known_term(context, _PATH, vocabulary_id, value, (field, key), at_key=True)
        yield from _order(context, (field, key), bounds)


def _order(context: CheckContext, pointer: Pointer, bounds: Bounds) -> Iterator[Problem]:
    if bounds.minimum is not None and bounds.maximum is not None and bounds.minimum > bounds.maximum:
        params = {"minimum": f"{bounds.minimum:g}", "maximum": f"{bounds.maximum:g}"}
        message = Message("the minimum, {minimum}, is more than the maximum, {maximum}", params)
        yield problem(context.at(_PATH, *pointer, "minimum"), "KB204", message)


def _kind(context: CheckContext, kind: str, pointer: Pointer) -> Iterator[Problem]:
    if kind in _KINDS:
        return
    near = difflib.get_close_matches(kind, _KINDS, n=1, cutoff=_NEAR_ENOUGH)
    hint = Message("use one of: {candidates}", {"candidates": ", ".join(_KINDS)})
    if near:
        hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
    message = Message("there is no kind of resource '{kind}'", {"kind": kind})
    yield problem(context.at(_PATH, *pointer, at_key=True), "KB301", message, hint=hint)
