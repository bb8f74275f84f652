"""Sources of an upstream package in an archive: read whole into memory, trusted in nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
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
    """

    sha256: str
    texts: Mapping[str, bytes]
    files: Mapping[str, bytes] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)


def read_archive(path: Path) -> UpstreamArchive:
    """The archive (``.tar`` or ``.tar.gz``); UpstreamError when it is missing, damaged or not honest."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UpstreamError(
            Message("'{path}' cannot be read", {"path": path.name}),
            Message("copy the archive there again, or correct 'from' in package.yml"),
        ) from error
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            entries = dict(_entries(archive))
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise _damaged(path) from error
    entries = _without_top_folder(entries)
    named = _named(entries.pop(MANIFEST, None), path)
    wanted = {name: text for name, text in entries.items() if name.partition("/")[0] in _ROOTS}
    return UpstreamArchive(
        sha256=hashlib.sha256(data).hexdigest(),
        texts={name: text for name, text in wanted.items() if name.endswith(_TEXTS)},
        files={name: text for name, text in wanted.items() if not name.endswith(_TEXTS)},
        named=named,
    )


def _entries(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    left_bytes, left_entries = _MOST_BYTES, _MOST_ENTRIES
    seen: set[str] = set()
    for member in archive:
        left_entries -= 1
        left_bytes -= member.size
        if left_entries < 0 or left_bytes < 0:
            raise ValueError("more than can be meant")
        if member.isdir():
            continue
        name = member.name.removeprefix("./")
        if not member.isreg() or not is_inside(name) or name in seen:
            raise ValueError(f"an entry that no archive should have: {name}")
        seen.add(name)
        reader = archive.extractfile(member)
        yield name, reader.read() if reader else b""


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


def _named(data: bytes | None, path: Path) -> Mapping[str, str]:
    if data is None:
        return {}
    try:
        manifest: Any = json.loads(data)
        named = {str(name): str(facts["sha256"]) for name, facts in manifest["materials"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error
    if not all(is_inside(name) and name.startswith("content/") for name in named):
        raise _damaged(path)
    if not all(len(digest) == 64 and set(digest) <= set("0123456789abcdef") for digest in named.values()):
        raise _damaged(path)
    return named


def _damaged(path: Path) -> UpstreamError:
    return UpstreamError(
        Message("the archive '{path}' is damaged, or is not what Kebao writes", {"path": path.name}),
        Message("take another copy of it from those who publish the package"),
    )
