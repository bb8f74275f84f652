"""Work in several processes that have everything in memory that this one has; elsewhere, one after another."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mkdocs.exceptions import BuildError

_Piece = TypeVar("_Piece", bound=Sequence[Any])
#: Fewer than these in all are done sooner than a process has started.
_FEW = 100


def in_processes(pieces: Sequence[_Piece], work: Callable[[_Piece], list[str]]) -> list[str]:
    """What the work on all pieces gives, in their order; the first piece is done here.

    Raises:
        BuildError: One of the processes failed; what it said.
    """
    # A process with threads must not be split: `mkdocs serve` builds in one of several.
    if not hasattr(os, "fork") or threading.active_count() > 1 or sum(map(len, pieces)) < _FEW:
        return [text for piece in pieces for text in work(piece)]
    sys.stdout.flush()
    sys.stderr.flush()
    others = [_started(piece, work) for piece in pieces[1:]]
    try:
        results = [work(pieces[0])]
    finally:
        # None is left behind, whatever happened to this one.
        answers = [_finished(process, end) for process, end in others]
    for answer in answers:
        if isinstance(answer, str):
            raise BuildError(answer)
        results.append(answer)
    return [text for result in results for text in result]


def _started(piece: _Piece, work: Callable[[_Piece], list[str]]) -> tuple[int, int]:
    """The number of a process, and the end of a pipe on which it says how it went."""
    ours, its = os.pipe()
    process = os.fork()
    if process:
        os.close(its)
        return process, ours
    # From here on nothing may go on with this process's own work: not even on the way out.
    status = 1
    try:
        os.close(ours)
        try:
            answer: object = work(piece)
        except Exception as error:
            answer = str(error) or type(error).__name__
        with os.fdopen(its, "wb") as stream:
            stream.write(json.dumps(answer).encode())
        status = 0
    finally:
        os._exit(status)


def _finished(process: int, end: int) -> list[str] | str:
    with os.fdopen(end, "rb") as stream:
        said = stream.read()
    os.waitpid(process, 0)
    try:
        answer = json.loads(said)
    except ValueError:
        return "a process that makes pages was ended from outside"
    return answer if isinstance(answer, list | str) else str(answer)
