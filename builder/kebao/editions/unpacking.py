"""Sources out of a git tag or an archive, in a folder of their own: the working tree is not touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from kebao.editions.errors import EditionError
from kebao.editions.frozen_file import sha256_of
from kebao.loading.tree import CONFIG_FOLDER, CONTENT_FOLDER
from kebao.problems import Message

_PARTS = (CONTENT_FOLDER, CONFIG_FOLDER, "mkdocs.yml")
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")
MOST_ENTRIES = 500_000
MOST_BYTES = 64 << 30
#: How much larger than the archive what comes out of it may be, once that is over 256 MB.
MOST_GROWTH = 200
_FREE_GROWTH = 256 << 20
_CHUNK = 1 << 20
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.autocrlf=false", "-c", "core.eol=lf", "--no-optional-locks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A project to release from.

    Attributes:
        origin: What an edition's record says of it (``source``).
        is_working_tree: It is the user's own folder, not a copy that will go.
    """

    root: Path
    origin: Mapping[str, str]
    is_working_tree: bool = False


@contextmanager
def sources_from(root: Path, wanted: str | None) -> Iterator[Sources]:
    """The project at ``root``, or what a tag or an archive named ``wanted`` holds of it, for as long as needed."""
    if wanted is None:
        yield Sources(root=root, origin={"kind": "worktree"}, is_working_tree=True)
        return
    with TemporaryDirectory(prefix="kebao-sources-") as scratch:
        folder = Path(scratch) / "project"
        folder.mkdir()
        archive = Path(wanted) if Path(wanted).is_absolute() else root / wanted
        if wanted.lower().endswith(_ARCHIVES) and not archive.is_file():
            raise EditionError(Message("there is no archive '{path}'", {"path": str(archive)}))
        if wanted.lower().endswith(_ARCHIVES):
            unpack(archive, folder)
            origin = {"kind": "archive", "ref": archive.name, "sha256": sha256_of(archive)}
        else:
            origin = {"kind": "git", "ref": wanted, "commit": _unpack_commit(root, wanted, folder, Path(scratch))}
        yield Sources(root=_project_in(folder, wanted), origin=origin)


def _unpack_commit(root: Path, ref: str, folder: Path, scratch: Path) -> str:
    # 'ref' comes from outside: it must be a commit, never an option.
    name = f"{ref}^{{commit}}"
    commit = _git(root, ("rev-parse", "--verify", "--quiet", "--end-of-options", name), ref).strip()
    listed = _git(root, ("ls-tree", "--name-only", commit, "./"), ref).splitlines()
    parts = [part for part in _PARTS if part in listed]
    if not parts:
        raise _no_project(ref)
    packed = scratch / "commit.tar"
    _git(root, ("archive", "--format=tar", f"--output={packed}", commit, "--", *parts), ref)
    unpack(packed, folder)
    return commit


def _git(root: Path, arguments: Sequence[str], ref: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run((*_GIT, *arguments), cwd=root, env=environment, capture_output=True, check=False)
    except OSError as error:
        raise EditionError(Message("git could not be run: --from needs it for a tag or a commit")) from error
    if done.returncode == 0:
        return os.fsdecode(done.stdout)
    if b"not a git repository" in done.stderr:
        raise EditionError(Message("this folder is not in a git repository: --from cannot find '{ref}'", {"ref": ref}))
    if b"dubious ownership" in done.stderr:
        raise EditionError(Message("git does not trust this folder because it belongs to somebody else"))
    raise EditionError(Message("git does not know '{ref}': name a tag, a commit or an archive", {"ref": ref}))


def _project_in(folder: Path, wanted: str) -> Path:
    """The project's root: the archive itself, or the one folder in it."""
    inner = [path for path in folder.iterdir() if path.is_dir()]
    candidates: list[Path] = [folder, *(inner if len(inner) == 1 else [])]
    for root in candidates:
        if (root / CONTENT_FOLDER).is_dir() and (root / CONFIG_FOLDER).is_dir():
            return root
    raise _no_project(wanted)


def _no_project(wanted: str) -> EditionError:
    return EditionError(
        Message("'{wanted}' holds no Kebao project: content/ and site_config/ are missing", {"wanted": wanted})
    )


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a ``.tar``, ``.tar.gz`` or ``.zip`` into an empty folder.

    EditionError for what no honest archive of sources holds: paths that lead out, links, devices, or more than can
    be meant; what was written until then is the caller's to remove.
    """
    try:
        with _opened(archive) as entries:
            _write_entries(entries, folder, _Budget(archive))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zipfile.LargeZipFile, ValueError) as error:
        raise EditionError(
            Message("the archive '{path}' cannot be read: it is damaged or of another type", {"path": archive.name})
        ) from error


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    is_folder: bool
    is_file: bool
    open: Callable[[], IO[bytes] | None]


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[_Entry]]:
    if archive.name.lower().endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            yield (_zip_entry(packed, info) for info in packed.infolist())
        return
    with tarfile.open(archive, mode="r:*") as packed_tar:
        yield (
            _Entry(member.name, member.isdir(), member.isreg(), lambda m=member: packed_tar.extractfile(m))  # type: ignore[misc]
            for member in packed_tar
        )


def _zip_entry(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Entry:
    # The upper half of the attributes is Unix' file type: 0o12 is a link.
    is_link = (info.external_attr >> 28) == 0o12
    return _Entry(info.filename, info.is_dir(), not info.is_dir() and not is_link, lambda: packed.open(info))


class _Budget:
    """What may still come out of an archive."""

    def __init__(self, archive: Path) -> None:
        self._name = archive.name
        self._bytes = min(MOST_BYTES, max(_FREE_GROWTH, archive.stat().st_size * MOST_GROWTH))
        self._entries = MOST_ENTRIES

    def take(self, *, entries: int = 0, size_bytes: int = 0) -> None:
        self._entries -= entries
        self._bytes -= size_bytes
        if self._entries < 0 or self._bytes < 0:
            raise EditionError(Message("the archive '{path}' holds more than can be meant", {"path": self._name}))


def _write_entries(entries: Iterator[_Entry], folder: Path, budget: _Budget) -> None:
    for entry in entries:
        budget.take(entries=1)
        target = folder / _inside(entry)
        if entry.is_folder:
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        reader = entry.open()
        if reader is None or target.exists():
            raise EditionError(
                Message("the archive names '{name}' in a way that no archive should", {"name": entry.name})
            )
        with reader, target.open("xb") as writer:
            while chunk := reader.read(_CHUNK):
                budget.take(size_bytes=len(chunk))
                writer.write(chunk)


def _inside(entry: _Entry) -> PurePosixPath:
    path = PurePosixPath(entry.name)
    parts = path.parts
    leads_out = path.is_absolute() or ".." in parts or "\\" in entry.name or "\0" in entry.name
    if leads_out or any(":" in part for part in parts) or not (entry.is_folder or entry.is_file):
        raise _dishonest(entry)
    return path


def _dishonest(entry: _Entry) -> EditionError:
    return EditionError(Message("the archive names '{name}' in a way that no archive should", {"name": entry.name}))


def remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
