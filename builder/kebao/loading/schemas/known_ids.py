"""Which ids may stand in a field: terms of its vocabulary, or what the content has of its sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kebao.loading.schemas.field_texts import FieldPath, both
from kebao.model.package import Content
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import VOCABULARIES
from kebao.words import LANGUAGES

#: Id → what it stands for, in both languages.
KnownIds = Mapping[str, str]

#: Fields outside the resources that draw on a vocabulary (those of :data:`VOCABULARIES` are added).
_CODED: Mapping[str, str] = {
    "subjects": "subjects",
    "phases.phase": "phases",
    "required_roles": "material-roles",
    "nominated_roles": "material-roles",
}


def known_ids(content: Content) -> Mapping[FieldPath, KnownIds]:
    """The ids by field; a field is left out while there is nothing that it could name."""
    by_field = {tuple(path.split(".")): ids for path, ids in _by_field(content)}
    return {path: ids for path, ids in by_field.items() if ids}


def _by_field(content: Content) -> Iterator[tuple[str, KnownIds]]:
    coded = {path: vocabulary for vocabulary, paths in VOCABULARIES.items() for path in paths}
    for path, vocabulary_id in {**coded, **_CODED}.items():
        vocabulary = content.vocabularies.get(vocabulary_id)
        terms = vocabulary.terms.values() if vocabulary else ()
        yield path, {term.id: said(term.label) for term in terms}
    for named, paths in _REFERENCES.items():
        ids = named(content)
        for path in paths:
            yield path, ids


def said(text: LocalizedText) -> str:
    return both({language: text.in_locale((language,)) for language in LANGUAGES if language in text.by_locale})


def _topics(content: Content) -> KnownIds:
    topics = [topic for package in content.packages.values() for topic in package.topics.values()]
    found: dict[str, str] = {}
    for topic in sorted(topics, key=lambda topic: (topic.order, topic.id)):
        translated = {locale: translation.title for locale, translation in topic.translations.items()}
        found.setdefault(topic.id, both(translated | {"zh": topic.title}))
    return found


def _programmes(content: Content) -> KnownIds:
    return {programme.id: said(programme.short_title) for programme in content.programmes.values()}


def _modules(content: Content) -> KnownIds:
    modules = (module for programme in content.programmes.values() for module in programme.modules)
    return {module.id: said(module.title) for module in modules}


def _organisations(content: Content) -> KnownIds:
    return {organisation.id: said(organisation.name) for organisation in content.organisations.values()}


def _people(content: Content) -> KnownIds:
    """With their organisation: two teachers of a county often share a name."""
    organisations = _organisations(content)
    return {
        person.id: f"{said(person.name)} – {organisations.get(person.organisation, person.organisation)}"
        for person in content.people.values()
    }


def _packages(content: Content) -> KnownIds:
    return {package.id: said(package.short_title) for package in content.packages.values()}


_REFERENCES: Mapping[Callable[[Content], KnownIds], tuple[str, ...]] = {
    _topics: ("topics", "required_topics"),
    _programmes: ("programme", "programmes", "topic_programmes"),
    _modules: ("module",),
    _organisations: ("organisation", "publisher", "parent"),
    _people: ("contributors.person", "review.by", "translation.by", "guiding_teachers", "annotate.by"),
    _packages: ("extends.package", "packages", "default_package"),
}
