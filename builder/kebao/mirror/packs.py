"""Packs: many files in one request. A zstd-compressed tar of new files and of deltas (``dcz``).

A member is named by the first 16 digits of its file's SHA-256; the manifest knows the rest. 32 bytes of noise for each
of thousands of small deltas would weigh more than the deltas.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from kebao.mirror import dcz
from kebao.mirror.errors import VerificationError
from kebao.mirror.tar_stream import Member, members, write_end, write_member
from kebao.mirror.zstd import MAX_STREAM_WINDOW_LOG, required_zstd

NAME_DIGITS = 16
MAX_BASE_FILE_BYTES = 256 << 10
"""Publishers leave bigger files out of base packs, and schools do not look for them there."""
_DELTA_ENDING = ".dcz"
_CHUNK_BYTES = 1 << 18
_TABLE_LOG = 20

FindOld = Callable[[str], "Path | None"]
"""The file with this SHA-256 where the school has it, intact or not; None when it has not."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A file for a pack.

    Attributes:
        content: the file itself, or the delta that makes it.
    """

    sha256: str
    form: Literal["whole", "delta"]
    content: bytes


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file out of a pack.

    Attributes:
        chunks: its bytes. Iterating raises VerificationError when they are not those of ``sha256``; then what was
            written must be thrown away, and the next file of the pack may be tried.
    """

    sha256: str
    size: int
    chunks: Iterator[bytes]


def write_pack(path: Path, files: Iterable[NewMember], *, level: int) -> int:
    """Writes a pack; gives how many files it holds. The same files give the same bytes."""
    zstd = required_zstd()
    parameter = zstd.CompressionParameter
    options = {
        parameter.compression_level: level,
        parameter.window_log: MAX_STREAM_WINDOW_LOG,
        parameter.enable_long_distance_matching: 1,
        # The tables that the level would have take 60 MB more and make packs 2 % smaller.
        parameter.chain_log: _TABLE_LOG,
        parameter.hash_log: _TABLE_LOG,
    }
    count = 0
    with zstd.ZstdFile(path, "wb", options=options) as stream:
        for file in files:
            ending = _DELTA_ENDING if file.form == "delta" else ""
            write_member(stream, file.sha256[:NAME_DIGITS] + ending, file.content)
            count += 1
        write_end(stream)
    return count


def read_pack(pack: BinaryIO, wanted: Mapping[str, int], find_old: FindOld) -> Iterator[PackedFile]:
    """The wanted files (SHA-256 → size) of a pack, one by one; each must be used up before the next.

    Left out: files that are not wanted, and deltas whose old file is not there or is damaged.

    Raises:
        VerificationError: ("pack-unreadable") the pack itself is damaged.
    """
    zstd = required_zstd()
    names = _by_name(wanted)
    options = {zstd.DecompressionParameter.window_log_max: MAX_STREAM_WINDOW_LOG}
    try:
        with zstd.ZstdFile(pack, options=options) as stream:
            for member in members(cast(BinaryIO, stream)):
                sha256 = names.get(member.name[:NAME_DIGITS], "")
                packed = _packed_file(member, sha256, wanted[sha256], find_old) if sha256 else None
                if packed:
                    yield packed
    except (zstd.ZstdError, EOFError) as error:
        raise VerificationError("pack-unreadable", reason=error) from error


def _packed_file(member: Member, sha256: str, size: int, find_old: FindOld) -> PackedFile | None:
    if not member.name.endswith(_DELTA_ENDING):
        return PackedFile(sha256, size, _checked(_pieces(member), sha256, size))
    try:
        old_sha256 = dcz.old_file_of(member.read(dcz.HEADER_BYTES))
    except VerificationError:
        return None
    old = _old_bytes(find_old(old_sha256), old_sha256)
    if old is None:
        return None
    chunks = dcz.apply_delta(cast(BinaryIO, member), old, size)
    return PackedFile(sha256, size, _checked(chunks, sha256, size))


def _old_bytes(path: Path | None, sha256: str) -> bytes | None:
    """The old file, when it is what its name says: a wrong one would decode to garbage."""
    if path is None:
        return None
    with contextlib.suppress(OSError):
        if path.stat().st_size <= dcz.MAX_DELTA_BYTES:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() == sha256:
                return content
    return None


def _pieces(member: Member) -> Iterator[bytes]:
    while piece := member.read(_CHUNK_BYTES):
        yield piece


def _checked(chunks: Iterator[bytes], sha256: str, size: int) -> Iterator[bytes]:
    digest, given = hashlib.sha256(), 0
    for chunk in chunks:
        given += len(chunk)
        if given > size:
            break
        digest.update(chunk)
        yield chunk
    if given != size or digest.hexdigest() != sha256:
        raise VerificationError("wrong-hash", name=sha256)


def _by_name(wanted: Mapping[str, Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for sha256 in wanted:
        name = sha256[:NAME_DIGITS]
        # Two files whose hashes begin alike could not be told apart: both are fetched by themselves.
        names[name] = "" if name in names else sha256
    return names
