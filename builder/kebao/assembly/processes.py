"""Work in several processes that have everything in memory that this one has; elsewhere, one after another."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_Piece = TypeVar("_Piece", bound=Sequence[Any])
_Thing = TypeVar("_Thing")
#: Set to try on one platform what is done on those without a safe fork.
NO_FORK = "KEBAO_NO_FORK"


class WorkError(Exception):
    """A process failed; the message is what it said."""


def can_split() -> bool:
    """Whether this process can be split: not where the platform has no safe fork, nor beside other threads.

    What is done in several processes is then done in this one, one piece after another, to the same result.
    """
    # A lock that another thread holds would be held in the new process for ever: `mkdocs serve` builds in a thread.
    # The libraries of macOS start threads of their own: Python's documentation calls fork unsafe there.
    is_safe = hasattr(os, "fork") and sys.platform != "darwin" and not os.environ.get(NO_FORK)
    return is_safe and threading.active_count() == 1


def in_processes(pieces: Sequence[_Piece], work: Callable[[_Piece], list[str]]) -> list[str]:
    """What the work on all pieces gives, in their order; the first piece is done here.

    Raises:
        WorkError: One of the processes failed; what it said.
    """
    if not can_split():
        return [text for piece in pieces for text in work(piece)]
    sys.stdout.flush()
    sys.stderr.flush()
    others = [_started(piece, work) for piece in pieces[1:]]
    try:
        results = [work(piece) for piece in pieces[:1]]
    finally:
        # None is left behind, whatever happened to this one.
        answers = [_finished(process, end) for process, end in others]
    for answer in answers:
        if isinstance(answer, str):
            raise WorkError(answer)
        results.append(answer)
    return [text for result in results for text in result]


def each_in_a_process(
    things: Sequence[_Thing],
    work: Callable[[_Thing], list[str]],
    *,
    at_once: int,
    on_done: Callable[[_Thing], None],
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Does the work on each thing in a process of its own, ``at_once`` of them side by side; :func:`can_split` holds.

    ``meanwhile`` is done once, in this process, when the first have begun.

    Raises:
        WorkError: One of the processes failed; what it said. The others are ended.
    """
    waiting, running = list(things), dict[int, tuple[int, _Thing]]()
    sys.stdout.flush()
    sys.stderr.flush()

    def begin() -> None:
        while waiting and len(running) < max(1, at_once):
            thing = waiting.pop(0)
            process, end = _started(thing, work)
            running[end] = (process, thing)

    try:
        begin()
        meanwhile()
        while running:
            for end in select.select([*running], [], [])[0]:
                process, thing = running.pop(end)
                answer = _finished(process, end)
                if isinstance(answer, str):
                    raise WorkError(answer)
                on_done(thing)
            begin()
    finally:
        for end, (process, _) in running.items():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGTERM)
            _finished(process, end)


class Aside:
    """Work that was begun in a process of its own and is waited for later; :func:`can_split` holds."""

    def __init__(self, work: Callable[[], Sequence[str] | None]) -> None:
        def piece(_: object) -> list[str]:
            return [*(work() or ())]

        sys.stdout.flush()
        sys.stderr.flush()
        self._process, self._end = _started(None, piece)
        self._is_over = False

    def finish(self) -> list[str]:
        """Waits until it is done, and gives what the work gave.

        Raises:
            WorkError: It failed; what it said.
        """
        self._is_over = True
        answer = _finished(self._process, self._end)
        if isinstance(answer, str):
            raise WorkError(answer)
        return answer

    def give_up(self) -> None:
        """Ends it, unless it was waited for."""
        if self._is_over:
            return
        self._is_over = True
        with contextlib.suppress(OSError):
            os.kill(self._process, signal.SIGTERM)
        _finished(self._process, self._end)


def dealt(things: Sequence[Any], hands: int) -> list[list[Any]]:
    """The things in turn to so many hands, the heaviest first when they are sorted so; no hand is empty."""
    return [piece for start in range(max(1, hands)) if (piece := list(things[start :: max(1, hands)]))]


def _started(piece: _Thing, work: Callable[[_Thing], list[str]]) -> tuple[int, int]:
    """The number of a process, and the end of a pipe on which it says how it went."""
    ours, its = os.pipe()
    # What is there already is not looked at for garbage again: that would copy it to the new process.
    gc.freeze()
    process = os.fork()
    if process:
        gc.unfreeze()
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
        return "a process of the build was ended from outside"
    return answer if isinstance(answer, list | str) else str(answer)
