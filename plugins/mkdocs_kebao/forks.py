"""Pages in several processes; a failure in one ends the build as MkDocs' own do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mkdocs.exceptions import BuildError

from kebao.assembly import processes

_Piece = TypeVar("_Piece", bound=Sequence[Any])
#: Fewer than these in all are done sooner than a process has started.
_FEW = 100


def in_processes(pieces: Sequence[_Piece], work: Callable[[_Piece], list[str]]) -> list[str]:
    """What the work on all pieces gives, in their order.

    Raises:
        BuildError: One of the processes failed; what it said.
    """
    if sum(map(len, pieces)) < _FEW:
        return [text for piece in pieces for text in work(piece)]
    try:
        return processes.in_processes(pieces, work)
    except processes.WorkError as error:
        raise BuildError(str(error)) from error
