"""``status``: what readers see, how old it is, and whether the school can be sure of it. Asks no source."""

from __future__ import annotations

from datetime import datetime

from kebao.mirror.errors import ExitCode
from kebao.mirror.school.context import School
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.state import State, moment_of, stamp
from kebao.mirror.school.time_policy import opinion, reference_time


def status(school: School) -> ExitCode:
    """COMPLETE when the newest release that is known is shown and its metadata are in date; STALE otherwise."""
    config = school.config()
    state = school.state()
    now = school.clock.now()
    school.tell("school-status-sources", sources=", ".join(config.sources))
    if config.subset.packages or config.subset.locales:
        school.tell(
            "school-status-subset",
            packages=", ".join(config.subset.packages) or "*",
            locales=", ".join(config.subset.locales) or "*",
        )
    current = state.release(state.current)
    if current is None:
        school.tell("school-empty")
        return ExitCode.STALE
    at = reference_time(now, state.last_good_time)
    school.tell(
        "school-status-current",
        version=current.version,
        tree=current.tree,
        released=current.released[:10],
        days=max(0, (at - moment_of(current.released)).days),
        files=current.files,
        size=readable_bytes(current.bytes),
    )
    for release in state.releases:
        if release != current:
            school.tell("school-status-kept", version=release.version, tree=release.tree)
    _tell_unfinished(school)
    school.tell(opinion(now, state.last_good_time).value, clock=stamp(now), signed=_stamp(state.last_good_time))
    return _freshness(school, state, at)


def _freshness(school: School, state: State, at: datetime) -> ExitCode:
    fresh = ExitCode.COMPLETE
    if state.pinned:
        school.tell("school-pinned", tree=state.current)
        fresh = ExitCode.STALE
    if state.valid_until is None:
        return ExitCode.STALE
    if state.stale or state.valid_until <= at:
        school.tell("school-status-stale", until=_stamp(state.valid_until)[:10])
        return ExitCode.STALE
    school.tell("school-status-valid", until=_stamp(state.valid_until)[:10])
    return fresh


def _tell_unfinished(school: School) -> None:
    """What an interrupted pull has brought so far."""
    size = sum(part.stat().st_size for part in school.places.parts.glob("*.part"))
    if size:
        school.tell("school-status-unfinished", size=readable_bytes(size))


def _stamp(moment: datetime | None) -> str:
    return stamp(moment) if moment else "-"
