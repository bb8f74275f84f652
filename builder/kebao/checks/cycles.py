"""Ways that must come to an end: prerequisites, organisations above, replacements (KB409–KB411)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.checks.circles import circles
from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.resource import Lifecycle, Resource
from kebao.problems import Message, Problem

_PREREQUISITE = "prerequisite"
#: Package and resource.
_Key = tuple[str, str]


def check_cycles(context: CheckContext) -> Iterator[Problem]:
    """KB409–KB411, each circle once, at the member that comes first."""
    yield from _prerequisites(context)
    yield from _parents(context)
    for package in context.content.packages.values():
        yield from _replacements(context, package)


def target_key(package_id: str, target: str) -> _Key:
    """Package and id that a relation's target means in a package."""
    elsewhere, _, resource_id = target.rpartition("/")
    return (elsewhere or package_id, resource_id)


def _prerequisites(context: CheckContext) -> Iterator[Problem]:
    resources = {(p.id, r.id): r for p in context.content.packages.values() for r in p.resources.values()}
    edges = {key: _before(key, resource) for key, resource in resources.items()}
    for circle in circles({key: targets for key, targets in edges.items() if targets}):
        first, following = circle[0], circle[1]
        resource = resources[first]
        index = next(
            i
            for i, relation in enumerate(resource.relations)
            if relation.type == _PREREQUISITE and target_key(first[0], relation.target) == following
        )
        way = " → ".join(resource_id for _, resource_id in (*circle, first))
        place = context.at(resource.path_of("index.md"), "relations", index, "target")
        message = Message("each of these is to be studied before the other: {way}", {"way": way})
        hint = Message("take one 'prerequisite' out of the circle; 'related' may be what is meant")
        yield problem(place, "KB409", message, hint=hint)


def _before(key: _Key, resource: Resource) -> tuple[_Key, ...]:
    # A resource that names itself is reported as such (KB405).
    targets = (target_key(key[0], r.target) for r in resource.relations if r.type == _PREREQUISITE)
    return tuple(target for target in targets if target != key)


def _parents(context: CheckContext) -> Iterator[Problem]:
    organisations = context.content.organisations
    edges = {o.id: (o.parent,) for o in organisations.values() if o.parent}
    for circle in circles(edges):
        place = context.at("content/organisations.yml", organisations[circle[0]].position, "parent")
        message = Message("each of these belongs to the other: {way}", {"way": " → ".join((*circle, circle[0]))})
        hint = Message("the one at the top has no parent: take it out there")
        yield problem(place, "KB410", message, hint=hint)


def _replacements(context: CheckContext, package: Package) -> Iterator[Problem]:
    resources = package.resources
    edges = {r.id: (r.replaced_by,) for r in resources.values() if r.replaced_by}
    hint = Message("name the resource that readers should use now")
    for circle in circles(edges):
        place = context.at(resources[circle[0]].path_of("index.md"), "lifecycle", "replaced_by")
        message = Message("each of these is replaced by the other: {way}", {"way": " → ".join((*circle, circle[0]))})
        yield problem(place, "KB411", message, hint=hint)
    for resource in resources.values():
        target = resources.get(resource.replaced_by or "")
        if target and not target.replaced_by and target.lifecycle is not Lifecycle.CURRENT:
            place = context.at(resource.path_of("index.md"), "lifecycle", "replaced_by")
            message = Message("'{target}' cannot replace it: it is not current", {"target": target.id})
            yield problem(place, "KB411", message, hint=hint)
