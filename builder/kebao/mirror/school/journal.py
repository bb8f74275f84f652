"""What happened in this mirror, one line of JSON each, for the person who looks after it."""

from __future__ import annotations

import json
from pathlib import Path

from kebao.mirror.school.clock import Clock
from kebao.mirror.school.disk import Disk, write_all
from kebao.mirror.school.state import stamp

_LONGEST = 1 << 20


class Journal:
    """Appends to the file at `path`; the previous one is kept as `….1` when it grows long."""

    def __init__(self, disk: Disk, path: Path, clock: Clock) -> None:
        self._disk = disk
        self._path = path
        self._clock = clock

    def note(self, event: str, **details: object) -> None:
        """One line. The journal never stops the work: a full disk is reported by what needs the disk."""
        line = json.dumps({"at": stamp(self._clock.now()), "event": event, **details}, ensure_ascii=False) + "\n"
        try:
            if self._path.exists() and self._path.stat().st_size > _LONGEST:
                self._disk.replace(self._path, self._path.with_name(self._path.name + ".1"))
            with self._disk.append_to(self._path) as file:
                write_all(file, line.encode())
        except OSError:
            return
