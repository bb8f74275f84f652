"""The place that all machines of a build can reach: a folder, an S3-compatible store, WebDAV …, by its URL (fsspec)."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Any

import fsspec

from kebao.assembly.site_parts import PartError
from kebao.loading.facts_cache import sha256_of
from kebao.problems import Message

# They show a file when it is whole, and can rename it only by copying it.
_OBJECT_STORES = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "az", "oss", "memory"))


class Exchange:
    """Files by name below a URL. Names hold the digest of what they name: a file that is there stays as it is.

    Who may use the place, fsspec finds in its own settings (its configuration files, ``FSSPEC_…`` variables).
    """

    def __init__(self, url: str) -> None:
        self._files: Any
        self._files, path = fsspec.core.url_to_fs(url)
        self._root = str(path).rstrip("/")
        protocols = self._files.protocol
        names = {protocols} if isinstance(protocols, str) else set(protocols)
        self._is_object_store = bool(names & _OBJECT_STORES)

    def has(self, name: str, size_bytes: int) -> bool:
        """Whether a file of this size is there."""
        try:
            return bool(self._files.info(self._path(name))["size"] == size_bytes)
        except FileNotFoundError:
            return False

    def put(self, source: Path, name: str) -> None:
        """Puts a file there, whole or not at all."""
        if self.has(name, source.stat().st_size):
            return
        target = self._path(name)
        self._make_folder(name)
        if self._is_object_store:
            self._files.put_file(str(source), target)
            return
        temporary = f"{target}.{uuid.uuid4().hex}.part"
        self._files.put_file(str(source), temporary)
        if self._files.exists(target):
            # A file that was cut short, or somebody else's with the same bytes.
            self._files.rm_file(target)
        self._files.mv(temporary, target)

    def get(self, name: str, target: Path, *, sha256: str) -> None:
        """Fetches a file; PartError when it is not there any more or not the one."""
        about = {"name": name}
        try:
            self._files.get_file(self._path(name), str(target))
        except FileNotFoundError as error:
            raise PartError(Message("{name} is missing in the exchange", about)) from error
        if sha256_of(target) != sha256:
            raise PartError(Message("{name} is damaged in the exchange: remove it there, and build again", about))

    def note(self, name: str, text: str) -> None:
        """Writes a few words that may be replaced."""
        self._make_folder(name)
        self._files.pipe_file(self._path(name), text.encode())

    def noted(self, name: str) -> str:
        """What was noted; empty when nothing was."""
        try:
            return bytes(self._files.cat_file(self._path(name))).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _make_folder(self, name: str) -> None:
        if not self._is_object_store:
            self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)


def digest_of(*words: str) -> str:
    """A name for what the words decide."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
