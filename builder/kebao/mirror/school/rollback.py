"""``rollback`` and ``unpin``: which of the releases that are here readers see. No network, no signature: both were
checked."""

from __future__ import annotations

from dataclasses import replace

from kebao.mirror.errors import ExitCode, RefusedError
from kebao.mirror.school.context import School
from kebao.mirror.school.state import Release, State, write_state
from kebao.mirror.school.switch import show


def rollback(school: School, to: str = "") -> ExitCode:
    """Shows the release `to` (a tree or a version), else the one before the current one, and holds it there."""
    with school.lock():
        state = school.state()
        release = _named(state, to) if to else _before(state)
        _show(school, replace(state, current=release.tree, pinned=True))
        school.journal.note("rollback", tree=release.tree, version=release.version)
        school.tell("school-rolled-back", version=release.version, tree=release.tree)
    return ExitCode.COMPLETE


def unpin(school: School) -> ExitCode:
    """Shows the newest release again, and those that come."""
    with school.lock():
        state = school.state()
        if state.newest is None:
            raise RefusedError("school-nothing-here")
        if not state.pinned:
            school.tell("school-not-pinned", version=state.newest.version)
            return ExitCode.NOTHING_NEW
        _show(school, replace(state, current=state.newest.tree, pinned=False))
        school.journal.note("unpin", tree=state.newest.tree)
        school.tell("school-unpinned", version=state.newest.version)
    return ExitCode.COMPLETE


def _show(school: School, state: State) -> None:
    if not school.places.tree(state.current).is_dir():
        raise RefusedError("school-tree-gone", tree=state.current)
    write_state(school.disk, school.places.state, state)
    show(school.disk, school.places, state.current)


def _named(state: State, name: str) -> Release:
    for release in reversed(state.releases):
        if name in (release.tree, release.version) or name.lstrip("0") == str(release.number):
            return release
    known = ", ".join(f"{release.tree} ({release.version})" for release in state.releases)
    raise RefusedError("school-no-such-release", given=name, known=known or "-")


def _before(state: State) -> Release:
    names = [release.tree for release in state.releases]
    place = names.index(state.current) if state.current in names else 0
    if place == 0:
        raise RefusedError("school-nothing-before")
    return state.releases[place - 1]
