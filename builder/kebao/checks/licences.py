"""Licences: SPDX ids, what was made from something else, what a public site may show (KB206, KB614, KB615)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.checks.cycles import target_key
from kebao.model.package import Package
from kebao.model.resource import Lifecycle, Resource
from kebao.problems import Message, Problem

#: Relations to what a resource was made from.
REMIX_RELATIONS = ("based-on", "polished-from")
_VOCABULARY = "content/vocabularies/licences.yml"
# SPDX License List: Creative Commons licences, also those for a country.
_CREATIVE_COMMONS = re.compile(
    r"CC0-1\.0|CC-PDDC|CC-PDM-1\.0|CC-SA-1\.0|CC-BY(?:-NC)?(?:-ND|-SA)?-(?:1\.0|2\.[015]|3\.0|4\.0)(?:-[A-Z]{2,3})?"
)
#: Values of the vocabulary ``licences`` that are no licences: nobody else may do anything.
_RESERVED = ("all-rights-reserved", "internal-use")


def check_licences(context: CheckContext) -> Iterator[Problem]:
    """KB206 for the vocabulary, KB614 for every relation to a part, KB615 for every resource that is no draft."""
    yield from _ids(context)
    for package in context.content.packages.values():
        for resource in package.resources.values():
            yield from _of_parts(context, package, resource)
            is_shown = resource.lifecycle is not Lifecycle.DRAFT and context.site.audience == "public"
            if is_shown and resource.licence == "internal-use":
                message = Message("what is for internal use only cannot be in a public site")
                hint = Message("agree on a licence with the author, or make it a draft; an intranet site may show it")
                yield problem(context.at(resource.path_of("index.md"), "licence"), "KB615", message, hint=hint)


def _ids(context: CheckContext) -> Iterator[Problem]:
    """What a licence allows is read from its id: one that is written in another way would allow everything."""
    for index, licence in enumerate(context.vocabulary("licences").terms):
        if licence.casefold().startswith("cc") and not _CREATIVE_COMMONS.fullmatch(licence):
            message = Message("'{licence}' is no SPDX id of a Creative Commons licence", {"licence": licence})
            hint = Message("write it like CC-BY-4.0 or CC-BY-NC-SA-4.0, with its version")
            yield problem(context.at(_VOCABULARY, "terms", index, "id"), "KB206", message, hint=hint)


def _of_parts(context: CheckContext, package: Package, resource: Resource) -> Iterator[Problem]:
    for index, relation in enumerate(resource.relations):
        if relation.type not in REMIX_RELATIONS:
            continue
        package_id, target_id = target_key(package.id, relation.target)
        elsewhere = context.content.packages.get(package_id)
        part = elsewhere.resources.get(target_id) if elsewhere else None
        if part is None or part is resource:
            continue
        same_owner = part.organisation == resource.organisation
        reason = why_not(part.licence, resource.licence, same_owner=same_owner)
        if reason:
            hint = Message("choose a licence that the part allows, or ask its author for another one")
            place = context.at(resource.path_of("index.md"), "relations", index, "target")
            yield problem(place, "KB614", reason, hint=hint)


def why_not(part: str, whole: str, *, same_owner: bool) -> Message | None:
    """Why a work under the licence ``part`` cannot be reworked under ``whole``; None when it can.

    SPDX ids of Creative Commons licences, and the two values of our own; of others nothing is known.

    Args:
        same_owner: The same organisation holds both: it may do what it likes with what is reserved to it.
    """
    if part in _RESERVED:
        message = Message("the part is '{part}': others may not rework it", {"part": part})
        return None if same_owner else message
    terms = _terms(part)
    params = {"part": part, "whole": whole}
    if "ND" in terms:
        return Message("the part is '{part}': it may not be changed", {"part": part})
    if "SA" in terms and _terms(whole) != terms:
        return Message("the part is '{part}': what is made from it must be so too, not '{whole}'", params)
    if "NC" in terms and "NC" not in _terms(whole) and whole not in _RESERVED:
        return Message("the part is '{part}': '{whole}' would allow commercial use of it", params)
    return None


def _terms(licence: str) -> frozenset[str]:
    """``CC-BY-NC-SA-4.0`` → BY, NC, SA; empty for what is no Creative Commons licence."""
    steps = licence.split("-")
    return frozenset(steps[1:]) & {"BY", "NC", "ND", "SA"} if steps[0] == "CC" else frozenset()
