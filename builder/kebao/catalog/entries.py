"""A resource as a reader of one locale meets it: in translation where there is one, else in its source language."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.model.overlay import LeftOut, LocalNote, Origin
from kebao.model.package import Package, Topic
from kebao.model.resource import Lifecycle, Resource, Translation
from kebao.model.shard import Shard
from kebao.model.translated_texts import is_stale

#: Never shown on a public site (DESIGN §4).
INTERNAL_LICENCE = "internal-use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A resource with its texts for one locale.

    Attributes:
        package: Id of the package that it belongs to.
        language: Locale id of the texts; where its page is.
        is_stale: The translation was made from an older source.
        origin: The package that it was taken from; None where it is the package's own.
        notes: What the package, or one between the two, says about it.
        replaces: Resources of the upstream package in whose place it stands.
    """

    resource: Resource
    package: str
    language: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    body: str
    translation: Translation | None = None
    is_stale: bool = False
    origin: Origin | None = None
    notes: tuple[LocalNote, ...] = ()
    replaces: tuple[LeftOut, ...] = ()

    @property
    def id(self) -> str:
        return self.resource.id

    @property
    def page_uri(self) -> str:
        """Its page relative to a shard's root."""
        return f"{self.resource.kind.value}/{self.resource.id}.html"

    def shard(self, edition: str) -> Shard:
        """The shard that its page is in."""
        return Shard(package=self.package, locale=self.language, edition=edition)

    def material_title(self, file: str) -> str:
        translated = self.translation.material_titles.get(file) if self.translation else None
        return translated or next(m.title for m in self.resource.materials if m.file == file)

    def listed(self, field: str, position: int, source: str) -> str:
        """A text of a list field (``sections`` …) in the entry's language, else as in the source."""
        texts = self.translation.lists.get(field, ()) if self.translation else ()
        return texts[position] if position < len(texts) and texts[position] else source


def entry_for(resource: Resource, package: Package, locale: str, source_digest: str) -> Entry:
    """The resource for readers of ``locale``; ``source_digest`` tells whether its translation is up to date."""
    translation = resource.translations.get(locale) if locale != package.source_locale else None
    provenance = package.provenance
    origin, notes = provenance.origins.get(resource.id), provenance.notes.get(resource.id, ())
    replaces = provenance.replaced_by(resource.id) if provenance.left_out else ()
    if translation is None:
        return Entry(
            resource=resource,
            origin=origin,
            notes=notes,
            replaces=replaces,
            package=package.id,
            language=package.source_locale,
            title=resource.title,
            summary=resource.summary,
            keywords=resource.keywords,
            body=resource.body,
        )
    return Entry(
        resource=resource,
        origin=origin,
        notes=notes,
        replaces=replaces,
        package=package.id,
        language=locale,
        title=translation.title,
        summary=translation.summary,
        keywords=translation.keywords or resource.keywords,
        body=translation.body,
        translation=translation,
        is_stale=is_stale(resource, translation, source_digest),
    )


def is_published(resource: Resource, audience: str) -> bool:
    """Drafts never reach a site, internal resources never a public one."""
    if resource.lifecycle is Lifecycle.DRAFT:
        return False
    return audience != "public" or resource.licence != INTERNAL_LICENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEntry:
    """A topic with its texts for one locale; ``language`` is the one that they are in."""

    topic: Topic
    language: str
    title: str
    summary: str
    body: str

    @property
    def page_uri(self) -> str:
        return f"topics/{self.topic.id}.html"


def topic_entry_for(topic: Topic, package: Package, locale: str) -> TopicEntry:
    translation = topic.translations.get(locale) if locale != package.source_locale else None
    if translation is None:
        return TopicEntry(
            topic=topic,
            language=package.source_locale,
            title=topic.title,
            summary=topic.summary,
            body=topic.body,
        )
    return TopicEntry(
        topic=topic,
        language=locale,
        title=translation.title,
        summary=translation.summary,
        body=translation.body,
    )
