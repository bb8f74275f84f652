"""A folder as a source: a stick, a network drive, a neighbour's disk."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kebao.mirror.names import is_safe
from kebao.mirror.sources.source import Body, SourceMissing, SourceUnreachable

_CHUNK = 1 << 20
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.ENAMETOOLONG}


class FolderSource:
    """Reads the files of `root`, and nothing outside of it whatever is asked."""

    is_remote = False
    delay = 0.0

    def __init__(self, root: Path, name: str | None = None) -> None:
        self._root = root
        self.name = name or str(root)

    def open(self, uri: str, start: int = 0) -> Body:
        if not is_safe(uri):
            raise SourceMissing(self.name, uri, "not the name of a file here")
        path = self._root.joinpath(*uri.split("/"))
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a folder, or a pipe that nobody would ever write to
                raise SourceMissing(self.name, uri, "is no file")
            file = path.open("rb")
        except OSError as error:
            # A stick that was pulled out takes its root folder along: that is not "does not have it".
            if error.errno in _ABSENT and self._root.is_dir():
                raise SourceMissing(self.name, uri, str(error)) from error
            raise SourceUnreachable(self.name, uri, str(error)) from error
        chunks = self._chunks(file, uri, start)
        next(chunks)  # into its `with`, so that closing it closes the file
        return Body(start, chunks)

    def _chunks(self, file: BinaryIO, uri: str, start: int) -> Iterator[bytes]:
        try:
            with file:
                yield b""
                file.seek(start)
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            raise SourceUnreachable(self.name, uri, str(error)) from error
