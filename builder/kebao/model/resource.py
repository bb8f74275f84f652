"""Resources: courses, lesson cases, micro-lessons, micro-cases, micro-stories, school summaries, bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kebao.model.material import Material

# In a class with a field 'date', that name means the field to those who read its annotations (pydantic does).
_Day = date


class Kind(StrEnum):
    """The seven kinds of resource; the value is the folder and the segment in the URL (DESIGN §1.5)."""

    COURSE = "courses"
    LESSON_CASE = "lesson-cases"
    MICRO_LESSON = "micro-lessons"
    MICRO_CASE = "micro-cases"
    MICRO_STORY = "micro-stories"
    SCHOOL_SUMMARY = "school-summaries"
    BULLETIN = "bulletins"


class Lifecycle(StrEnum):
    """Drafts never reach a site; retired resources keep their page and leave the lists."""

    DRAFT = "draft"
    CURRENT = "current"
    RETIRED = "retired"


class ReviewState(StrEnum):
    SUBMITTED = "submitted"
    IN_REVIEW = "in-review"
    ACCEPTED = "accepted"


class TranslationState(StrEnum):
    """Whether a person has read a translation; a machine's work says so on its page."""

    MACHINE = "machine"
    REVIEWED = "reviewed"


class AiUse(StrEnum):
    """Declared use of generative tools (labelling rules in force in China since 2025-09-01, GB 45438-2025)."""

    NONE = "none"
    ASSISTED = "assisted"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A person's part in a resource; ``role`` is a term of ``contributor-roles``."""

    person: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A link from one resource to another.

    Attributes:
        type: A term of ``relation-types``.
        target: A resource id, or ``package/id`` for a resource of another package.
    """

    type: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Where a resource stands in review, and who accepted it when."""

    state: ReviewState
    by: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What those who can be recognised (or their guardians) agreed to, and until when."""

    who: str
    scope: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSection:
    """One of a course's five parts; ``part`` is a term of ``course-parts``."""

    part: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentItem:
    """What counts toward a course's result; ``weight`` in per cent."""

    item: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDetails:
    """What only a course has; ``module`` is a module of its programme."""

    module: str
    required: bool
    hours: float
    credits: float
    delivery: str
    sections: tuple[CourseSection, ...]
    assessment: tuple[AssessmentItem, ...]
    approval: Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    title: str
    level: str
    year: int
    nominated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCaseDetails:
    """What only a lesson case has: its place in the textbook, its level, award and guiding teachers."""

    textbook: str
    unit: str
    lesson: str
    minutes: float | None = None
    level: str | None = None
    award: Award | None = None
    guiding_teachers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroLessonDetails:
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryNumber:
    label: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolSummaryDetails:
    period: Period
    numbers: tuple[SummaryNumber, ...]
    next_plan: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinDetails:
    issue: int
    period: Period


Details = CourseDetails | LessonCaseDetails | MicroLessonDetails | SchoolSummaryDetails | BulletinDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A resource's texts in another locale: only what is translated.

    Attributes:
        of: Locale it was translated from.
        digest: SHA-256 of the source it was made from, see :func:`kebao.loading.digests.source_digest`; empty where
            ``digests`` say it.
        digests: Field → digests of the parts of the source, see :mod:`kebao.model.translated_texts`.
        material_titles: File name → title.
        lists: Field name (``sections``, ``assessment``, ``numbers``, ``number_units``, ``next_plan``) → texts in order.
    """

    of: str
    digest: str
    title: str
    summary: str
    body: str
    body_line: int = 1
    state: TranslationState = TranslationState.REVIEWED
    by: str | None = None
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    unit: str = ""
    lesson: str = ""
    award_title: str = ""
    material_titles: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource in its source language, with its translations.

    Attributes:
        id: ASCII, permanent, unique in its package over all kinds.
        folder: POSIX path of its folder, relative to the project root.
        body: Markdown; headings start at level 2.
        body_line: 1-based line of ``index.md`` on which the body starts.
        details: What only its kind has; None for micro-cases and micro-stories.
    """

    id: str
    kind: Kind
    folder: str
    title: str
    summary: str
    topics: tuple[str, ...]
    stages: tuple[str, ...]
    contributors: tuple[Contribution, ...]
    organisation: str
    date: _Day
    licence: str
    programme: str
    phase: str
    body: str
    body_line: int
    subject: str | None = None
    grades: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    relations: tuple[Relation, ...] = ()
    review: Review = Review(state=ReviewState.SUBMITTED)
    lifecycle: Lifecycle = Lifecycle.CURRENT
    replaced_by: str | None = None
    ai_generated: AiUse = AiUse.NONE
    consent: Consent | None = None
    details: Details | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)

    def path_of(self, file: str) -> str:
        """POSIX path of one of its files, relative to the project root."""
        return f"{self.folder}/{file}"
