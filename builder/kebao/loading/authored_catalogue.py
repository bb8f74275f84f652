"""Vocabularies, organisations, people, programmes and packages as authors write them (DESIGN §4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, WithJsonSchema

from kebao.loading.scalars import (
    Authored,
    Boolean,
    Code,
    Day,
    Id,
    Line,
    Localized,
    Moment,
    Number,
    Percent,
    Positive,
    WholeNumber,
)
from kebao.model.resource import Kind
from kebao.problems import Severity


class AuthoredTerm(Authored):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    label: Localized
    code: Code | None = None
    broader: Id | None = None


class AuthoredVocabulary(Authored):
    title: Localized
    source: Line
    terms: list[AuthoredTerm] = Field(min_length=1)


class AuthoredOrganisation(Authored):
    id: Id
    type: Code
    name: Localized
    parent: Id | None = None
    county: Line | None = None
    stages: list[Code] = []


class AuthoredPerson(Authored):
    id: Id
    name: Localized
    organisation: Id
    pseudonym: Boolean = False


class AuthoredWindow(Authored):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    start: Moment | None = Field(default=None, alias="from")
    end: Moment | None = Field(default=None, alias="to")


class AuthoredNamedWindow(AuthoredWindow):
    title: Localized


class AuthoredAmount(Authored):
    minimum: Number | None = None
    maximum: Number | None = None
    note: Localized | None = None


class AuthoredSource(Authored):
    title: Line
    issuer: Line
    number: Line | None = None
    date: Code | None = None
    seed: Code | None = None


class AuthoredFigure(Authored):
    label: Localized
    value: Number
    unit: Localized | None = None


class AuthoredModule(Authored):
    id: Id
    title: Localized
    required: Boolean
    hours: AuthoredAmount | None = None
    courses: WholeNumber | None = None
    note: Localized | None = None


class AuthoredPhase(Authored):
    phase: Code
    summary: Localized
    window: AuthoredWindow | None = None


class AuthoredRule(Authored):
    id: Id
    title: Localized
    text: Localized


class AuthoredRole(Authored):
    title: Localized
    duties: list[Localized] = Field(min_length=1)


class AuthoredAssessmentPart(Authored):
    id: Id
    title: Localized
    marks: Number
    count: Number | None = None
    unit: Localized | None = None
    marks_each: Number | None = None


class AuthoredThreshold(Authored):
    parts: list[Id] = Field(min_length=1)
    marks: Number


class AuthoredAssessment(Authored):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    title: Localized
    parts: list[AuthoredAssessmentPart] = Field(min_length=1)
    threshold: AuthoredThreshold | None = None
    pass_marks: Number | None = Field(default=None, alias="pass")


class AuthoredProgrammeAward(Authored):
    title: Localized
    share: Percent | None = None


class AuthoredProgramme(Authored):
    title: Localized
    short_title: Localized
    region: Localized
    organiser: Localized
    audience: Localized
    summary: Localized
    source: AuthoredSource
    period: AuthoredWindow | None = None
    hours: AuthoredAmount | None = None
    credits: AuthoredAmount | None = None
    electives: AuthoredAmount | None = None
    figures: list[AuthoredFigure] = []
    modules: list[AuthoredModule] = []
    phases: list[AuthoredPhase] = Field(min_length=1)
    windows: list[AuthoredNamedWindow] = []
    rules: list[AuthoredRule] = []
    roles: list[AuthoredRole] = []
    assessments: list[AuthoredAssessment] = []
    awards: list[AuthoredProgrammeAward] = []


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class AuthoredUpstream(Authored):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    package: Id
    edition: Code
    source: Line | None = Field(default=None, alias="from")
    digest: Digest | None = None


class AuthoredHiding(Authored):
    resource: Id
    reason: Localized


class AuthoredReplacement(Authored):
    resource: Id
    by: Id
    digest: Digest | None = None


class AuthoredAnnotation(Authored):
    resource: Id
    note: Localized
    by: Id
    on: Day
    digest: Digest | None = None


class AuthoredOverlay(Authored):
    """content/packages/<package>/overlay.yml."""

    hide: list[AuthoredHiding] = []
    replace: list[AuthoredReplacement] = []
    annotate: list[AuthoredAnnotation] = []


class AuthoredBundleRules(Authored):
    light_without: list[Annotated[str, StringConstraints(pattern=r"^\.[a-z0-9]+$")]] = [".mp4"]


class AuthoredFeatured(Authored):
    resource: Id
    reason: Localized


class AuthoredPackage(Authored):
    title: Localized
    short_title: Localized
    summary: Localized
    publisher: Id
    region: Localized
    source_locale: Code
    locales: list[Code] = Field(min_length=1)
    licence: Code
    programmes: list[Id] = Field(min_length=1)
    notice: Localized | None = None
    about: Localized | None = None
    extends: AuthoredUpstream | None = None
    bundles: AuthoredBundleRules = AuthoredBundleRules()
    featured: list[AuthoredFeatured] = []


class AuthoredLocale(Authored):
    """site_config/locales/<id>.yml; ``texts`` is flattened to dotted keys when read."""

    language_tag: Code
    name: Line
    direction: Annotated[str, StringConstraints(pattern=r"^(ltr|rtl)$")]
    fallback: list[Code] = []
    babel: Code
    theme_language: Code | None = None
    theme_texts: dict[str, str] = {}
    texts: dict[str, str] = {}


class AuthoredSite(Authored):
    title: Localized
    base_url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s]+/)?$")] = ""
    default_package: Id
    default_locale: Code
    packages: list[Id] = Field(min_length=1)
    audience: Annotated[str, StringConstraints(pattern=r"^(public|intranet)$")] = "public"


class AuthoredWaiver(Authored):
    code: Code
    path: Line
    reason: Line
    until: Day


class AuthoredBounds(Authored):
    minimum: Number | None = None
    maximum: Number | None = None


class AuthoredTranslationBudget(Authored):
    missing_percent: Percent = 100
    stale_percent: Percent = 100


#: ``kind.role`` or ``kind.role.stage``, as in ``micro-lessons.micro-video.primary``.
#: The rules say what is wrong with one, so that it does not hide the rest of the file.
_KINDS = "|".join(Kind)
LengthKey = Annotated[str, WithJsonSchema({"type": "string", "pattern": rf"^({_KINDS})(\.[a-z0-9-]+){{1,2}}$"})]
KindKey = Annotated[str, WithJsonSchema({"type": "string", "pattern": rf"^({_KINDS})$"})]


class AuthoredPolicy(Authored):
    page_kilobytes: Positive = 60
    nav_links: WholeNumber = 150
    material_megabytes: Positive = 200
    guiding_teachers: WholeNumber = 3
    lengths: dict[LengthKey, AuthoredBounds] = {}
    bit_rates: dict[LengthKey, AuthoredBounds] = {}
    minutes_tolerance: Number = 1
    video_width: WholeNumber = 720
    video_height: WholeNumber = 576
    picture_width: WholeNumber = 320
    required_roles: dict[KindKey, list[Code]] = {}
    nominated_roles: list[Code] = ["lesson-plan", "slides", "recording", "exercises"]
    topic_programmes: list[Id] = ["rongcheng-2023"]
    school_topics: WholeNumber = 6
    required_topics: list[Id] = ["teacher-ethics"]
    near_duplicate_percent: Percent = 60
    public_contacts: list[Line] = []
    document_authors: list[Line] = []
    consent_roles: list[Code] = ["recording", "pupil-work"]
    translation_budget: dict[str, AuthoredTranslationBudget] = {}
    severities: dict[str, Severity] = {}
    waivers: list[AuthoredWaiver] = []
