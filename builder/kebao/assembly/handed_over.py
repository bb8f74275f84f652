"""A project that was checked already, for a MkDocs build in a process that was split off after the check."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.model.files_index import FilesIndex

_CHECKED: ContextVar[CheckedProject | None] = ContextVar("the project that this process was split off to build")
_FILES: ContextVar[Mapping[str, FilesIndex] | None] = ContextVar("its stored files, by package")


def hand_over(project: CheckedProject | None, files: Mapping[str, FilesIndex] | None) -> None:
    """For the rest of this process."""
    _CHECKED.set(project)
    _FILES.set(files)


def handed_over(root: Path) -> CheckedProject | None:
    """The project at ``root``, if this process was split off to build it."""
    project = _CHECKED.get(None)
    return project if project is not None and project.root.resolve() == root.resolve() else None


def handed_over_files() -> Mapping[str, FilesIndex] | None:
    """Package → its stored files, if this process was split off to build pages that lead to them."""
    return _FILES.get(None)
