"""Schools for tests: a mirror in a folder, with a clock that obeys and a memory of what was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.mirror.county import NOON, County

from kebao.mirror.messages import Messages
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import Disk, RealDisk
from kebao.mirror.school.join import join
from kebao.mirror.school.points import Point, nothing_happens
from kebao.mirror.sources.opening import open_source
from kebao.mirror.sources.source import Source


@dataclass
class StillClock:
    """A clock that moves only when somebody sleeps, or a test moves it."""

    moment: datetime = NOON
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


@dataclass
class Told:
    """What a school told its person; both languages must have a text for it."""

    messages: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __call__(self, message: str, **parameters: object) -> None:
        for language in ("zh", "en"):
            Messages(language)(message, **parameters)
        self.messages.append((message, parameters))

    @property
    def ids(self) -> list[str]:
        return [message for message, _ in self.messages]


@dataclass
class SchoolKit:
    """A school and the things of it that a test looks at."""

    school: School
    clock: StillClock
    told: Told

    @property
    def shown(self) -> Path:
        """The tree that readers see."""
        return self.school.places.current


def make_school(
    folder: Path,
    *,
    disk: Disk | None = None,
    clock: StillClock | None = None,
    reached: Callable[[Point], None] = nothing_happens,
    opener: Callable[[str], Source] = open_source,
) -> SchoolKit:
    """A school that has not joined yet."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = clock or StillClock()
    told = Told()
    school = School(folder, disk=disk or RealDisk(), clock=clock, tell=told, reached=reached, open_source=opener)
    return SchoolKit(school, clock, told)


def joined_school(folder: Path, county: County, *sources: str, **options: object) -> SchoolKit:
    """A school that joined `county`, from its folder unless `sources` say otherwise."""
    kit = make_school(folder, **options)  # type: ignore[arg-type]
    join(kit.school, sources or (str(county.root),), county.fingerprint)
    return kit
