"""Sources as one ``.tar.gz``, in pieces: one that was packed before is not packed again.

Where a piece ends depends on names alone, and each is packed by itself: the bytes are the same whatever was kept.
"""

from __future__ import annotations

import hashlib
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from kebao.bundles.crc32 import joined_crc32

#: No name and no time in the head: neither is a part of the sources.
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
#: An empty last block: what stands before it ends at a byte's end.
_END = b"\x03\x00"
_LEVEL = 6
#: One name in so many begins a piece.
_ENTRIES_IN_PIECE = 64
_SUMS = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Folder:
    """The texts of a folder, by path; they stand together, and are only read where their piece is not kept.

    Attributes:
        digest: Of all that decides them; None where it is not known.
        is_settled: Whether, now that they are read, the digest is still that of what is there.
    """

    digest: str | None
    read: Callable[[], Mapping[str, bytes]]
    is_settled: Callable[[], bool] = lambda: True


#: A name and what stands there; that of a folder ends with a slash.
Entry = tuple[str, bytes | Folder]


class KeptPieces(Protocol):
    """Where pieces that were packed before come from."""

    def get(self, key: bytes) -> bytes | None: ...

    def put(self, key: bytes, value: bytes) -> None: ...


def packed(entries: Mapping[str, bytes | Folder], kept: KeptPieces | None = None) -> bytes:
    """The archive of the files by name."""
    parts = [_HEAD]
    crc32 = size = 0
    for piece in _pieces(sorted(entries.items())):
        data = _packed_piece(piece, kept)
        piece_crc32, piece_size = _SUMS.unpack_from(data)
        crc32, size = joined_crc32(crc32, piece_crc32, piece_size), size + piece_size
        parts.append(data[_SUMS.size :])
    # Two empty blocks, filled up to a whole record.
    end = bytes(2 * tarfile.BLOCKSIZE + -(size + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE)
    parts += (_deflated(end), _END, _SUMS.pack(zlib.crc32(end, crc32), (size + len(end)) & 0xFFFFFFFF))
    return b"".join(parts)


def _pieces(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    piece: list[Entry] = []
    for name, data in entries:
        if piece and zlib.crc32(name.encode("utf-8", "surrogateescape")) % _ENTRIES_IN_PIECE == 0:
            yield piece
            piece = []
        piece.append((name, data))
    if piece:
        yield piece


def _packed_piece(piece: Sequence[Entry], kept: KeptPieces | None) -> bytes:
    """The CRC-32 and the size of the piece as tar has it, then its packed bytes."""
    key = _key(piece)
    found = kept.get(key) if kept is not None else None
    if found is None:
        data = b"".join(_in_tar(name, content) for entry in piece for name, content in _texts(entry))
        found = _SUMS.pack(zlib.crc32(data), len(data)) + _deflated(data)
        # A file that was changed since its digest was taken would stand under the wrong one for ever.
        if kept is not None and all(content.is_settled() for _, content in piece if isinstance(content, Folder)):
            kept.put(key, found)
    return found


def _key(piece: Sequence[Entry]) -> bytes:
    # Another zlib may pack in other bytes.
    digest = hashlib.sha256(f"{_LEVEL} {zlib.ZLIB_RUNTIME_VERSION}\n".encode())
    for name, content in piece:
        if isinstance(content, Folder) and content.digest is not None:
            _count(digest, name, content.digest.encode())
        else:
            for path, text in _texts((name, content)):
                _count(digest, path, text)
    return digest.digest()


def _count(digest: hashlib._Hash, name: str, content: bytes) -> None:
    encoded = name.encode("utf-8", "surrogateescape")
    digest.update(b"%d %d " % (len(encoded), len(content)) + encoded + content)


def _texts(entry: Entry) -> Sequence[tuple[str, bytes]]:
    name, content = entry
    return sorted(content.read().items()) if isinstance(content, Folder) else [(name, content)]


def _in_tar(name: str, content: bytes) -> bytes:
    return _head(name, len(content)) + content + bytes(-len(content) % tarfile.BLOCKSIZE)


def _head(name: str, size: int) -> bytes:
    if not name.isascii() or len(name) > tarfile.LENGTH_NAME or size >= 8**11:
        return _any_head(name, size)
    # Only the name, the size and the sum differ from head to head (POSIX ustar).
    head, total = _nameless_head()
    length = b"%011o" % size
    total += sum(name.encode()) + sum(length) - sum(b"0" * 11)
    named = name.encode().ljust(tarfile.LENGTH_NAME, b"\0")
    return b"%b%b%b%b%06o%b" % (named, head[100:124], length, head[135:148], total, head[154:])


@cache
def _nameless_head() -> tuple[bytes, int]:
    """The head of an empty file without a name, and the sum in it."""
    head = _any_head("", 0)
    return head, int(head[148:154], 8)


def _any_head(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o644, 0
    return entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _deflated(data: bytes) -> bytes:
    """A part of a deflate stream that neither looks back beyond its beginning nor ends the stream."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
