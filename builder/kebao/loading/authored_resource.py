"""Front matter of resources, topics and translations as authors write it (DESIGN §4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from kebao.loading.scalars import (
    Authored,
    Boolean,
    Code,
    Day,
    FileName,
    Id,
    Line,
    Number,
    Percent,
    Positive,
    Summary,
    Target,
    Title,
    WholeNumber,
    Year,
)
from kebao.model.resource import AiUse, Kind, Lifecycle, ReviewState, TranslationState


def _one_keyword(text: str) -> str:
    """YAML takes ``[分数，折纸]`` for one keyword."""
    if "，" in text or "；" in text:
        raise PydanticCustomError("kb_one_keyword", "has several words in one entry")
    return text


Keyword = Annotated[Title, AfterValidator(_one_keyword)]


class AuthoredContribution(Authored):
    person: Id
    role: Code


class AuthoredMaterial(Authored):
    file: FileName
    role: Code
    title: Line
    language: Code | None = None
    captions: FileName | None = None
    minutes: Positive | None = None


class AuthoredRelation(Authored):
    type: Code
    target: Target


class AuthoredReview(Authored):
    state: ReviewState
    by: Id | None = None
    on: Day | None = None


class AuthoredLifecycle(Authored):
    state: Lifecycle
    replaced_by: Id | None = None


class AuthoredConsent(Authored):
    who: Line
    scope: Line
    until: Day


class AuthoredPeriod(Authored):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> AuthoredPeriod:
        if self.end < self.start:
            raise PydanticCustomError("kb_period", "must not end before it starts")
        return self


class AuthoredResource(Authored):
    """What every kind has."""

    title: Title
    summary: Summary
    topics: list[Id] = Field(min_length=1, max_length=6)
    subject: Code | None = None
    stages: list[Code] = Field(min_length=1)
    grades: list[Code] = []
    programme: Id
    phase: Code
    contributors: list[AuthoredContribution] = Field(min_length=1)
    organisation: Id
    date: Day
    licence: Code
    keywords: list[Keyword] = Field(default=[], max_length=12)
    materials: list[AuthoredMaterial] = []
    relations: list[AuthoredRelation] = []
    review: AuthoredReview
    lifecycle: AuthoredLifecycle = AuthoredLifecycle(state=Lifecycle.CURRENT)
    ai_generated: AiUse
    consent: AuthoredConsent | None = None


class AuthoredSection(Authored):
    part: Code
    title: Line


class AuthoredAssessmentItem(Authored):
    item: Line
    weight: Percent


class AuthoredApproval(Authored):
    by: Line
    on: Day


class AuthoredCourse(AuthoredResource):
    module: Id
    required: Boolean
    hours: Positive
    credits: Number
    delivery: Code
    sections: list[AuthoredSection] = Field(min_length=1)
    assessment: list[AuthoredAssessmentItem] = Field(min_length=1)
    approval: AuthoredApproval


class AuthoredAward(Authored):
    title: Line
    level: Code
    year: Year
    nominated: Boolean = False


class AuthoredLessonCase(AuthoredResource):
    textbook: Code
    unit: Line
    lesson: Line
    minutes: Positive | None = None
    level: Code | None = None
    award: AuthoredAward | None = None
    guiding_teachers: list[Id] = []


class AuthoredMicroLesson(AuthoredResource):
    minutes: Positive


class AuthoredSummaryNumber(Authored):
    label: Line
    value: Number
    unit: Code | None = None


class AuthoredSchoolSummary(AuthoredResource):
    period: AuthoredPeriod
    numbers: list[AuthoredSummaryNumber] = Field(min_length=1)
    next_plan: list[Line] = Field(min_length=1)


class AuthoredBulletin(AuthoredResource):
    issue: WholeNumber
    period: AuthoredPeriod


AUTHORED_BY_KIND: dict[Kind, type[AuthoredResource]] = {
    Kind.COURSE: AuthoredCourse,
    Kind.LESSON_CASE: AuthoredLessonCase,
    Kind.MICRO_LESSON: AuthoredMicroLesson,
    Kind.MICRO_CASE: AuthoredResource,
    Kind.MICRO_STORY: AuthoredResource,
    Kind.SCHOOL_SUMMARY: AuthoredSchoolSummary,
    Kind.BULLETIN: AuthoredBulletin,
}


#: Written by ``kebao i18n accept``: one digest a part of the field, apart by blanks.
PartDigests = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}( [0-9a-f]{8})*$"),
    # Plain digits are a number to an editor.
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^[0-9a-f]{8}( [0-9a-f]{8})*$"}),
]


class AuthoredDigests(Authored):
    title: PartDigests | None = None
    summary: PartDigests | None = None
    keywords: PartDigests | None = None
    unit: PartDigests | None = None
    lesson: PartDigests | None = None
    award_title: PartDigests | None = None
    materials: PartDigests | None = None
    sections: PartDigests | None = None
    assessment: PartDigests | None = None
    numbers: PartDigests | None = None
    number_units: PartDigests | None = None
    next_plan: PartDigests | None = None
    body: PartDigests | None = None


class AuthoredTranslationOf(Authored):
    of: Code
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    digests: AuthoredDigests = AuthoredDigests()
    state: TranslationState = TranslationState.REVIEWED
    by: Id | None = None

    def parts(self) -> dict[str, tuple[str, ...]]:
        """Field → digests of its parts."""
        return {field: tuple(written.split()) for field, written in self.digests if written}


class AuthoredTranslation(Authored):
    translation: AuthoredTranslationOf
    title: Line
    summary: Line
    keywords: list[Line] = []
    unit: Line | None = None
    lesson: Line | None = None
    award_title: Line | None = None
    materials: dict[str, Line] = {}
    sections: list[Line] = []
    assessment: list[Line] = []
    numbers: list[Line] = []
    number_units: list[Line | None] = []
    next_plan: list[Line] = []


class AuthoredTopic(Authored):
    title: Title
    summary: Summary
    order: WholeNumber
    stages: list[Code] = []
    subjects: list[Code] = []
    hours: Positive | None = None
    suggested: list[Id] = []


class AuthoredTopicTranslation(Authored):
    translation: AuthoredTranslationOf
    title: Line
    summary: Line
