"""The same work for many things, several at a time, with little memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

_Thing = TypeVar("_Thing")


def for_each(things: Iterable[_Thing], work: Callable[[_Thing], object], *, workers: int) -> None:
    """Calls `work` with each thing. The first exception stops the rest and is raised when all workers have ended."""
    source = iter(things)
    lock = threading.Lock()
    faults: list[BaseException] = []

    def run() -> None:
        while not faults:
            with lock:
                try:
                    thing = next(source)
                except StopIteration:
                    return
                except BaseException as error:
                    faults.append(error)
                    return
            try:
                work(thing)
            except BaseException as error:
                faults.append(error)
                return

    threads = [threading.Thread(target=run, daemon=True) for _ in range(max(0, workers - 1))]
    for thread in threads:
        thread.start()
    run()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
