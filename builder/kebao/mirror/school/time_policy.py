"""What time it is, for a PC whose clock may be wrong (research/02_offline.md §4.6).

Reading never stops because of a date. Expiry only decides whether something new is accepted, and it is judged at the
later of
the PC's clock and the latest time that the publisher signed: a clock that fell back to 2015 cannot bring old metadata
back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

_SLACK = timedelta(days=2)
"""Time zones set wrong, clocks that drift: nothing worth a word."""


class Opinion(str, Enum):
    """What is thought of the PC's clock; the value is the id of its message."""

    PLAUSIBLE = "school-clock-plausible"
    BEHIND = "school-clock-behind"
    UNKNOWN = "school-clock-unknown"


def opinion(now: datetime, last_good_time: datetime | None) -> Opinion:
    """A clock behind what was already signed is wrong for certain; one that is ahead cannot be told from a long
    wait."""
    if last_good_time is None:
        return Opinion.UNKNOWN
    return Opinion.BEHIND if now < last_good_time - _SLACK else Opinion.PLAUSIBLE


def reference_time(now: datetime, last_good_time: datetime | None) -> datetime:
    """When expiry is judged. `now` is the PC's clock, or the day that a person confirmed in its place."""
    return max(now, last_good_time) if last_good_time else now


def latest(*moments: datetime | None) -> datetime | None:
    """The latest of the moments that are known."""
    return max((moment for moment in moments if moment), default=None)
