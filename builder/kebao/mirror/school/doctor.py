"""``doctor``: what about this PC, this disk and these sources may trouble the mirror, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from kebao.mirror.errors import ExitCode
from kebao.mirror.layout import TIMESTAMP, metadata_uri
from kebao.mirror.school.context import School
from kebao.mirror.school.gathering import RESERVE
from kebao.mirror.school.names_here import NamesHere
from kebao.mirror.school.state import Config, Unreadable, read_state
from kebao.mirror.school.time_policy import Opinion, opinion
from kebao.mirror.sources.source import SourceError, read_small
from kebao.mirror.zstd import zstd_module

_TIMESTAMP_LIMIT = 16_384


@dataclass(frozen=True)
class Finding:
    """Attributes: message: its id; exit_code: COMPLETE for what is well or only worth knowing."""

    message: str
    parameters: dict[str, object]
    exit_code: ExitCode = ExitCode.COMPLETE


def doctor(school: School) -> ExitCode:
    """COMPLETE when nothing is in the way; otherwise the exit code of the first thing that is."""
    config = school.config()
    worst = ExitCode.COMPLETE
    for finding in findings(school, config):
        school.tell(finding.message, **finding.parameters)
        worst = worst or finding.exit_code
    school.tell("doctor-well" if worst is ExitCode.COMPLETE else "doctor-not-well")
    return worst


def findings(school: School, config: Config) -> Iterator[Finding]:
    """Everything that was looked at, in the order in which it is told."""
    yield Finding("doctor-python", {"version": ".".join(map(str, sys.version_info[:3]))})
    yield Finding("doctor-deltas" if zstd_module() else "doctor-no-deltas", {})
    yield from _disk(school)
    yield from _memory(school, config)
    for place in config.sources:
        yield _source(school, place)


def _disk(school: School) -> Iterator[Finding]:
    try:
        names = NamesHere(school.places.private, school.disk)
    except OSError as error:
        yield Finding("doctor-disk-refuses", {"path": school.root, "reason": error}, ExitCode.DISK)
        return
    yield Finding("doctor-links" if names.has_links else "doctor-no-links", {})
    free = school.disk.free_bytes(school.root)
    code = ExitCode.DISK if free < 2 * RESERVE else ExitCode.COMPLETE
    yield Finding("doctor-space-low" if code else "doctor-space", {"free": f"{free / 1e9:.1f} GB"}, code)


def _memory(school: School, config: Config) -> Iterator[Finding]:
    """The mirror's own files, and what the state says about the clock."""
    path = school.places.root_metadata
    if not path.is_file() or sha256(path.read_bytes()).hexdigest() != config.root_sha256:
        yield Finding("school-root-damaged", {"path": path}, ExitCode.NOT_VERIFIED)
    try:
        state = read_state(school.places.state)
    except Unreadable as error:
        yield Finding("school-state-damaged", {"path": error.path}, ExitCode.DISK)
        return
    now = school.clock.now()
    thought = opinion(now, state.last_good_time)
    code = ExitCode.STALE if thought is Opinion.BEHIND else ExitCode.COMPLETE
    signed = f"{state.last_good_time:%Y-%m-%d}" if state.last_good_time else "-"
    yield Finding(thought.value, {"clock": f"{now:%Y-%m-%d %H:%M} UTC", "signed": signed}, code)
    if state.current and not school.places.tree(state.current).is_dir():
        yield Finding("school-tree-gone", {"tree": state.current}, ExitCode.NOT_VERIFIED)


def _source(school: School, place: str) -> Finding:
    try:
        start = read_small(school.open_source(place), metadata_uri(TIMESTAMP), _TIMESTAMP_LIMIT)
    except SourceError as error:
        return Finding("doctor-source-silent", {"source": place, "detail": error.detail[:200]}, ExitCode.NETWORK)
    if start.lstrip()[:1] != b"{":
        return Finding("school-web-page", {"source": place}, ExitCode.NETWORK)
    return Finding("doctor-source", {"source": place})
