"""Where a release is published to: a folder, a server reached by rsync, or a store that fsspec knows."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from kebao.mirror.errors import NetworkError, RefusedError
from kebao.mirror.publisher.batch import Batch
from kebao.mirror.publisher.files import write_atomically

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
        try:
            import fsspec
        except ImportError as error:
            raise RefusedError("missing-library", library="'kebao[mirror-publish]'") from error
        try:
            self._store: Any
            self._store, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise RefusedError("destination-unknown", name=url, reason=error) from error

    def read(self, uri: str) -> bytes | None:
        try:
            content: bytes = self._store.cat_file(self._path(uri))
        except FileNotFoundError:
            return None
        return content

    def send(self, root: Path, uris: Iterable[str]) -> None:
        for uri in uris:
            source = root / uri
            if self._size(uri) != source.stat().st_size:
                self._put(source, self._path(uri))

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        for uri, object_uri in files:
            if self._size(uri) == (root / uri).stat().st_size:
                continue
            try:
                # Within the store: the bytes do not travel again.
                self._make_folder(uri)
                self._store.cp_file(self._path(object_uri), self._path(uri))
            except NotImplementedError:
                self._put(root / uri, self._path(uri))

    def replace(self, root: Path, uri: str) -> None:
        temporary = self._path(uri) + ".tmp"
        self._put(root / uri, temporary)
        self._store.mv(temporary, self._path(uri))

    def _put(self, source: Path, path: str) -> None:
        self._store.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._store.put_file(str(source), path)

    def _make_folder(self, uri: str) -> None:
        self._store.makedirs(self._path(uri).rpartition("/")[0], exist_ok=True)

    def _size(self, uri: str) -> int | None:
        try:
            size = self._store.info(self._path(uri))["size"]
        except FileNotFoundError:
            return None
        return None if size is None else int(size)

    def _path(self, uri: str) -> str:
        return f"{self._root.rstrip('/')}/{uri}"


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
