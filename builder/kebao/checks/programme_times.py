"""The times of a programme: windows that end after they start, phases in order and inside its period (KB205, KB621)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from kebao.checks.context import CheckContext, problem
from kebao.model.programme import Programme, ProgrammePhase, Window
from kebao.model.source_map import Pointer
from kebao.problems import Message, Problem, Severity

_YEARLESS = len("08-10")
#: Any leap year: 02-29 can be said without its year.
_LEAP_YEAR = 2024
_DAYS_OF_A_YEAR = 366
#: Days on one scale: of the calendar, or since the programme's first day where the notice leaves out the years.
_Day = tuple[str, int]


def check_programme_times(context: CheckContext) -> Iterator[Problem]:
    """KB205 and KB621 for every programme; what a notice leaves open is not held against it."""
    for programme in context.content.programmes.values():
        yield from _reversed_windows(context, programme)
        yield from _outside_of_the_period(context, programme)
        yield from _out_of_order(context, programme)


def _reversed_windows(context: CheckContext, programme: Programme) -> Iterator[Problem]:
    windows: list[tuple[Pointer, Window | None]] = [(("period",), programme.period)]
    windows += [(("phases", i, "window"), phase.window) for i, phase in enumerate(programme.phases)]
    windows += [(("windows", i), named.window) for i, named in enumerate(programme.windows)]
    for pointer, window in windows:
        first, last = (window.first_day, window.last_day) if window else (None, None)
        if first and last and last < first:
            field = next(str(step) for step in reversed(pointer) if isinstance(step, str))
            message = Message("'{field}' must not end before it starts", {"field": field})
            yield problem(context.at(_path(programme), *pointer), "KB205", message)


def _outside_of_the_period(context: CheckContext, programme: Programme) -> Iterator[Problem]:
    period = programme.period
    if period is None:
        return
    origin = _origin(programme)
    bounds = (_start(period, origin), _end(period, origin))
    for index, phase in enumerate(programme.phases):
        days = (_start(phase.window, origin), _end(phase.window, origin))
        if any(_lies_outside(day, bounds) for day in days):
            params = {"phase": phase.phase, "start": period.start or "…", "end": period.end or "…"}
            message = Message("the phase '{phase}' is not within the programme's period, {start} to {end}", params)
            hint = Message("compare the days with the notice; correct the period or the phase")
            place = context.at(_path(programme), "phases", index, "window")
            yield problem(place, "KB621", message, hint=hint, severity=Severity.WARNING)


def _out_of_order(context: CheckContext, programme: Programme) -> Iterator[Problem]:
    origin = _origin(programme)
    dated = [(index, phase) for index, phase in enumerate(programme.phases) if phase.window]
    for (_, before), (index, phase) in pairwise(dated):
        if _is_earlier(phase, before, origin):
            message = Message(
                "the phase '{phase}' starts before '{before}', which stands above it", _names(phase, before)
            )
            hint = Message("list the phases in the order in which they begin")
            place = context.at(_path(programme), "phases", index, "window")
            yield problem(place, "KB621", message, hint=hint, severity=Severity.WARNING)


def _names(phase: ProgrammePhase, before: ProgrammePhase) -> dict[str, str]:
    return {"phase": phase.phase, "before": before.phase}


def _is_earlier(phase: ProgrammePhase, before: ProgrammePhase, origin: str) -> bool:
    """By their starts; by their ends where a notice gives those only."""
    starts = _start(phase.window, origin), _start(before.window, origin)
    ends = _end(phase.window, origin), _end(before.window, origin)
    own, other = starts if any(starts) else ends
    return own is not None and other is not None and own[0] == other[0] and own < other


def _lies_outside(day: _Day | None, bounds: tuple[_Day | None, _Day | None]) -> bool:
    start, end = bounds
    if day is None:
        return False
    return bool((start and day[0] == start[0] and day < start) or (end and day[0] == end[0] and day > end))


def _origin(programme: Programme) -> str:
    """The day from which days without a year are counted: the programme's first, or that of the year."""
    windows = (programme.period, *(phase.window for phase in programme.phases))
    starts = [window.start for window in windows if window and window.start and len(window.start) == _YEARLESS]
    return starts[0] if starts else "01-01"


def _start(window: Window | None, origin: str) -> _Day | None:
    return _on_scale(window.start, window.first_day, origin) if window else None


def _end(window: Window | None, origin: str) -> _Day | None:
    return _on_scale(window.end, window.last_day, origin) if window else None


def _on_scale(moment: str | None, day: date | None, origin: str) -> _Day | None:
    if day is not None:
        return "calendar", day.toordinal()
    if moment is None:
        return None
    return "season", (_day_of_year(moment) - _day_of_year(origin)) % _DAYS_OF_A_YEAR


def _day_of_year(month_and_day: str) -> int:
    return date.fromisoformat(f"{_LEAP_YEAR}-{month_and_day}").timetuple().tm_yday


def _path(programme: Programme) -> str:
    return f"content/programmes/{programme.id}.yml"
