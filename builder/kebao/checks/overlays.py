"""What a package does with the resources of the one that it builds on (KB412–KB414, KB416, KB418, KB419)."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from kebao.checks.circles import circles
from kebao.checks.context import CheckContext, problem
from kebao.checks.references import known_id
from kebao.model.overlay import Annotation, Overlay, Replacement
from kebao.model.package import Package
from kebao.model.resource import Lifecycle, Resource
from kebao.model.shard import WORKING_EDITION
from kebao.problems import Message, Problem, Severity


def check_overlays(context: CheckContext) -> Iterator[Problem]:
    """KB412–KB414, KB416, KB418, KB419."""
    yield from _circles(context)
    for package in context.content.packages.values():
        yield from _same_ids(context, package)
        if package.overlay.path:
            yield from _overlay(context, package, package.overlay)


def _circles(context: CheckContext) -> Iterator[Problem]:
    """KB416: packages of this project that build on each other."""
    packages = context.content.packages
    edges = {
        package.id: (package.extends.package,)
        for package in packages.values()
        if package.extends and package.extends.edition == WORKING_EDITION and not package.extends.source
    }
    for circle in circles(edges):
        place = context.at(packages[circle[0]].path, "extends", "package")
        way = " → ".join((*circle, circle[0]))
        message = Message("each of these packages builds on the other: {way}", {"way": way})
        hint = Message("the one that the others build on has no 'extends': take it out there")
        yield problem(place, "KB416", message, hint=hint)


def _same_ids(context: CheckContext, package: Package) -> Iterator[Problem]:
    """KB414: own resources that would silently hide an upstream one."""
    above = _above(context, package)
    for resource in package.resources.values():
        # One that is hidden or replaced makes room for it on purpose.
        if resource.id in above and resource.id not in package.overlay.removed:
            upstream = context.upstreams[package.id].package.id
            message = Message("'{upstream}' has a resource '{id}' too", {"id": resource.id, "upstream": upstream})
            hint = Message(
                "choose another id; or say in overlay.yml that this one replaces it: {line}",
                {"line": f"replace: [{{resource: {resource.id}, by: {resource.id}}}]"},
            )
            yield problem(context.at(resource.path_of("index.md")), "KB414", message, hint=hint)


def _above(context: CheckContext, package: Package) -> dict[str, Resource]:
    """What there is to take: drafts never come along."""
    found = context.upstreams.get(package.id)
    resources = found.package.resources if found else {}
    return {i: resource for i, resource in resources.items() if resource.lifecycle is not Lifecycle.DRAFT}


def _overlay(context: CheckContext, package: Package, overlay: Overlay) -> Iterator[Problem]:
    if package.extends is None:
        line = "extends: {package: …, edition: …}"
        hint = Message("name it in package.yml ({line}), or delete overlay.yml", {"line": line})
        message = Message("this package builds on no other")
        yield problem(context.at(overlay.path), "KB418", message, hint=hint)
        return
    if package.id not in context.upstreams:
        # Why there is no upstream is said where it is named.
        return
    yield from _unknown(context, package, overlay)
    yield from _twice(context, overlay)
    for index, replacement in enumerate(overlay.replace):
        yield from _stand_in(context, package, overlay, index, replacement)
        yield from _changed(context, package, ("replace", index), replacement)
    for index, annotation in enumerate(overlay.annotate):
        people = {**context.upstreams[package.id].content.people, **context.content.people}
        yield from known_id(context, overlay.path, ("annotate", index, "by"), annotation.by, people)
        yield from _changed(context, package, ("annotate", index), annotation)


def _named(overlay: Overlay) -> Iterator[tuple[str, int, str]]:
    """Field, place in its list, upstream resource."""
    yield from (("hide", index, each.resource) for index, each in enumerate(overlay.hide))
    yield from (("replace", index, each.resource) for index, each in enumerate(overlay.replace))
    yield from (("annotate", index, each.resource) for index, each in enumerate(overlay.annotate))


def _unknown(context: CheckContext, package: Package, overlay: Overlay) -> Iterator[Problem]:
    above = _above(context, package)
    upstream = context.upstreams[package.id]
    for field, index, resource_id in _named(overlay):
        if resource_id in above:
            continue
        near = difflib.get_close_matches(resource_id, list(above), n=1, cutoff=0.6)
        hint = Message("if it has left the upstream package, delete this entry")
        if near:
            hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
        message = Message(
            "'{upstream}' {edition} has no resource '{id}'",
            {"upstream": upstream.package.id, "edition": upstream.edition, "id": resource_id},
        )
        yield problem(context.at(overlay.path, field, index, "resource"), "KB412", message, hint=hint)


def _twice(context: CheckContext, overlay: Overlay) -> Iterator[Problem]:
    """KB413, at the later place. Several notes on one resource are no contradiction."""
    first: dict[str, str] = {}
    for field, index, resource_id in _named(overlay):
        before = first.setdefault(resource_id, field)
        if (before, field) == ("annotate", "annotate") or _count(overlay, resource_id) == 1:
            continue
        if (field, index) == _first_place(overlay, resource_id):
            continue
        message = Message(
            "'{id}' stands under '{first}' already", {"id": resource_id, "first": before, "second": field}
        )
        hint = Message("a resource is either hidden, or replaced, or annotated: keep one of the entries")
        yield problem(context.at(overlay.path, field, index, "resource"), "KB413", message, hint=hint)


def _count(overlay: Overlay, resource_id: str) -> int:
    return Counter(named for _, _, named in _named(overlay))[resource_id]


def _first_place(overlay: Overlay, resource_id: str) -> tuple[str, int]:
    return next((field, index) for field, index, named in _named(overlay) if named == resource_id)


def _stand_in(
    context: CheckContext, package: Package, overlay: Overlay, index: int, replacement: Replacement
) -> Iterator[Problem]:
    # Only one of the package's own: KB401. A page that cannot be read is its own problem.
    own = context.found_ids[package.id] - (_above(context, package).keys() - package.resources.keys())
    yield from known_id(context, overlay.path, ("replace", index, "by"), replacement.by, sorted(own))
    target = package.resources.get(replacement.by)
    if target and target.lifecycle is not Lifecycle.CURRENT:
        place = context.at(overlay.path, "replace", index, "by")
        message = Message("'{target}' cannot replace it: it is not current", {"target": target.id})
        hint = Message("name the resource that readers should use now")
        yield problem(place, "KB411", message, hint=hint)


def _changed(
    context: CheckContext, package: Package, place: tuple[str, int], entry: Replacement | Annotation
) -> Iterator[Problem]:
    """KB419: the upstream text is not the one that was read when this was written."""
    resource = _above(context, package).get(entry.resource)
    if resource is None:
        return
    digest = context.digests[resource.path_of("index.md")]
    if entry.digest == digest or (not entry.digest and not _is_newer(resource, entry)):
        return
    message = Message("the upstream text of '{id}' has changed since this was written", {"id": entry.resource})
    hint = Message("read it again; when this still holds, write: digest: {digest}", {"digest": digest})
    where = context.at(package.overlay.path, *place, "digest" if entry.digest else "resource")
    yield problem(where, "KB419", message, hint=hint, severity=Severity.NOTICE)


def _is_newer(resource: Resource, entry: Replacement | Annotation) -> bool:
    """Without a digest the dates are all that is known."""
    return isinstance(entry, Annotation) and resource.date > entry.on
