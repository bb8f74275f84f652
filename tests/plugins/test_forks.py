"""Work in several processes: all of it once, and a failure in words."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable

import pytest
from mkdocs.exceptions import BuildError

from kebao.assembly.processes import can_split
from mkdocs_kebao.forks import in_processes

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork") or sys.platform == "darwin", reason="processes are not split there"
)
#: Of different sizes, as folders' parts are.
PARTS = [list(range(start, min(start + size, 300))) for start, size in ((0, 120), (120, 50), (170, 1), (171, 129))]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread, whatever the tests before this one have left running (a browser's driver waits in one)."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def doubled(things: Iterable[int]) -> list[str]:
    return [str(2 * number) for number in things]


def processes(things: Iterable[int]) -> list[str]:
    return [str(os.getpid())]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("hands", range(1, 6))
def test_each_thing_is_done_once_however_many_share(hands: int) -> None:
    done = in_processes(PARTS, hands, doubled)
    assert sorted(map(int, done)) == [2 * number for number in range(300)]
    assert len(set(in_processes(PARTS, hands, processes))) == (hands if can_split() else 1)


@pytest.mark.usefixtures("alone")
def test_a_million_pages_do_not_wait_for_each_other() -> None:
    """More parts than go into a pipe at once; half a part is over."""
    done = in_processes([[number] for number in range(70_001)], 2, doubled)
    assert sorted(map(int, done)) == [2 * number for number in range(70_001)]


@pytest.mark.usefixtures("alone")
@needs_fork
def test_who_is_done_sooner_does_more() -> None:
    """Two have parts in common: while one is at its first part, the other does all others."""
    this, (waits, says) = os.getpid(), os.pipe()

    def work(things: Iterable[int]) -> list[str]:
        mine = iter(things)
        done = [next(mine)]
        if os.getpid() == this:
            os.read(waits, 1)
        done += mine
        if os.getpid() != this:
            os.write(says, b".")
        return [f"{os.getpid() == this} {number}" for number in done]

    try:
        found = in_processes(PARTS, 2, work)
    finally:
        os.close(waits)
        os.close(says)
    assert sorted(int(line.split()[1]) for line in found) == list(range(300))
    assert [int(line.split()[1]) for line in found if line.startswith("True")] == PARTS[0]


@pytest.mark.usefixtures("alone")
@needs_fork
def test_a_process_that_was_split_off_stands_back() -> None:
    found = in_processes(PARTS, 2, lambda things: [str(os.getpriority(os.PRIO_PROCESS, 0))])
    assert int(found[1]) > int(found[0]) == os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("bad", [0, 170, 299])
def test_a_failure_in_any_process_is_told_in_its_words(bad: int) -> None:
    def work(things: Iterable[int]) -> list[str]:
        if bad in things:
            raise BuildError(f"Error building page '{bad}.html'")
        return []

    with pytest.raises(BuildError, match=f"page '{bad}.html'"):
        in_processes(PARTS, 3, work)


@pytest.mark.usefixtures("alone")
@needs_fork
def test_after_a_failure_no_part_is_begun() -> None:
    this = os.getpid()
    done: list[int] = []

    def work(things: Iterable[int]) -> list[str]:
        if os.getpid() != this:
            raise BuildError("no")
        # The other process is through.
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        done.extend(things)
        return []

    with pytest.raises(BuildError, match="no"):
        in_processes(PARTS, 2, work)
    assert done == []


@pytest.mark.usefixtures("alone")
@needs_fork
def test_a_process_that_is_killed_is_a_failure() -> None:
    this = os.getpid()

    def work(things: Iterable[int]) -> list[str]:
        if os.getpid() != this:
            os.kill(os.getpid(), signal.SIGKILL)
        return []

    with pytest.raises(BuildError, match="ended from outside"):
        in_processes(PARTS, 3, work)


def test_little_work_and_work_beside_threads_stays_here() -> None:
    assert in_processes([[1], [2]], 3, processes) == [str(os.getpid())]
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    try:
        assert in_processes(PARTS, 3, processes) == [str(os.getpid())]
    finally:
        done.set()
        waiting.join()
