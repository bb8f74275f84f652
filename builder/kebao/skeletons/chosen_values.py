"""What a skeleton's fields are filled with at first: values that exist in the project and fit together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kebao.model.organisation import Organisation, Person
from kebao.model.package import Content, Package, Topic
from kebao.model.programme import Programme
from kebao.model.resource import Kind

#: Vocabularies a resource must take a value of, for all kinds and for single ones.
REQUIRED_VOCABULARIES = ("stages", "contributor-roles")
REQUIRED_VOCABULARIES_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.COURSE: ("deliveries", "course-parts"),
    Kind.LESSON_CASE: ("subjects", "textbooks"),
    Kind.MICRO_LESSON: ("subjects",),
}
_USUAL_ROLE = {
    Kind.COURSE: "lecturer",
    Kind.LESSON_CASE: "teacher",
    Kind.MICRO_LESSON: "lecturer",
    Kind.BULLETIN: "editor",
}
_USUAL_MATERIAL_ROLE = {
    Kind.COURSE: "handout",
    Kind.LESSON_CASE: "lesson-plan",
    Kind.MICRO_LESSON: "slides",
    Kind.MICRO_CASE: "record",
    Kind.MICRO_STORY: "picture",
    Kind.SCHOOL_SUMMARY: "data",
    Kind.BULLETIN: "bulletin-issue",
}
# Others are the work of a school; these are the publisher's own.
_OF_THE_PUBLISHER = (Kind.COURSE, Kind.BULLETIN)
_PLAIN_SCALAR = re.compile(r"[^\W_][\w.-]*(?: \w[\w.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a new resource belongs to; None where the project has nothing that fits."""

    topic: Topic | None
    programme: Programme | None
    organisation: Organisation | None
    person: Person | None


def sources_of(kind: Kind, package: Package, content: Content) -> Sources:
    """The first topic and programme (for a course: one with modules), and an organisation's first person."""
    programmes = (content.programmes[id_] for id_ in package.programmes if id_ in content.programmes)
    fitting = (p for p in programmes if p.phases and (p.modules or kind is not Kind.COURSE))
    people: dict[str, Person] = {}
    for person in content.people.values():
        people.setdefault(person.organisation, person)
    candidates = _organisations(kind, package, content)
    organisation = next((candidate for candidate in candidates if candidate.id in people), None)
    return Sources(
        topic=min(package.topics.values(), key=lambda topic: (topic.order, topic.id), default=None),
        programme=next(fitting, None),
        organisation=organisation,
        person=people[organisation.id] if organisation else None,
    )


def _organisations(kind: Kind, package: Package, content: Content) -> Iterator[Organisation]:
    """The publisher's schools (or the publisher, for courses and bulletins) first, then all others."""
    organisations = content.organisations
    publisher = [o for o in organisations.values() if o.id == package.publisher]
    schools = [o for o in organisations.values() if o.is_school and package.publisher in _above(o, content)]
    yield from (*publisher, *schools) if kind in _OF_THE_PUBLISHER else (*schools, *publisher)
    yield from organisations.values()


def _above(organisation: Organisation, content: Content) -> set[str]:
    above: set[str] = set()
    parent = organisation.parent
    while parent is not None and parent in content.organisations and parent not in above:
        above.add(parent)
        parent = content.organisations[parent].parent
    return above


def chosen_values(kind: Kind, sources: Sources, *, package: Package, content: Content, today: date) -> dict[str, str]:
    """``$name`` → YAML scalar for every name in the prompts but ``$sections``."""
    topic, programme, organisation, person = (
        sources.topic,
        sources.programme,
        sources.organisation,
        sources.person,
    )
    if topic is None or programme is None or organisation is None or person is None:
        raise ValueError("the package lacks what a resource needs: look at skeleton_problems first")
    stage = _term(content, "stages", *organisation.stages, *topic.stages)
    grades = content.vocabularies["grades"].terms.values()
    values = {
        "topic": topic.id,
        "programme": programme.id,
        "phase": programme.phases[0].phase,
        "module": programme.modules[0].id if programme.modules else "",
        "organisation": organisation.id,
        "person": person.id,
        "licence": package.licence,
        "related": min(package.resources, default="another-resource"),
        "stage": stage,
        "subject": _term(content, "subjects", *topic.subjects),
        "grade": _term(content, "grades", *(grade.id for grade in grades if grade.broader == stage)),
        "role": _term(content, "contributor-roles", _USUAL_ROLE.get(kind, "author")),
        "material_role": _term(content, "material-roles", _USUAL_MATERIAL_ROLE[kind]),
        "relation_type": _term(content, "relation-types", "related"),
        "delivery": _term(content, "deliveries"),
        "textbook": _term(content, "textbooks"),
        "level": _term(content, "levels"),
        "award_level": _term(content, "award-levels", "county"),
    }
    return {name: yaml_scalar(value) for name, value in values.items()} | _days(today)


def _days(today: date) -> dict[str, str]:
    """Days by name; a school year starts on the first of September."""
    started = today.year if today.month >= 9 else today.year - 1
    return {
        "today": today.isoformat(),
        "year": str(today.year),
        "year_start": date(started, 9, 1).isoformat(),
        "month_start": today.replace(day=1).isoformat(),
        "consent_until": date(today.year + 3, 12, 31).isoformat(),
    }


def _term(content: Content, vocabulary: str, *wished: str) -> str:
    """The first wished term that the vocabulary has, or its first term; empty when it has none."""
    terms = content.vocabularies[vocabulary].terms
    return next((term for term in (*wished, *terms) if term in terms), "")


def yaml_scalar(text: str) -> str:
    """The text as a YAML scalar that also stands in ``[…]`` and ``{…}``; plain where that is safe."""
    plain = _PLAIN_SCALAR.fullmatch(text) and text != "null"
    return text if plain else json.dumps(text, ensure_ascii=False)
