"""A resource package: its description, topics and resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kebao.model.organisation import Organisation, Person
from kebao.model.overlay import Overlay, Provenance
from kebao.model.programme import Programme
from kebao.model.resource import Resource, TranslationState
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTranslation:
    """A topic's texts in another locale; ``digest`` and ``digests`` as in a resource's translation."""

    of: str
    digest: str
    title: str
    summary: str
    body: str
    body_line: int = 1
    state: TranslationState = TranslationState.REVIEWED
    by: str | None = None
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A training topic (专题).

    Attributes:
        order: Where it stands in the topic list, from 1.
        hours: Suggested study hours.
        suggested: Resource ids in a suggested order of study.
    """

    id: str
    path: str
    title: str
    summary: str
    order: int
    body: str
    body_line: int
    stages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    hours: float | None = None
    suggested: tuple[str, ...] = ()
    translations: Mapping[str, TopicTranslation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Featured:
    """An item the editors recommend on the home page, and why."""

    resource: str
    reason: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The package (and its edition) that this one builds on.

    Attributes:
        edition: ``next`` for a package of the same project as it is now.
        source: Path of a published site or an archive, relative to the project; empty for the edition store.
        digest: SHA-256 (hex) of the edition's sources as they were when it was taken; empty for ``next``.
        taken_from: In an archive, the edition from which the package was put beside this one; empty elsewhere.
    """

    package: str
    edition: str
    source: str = ""
    digest: str = ""
    taken_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRules:
    """What the package's download bundles leave out and say.

    Attributes:
        light_without: Media types' file extensions left out of the light bundle, e.g. ``.mp4``.
    """

    light_without: tuple[str, ...] = (".mp4",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A resource package as authored: one county's or province's curated collection.

    Attributes:
        source_locale: The locale that its resources are written in.
        locales: Locales that it has a site in, the source locale among them.
        notice: What every reader must know, shown in the footer (e.g. that names are invented).
        resources: By id, drafts included.
        overlay: What it does with the resources of the package that it extends.
        provenance: Which of ``resources`` are not its own; only known once it was laid over the other package.
    """

    id: str
    path: str
    title: LocalizedText
    short_title: LocalizedText
    summary: LocalizedText
    publisher: str
    region: LocalizedText
    source_locale: str
    locales: tuple[str, ...]
    licence: str
    programmes: tuple[str, ...]
    notice: LocalizedText = LocalizedText()
    about: LocalizedText = LocalizedText()
    extends: Upstream | None = None
    overlay: Overlay = Overlay()
    provenance: Provenance = Provenance()
    bundles: BundleRules = BundleRules()
    featured: tuple[Featured, ...] = ()
    topics: Mapping[str, Topic] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything under content/, loaded."""

    vocabularies: Mapping[str, Vocabulary]
    programmes: Mapping[str, Programme]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    packages: Mapping[str, Package]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamPackage:
    """A package that another one builds on, ready to be taken in.

    Attributes:
        package: With what it takes from its own upstream.
        content: Where its people, organisations, programmes and terms are.
        edition: As ``extends`` names it.
        is_elsewhere: It is not of the same project, but of an edition store, a published site or an archive.
        digest: SHA-256 (hex) of its sources; empty for a package of the same project.
    """

    package: Package
    content: Content
    edition: str
    is_elsewhere: bool = False
    digest: str = ""
