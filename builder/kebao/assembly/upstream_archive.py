"""Sources of an upstream package in an archive: read whole into memory, trusted in nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kebao.problems import Message

#: In source archives of editions: where their materials belong (kebao.editions.source_archive writes it).
MANIFEST = "kebao-source.json"
_TEXTS = (".yml", ".yaml", ".md")
_MOST_ENTRIES = 500_000
_MOST_BYTES = 1 << 30
_ROOTS = ("content", "site_config")
_ZIP_START = b"PK\x03\x04"
_LINK = 0o12
#: What zipfile and tarfile raise for archives that are packed in a way that they cannot read, or with a password.
_NOT_READ = (OSError, ValueError, NotImplementedError, RuntimeError)


class UpstreamError(Exception):
    """Why an upstream cannot be taken in; ``hint`` says what to do next."""

    def __init__(self, message: Message, hint: Message) -> None:
        super().__init__(message.in_english())
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamArchive:
    """What an archive holds.

    Attributes:
        sha256: Of the archive itself.
        texts: YAML and Markdown files by path.
        files: Other files that it holds itself.
        named: Other files that lie elsewhere: path → SHA-256.
        editions: Packages in it that were taken from editions → those editions.
    """

    sha256: str
    texts: Mapping[str, bytes]
    files: Mapping[str, bytes] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    editions: Mapping[str, str] = field(default_factory=dict)


def read_archive(path: Path) -> UpstreamArchive:
    """The archive (``.tar``, ``.tar.gz`` or ``.zip``); UpstreamError when it is missing, damaged or not honest."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UpstreamError(
            Message("'{path}' cannot be read", {"path": path.name}),
            Message("copy the archive there again, or correct 'from' in package.yml"),
        ) from error
    try:
        entries = dict(_zip_entries(data) if data.startswith(_ZIP_START) else _tar_entries(data))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, *_NOT_READ) as error:
        raise _damaged(path) from error
    entries = _without_top_folder(entries)
    named, editions = _manifest(entries.pop(MANIFEST, None), path)
    wanted = {name: text for name, text in entries.items() if name.partition("/")[0] in _ROOTS}
    return UpstreamArchive(
        sha256=hashlib.sha256(data).hexdigest(),
        texts={name: text for name, text in wanted.items() if name.endswith(_TEXTS)},
        files={name: text for name, text in wanted.items() if not name.endswith(_TEXTS)},
        named=named,
        editions=editions,
    )


def _tar_entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
        budget = _Budget()
        for member in archive:
            budget.take(member.size)
            if member.isdir():
                continue
            name = budget.named(member.name, is_file=member.isreg())
            reader = archive.extractfile(member)
            yield name, reader.read() if reader else b""


def _zip_entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """As forges offer a project for download."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        budget = _Budget()
        for info in archive.infolist():
            # What comes out is never more than the entry's head says.
            budget.take(info.file_size)
            if info.is_dir():
                continue
            # The upper half of the attributes is Unix' file type: 0o12 is a link.
            name = budget.named(info.filename, is_file=(info.external_attr >> 28) != _LINK)
            yield name, archive.read(info)


class _Budget:
    """What may still come out of an archive, and the names that came."""

    def __init__(self) -> None:
        self._bytes, self._entries = _MOST_BYTES, _MOST_ENTRIES
        self._seen: set[str] = set()

    def take(self, size_bytes: int) -> None:
        self._entries -= 1
        self._bytes -= size_bytes
        if self._entries < 0 or self._bytes < 0:
            raise ValueError("more than can be meant")

    def named(self, written: str, *, is_file: bool) -> str:
        name = written.removeprefix("./")
        if not is_file or not is_inside(name) or name in self._seen:
            raise ValueError(f"an entry that no archive should have: {name}")
        self._seen.add(name)
        return name


def is_inside(name: str) -> bool:
    """Whether a path stays below the folder that it is put into."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and not any(c in name for c in "\\:\0")


def _without_top_folder(entries: Mapping[str, bytes]) -> dict[str, bytes]:
    """As ``git archive --prefix`` and forges make them: everything in one folder."""
    tops = {name.partition("/")[0] for name in entries}
    if len(tops) != 1 or tops & set(_ROOTS):
        return dict(entries)
    return {name.partition("/")[2]: data for name, data in entries.items() if "/" in name}


def _manifest(data: bytes | None, path: Path) -> tuple[Mapping[str, str], Mapping[str, str]]:
    if data is None:
        return {}, {}
    try:
        manifest: Any = json.loads(data)
        editions = {str(package): str(edition) for package, edition in manifest.get("editions", {}).items()}
        named = {str(name): str(facts["sha256"]) for name, facts in manifest["materials"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error
    if not all(is_inside(name) and name.startswith("content/") for name in named):
        raise _damaged(path)
    if not all(len(digest) == 64 and set(digest) <= set("0123456789abcdef") for digest in named.values()):
        raise _damaged(path)
    return named, editions


def _damaged(path: Path) -> UpstreamError:
    return UpstreamError(
        Message("the archive '{path}' is damaged, or is not what Kebao writes", {"path": path.name}),
        Message("take another copy of it from those who publish the package"),
    )
