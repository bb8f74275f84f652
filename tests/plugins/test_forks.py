"""Work in several processes: its results in order, and a failure in words."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

import pytest
from mkdocs.exceptions import BuildError

from kebao.assembly.processes import can_split
from mkdocs_kebao.forks import in_processes

PIECES = [list(range(start, 300, 3)) for start in range(3)]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread, whatever the tests before this one have left running (a browser's driver waits in one)."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def doubled(piece: Sequence[int]) -> list[str]:
    return [str(2 * number) for number in piece]


def processes(piece: Sequence[int]) -> list[str]:
    return [str(os.getpid())]


@pytest.mark.usefixtures("alone")
def test_results_come_in_the_order_of_the_pieces() -> None:
    assert in_processes(PIECES, doubled) == [text for piece in PIECES for text in doubled(piece)]
    assert len(set(in_processes(PIECES, processes))) == (3 if can_split() else 1)


@pytest.mark.usefixtures("alone")
def test_a_failure_in_any_process_is_told_in_its_words() -> None:
    for bad in range(3):

        def work(piece: Sequence[int], bad: int = bad) -> list[str]:
            if bad in piece:
                raise BuildError(f"Error building page '{bad}.html'")
            return []

        with pytest.raises(BuildError, match=f"page '{bad}.html'"):
            in_processes(PIECES, work)


@pytest.mark.usefixtures("alone")
@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="processes are not split there")
def test_a_process_that_is_killed_is_a_failure() -> None:
    this = os.getpid()

    def work(piece: Sequence[int]) -> list[str]:
        if os.getpid() != this:
            os.kill(os.getpid(), signal.SIGKILL)
        return []

    with pytest.raises(BuildError, match="ended from outside"):
        in_processes(PIECES, work)


def test_little_work_and_work_beside_threads_stays_here() -> None:
    assert set(in_processes([[1], [2]], processes)) == {str(os.getpid())}
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        assert set(in_processes(PIECES, processes)) == {str(os.getpid())}
    finally:
        done.set()
        waiting.join()
