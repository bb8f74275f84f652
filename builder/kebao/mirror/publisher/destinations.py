"""Where a release is published to: a folder, a server reached by rsync, or a store that fsspec knows."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from kebao.mirror.errors import MirrorError, NetworkError, RefusedError
from kebao.mirror.publisher.batch import Batch
from kebao.mirror.publisher.files import write_atomically
from kebao.mirror.publisher.stores import open_store

_RSYNC = re.compile(r"(?:rsync://.+|rsync:.+|[^/\\:]+@[^/\\:]+:.*)")


class Destination(Protocol):
    """A place that a release is sent to; URIs are relative to it."""

    def read(self, uri: str) -> bytes | None:
        """A small file; None when it is not there."""

    def send(self, root: Path, uris: Iterable[str]) -> None:
        """Files whose name says their content: one that is there in the same size stays."""

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        """Files (URI, URI of the object that was sent before) of a browsable tree."""

    def replace(self, root: Path, uri: str) -> None:
        """A file that changes; readers see the old or the new one."""


def destination(name: str) -> Destination:
    """What a destination's name means: ``user@host:/folder``, ``rsync:…``, ``scheme://…``, else a folder."""
    if _RSYNC.fullmatch(name):
        return RsyncDestination(name[6:] if name.startswith("rsync:") and not name.startswith("rsync://") else name)
    if re.match(r"[a-z][a-z0-9+.-]+://", name):
        return FsspecDestination(name)
    return FolderDestination(Path(name))


class FolderDestination:
    """A folder of this computer or of its network; trees are linked to objects where the disk can."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, uri: str) -> bytes | None:
        path = self._folder / uri
        return path.read_bytes() if path.is_file() else None

    def send(self, root: Path, uris: Iterable[str]) -> None:
        with Batch(self._folder) as batch:
            for uri in uris:
                source, path = root / uri, self._folder / uri
                if not (path.is_file() and path.stat().st_size == source.stat().st_size):
                    batch.copy(source, path)

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        with Batch(self._folder) as batch:
            for uri, object_uri in files:
                path = self._folder / uri
                if not path.is_file():
                    batch.link(self._folder / object_uri, path)

    def replace(self, root: Path, uri: str) -> None:
        write_atomically(self._folder / uri, (root / uri).read_bytes())


class FsspecDestination:
    """S3, WebDAV, SFTP and what else fsspec has a driver for; ``memory://`` and ``file://`` for trying."""

    def __init__(self, url: str) -> None:
        self._name = urlsplit(url).hostname or url
        self._listed: dict[str, dict[str, int | None]] = {}
        self._folders: set[str] = set()
        with self._failing():
            self._store, self._root = open_store(url)

    def read(self, uri: str) -> bytes | None:
        with self._failing():
            try:
                content: bytes = self._store.cat_file(self._path(uri))
            except FileNotFoundError:
                return None
        return content

    def send(self, root: Path, uris: Iterable[str]) -> None:
        with self._failing():
            for uri in uris:
                source = root / uri
                if self._size(uri) != source.stat().st_size:
                    self._put(source, uri)

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        with self._failing():
            for uri, object_uri in files:
                if self._size(uri) != (root / uri).stat().st_size:
                    self._copy(root / uri, object_uri, uri)

    def replace(self, root: Path, uri: str) -> None:
        with self._failing():
            if "s3" in self._protocols:  # an object is there whole or not at all
                self._put(root / uri, uri)
                return
            self._put(root / uri, f"{uri}.tmp")
            source, target = self._path(f"{uri}.tmp"), self._path(uri)
            if "webdav" in self._protocols:  # the driver itself would copy and remove
                self._store.client.move(source, target, overwrite=True)
            else:
                self._store.mv(source, target)

    def _copy(self, source: Path, object_uri: str, uri: str) -> None:
        """Within the store, where it can: the bytes do not travel again."""
        self._make_folder(uri)
        try:
            if "webdav" in self._protocols:
                self._store.client.copy(self._path(object_uri), self._path(uri), overwrite=True)
            else:
                self._store.cp_file(self._path(object_uri), self._path(uri))
        except NotImplementedError:
            self._put(source, uri)

    def _put(self, source: Path, uri: str) -> None:
        self._make_folder(uri)
        self._store.put_file(str(source), self._path(uri))

    def _make_folder(self, uri: str) -> None:
        folder = self._path(uri).rpartition("/")[0]
        if folder not in self._folders and "s3" not in self._protocols:  # where there are none
            self._store.makedirs(folder, exist_ok=True)
        self._folders.add(folder)

    def _size(self, uri: str) -> int | None:
        """As the folder's list says: one request for many files. None when it is not there."""
        folder, _, name = self._path(uri).rpartition("/")
        if folder not in self._listed:
            try:
                listed = self._store.ls(folder, detail=True)
            except FileNotFoundError:
                listed = []
            self._listed[folder] = {str(each["name"]).rpartition("/")[2]: each.get("size") for each in listed}
        return self._listed[folder].get(name)

    @property
    def _protocols(self) -> tuple[str, ...]:
        named: str | tuple[str, ...] = self._store.protocol
        return (named,) if isinstance(named, str) else tuple(named)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """What a driver raises is of its own kind each time: all of it means that the store did not do it."""
        try:
            yield
        except MirrorError:
            raise
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise NetworkError("destination-failed", name=self._name, reason=reason.splitlines()[0][:300]) from error

    def _path(self, uri: str) -> str:
        root = self._root.rstrip("/")
        return f"{root}/{uri}" if root else uri


class RsyncDestination:
    """A server reached by rsync, through ssh or its own protocol."""

    def __init__(self, name: str) -> None:
        if shutil.which("rsync") is None:
            raise RefusedError("program-missing", program="rsync")
        self._name = name.rstrip("/")

    def read(self, uri: str) -> bytes | None:
        with tempfile.TemporaryDirectory(prefix="kebao-") as folder:
            run = self._run(["--ignore-missing-args", f"{self._name}/{uri}", f"{folder}/"], may_lack=True)
            path = Path(folder, uri.rpartition("/")[2])
            return path.read_bytes() if run and path.is_file() else None

    def send(self, root: Path, uris: Iterable[str]) -> None:
        self._send(root, list(uris), ["--size-only"])

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        # The objects are named too: rsync sees the hard links and sends no bytes twice.
        pairs = list(files)
        self._send(root, [uri for pair in pairs for uri in pair], ["--size-only"])

    def replace(self, root: Path, uri: str) -> None:
        self._send(root, [uri], ["--checksum"])

    def _send(self, root: Path, uris: Sequence[str], options: Sequence[str]) -> None:
        listed = "\0".join(uris).encode()
        common = ["-rtH", "--mkpath", "--fsync", "--from0", "--files-from=-", *options]
        self._run([*common, f"{root}/", f"{self._name}/"], stdin=listed)

    def _run(self, arguments: Sequence[str], *, stdin: bytes = b"", may_lack: bool = False) -> bool:
        run = subprocess.run(["rsync", *arguments], input=stdin, capture_output=True, check=False)
        if run.returncode == 0:
            return True
        # 23: some files could not be transferred; asked for one that is not there.
        if may_lack and run.returncode == 23:
            return False
        lines = run.stderr.decode(errors="replace").strip().splitlines()
        raise NetworkError("rsync-failed", code=run.returncode, reason=lines[0] if lines else "")
