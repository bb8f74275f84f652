"""How fast, and until when."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta

from kebao.mirror.errors import RefusedError, StaleError
from kebao.mirror.school.clock import Clock

_RATE = re.compile(r"(\d+)\s*([kKmM]?)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_rate(text: str) -> int:
    """Bytes a second from `200k`, `2M` or `50000`; 0 means no limit."""
    found = _RATE.fullmatch(text.strip())
    if not found:
        raise RefusedError("school-bad-rate", given=text)
    return int(found[1]) * {"": 1, "k": 1000, "m": 1_000_000}[found[2].lower()]


def read_until(text: str) -> str:
    """`06:00` from `6:00`."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise RefusedError("school-bad-time", given=text)
    return f"{int(found[1]):02d}:{found[2]}"


def next_moment(until: str, now: datetime) -> datetime:
    """The next time that a clock on the wall of `now`'s zone shows `until`."""
    hour, minute = map(int, until.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)


class Pace:
    """Shared by all that is fetched at once.

    Time is measured with the monotonic clock: a PC clock that jumps during a pull neither stops nor prolongs it.
    """

    def __init__(self, clock: Clock, *, bytes_per_second: int = 0, until: str = "") -> None:
        self._clock = clock
        self._rate = bytes_per_second
        self._until = until
        self._lock = threading.Lock()
        self._free_at = clock.monotonic()
        self._end: float | None = None
        if until:
            now = clock.now().astimezone()
            self._end = clock.monotonic() + (next_moment(until, now) - now).total_seconds()

    def spend(self, count: int) -> None:
        """Waits until `count` bytes fit under the limit. Raises: StaleError when the time is over."""
        now = self._clock.monotonic()
        if self._end is not None and now >= self._end:
            raise StaleError("school-time-over", until=self._until)
        if not self._rate:
            return
        with self._lock:
            start = max(self._free_at, now)
            self._free_at = start + count / self._rate
            wait = self._free_at - now
        if wait > 0:
            self._clock.sleep(wait)
