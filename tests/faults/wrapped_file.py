"""A file that is open for writing, with something in between: tests override `write`."""

from __future__ import annotations

from typing import BinaryIO


class WrappedFile:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def __enter__(self) -> WrappedFile:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def flush(self) -> None:
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()
