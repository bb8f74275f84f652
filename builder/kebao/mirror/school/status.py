"""``status``: what readers see, how old it is, and whether the school can be sure of it. Asks no source."""

from __future__ import annotations

from datetime import datetime

from kebao.mirror.errors import ExitCode, VerificationError
from kebao.mirror.school.context import School
from kebao.mirror.school.gathering import plans
from kebao.mirror.school.known_trees import know_trees
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.state import State, moment_of, stamp
from kebao.mirror.school.store import Store
from kebao.mirror.school.time_policy import opinion, reference_time
from kebao.mirror.school.unfinished import Unfinished, read_unfinished


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
    _tell_unfinished(school, state)
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


def _tell_unfinished(school: School, state: State) -> None:
    """What an interrupted pull has still to bring."""
    unfinished = read_unfinished(school)
    if unfinished:
        left = bytes_to_fetch(school, state, unfinished)
        school.tell("school-status-unfinished", version=unfinished.version, size=readable_bytes(left))


def bytes_to_fetch(school: School, state: State, unfinished: Unfinished) -> int:
    """What is neither here nor begun, at most; 0 when its manifests are gone and only the next pull can say."""
    store = Store(school.places, school.disk)
    try:
        know_trees(school, store, state, unfinished.tree, unfinished.manifests)
        left = sum(plan.bytes for plan in plans(school, store, unfinished.manifests, state))
    except VerificationError:
        return 0
    return max(0, left - sum(part.stat().st_size for part in school.places.parts.glob("*.part")))


def _stamp(moment: datetime | None) -> str:
    return stamp(moment) if moment else "-"
