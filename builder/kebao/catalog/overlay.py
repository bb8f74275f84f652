"""A package laid over the one that it builds on: what readers meet of both (本土化)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from kebao.catalog.entries import is_published
from kebao.model.organisation import Organisation, Person
from kebao.model.overlay import LeftOut, LocalNote, Origin, Provenance
from kebao.model.package import Content, Package, Topic, UpstreamPackage
from kebao.model.resource import LessonCaseDetails, Resource
from kebao.model.vocabulary import Vocabulary

Named = TypeVar("Named", Person, Organisation)


def laid_over(package: Package, upstream: UpstreamPackage, audience: str) -> Package:
    """The package with the resources of its upstream that it neither hides nor replaces, and what they need.

    Its own ones stand where both have the same id. In which order the overlay names things does not matter.
    """
    above = upstream.package
    taken = {
        r.id: _for_locales(r, package)
        for r in above.resources.values()
        if r.id not in package.overlay.removed and r.id not in package.resources and is_published(r, audience)
    }
    resources = {**package.resources, **taken}
    provenance = _provenance(package, upstream, taken)
    programmes = dict.fromkeys((*package.programmes, *(r.programme for r in taken.values())))
    return replace(
        package,
        programmes=tuple(programmes),
        topics={**package.topics, **_topics(package, above, resources, provenance)},
        resources=resources,
        provenance=provenance,
    )


def _for_locales(resource: Resource, package: Package) -> Resource:
    kept = {locale: t for locale, t in resource.translations.items() if locale in package.locales}
    return resource if len(kept) == len(resource.translations) else replace(resource, translations=kept)


def _provenance(package: Package, upstream: UpstreamPackage, taken: Mapping[str, Resource]) -> Provenance:
    above = upstream.package.provenance
    origin = Origin(package=upstream.package.id, edition=upstream.edition, title=upstream.package.short_title)
    notes = {i: list(of_resource) for i, of_resource in above.notes.items() if i in taken}
    for each in sorted(package.overlay.annotate, key=lambda a: (a.resource, a.on, a.by)):
        if each.resource in taken:
            note = LocalNote(text=each.note, by=each.by, on=each.on, package=package.short_title)
            notes.setdefault(each.resource, []).append(note)
    return Provenance(
        origins={i: above.origins.get(i, origin) for i in taken},
        notes={i: tuple(of_resource) for i, of_resource in notes.items()},
        left_out=(*above.left_out, *_left_out(package, upstream, origin)),
    )


def _left_out(package: Package, upstream: UpstreamPackage, origin: Origin) -> Iterator[LeftOut]:
    above = upstream.package

    def told(resource_id: str) -> LeftOut | None:
        resource = above.resources.get(resource_id)
        if resource is None:
            return None
        return LeftOut(
            id=resource_id,
            title=resource.title,
            page=f"{resource.kind.value}/{resource_id}.html",
            origin=above.provenance.origins.get(resource_id, origin),
            decided_by=package.short_title,
        )

    for hiding in sorted(package.overlay.hide, key=lambda h: h.resource):
        if found := told(hiding.resource):
            yield replace(found, reason=hiding.reason)
    for replacement in sorted(package.overlay.replace, key=lambda r: r.resource):
        if found := told(replacement.resource):
            yield replace(found, replaced_by=replacement.by)


def _topics(
    package: Package, above: Package, resources: Mapping[str, Resource], provenance: Provenance
) -> dict[str, Topic]:
    """The upstream's topics that some resource belongs to and the package lacks; after the package's own."""
    needed = {topic for resource in resources.values() for topic in resource.topics} - package.topics.keys()
    last = max((topic.order for topic in package.topics.values()), default=0)
    return {
        topic.id: replace(
            topic,
            order=last + topic.order,
            suggested=tuple(_suggested(topic, resources, provenance)),
            translations={locale: t for locale, t in topic.translations.items() if locale in package.locales},
        )
        for topic in above.topics.values()
        if topic.id in needed
    }


def _suggested(topic: Topic, resources: Mapping[str, Resource], provenance: Provenance) -> Iterator[str]:
    found = (i if i in resources else provenance.stand_in(i) for i in topic.suggested)
    yield from dict.fromkeys(i for i in found if i in resources)


def with_ground(content: Content, package: Package, above: Content) -> Content:
    """The content with the people, organisations, programmes and terms that the package names and only ``above`` has.

    What the content has itself stays as it is.
    """
    if above is content:
        return content
    resources = package.resources.values()
    ids = {*(i for r in resources for i in people_of(r)), *(n.by for n in chain(*package.provenance.notes.values()))}
    people = {i: above.people[i] for i in above.people if i in ids}
    named = {*(r.organisation for r in resources), *(person.organisation for person in people.values())}
    return replace(
        content,
        vocabularies={i: _with_terms(v, above.vocabularies.get(i)) for i, v in content.vocabularies.items()},
        people=_own_first(content.people, people),
        organisations=_own_first(content.organisations, organisations_with_parents(named, above.organisations)),
        programmes={
            **{i: above.programmes[i] for i in package.programmes if i in above.programmes},
            **content.programmes,
        },
    )


def people_of(resource: Resource) -> Iterator[str]:
    """Ids of the people that a resource's page names; some may come twice."""
    yield from (contribution.person for contribution in resource.contributors)
    yield from (translation.by for translation in resource.translations.values() if translation.by)
    if resource.review.by:
        yield resource.review.by
    if isinstance(resource.details, LessonCaseDetails):
        yield from resource.details.guiding_teachers


def _own_first(own: Mapping[str, Named], others: Mapping[str, Named]) -> Mapping[str, Named]:
    return {**own, **{i: each for i, each in others.items() if i not in own}}


def organisations_with_parents(
    named: set[str], organisations: Mapping[str, Organisation]
) -> Mapping[str, Organisation]:
    """The named organisations, those above them, and so on; in authored order."""
    found: dict[str, Organisation] = {}
    waiting = sorted(named)
    while waiting:
        organisation = organisations.get(waiting.pop())
        if organisation and organisation.id not in found:
            found[organisation.id] = organisation
            waiting.extend([organisation.parent] if organisation.parent else [])
    # In authored order: lists of schools follow it.
    return {i: found[i] for i in organisations if i in found}


def _with_terms(own: Vocabulary, above: Vocabulary | None) -> Vocabulary:
    if above is None or above.terms.keys() <= own.terms.keys():
        return own
    return replace(own, terms={**own.terms, **{i: t for i, t in above.terms.items() if i not in own.terms}})
