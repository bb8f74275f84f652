"""Materials that a resource of a kind must have (KB606)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kebao.checks.context import CheckContext, problem
from kebao.checks.vocabulary_values import called
from kebao.model.resource import LessonCaseDetails, Lifecycle, Resource
from kebao.problems import Message, Problem, Severity


def check_required_roles(context: CheckContext) -> Iterator[Problem]:
    """KB606: roles that the policy asks of a kind; of nominated lesson cases what a complete one has, as a notice."""
    policy = context.site.policy
    for package in context.content.packages.values():
        for resource in package.resources.values():
            if resource.lifecycle is not Lifecycle.CURRENT:
                continue
            required = policy.required_roles.get(resource.kind.value, ())
            yield from _missing(context, resource, required, Severity.ERROR)
            if is_nominated(resource):
                others = [role for role in policy.nominated_roles if role not in required]
                yield from _missing(context, resource, others, Severity.NOTICE)


def is_nominated(resource: Resource) -> bool:
    details = resource.details
    return isinstance(details, LessonCaseDetails) and details.award is not None and details.award.nominated


def _missing(
    context: CheckContext, resource: Resource, roles: Collection[str], severity: Severity
) -> Iterator[Problem]:
    present = {material.role for material in resource.materials}
    missing = [role for role in roles if role not in present]
    if not missing:
        return
    terms = context.vocabulary("material-roles").terms
    shown = ", ".join(called(role, terms) for role in missing)
    message = Message("materials are missing: {roles}", {"roles": shown})
    hint = Message("add them under 'materials'; what is required stands in site_config/policy.yml")
    place = context.at(resource.path_of("index.md"), "materials", at_key=True)
    yield problem(place, "KB606", message, hint=hint, severity=severity)
