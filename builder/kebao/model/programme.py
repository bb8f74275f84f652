"""A training programme: who runs it, its modules, phases, hours, rules, windows, marks and awards."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from kebao.model.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time as the notice gives it.

    Attributes:
        start, end: ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, or ``MM-DD`` where the notice leaves out the year.
    """

    start: str | None = None
    end: str | None = None

    @property
    def first_day(self) -> date | None:
        """The first day that ``start`` can mean; None where it is open or without a year."""
        return _day(self.start, last=False)

    @property
    def last_day(self) -> date | None:
        """The last day that ``end`` can mean; None where it is open or without a year."""
        return _day(self.end, last=True)

    @property
    def to_the_day(self) -> tuple[date, date] | None:
        """Both days where the notice gives both in full; None where it leaves something open."""
        first, last = self.first_day, self.last_day
        is_full = len(self.start or "") == len(self.end or "") == len("2023-08-10")
        return (first, last) if first and last and is_full else None


def _day(moment: str | None, *, last: bool) -> date | None:
    if moment is None or len(moment) == len("08-10"):
        return None
    year, *rest = (int(part) for part in moment.split("-"))
    month = rest[0] if rest else (12 if last else 1)
    day = rest[1] if len(rest) > 1 else (monthrange(year, month)[1] if last else 1)
    return date(year, month, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWindow:
    title: LocalizedText
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Training hours or credits: at least, at most, both or neither."""

    minimum: float | None = None
    maximum: float | None = None
    note: LocalizedText = LocalizedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """The notice the programme is taken from."""

    title: str
    issuer: str
    number: str | None = None
    date: str | None = None
    seed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    label: LocalizedText
    value: float
    unit: LocalizedText = LocalizedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A part of the programme that courses belong to.

    Attributes:
        courses: How many a teacher takes, where the notice says so: all of a required module, or so many of those that
            an elective one offers.
    """

    id: str
    title: LocalizedText
    required: bool
    hours: Amount | None = None
    courses: int | None = None
    note: LocalizedText = LocalizedText()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePhase:
    """A phase or step, in order.

    Attributes:
        phase: A term of the vocabulary ``phases``.
    """

    phase: str
    summary: LocalizedText
    window: Window | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    id: str
    title: LocalizedText
    text: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    title: LocalizedText
    duties: tuple[LocalizedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPart:
    """One line of a marking scheme: ``count`` pieces at ``marks_each``, ``marks`` in all."""

    id: str
    title: LocalizedText
    marks: float
    count: float | None = None
    unit: LocalizedText = LocalizedText()
    marks_each: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The marks that the named parts must reach together before the rest may be taken."""

    parts: tuple[str, ...]
    marks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    title: LocalizedText
    parts: tuple[AssessmentPart, ...]
    threshold: Threshold | None = None
    pass_marks: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeAward:
    """An award that the programme gives; ``share`` is a percentage of those eligible."""

    title: LocalizedText
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A training programme as its notice describes it.

    Attributes:
        hours, credits: What a teacher needs in all.
        electives: Hours that a teacher chooses, out of all elective modules together.
    """

    id: str
    title: LocalizedText
    short_title: LocalizedText
    region: LocalizedText
    organiser: LocalizedText
    audience: LocalizedText
    summary: LocalizedText
    source: SourceDocument
    period: Window | None = None
    hours: Amount | None = None
    credits: Amount | None = None
    electives: Amount | None = None
    figures: tuple[Figure, ...] = ()
    modules: tuple[Module, ...] = ()
    phases: tuple[ProgrammePhase, ...] = ()
    windows: tuple[NamedWindow, ...] = ()
    rules: tuple[Rule, ...] = ()
    roles: tuple[Role, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    awards: tuple[ProgrammeAward, ...] = ()
