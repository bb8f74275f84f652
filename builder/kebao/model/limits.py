"""Lengths and bit rates that videos of a kind of resource and a role may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """At least, at most, both or neither."""

    minimum: float | None = None
    maximum: float | None = None

    def hold(self, value: float) -> bool:
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


#: National practice for awarded lessons and micro-lessons, in minutes (domain.md §4); ``kind.role`` or
#: ``kind.role.stage``.
DEFAULT_LENGTHS: Mapping[str, Bounds] = {
    "lesson-cases.recording": Bounds(minimum=30, maximum=45),
    "micro-lessons.micro-video.primary": Bounds(minimum=10, maximum=15),
    "micro-lessons.micro-video.junior-secondary": Bounds(minimum=15, maximum=20),
    "micro-lessons.micro-video.senior-secondary": Bounds(minimum=15, maximum=20),
}


#: The same for megabits a second, picture and sound together.
DEFAULT_BIT_RATES: Mapping[str, Bounds] = {"lesson-cases.recording": Bounds(minimum=0.5, maximum=1)}


def with_defaults(written: Mapping[str, Bounds], defaults: Mapping[str, Bounds]) -> Mapping[str, Bounds]:
    """What a policy says, and the defaults of the kinds and roles of which it says nothing."""
    spoken_of = {_kind_and_role(key) for key in written}
    kept = {key: bounds for key, bounds in defaults.items() if _kind_and_role(key) not in spoken_of}
    return {**kept, **written}


def bounds_for(lengths: Mapping[str, Bounds], kind: str, role: str, stages: Sequence[str]) -> tuple[Bounds, ...]:
    """The bounds for a video: those of its stages, or else those of all stages. One that holds is enough."""
    of_stages = tuple(lengths[key] for stage in stages if (key := f"{kind}.{role}.{stage}") in lengths)
    whole = lengths.get(f"{kind}.{role}")
    return of_stages or ((whole,) if whole else ())


def _kind_and_role(key: str) -> tuple[str, ...]:
    return tuple(key.split(".")[:2])
