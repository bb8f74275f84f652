"""Python's search for circles of garbage, which takes long where there are none, and memory that is free."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator

#: New values, and rounds, after which the young, the older and all values are looked through.
_SELDOM = (70_000, 50, 1_000)


@contextlib.contextmanager
def collecting_no_garbage() -> Iterator[None]:
    """Switches the search for circles of garbage off for a while."""
    # A million values and no circle among them: looking for some takes a sixth of the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def collecting_seldom() -> Iterator[None]:
    """Looks for circles of garbage a hundred times less often, here and in processes that are split off meanwhile."""
    # Hundreds of thousands of values stay to the end of a build: to look through them again and again takes a tenth
    # of the time. What makes circles (a page and its file) is young when it goes.
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def give_back_memory() -> None:
    """Looks for garbage, and gives the system what is free: processes that are split off later would have it too."""
    gc.collect()
    # The C library keeps what was freed between things that are still used: a fifth of all after a first check.
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
