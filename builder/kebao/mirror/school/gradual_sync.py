"""Brings to the disk what is being fetched while the rest is still coming, so that the last sync has little to do."""

from __future__ import annotations

import threading
from pathlib import Path

from kebao.mirror.school.disk import Disk

_EACH = 64 << 20


class GradualSync:
    """Syncs the file system of `folder` after every 64 MB, beside the work of those who write."""

    def __init__(self, disk: Disk, folder: Path) -> None:
        self._disk = disk
        self._folder = folder
        self._lock = threading.Lock()
        self._unsynced = 0
        self._thread: threading.Thread | None = None
        self._faults: list[OSError] = []

    def wrote(self, count: int) -> None:
        """So many bytes more were written."""
        with self._lock:
            self._unsynced += count
            if self._unsynced < _EACH or (self._thread and self._thread.is_alive()):
                return
            self._unsynced = 0
            self._thread = threading.Thread(target=self._sync, daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """All that was written is on the disk after this. Raises: OSError, also of a sync on the way."""
        if self._thread:
            self._thread.join()
        if self._faults:
            raise self._faults[0]
        self._disk.sync_all(self._folder)

    def _sync(self) -> None:
        try:
            self._disk.sync_all(self._folder)
        except OSError as error:
            self._faults.append(error)
