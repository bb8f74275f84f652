"""The files of a site by unit, on the disk in place of the memory: only the unit that is looked at is read back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

from kebao.mirror.manifest import FileEntry
from kebao.mirror.publisher.units import UnitKey


class UnitSpool(Mapping[UnitKey, Sequence[FileEntry]]):
    """What `units` held when it was made, in the same order; gone after the ``with`` block."""

    def __init__(self, units: Mapping[UnitKey, Sequence[FileEntry]]) -> None:
        self._file = tempfile.TemporaryFile(prefix="kebao-")  # noqa: SIM115 – closed by our own `with` block
        self._places: dict[UnitKey, tuple[int, int]] = {}
        for key, files in units.items():
            start = self._file.tell()
            rows = [(file.path, file.size, file.sha256) for file in files]
            self._places[key] = (start, self._file.write(json.dumps(rows).encode()))

    def __enter__(self) -> UnitSpool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __getitem__(self, key: UnitKey) -> tuple[FileEntry, ...]:
        start, size = self._places[key]
        self._file.seek(start)
        return tuple(FileEntry(*row) for row in json.loads(self._file.read(size)))

    def __iter__(self) -> Iterator[UnitKey]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
