"""How a resource shows in a list: title, facts, thumbnail or cover, materials, badges."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from typing import Any, TypeVar, cast

from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry, TopicEntry
from kebao.catalog.translation_status import TranslationStatus
from kebao.model.files_index import FilesIndex, Picture
from kebao.model.material import Material, suffix_of
from kebao.model.overlay import Origin
from kebao.model.resource import CourseDetails, Kind, LessonCaseDetails, MicroLessonDetails, Resource
from kebao.model.shard import WORKING_EDITION
from kebao.pages.texts import Texts

_Shown = TypeVar("_Shown")

#: Material's bundled icon of each kind and file type (told apart by icon *and* word, LOOK.md).
KIND_ICONS = {
    Kind.COURSE: "material/book-education-outline",
    Kind.LESSON_CASE: "material/human-male-board",
    Kind.MICRO_LESSON: "material/play-box-outline",
    Kind.MICRO_CASE: "material/magnify-scan",
    Kind.MICRO_STORY: "material/feather",
    Kind.SCHOOL_SUMMARY: "material/chart-box-outline",
    Kind.BULLETIN: "material/newspaper-variant-outline",
}
FILE_ICONS = {
    ".docx": "material/file-word-outline",
    ".pptx": "material/file-powerpoint-outline",
    ".xlsx": "material/file-excel-outline",
    ".pdf": "material/file-pdf-box",
    ".png": "material/image-outline",
    ".jpg": "material/image-outline",
    ".jpeg": "material/image-outline",
    ".mp4": "material/video-outline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that lead somewhere; ``uri`` is a site URI, empty for plain words."""

    text: str
    uri: str = ""
    count: int | None = None
    icon: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """A line of a box of facts; nothing is shown of one without links."""

    label: str
    links: tuple[Link, ...]
    _written: list[str] = field(default_factory=list, compare=False)

    def __repr__(self) -> str:
        # As of a card: most facts are the same object on many pages.
        if not self._written:
            self._written.append(f"Fact({self.label!r}, {self.links!r})")
        return self._written[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A short mark; ``tone`` is one of ``level``, ``award``, ``language``, ``muted``, ``warning``,
    ``origin``."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMark:
    icon: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Card:
    """A resource in a list.

    Attributes:
        language: BCP 47 tag of title and summary, where it is not the page's.
        direction: Their direction of writing, where ``language`` is given.
        cover: Subject and grade, for the drawn cover where there is no thumbnail.
    """

    id: str
    kind: str
    kind_label: str
    icon: str
    title: str
    summary: str
    uri: str
    language: str
    direction: str
    facts: tuple[str, ...]
    who: str
    organisation: str
    cover: tuple[str, str]
    thumbnail: Picture | None
    files: tuple[FileMark, ...]
    badges: tuple[Badge, ...]
    _written: list[str] = field(default_factory=list, compare=False)

    @property
    def line(self) -> str:
        """What stands under the title in a long list."""
        return " · ".join((self.kind_label, *self.facts, self.organisation))

    def __hash__(self) -> int:
        # Of what two cards that are equal have in common, that which tells most others apart.
        return hash(self.uri)

    def __repr__(self) -> str:
        # Of each page that it is on a digest is made, by which the page is found again in the next build: a list has
        # a hundred, and what they say is ten times as long as this.
        if not self._written:
            said = repr(_values_of_card(self)).encode("utf-8", "surrogatepass")
            self._written.append(f"<card {self.id} {blake2b(said, digest_size=20).hexdigest()}>")
        return self._written[0]


_values_of_card = attrgetter(*(each.name for each in fields(Card) if each.compare))


@dataclass(frozen=True, slots=True)
class Desk:
    """What page builders work with: the catalog, the words and the stored files of one shard."""

    catalog: Catalog
    texts: Texts
    files: FilesIndex
    #: By ``id()`` of the entry, which is kept with it: a resource stands in many lists.
    _cards: dict[int, tuple[Entry, Card]] = field(default_factory=dict, repr=False, compare=False)
    #: By what they are made from; see :meth:`shared`.
    _shared: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    #: By locale: a page and a file beside it tell how far the translations are.
    statuses: dict[str, Sequence[TranslationStatus]] = field(default_factory=dict, repr=False, compare=False)

    def card(self, entry: Entry) -> Card:
        """How an entry shows in a list, made once."""
        kept = self._cards.get(id(entry))
        if kept is None:
            kept = self._cards[id(entry)] = (entry, _made_card(self, entry))
        return kept[1]

    def shared(self, made_from: tuple[Hashable, ...], make: Callable[[], _Shown]) -> _Shown:
        """What many pages show alike, made once of each thing that it is ``made_from`` (with a name before it).

        ``make`` may not ask the catalog for single entries or contributors: of that a page is noted each time.
        """
        if made_from not in self._shared:
            self._shared[made_from] = make()
        return cast(_Shown, self._shared[made_from])

    def page(self, uri: str) -> str:
        """Site URI of a page of this shard."""
        return self.catalog.shard.page(uri)

    def entry_uri(self, entry: Entry) -> str:
        """Site URI of an entry's page: in its package, and in the source locale where it is not translated."""
        shard = self.catalog.shard
        if entry.package == shard.package and entry.language == shard.locale:
            return shard.page(entry.page_uri)
        edition = shard.edition if entry.package == shard.package else shard.neighbours_edition
        return entry.shard(edition).page(entry.page_uri)

    def foreign(self, language: str) -> tuple[str, str]:
        """BCP 47 tag and direction of a text's language; empty strings when it is the page's own."""
        if language == self.catalog.shard.locale:
            return "", ""
        locale = self.catalog.site.locales[language]
        return locale.language_tag, locale.direction

    def kind_label(self, kind: Kind) -> str:
        """The kind as a heading of many: ``Lesson cases``."""
        return self.texts(f"kind.{kind.value}")

    def kind_name(self, kind: Kind) -> str:
        """The kind of one resource: ``Lesson case``."""
        return self.texts(f"kind.{kind.value}.one")


def card(desk: Desk, entry: Entry) -> Card:
    return desk.card(entry)


def _made_card(desk: Desk, entry: Entry) -> Card:
    resource = entry.resource
    language, direction = desk.foreign(entry.language)
    return Card(
        id=entry.id,
        kind=resource.kind.value,
        kind_label=desk.kind_name(resource.kind),
        icon=KIND_ICONS[resource.kind],
        title=entry.title,
        summary=entry.summary,
        uri=desk.entry_uri(entry),
        language=language,
        direction=direction,
        facts=tuple(facts_line(desk, resource)),
        who=desk.catalog.person_name(resource.contributors[0].person),
        organisation=desk.catalog.organisation_name(resource.organisation),
        cover=(subject_label(desk, resource), grades_label(desk, resource)),
        thumbnail=thumbnail_of(desk.files, resource),
        files=file_marks(desk, resource),
        badges=tuple(badges(desk, entry)),
    )


def cards(desk: Desk, entries: tuple[Entry, ...]) -> tuple[Card, ...]:
    return tuple(card(desk, entry) for entry in entries)


def licence_link(desk: Desk, licence: str) -> Link:
    """A licence by name; leads to its text where the vocabulary says where that is."""
    term = desk.catalog.content.vocabularies["licences"].terms.get(licence)
    return Link(text=desk.catalog.label("licences", licence), uri=(term.code or "") if term else "")


def subject_label(desk: Desk, resource: Resource) -> str:
    return desk.catalog.label("subjects", resource.subject) if resource.subject else ""


def grades_label(desk: Desk, resource: Resource) -> str:
    """``小学三年级``, ``小学一至三年级`` as a list, or the stages when no grade is given."""
    vocabulary, ids = ("grades", resource.grades) if resource.grades else ("stages", resource.stages)

    def made() -> str:
        return desk.texts("list.separator").join(desk.catalog.label(vocabulary, term) for term in ids[:3])

    return desk.shared(("names", vocabulary, ids), made)


def minutes_of(resource: Resource) -> float | None:
    if isinstance(resource.details, LessonCaseDetails | MicroLessonDetails):
        return resource.details.minutes
    return None


def facts_line(desk: Desk, resource: Resource) -> list[str]:
    """Stage and grade, subject, textbook, length: what a teacher looks for first."""
    catalog, texts = desk.catalog, desk.texts
    facts = [grades_label(desk, resource), subject_label(desk, resource)]
    if isinstance(resource.details, LessonCaseDetails):
        facts.append(catalog.label("textbooks", resource.details.textbook))
    if isinstance(resource.details, CourseDetails):
        facts.append(texts("fact.hours", n=texts.number(resource.details.hours)))
    minutes = minutes_of(resource)
    if minutes:
        facts.append(texts("fact.minutes", n=texts.number(minutes)))
    return [fact for fact in facts if fact]


def badges(desk: Desk, entry: Entry) -> list[Badge]:
    resource, texts = entry.resource, desk.texts
    found: list[Badge] = []
    language = desk.foreign(entry.language)[0]
    if language:
        found.append(Badge(text=desk.catalog.site.locales[entry.language].name, tone="language"))
    if isinstance(resource.details, LessonCaseDetails):
        if resource.details.level:
            found.append(Badge(text=desk.catalog.label("levels", resource.details.level), tone="level"))
        if resource.details.award and resource.details.award.nominated:
            found.append(Badge(text=texts("badge.nominated"), tone="award"))
    if resource.lifecycle.value == "retired":
        found.append(Badge(text=texts("badge.retired"), tone="warning"))
    if resource.ai_generated.value != "none":
        found.append(Badge(text=texts(f"ai.{resource.ai_generated.value}"), tone="muted"))
    found.extend(Badge(text=text, tone="origin") for text in _origin_badges(desk, entry))
    return found


def _origin_badges(desk: Desk, entry: Entry) -> Iterator[str]:
    """Whose it is, where it is not the package's own; and what the package did with it."""
    if entry.origin:
        yield desk.texts("badge.upstream", package=origin_name(desk, entry.origin))
    if entry.replaces:
        yield desk.texts("badge.replaces")
    if entry.notes:
        yield desk.texts("badge.annotated")


def origin_name(desk: Desk, origin: Origin) -> str:
    """The package by name and, when it was released, its edition: ``省级基础包 2026.1``."""
    title = origin.title.in_locale(desk.catalog.chain)
    return title if origin.edition == WORKING_EDITION else f"{title} {origin.edition}"


def file_marks(desk: Desk, resource: Resource) -> tuple[FileMark, ...]:
    """One mark a material role, in order, at most six."""
    marks: dict[str, FileMark] = {}
    for material in resource.materials:
        icon = FILE_ICONS.get(suffix_of(material.file), "material/file-outline")
        marks.setdefault(material.role, FileMark(icon=icon, text=desk.catalog.label("material-roles", material.role)))
    return tuple(marks.values())[:6]


def thumbnail_of(files: FilesIndex, resource: Resource) -> Picture | None:
    cover = cover_material(resource, files.thumbnails)
    return files.thumbnails[resource.path_of(cover.file)] if cover else None


def cover_material(resource: Resource, pictured: Container[str]) -> Material | None:
    """The material that stands for a resource in lists: slides before video, pictures, papers.

    ``pictured`` holds the project paths of the materials that there is a picture of.
    """
    shown = [material for material in resource.materials if resource.path_of(material.file) in pictured]
    return min(shown, key=lambda m: (_thumbnail_rank(m), resource.materials.index(m)), default=None)


_RANKS = {".pptx": 0, ".mp4": 1, ".jpg": 2, ".jpeg": 2, ".png": 2, ".pdf": 3}


def _thumbnail_rank(material: Material) -> int:
    return _RANKS.get(suffix_of(material.file), 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTile:
    """A topic on the home page and in the topic list."""

    title: str
    summary: str
    uri: str
    count: int
    hours: str
    language: str
    direction: str
    icon: str


def topic_tile(desk: Desk, topic: TopicEntry) -> TopicTile:
    language, direction = desk.foreign(topic.language)
    count = desk.catalog.counts.topics.get(topic.topic.id, 0)
    hours = topic.topic.hours
    return TopicTile(
        title=topic.title,
        summary=topic.summary,
        uri=desk.page(topic.page_uri),
        count=count,
        hours=desk.texts("fact.hours", n=desk.texts.number(hours)) if hours else "",
        language=language,
        direction=direction,
        icon=topic.title[:1],
    )
