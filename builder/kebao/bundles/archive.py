"""Writes a planned bundle as a ZIP: the same plan gives the same bytes, in constant memory, each of them read once."""

from __future__ import annotations

import hashlib
import io
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from kebao.bundles.bundle_plan import BundlePlan, KeptFiles, Member
from kebao.bundles.crc32 import joined_crc32
from kebao.bundles.zip_records import Listing, can_move, entry_of, local_header
from kebao.loading.kept_digests import KeptSums, signature_of

_CHUNK_BYTES = 1 << 20
#: Files up to this size are read at once: to sum so few bytes again takes less time than to look at their signature.
_SMALL_BYTES = 1 << 16


class BundleError(Exception):
    """A file is not what the plan says: it was changed or removed while the site was being built."""


class OldArchiveError(Exception):
    """An older archive has not the bytes that were written to it: what was taken from it must be made."""


class PartEnd(NamedTuple):
    """Where the files of a part end in an archive, and those of the next one begin.

    Attributes:
        crc32: Of all bytes before that place.
        listed: Where in the archive what its directory says of the part ends.
    """

    at: int
    crc32: int
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSums:
    """SHA-256 (hex) and CRC-32 of a whole bundle.

    Attributes:
        own_at: Path of each of the bag's own files → where its content begins.
        ends: Of the bag's own files together, then of each of the plan's parts.
    """

    sha256: str
    crc32: int
    size_bytes: int
    own_at: Mapping[str, int] = field(default_factory=dict)
    ends: tuple[PartEnd, ...] = ()


def write_bundle(plan: BundlePlan, root: Path, stream: BinaryIO) -> BundleSums:
    """Writes the ZIP to ``stream``; ``root`` is the project's folder.

    Raises:
        BundleError: What is in ``stream`` by then is worthless.
    """
    return BundleWriter(root).write(plan, stream)


@dataclass(frozen=True, slots=True)
class BundleWriter:
    """Writes bundles of a project, which share many files.

    Attributes:
        root: The project's folder.
        crc32s: SHA-256 (hex) of a file → its CRC-32, of files that were read or made before; it grows.
        kept: Path → what is kept of a file: while the disk says the same of it, its bytes are not summed again.
    """

    root: Path
    crc32s: dict[str, int] = field(default_factory=dict)
    kept: Mapping[str, KeptSums] = field(default_factory=dict)

    def write(self, plan: BundlePlan, stream: BinaryIO) -> BundleSums:
        """Writes a bundle and gives its sums.

        Members are stored, not deflated: the bytes must not depend on a zlib, and office files, pictures and
        videos are compressed already.
        """
        summed, listing, own_at, top = _Summed(stream), Listing(), dict[str, int](), plan.top
        for member in plan.own:
            self._write(top, member, summed, listing)
            own_at[member.path] = summed.size_bytes - member.size_bytes
        ends: list[tuple[int, int, int]] = [(summed.size_bytes, summed.crc32, listing.size_bytes)]
        with _OldArchive(summed) as old:
            for part in plan.parts:
                if part.kept:
                    listing.add_moved(part.kept.directory, part.member_count, summed.size_bytes - part.kept.start)
                    old.copy(part.kept)
                    if not can_move(summed.size_bytes):
                        raise OldArchiveError(f"{plan.name} has become too large to be copied")
                else:
                    old.check()
                    for member in part.members:
                        self._write(top, member, summed, listing)
                ends.append((summed.size_bytes, summed.crc32, listing.size_bytes))
            old.check()
        directory_at = summed.size_bytes
        summed.write_record(listing.directory(directory_at))
        return summed.sums(own_at, tuple(PartEnd(at, crc32, directory_at + listed) for at, crc32, listed in ends))

    def _write(self, top: str, member: Member, summed: _Summed, listing: Listing) -> None:
        crc32, size_bytes = self._crc32(member), member.size_bytes
        entry = entry_of(f"{top}/{member.path}", crc32=crc32, size_bytes=size_bytes, offset=summed.size_bytes)
        summed.write_record(local_header(entry))
        if not member.source_path:
            # To sum so few bytes again as a text has takes less time than to join their sum.
            summed.write_record(member.text)
        elif size_bytes <= _SMALL_BYTES:
            summed.write_record(self._content(member, crc32))
        else:
            self._copy(member, crc32, summed)
        listing.add(entry)

    def _crc32(self, member: Member) -> int:
        """The CRC-32 that stands before the member's bytes; BundleError when they are not those of the plan."""
        known = self.crc32s.get(member.sha256)
        if known is None:
            # Most texts stand in five bundles.
            known = read_crc32(self.root, member) if member.source_path else zlib.crc32(member.text)
            self.crc32s[member.sha256] = known
        return known

    def _content(self, member: Member, expected: int) -> bytes:
        """The bytes of a small file; BundleError when they are not those of the plan."""
        with _opened(self.root, member) as source:
            # One more than there should be.
            content = source.read(member.size_bytes + 1)
        if len(content) != member.size_bytes or zlib.crc32(content) != expected:
            raise _changed(member)
        return content

    def _copy(self, member: Member, expected: int, target: _Summed) -> None:
        with _opened(self.root, member) as source:
            if self._is_known(member, expected, source):
                size_bytes = sum(target.write(chunk) for chunk in _chunks(source, member))
                is_same = self._is_known(member, expected, source) and size_bytes == member.size_bytes
            else:
                is_same = _copy_and_compare(source, member, expected, target)
        if not is_same:
            raise _changed(member)
        target.add_crc32(expected, member.size_bytes)

    def _is_known(self, member: Member, crc32: int, source: io.FileIO) -> bool:
        """Whether the open file is one that was read before, and unchanged since."""
        kept = self.kept.get(str(self.root / member.source_path))
        return (
            kept is not None
            and (kept.sha256, kept.crc32) == (member.sha256, crc32)
            and kept.signature == signature_of(os.fstat(source.fileno()))
        )


def _copy_and_compare(source: io.FileIO, member: Member, expected: int, target: _Summed) -> bool:
    """Writes the bytes and says whether they are those of the plan."""
    # The CRC-32, which is a quarter of the work of a SHA-256, tells a file that was changed since that was taken.
    crc32, size_bytes = 0, 0
    for chunk in _chunks(source, member):
        crc32 = zlib.crc32(chunk, crc32)
        size_bytes += target.write(chunk)
    return (crc32, size_bytes) == (expected, member.size_bytes)


def read_crc32(root: Path, member: Member) -> int:
    """The CRC-32 of a member's file; BundleError when it is not the file that the plan means."""
    crc32, digest, size_bytes = 0, hashlib.sha256(), 0
    with _opened(root, member) as source:
        for chunk in _chunks(source, member):
            digest.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            size_bytes += len(chunk)
    if (digest.hexdigest(), size_bytes) != (member.sha256, member.size_bytes):
        raise _changed(member)
    return crc32


def _chunks(source: io.FileIO, member: Member) -> Iterator[memoryview]:
    """The member's bytes, not many more than there should be; each piece is good until the next."""
    piece = memoryview(bytearray(min(_CHUNK_BYTES, member.size_bytes + 1)))
    size_bytes = 0
    while size_bytes <= member.size_bytes and (count := source.readinto(piece)):
        size_bytes += count
        yield piece[:count]


def _opened(root: Path, member: Member) -> io.FileIO:
    try:
        return io.FileIO(f"{root}/{member.source_path}")
    except FileNotFoundError as error:
        raise BundleError(f"{member.source_path} was removed during the build") from error


def _changed(member: Member) -> BundleError:
    return BundleError(f"{member.source_path or member.path} changed during the build")


class _OldArchive:
    """Copies parts of an older archive: those that stand one after another are checked together."""

    def __init__(self, target: _Summed) -> None:
        self._target = target
        self._source: BinaryIO | None = None
        self._run: tuple[KeptFiles, KeptFiles] | None = None
        self._crc32_before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._source:
            self._source.close()

    def copy(self, kept: KeptFiles) -> None:
        """Copies a part's files; OldArchiveError when it is seen, perhaps only later, that they are others."""
        try:
            if self._source is None:
                self._source = kept.archive.open("rb", buffering=_CHUNK_BYTES)
            if self._run is None or self._run[1].end != kept.start:
                self.check()
                self._run, self._crc32_before = (kept, kept), self._target.crc32
                self._source.seek(kept.start)
            self._run = (self._run[0], kept)
            left = kept.end - kept.start
            while left and (piece := self._source.read(min(left, _CHUNK_BYTES))):
                self._target.write_record(piece)
                left -= len(piece)
        except OSError as error:
            raise OldArchiveError(str(error)) from error
        if left:
            raise OldArchiveError(str(kept.archive))

    def check(self) -> None:
        """Called where what was copied ends."""
        if self._run is None:
            return
        first, last = self._run
        self._run, size = None, last.end - first.start
        # What the bytes between two places of the old archive add to any CRC-32.
        added = joined_crc32(first.crc32_before, 0, size) ^ last.crc32_after
        if joined_crc32(self._crc32_before, added, size) != self._target.crc32:
            raise OldArchiveError(str(first.archive))


class _Summed:
    """A stream that is only written to, and what was written."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._sha256, self._crc32 = hashlib.sha256(), 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self.size_bytes = 0

    @property
    def crc32(self) -> int:
        self._write_waiting()
        return self._crc32

    def write_record(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        self.size_bytes += len(data)
        if self._waiting_bytes > _CHUNK_BYTES:
            self._write_waiting()

    def write(self, data: memoryview) -> int:
        """Writes bytes whose CRC-32 is told with :meth:`add_crc32`; gives how many."""
        self._write_waiting()
        self._stream.write(data)
        self._sha256.update(data)
        self.size_bytes += len(data)
        return len(data)

    def add_crc32(self, crc32: int, size_bytes: int) -> None:
        self._crc32 = joined_crc32(self._crc32, crc32, size_bytes)

    def _write_waiting(self) -> None:
        # Most records are short: what is done for each takes longer than what is done for its bytes.
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._waiting_bytes = 0
            self._stream.write(data)
            self._sha256.update(data)
            self._crc32 = zlib.crc32(data, self._crc32)

    def sums(self, own_at: Mapping[str, int], ends: tuple[PartEnd, ...]) -> BundleSums:
        crc32, sha256 = self.crc32, self._sha256.hexdigest()
        return BundleSums(sha256=sha256, crc32=crc32, size_bytes=self.size_bytes, own_at=own_at, ends=ends)
