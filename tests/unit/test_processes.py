"""Work beside other work."""

from __future__ import annotations

import os

import pytest

from kebao.assembly.processes import Aside, WorkError, can_split, each_in_a_process

pytestmark = pytest.mark.skipif(not can_split(), reason="the platform has no safe fork")


def test_work_that_was_begun_gives_what_it_gives_when_it_is_waited_for() -> None:
    aside = Aside(lambda: [str(os.getpid())])
    (process,) = aside.finish()
    assert process != str(os.getpid())
    # It was waited for: there is nothing to end, and perhaps another process has its number.
    aside.give_up()


def test_what_goes_wrong_in_work_that_was_begun_is_said() -> None:
    def fail() -> None:
        raise ValueError("no room")

    aside = Aside(fail)
    with pytest.raises(WorkError, match="no room"):
        aside.finish()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_done_meanwhile_is_done_once_and_before_anything_is_waited_for(count: int) -> None:
    said: list[str] = []
    things = [str(number) for number in range(count)]
    each_in_a_process(
        things, lambda thing: [], at_once=2, on_done=said.append, meanwhile=lambda: said.append("meanwhile")
    )
    assert said[0] == "meanwhile"
    assert sorted(said[1:]) == things
