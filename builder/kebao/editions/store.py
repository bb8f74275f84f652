"""The edition store: a plain folder that holds every edition, frozen, and what the editions share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from kebao.editions.durable import write_json
from kebao.editions.edition_id import edition_order
from kebao.editions.errors import EditionError
from kebao.editions.frozen_file import FrozenFile
from kebao.problems import Message

MARKER = "store.json"
RECORD = "edition.json"
PAGES = "pages.json"
SNAPSHOT = "snapshot.json"
SOURCES = "source.tar.gz"
SITE = "site"
#: Folders of what the editions share.
FILES, ASSETS, SOURCE_FILES = "_files", "_assets", "_sources"
#: Of what only makes publishing faster.
READY = "_ready"
_SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class EditionRecord:
    """What ``edition.json`` says.

    Attributes:
        released: ISO date.
        source: Where the sources came from: ``kind`` (worktree, git, archive), ``ref``, and ``commit`` or ``sha256``.
        sources_digest: Of the sources alone; ``inputs_digest`` covers the tools too.
        built: Tool → version.
        previous: The edition before this one; empty for the first.
        locales: Locale id → ``language_tag``, ``name`` and ``direction``, the source locale first.
        title, summary: Of the package, by locale.
        files_digest: One SHA-256 (hex) of all files with their paths.
        read_files: Reads the list of files; most of the time nobody asks for it.
    """

    package: str
    edition: str
    released: str
    source: Mapping[str, str]
    inputs_digest: str
    sources_digest: str
    built: Mapping[str, str]
    previous: str
    locales: Mapping[str, Mapping[str, str]]
    source_locale: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    files_digest: str
    read_files: Callable[[], tuple[FrozenFile, ...]] = field(compare=False, repr=False)

    @cached_property
    def files(self) -> tuple[FrozenFile, ...]:
        """Every file of the edition and every shared one that it uses, sorted by path."""
        return self.read_files()

    def to_json(self) -> bytes:
        """``edition.json``: the files stand last, one a line, so that the rest can be read without them."""
        head = {"schema": _SCHEMA, **{name: getattr(self, name) for name in _HEAD}}
        files = (
            json.dumps({"path": f.path, "sha256": f.sha256, "bytes": f.size_bytes}, ensure_ascii=False)
            for f in self.files
        )
        start = json.dumps(head, ensure_ascii=False, indent=1, sort_keys=True)[:-2]
        return (start + ",\n " + _FILES_KEY + ",\n".join(files) + "\n]}\n").encode()


_HEAD = tuple(f.name for f in fields(EditionRecord) if f.name != "read_files")
_FILES_KEY = '"files": [\n'


def record_from_json(data: bytes) -> EditionRecord:
    """Raises KeyError, TypeError or ValueError when it is not what :meth:`EditionRecord.to_json` gives."""
    head, key, files = data.partition(_FILES_KEY.encode())
    if not key or not files.endswith(b"\n]}\n"):
        raise ValueError("cut off")
    written = json.loads(head.rstrip(b" \n").removesuffix(b",") + b"}")
    if written["schema"] != _SCHEMA:
        raise ValueError(f"schema {written['schema']}")
    return EditionRecord(**{name: written[name] for name in _HEAD}, read_files=lambda: _files_from(files))


def _files_from(written: bytes) -> tuple[FrozenFile, ...]:
    files = json.loads(b"[" + written.removesuffix(b"}\n"))
    return tuple(FrozenFile(path=f["path"], sha256=f["sha256"], size_bytes=f["bytes"]) for f in files)


@dataclass(frozen=True, slots=True)
class EditionStore:
    root: Path

    @property
    def lock_path(self) -> Path:
        return self.root / ".lock"

    def prepare(self) -> None:
        """Makes the store's folder; refuses one that holds something else."""
        if (self.root / MARKER).is_file():
            self._check_version()
            return
        # A store of which only the lock, or a temporary file beside the marker, was written is still ours.
        if self.root.exists() and any(not path.name.startswith(".") for path in self.root.iterdir()):
            raise EditionError(
                Message("'{folder}' is not an edition store: it holds other files", {"folder": str(self.root)}),
                Message("name an empty or a new folder with --store"),
            )
        self.root.mkdir(parents=True, exist_ok=True)
        write_json(self.root / MARKER, {"kebao_store": 1})

    def check(self) -> None:
        """EditionError when there is no store here."""
        if not (self.root / MARKER).is_file():
            raise EditionError(
                Message("there is no edition store in '{folder}'", {"folder": str(self.root)}),
                Message("release an edition first (kebao release PACKAGE EDITION), or name the store with --store"),
            )
        self._check_version()

    def _check_version(self) -> None:
        try:
            version = json.loads((self.root / MARKER).read_bytes())["kebao_store"]
        except (ValueError, KeyError, TypeError):
            version = None
        if version != 1:
            raise EditionError(
                Message("the edition store in '{folder}' was made by another Kebao", {"folder": str(self.root)}),
                Message("use the newest Kebao, or restore store.json from a backup"),
            )

    def packages(self) -> tuple[str, ...]:
        folders = (path for path in self.root.iterdir() if path.is_dir() and path.name[0] not in "._")
        return tuple(sorted(path.name for path in folders if self.editions(path.name)))

    def editions(self, package: str) -> tuple[str, ...]:
        """Ids of the package's editions, oldest first."""
        folder = self.root / package
        if not folder.is_dir():
            return ()
        found = (path.name for path in folder.iterdir() if path.name[0] != "." and (path / RECORD).is_file())
        return tuple(sorted(found, key=edition_order))

    def folder(self, package: str, edition: str) -> Path:
        return self.root / package / edition

    def path_of(self, record: EditionRecord, file: FrozenFile) -> Path:
        return (self.root if file.is_shared else self.folder(record.package, record.edition)) / file.path

    def holds(self, package: str, edition: str) -> bool:
        return (self.folder(package, edition) / RECORD).is_file()

    def record(self, package: str, edition: str) -> EditionRecord:
        path = self.folder(package, edition) / RECORD
        try:
            return record_from_json(path.read_bytes())
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(path) from error

    def pages(self, package: str, edition: str) -> Mapping[str, Any]:
        """What the edition's ``pages.json`` says (:mod:`kebao.editions.edition_pages`)."""
        path = self.folder(package, edition) / PAGES
        try:
            pages: Mapping[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise missing(path) from error
        except ValueError as error:
            raise damaged(path) from error
        return pages


def damaged(path: Path) -> EditionError:
    return EditionError(
        Message("the edition store is damaged: '{path}' is not what was frozen", {"path": str(path)}), _restore()
    )


def missing(path: Path) -> EditionError:
    return EditionError(Message("the edition store is damaged: '{path}' is missing", {"path": str(path)}), _restore())


def _restore() -> Message:
    return Message(
        "restore the file from a backup or another copy of the store; without one, release the edition anew in another "
        "folder (--store) from its tag or source archive (--from), and copy the file from there"
    )
