"""Fields and values of snapshots in a reader's words: ids of what is no longer there stay ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from kebao.catalog.changes import EditionChanges
from kebao.pages.cards import Desk

#: Fields whose values are terms of a vocabulary.
_VOCABULARY = {
    "subject": "subjects",
    "stages": "stages",
    "grades": "grades",
    "phase": "phases",
    "licence": "licences",
    "level": "levels",
    "textbook": "textbooks",
    "delivery": "deliveries",
}
#: Fields that a page calls by a word that it has already; the others have ``change.<field>``.
_KNOWN_WORDS = {
    "subject": "facet.subject",
    "stages": "facet.stage",
    "grades": "facet.grade",
    "topics": "facet.topic",
    "programme": "facet.programme",
    "phase": "facet.programme",
    "contributors": "contributors.title",
    "organisation": "fact.organisation",
    "date": "fact.date",
    "licence": "item.licence.is",
    "relations": "item.related",
    "review": "fact.review",
    "consent": "fact.consent",
    "module": "fact.module",
    "required": "programme.module.type",
    "hours": "programme.hours",
    "credits": "programme.credits",
    "delivery": "fact.delivery",
    "weights": "item.course.assessment",
    "assessment": "item.course.assessment",
    "sections": "item.course.sections",
    "textbook": "fact.textbook",
    "unit": "fact.unit",
    "lesson": "fact.lesson",
    "level": "fact.level",
    "award": "fact.award",
    "award_title": "fact.award",
    "guiding_teachers": "fact.guiding_teachers",
    "period": "fact.period",
    "issue": "fact.issue",
    "minutes": "fact.length",
    "keywords": "fact.keywords",
    "next_plan": "item.next_plan",
    "replaced_by": "item.replaced_by",
    "ai_generated": "bundle.fact.ai",
}
#: Fields with one value made of several parts; the others hold one or several values side by side.
_WHOLE = frozenset({"review", "consent", "award", "period"})


def field_word(desk: Desk, name: str) -> str:
    """What a field of a snapshot is called."""
    return desk.texts(_KNOWN_WORDS[name]) if name in _KNOWN_WORDS else desk.texts(f"change.{name}")


def values_in_words(desk: Desk, changes: EditionChanges, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values of a field, one text each; none for no value."""
    if not values:
        return ()
    if name in _WHOLE:
        return (_whole(desk, name, values),)
    say = _speaker(desk, changes, name)
    return tuple(say(value) for value in values)


def title_of(desk: Desk, changes: EditionChanges, target: str) -> str:
    """The title of a resource by id or ``package/id``, also of one that is gone; else the id."""
    entry = desk.catalog.find(target)
    if entry is not None:
        return entry.title
    for snapshot in (changes.new, changes.old):
        if snapshot is not None and target in snapshot.resources:
            return snapshot.resources[target].title(desk.catalog.shard.locale, snapshot.source_locale)
    return target


def organisation_word(desk: Desk, organisation_id: str) -> str:
    known = desk.catalog.content.organisations.get(organisation_id)
    return known.name.in_locale(desk.catalog.chain) if known else organisation_id


def _speaker(desk: Desk, changes: EditionChanges, name: str) -> Callable[[str], str]:
    catalog, texts = desk.catalog, desk.texts
    if name in _VOCABULARY:
        return lambda value: catalog.label(_VOCABULARY[name], value)
    speakers: Mapping[str, Callable[[str], str]] = {
        "topics": lambda value: _topic(desk, value),
        "programme": lambda value: _programme(desk, value),
        "organisation": lambda value: organisation_word(desk, value),
        "contributors": lambda value: _contribution(desk, value),
        "guiding_teachers": lambda value: _person(desk, value),
        "relations": lambda value: _relation(desk, changes, value),
        "replaced_by": lambda value: title_of(desk, changes, value),
        "date": lambda value: texts.day(date.fromisoformat(value)),
        "lifecycle": lambda value: texts("badge.retired") if value == "retired" else texts("change.in_use"),
        "ai_generated": lambda value: texts("change.no_ai") if value == "none" else texts(f"ai.{value}"),
        "required": lambda value: texts("module.required") if value == "yes" else texts("module.elective"),
        "minutes": lambda value: texts("fact.minutes", n=value),
        "weights": lambda value: texts("share", n=value),
        "issue": lambda value: texts("issue", n=value),
        "module": lambda value: _module(desk, value),
    }
    return speakers.get(name, str)


def _whole(desk: Desk, name: str, values: tuple[str, ...]) -> str:
    texts = desk.texts
    if name == "period":
        start, end = (texts.day(date.fromisoformat(value)) for value in values)
        return texts("window.both", start=start, end=end)
    if name == "consent":
        who, scope, until = values
        return texts("consent", who=who, scope=scope, day=texts.day(date.fromisoformat(until)))
    if name == "award":
        parts = [desk.catalog.label("award-levels", values[0]), texts("date.year", year=values[1])]
        return texts("list.separator").join([*parts, *([texts("badge.nominated")] if len(values) > 2 else [])])
    if len(values) == 3:
        return texts("review.accepted.by", name=_person(desk, values[1]), day=texts.day(date.fromisoformat(values[2])))
    return texts(f"review.{values[0]}")


def _topic(desk: Desk, topic_id: str) -> str:
    return next((entry.title for entry in desk.catalog.topics if entry.topic.id == topic_id), topic_id)


def _programme(desk: Desk, programme_id: str) -> str:
    known = desk.catalog.content.programmes.get(programme_id)
    return known.short_title.in_locale(desk.catalog.chain) if known else programme_id


def _module(desk: Desk, module_id: str) -> str:
    modules = (module for programme in desk.catalog.content.programmes.values() for module in programme.modules)
    return next((m.title.in_locale(desk.catalog.chain) for m in modules if m.id == module_id), module_id)


def _person(desk: Desk, person_id: str) -> str:
    known = desk.catalog.content.people.get(person_id)
    return known.name.in_locale(desk.catalog.chain) if known else person_id


def _contribution(desk: Desk, value: str) -> str:
    person, _, role = value.partition(" ")
    word = desk.catalog.label("contributor-roles", role)
    return desk.texts("amount.note", amount=_person(desk, person), note=word)


def _relation(desk: Desk, changes: EditionChanges, value: str) -> str:
    target, _, relation = value.partition(" ")
    word = desk.catalog.label("relation-types", relation)
    return desk.texts("amount.note", amount=title_of(desk, changes, target), note=word)
