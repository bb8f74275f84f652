"""What every command of a school works with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from kebao.mirror.errors import BusyError, RefusedError
from kebao.mirror.school.clock import Clock, SystemClock
from kebao.mirror.school.disk import Disk, RealDisk
from kebao.mirror.school.journal import Journal
from kebao.mirror.school.lock import held
from kebao.mirror.school.places import Places
from kebao.mirror.school.points import Point, Reached, nothing_happens
from kebao.mirror.school.state import Config, State, Unreadable, read_config, read_state
from kebao.mirror.sources.opening import open_source
from kebao.mirror.sources.source import Source


class Tell(Protocol):
    """Says a text of the messages to the person."""

    def __call__(self, message: str, **parameters: object) -> None: ...


def tell_nobody(message: str, **parameters: object) -> None:
    """For tests and for use as a library."""


@dataclass(frozen=True)
class School:
    """A mirror's folder and the machine it is on; tests put their own disk, clock and sources here."""

    root: Path
    disk: Disk = field(default_factory=RealDisk)
    clock: Clock = field(default_factory=SystemClock)
    tell: Tell = tell_nobody
    reached: Reached = nothing_happens
    open_source: Callable[[str], Source] = open_source

    @cached_property
    def places(self) -> Places:
        return Places(self.root)

    @property
    def journal(self) -> Journal:
        return Journal(self.disk, self.places.journal, self.clock)

    def config(self) -> Config:
        """Raises: RefusedError when the folder is no mirror or its config is damaged."""
        try:
            return read_config(self.places.config)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RefusedError("school-no-mirror", path=self.root) from error
        except Unreadable as error:
            raise RefusedError("school-config-damaged", path=error.path) from error

    def state(self) -> State:
        """What is here; empty with a word about it when state.json is damaged: the next pull finds the rest again."""
        try:
            return read_state(self.places.state)
        except Unreadable as error:
            self.tell("school-state-damaged", path=error.path)
            return State()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Raises: BusyError while another command changes this mirror."""
        if not self.places.private.is_dir():
            raise RefusedError("school-no-mirror", path=self.root)
        with held(self.places.lock) as ours:
            if not ours:
                raise BusyError("school-busy", path=self.root)
            self.reached(Point.LOCKED)
            yield
