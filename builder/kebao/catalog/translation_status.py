"""How far the translations are: per package, locale, resource and field, and of the texts that packages share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache

from kebao.catalog.entries import is_published
from kebao.checks.interface_texts import needed_texts
from kebao.loading.digests import source_digest
from kebao.model.package import Content, Package, Topic, TopicTranslation
from kebao.model.resource import Kind, Resource, Translation, TranslationState
from kebao.model.site import SiteConfig
from kebao.model.source_map import Pointer, dotted
from kebao.model.text import LocalizedText
from kebao.model.translated_texts import FieldState, TextState, field_states, is_stale, text_counts

#: ``kind`` of what is no resource.
TOPICS = "topics"
PACKAGE_TEXTS = "package"
INTERFACE = "interface"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationStatus:
    """What stands where in one locale: a resource, a topic, or a file whose texts are in several languages.

    Attributes:
        package: Empty for what all packages share.
        kind: A resource's kind (its folder), or ``topics``, ``package``, ``vocabularies``, ``programmes``,
            ``organisations``, ``people``, ``interface``.
        path: Of the translation, where it is or will be; of the file that has all languages.
        title: In the source language; of a file its name.
        state: ``missing`` when there is nothing in the locale, ``stale`` when the source of any text has changed.
        review: Whether a person has read it; None where nothing says so.
        fields: Every text, in order; also those that are missing in a translation that is there.
    """

    package: str
    locale: str
    kind: str
    id: str
    path: str
    title: str
    state: TextState
    review: TranslationState | None = None
    fields: tuple[FieldState, ...]

    @property
    def is_machine(self) -> bool:
        return self.review is TranslationState.MACHINE

    def fields_in(self, state: TextState) -> tuple[FieldState, ...]:
        return tuple(field for field in self.fields if field.state is state)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusCounts:
    """How many of ``total`` are in which state; ``machine`` are those that no person has read."""

    total: int
    current: int
    stale: int
    missing: int
    machine: int

    @property
    def translated(self) -> int:
        return self.current + self.stale


def counts_of(statuses: Iterable[TranslationStatus]) -> StatusCounts:
    """Counts of resources and topics, one each."""
    listed = tuple(statuses)
    states = [status.state.value for status in listed]
    return StatusCounts(
        total=len(listed),
        current=states.count(TextState.CURRENT.value),
        stale=states.count(TextState.STALE.value),
        missing=states.count(TextState.MISSING.value),
        machine=sum([status.is_machine for status in listed if status.review is not None]),
    )


def translation_locales(package: Package) -> tuple[str, ...]:
    """The locales that the package is translated into."""
    return tuple(locale for locale in package.locales if locale != package.source_locale)


def package_status(package: Package, locale: str, *, audience: str = "intranet") -> tuple[TranslationStatus, ...]:
    """Topics in their order, then resources by kind and id; without drafts, and what the audience does not see."""
    topics = sorted(package.topics.values(), key=lambda topic: (topic.order, topic.id))
    resources = [r for r in package.resources.values() if is_published(r, audience)]
    resources.sort(key=lambda resource: resource.id)
    return (
        *(_topic(package, topic, locale) for topic in topics),
        *(_resource(package, each, locale) for kind in Kind for each in resources if each.kind is kind),
    )


def _topic(package: Package, topic: Topic, locale: str) -> TranslationStatus:
    translation = topic.translations.get(locale)
    state, states = _states(topic, translation)
    return TranslationStatus(
        package=package.id,
        locale=locale,
        kind=TOPICS,
        id=topic.id,
        path=f"{topic.path.removesuffix('.md')}.{locale}.md",
        title=topic.title,
        state=state,
        review=translation.state if translation else None,
        fields=states,
    )


def _resource(package: Package, resource: Resource, locale: str) -> TranslationStatus:
    translation = resource.translations.get(locale)
    state, states = _states(resource, translation)
    return TranslationStatus(
        package=package.id,
        locale=locale,
        kind=resource.kind.value,
        id=resource.id,
        path=resource.path_of(f"index.{locale}.md"),
        title=resource.title,
        state=state,
        review=translation.state if translation else None,
        fields=states,
    )


def _states(
    source: Resource | Topic, translation: Translation | TopicTranslation | None
) -> tuple[TextState, tuple[FieldState, ...]]:
    if translation is None:
        return TextState.MISSING, _missing(tuple(text_counts(source).items()))
    digest = source_digest(source) if translation.digest and not translation.digests else ""
    stale = is_stale(source, translation, digest)
    return TextState.STALE if stale else TextState.CURRENT, field_states(source, translation, digest)


@lru_cache(maxsize=1 << 12)
def _missing(counts: tuple[tuple[str, int], ...]) -> tuple[FieldState, ...]:
    """The same for most resources: they have the same fields."""
    return tuple(FieldState(field=field, state=TextState.MISSING, count=count) for field, count in counts)


def shared_status(content: Content, site: SiteConfig, locale: str) -> Iterator[TranslationStatus]:
    """The texts of files that hold all languages side by side, one file each: there a text is current or missing.

    First the packages that have the locale, then what they share, then the interface.
    """
    for package in content.packages.values():
        if locale in package.locales:
            own = (package.title, package.short_title, package.summary, package.region, package.notice, package.about)
            names = ("title", "short_title", "summary", "region", "notice", "about")
            texts: list[tuple[Pointer, LocalizedText]] = [
                ((name,), text) for name, text in zip(names, own, strict=True)
            ]
            texts.extend((("featured", n, "reason"), each.reason) for n, each in enumerate(package.featured))
            yield _shared(texts, locale, package=package.id, kind=PACKAGE_TEXTS, id=package.id, path=package.path)
    for vocabulary in content.vocabularies.values():
        path = f"content/vocabularies/{vocabulary.id}.yml"
        yield _shared(localized_texts(vocabulary), locale, kind="vocabularies", id=vocabulary.id, path=path)
    for programme in content.programmes.values():
        path = f"content/programmes/{programme.id}.yml"
        yield _shared(localized_texts(programme), locale, kind="programmes", id=programme.id, path=path)
    for kind, values in (("organisations", content.organisations), ("people", content.people)):
        yield _shared(localized_texts(values), locale, kind=kind, id=kind, path=f"content/{kind}.yml")
    yield _interface(site, locale)


def _interface(site: SiteConfig, locale: str) -> TranslationStatus:
    said = site.locales[locale].texts
    states = tuple(_field(key, key in said) for key in sorted(needed_texts()))
    return _file(states, locale, kind=INTERFACE, id=locale, path=f"site_config/locales/{locale}.yml")


def localized_texts(value: object, pointer: Pointer = ()) -> Iterator[tuple[Pointer, LocalizedText]]:
    """Every text in several languages inside a value of the model, and where it stands in it."""
    if isinstance(value, LocalizedText):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from localized_texts(entry, (*pointer, str(key)))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, entry in enumerate(value):
            yield from localized_texts(entry, (*pointer, number))
    elif is_dataclass(value):
        for each in fields(value):
            yield from localized_texts(getattr(value, each.name), (*pointer, each.name))


def _shared(
    texts: Iterable[tuple[Pointer, LocalizedText]], locale: str, *, kind: str, id: str, path: str, package: str = ""
) -> TranslationStatus:
    states = tuple(_field(dotted(pointer), locale in text.by_locale) for pointer, text in texts if text)
    return _file(states, locale, kind=kind, id=id, path=path, package=package)


def _field(name: str, is_there: bool) -> FieldState:
    return FieldState(field=name, state=TextState.CURRENT if is_there else TextState.MISSING)


def _file(
    states: tuple[FieldState, ...], locale: str, *, kind: str, id: str, path: str, package: str = ""
) -> TranslationStatus:
    is_missing = bool(states) and all(state.state is TextState.MISSING for state in states)
    return TranslationStatus(
        package=package,
        locale=locale,
        kind=kind,
        id=id,
        path=path,
        title=path.rpartition("/")[2],
        state=TextState.MISSING if is_missing else TextState.CURRENT,
        fields=states,
    )
