"""A project that was checked already, for a MkDocs build in a process that was split off after the check."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

from kebao.assembly.checking import CheckedProject

_CHECKED: ContextVar[CheckedProject | None] = ContextVar("the project that this process was split off to build")


def hand_over(project: CheckedProject | None) -> None:
    """For the rest of this process."""
    _CHECKED.set(project)


def handed_over(root: Path) -> CheckedProject | None:
    """The project at ``root``, if this process was split off to build it."""
    project = _CHECKED.get(None)
    return project if project is not None and project.root.resolve() == root.resolve() else None
