"""Brings one file after another from whichever source has it, goes on where it stopped, and believes only the hash."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kebao.mirror.errors import MirrorError, NetworkError, VerificationError
from kebao.mirror.layout import TIMESTAMP, metadata_uri, part_uri
from kebao.mirror.school.clock import Clock
from kebao.mirror.school.disk import Disk, write_all
from kebao.mirror.school.limits import Pace
from kebao.mirror.school.places import Places
from kebao.mirror.sources.source import (
    Body,
    Source,
    SourceError,
    SourceMissing,
    SourceOdd,
    SourceUnreachable,
    close_body,
    is_web_page,
    read_up_to,
)

_FLUSH = 8 << 20
"""What a kill may cost of one file, at most."""
_TRIES = 4
"""In a row without one new byte."""
_GIVE_UP = 3
"""Files in a row for which a source was unreachable."""
_LARGEST_ON_FAT32 = (1 << 32) - 1


@dataclass(frozen=True)
class Wanted:
    """A file to fetch.

    Attributes: uris: where a source may have it, the usual place first; name: for people.
    """

    sha256: str
    size: int
    uris: tuple[str, ...]
    name: str


class NowhereError(NetworkError):
    """Sources answered, and none has the file: it may be that a newer release is being published."""


class Transfer:
    """Fetches into `places.parts`; may be used by several threads at once, each with files of its own."""

    def __init__(
        self,
        sources: Sequence[Source],
        places: Places,
        disk: Disk,
        *,
        clock: Clock,
        pace: Pace,
        on_bytes: Callable[[int], None] = lambda count: None,
        syncs: bool = True,
    ) -> None:
        """Args: syncs: each file; without it, whoever takes the files has to."""
        self._sources = tuple(sources)
        self._places = places
        self._disk = disk
        self._clock = clock
        self._pace = pace
        self._on_bytes = on_bytes
        self._syncs = syncs
        self._failures = dict.fromkeys(range(len(self._sources)), 0)
        self._preferred = dict.fromkeys(range(len(self._sources)), 0)
        self._lock = threading.Lock()

    @property
    def delay(self) -> float:
        """Of the first source that still answers, in seconds."""
        working = (source for index, source in enumerate(self._sources) if self._failures[index] < _GIVE_UP)
        return next((source.delay for source in working), 0.0)

    def fetch(self, wanted: Wanted) -> Path:
        """The file, whole, with the right hash and synced if files are; under a temporary name.

        Raises: NetworkError (NowhereError when every source that answers lacks it), VerificationError, StaleError
        when the
        time is over, OSError of the disk.
        """
        faults: list[tuple[Source, Exception]] = []
        for index, source in enumerate(self._sources):
            if self._failures[index] >= _GIVE_UP:
                continue
            try:
                part = self._from_source(index, source, wanted)
            except SourceUnreachable as error:
                self._count(index, failed=True)
                faults.append((source, error))
            except (SourceError, VerificationError) as error:
                faults.append((source, error))
            else:
                self._count(index, failed=False)
                return part
        raise _verdict(wanted, faults, [source.name for source in self._sources])

    def _count(self, index: int, *, failed: bool) -> None:
        with self._lock:
            self._failures[index] = self._failures[index] + 1 if failed else 0

    def _from_source(self, index: int, source: Source, wanted: Wanted) -> Path:
        last = len(wanted.uris) - 1
        first = min(self._preferred[index], last)
        order = [first, *(each for each in range(last + 1) if each != first)]
        missing: SourceMissing | None = None
        for each in order:
            try:
                part = self._whole(source, wanted, wanted.uris[each])
            except SourceMissing as error:
                missing = error
                continue
            self._preferred[index] = each
            return part
        if wanted.size > _LARGEST_ON_FAT32:
            return self._whole(_Parts(source, wanted.sha256), wanted, wanted.uris[0])
        raise missing or SourceMissing(source.name, wanted.name, "no place to look")

    def _whole(self, source: Source, wanted: Wanted, uri: str) -> Path:
        """Asks again, from where it stopped, as long as each time brings something."""
        part = self._places.parts / f"{wanted.sha256}.part"
        tries = 0
        wrong = False
        while True:
            before = part.stat().st_size if part.exists() else 0
            try:
                if self._once(source, wanted, uri, part):
                    return part
            except SourceUnreachable:
                grown = part.exists() and part.stat().st_size > before
                tries = 0 if grown else tries + 1
                if tries >= _TRIES:
                    raise
                self._clock.sleep(2.0**tries - 1 if source.is_remote else 0)
                continue
            # The bytes are wrong. What was there before may be to blame: once more, from the start.
            self._disk.remove(part)
            if wrong or not before:
                if _answers_with_pages(source):
                    raise SourceOdd(source.name, uri, "a web page came instead of the file")
                raise VerificationError("school-wrong-bytes", name=wanted.name, source=source.name)
            wrong = True

    def _once(self, source: Source, wanted: Wanted, uri: str, part: Path) -> bool:
        """Whether the part is whole and right now; False when its bytes are wrong."""
        digest, have = _digest_of(part)
        if have > wanted.size:
            self._disk.remove(part)
            digest, have = hashlib.sha256(), 0
        if have < wanted.size:
            body = source.open(uri, have)
            if body.start != have:  # no ranges there, or a range that was not asked for
                self._disk.remove(part)
                digest, have = hashlib.sha256(), 0
            have = self._append(body, part, digest, have, wanted.size)
            if have < wanted.size and source.is_remote:  # a file on a stick that ends too early will always end there
                raise SourceUnreachable(source.name, uri, f"ended after {have} of {wanted.size} bytes")
        else:  # empty, or whole since a run that was killed before it synced
            with self._disk.append_to(part) as file:
                self._sync(file)
        return have == wanted.size and digest.hexdigest() == wanted.sha256

    def _append(self, body: Body, part: Path, digest: Any, have: int, size: int) -> int:
        unsynced = 0
        with self._disk.append_to(part) as file:
            try:
                for chunk in body.chunks:
                    self._pace.spend(len(chunk))
                    have += len(chunk)
                    if have > size:  # endless, or another file: not one byte of it is worth keeping
                        break
                    digest.update(chunk)
                    write_all(file, chunk)
                    self._on_bytes(len(chunk))
                    unsynced += len(chunk)
                    if unsynced >= _FLUSH:
                        self._sync(file)
                        unsynced = 0
            finally:
                close_body(body)
            self._sync(file)
        return have

    def _sync(self, file: BinaryIO) -> None:
        if self._syncs:
            self._disk.sync(file)


class _Parts:
    """A file that a FAT32 stick holds in parts, as if it were one."""

    is_remote = False
    delay = 0.0

    def __init__(self, source: Source, sha256: str) -> None:
        self._source = source
        self._sha256 = sha256
        self.name = source.name

    def open(self, uri: str, start: int = 0) -> Body:
        return Body(0, self._chunks(self._source.open(part_uri(self._sha256, 0))))

    def _chunks(self, body: Body) -> Iterator[bytes]:
        number = 0
        while True:
            yield from body.chunks
            number += 1
            try:
                body = self._source.open(part_uri(self._sha256, number))
            except SourceMissing:
                return


def _answers_with_pages(source: Source) -> bool:
    """Whether the network's login page has come between, in the middle of a pull."""
    if not source.is_remote:
        return False
    try:
        return is_web_page(read_up_to(source, metadata_uri(TIMESTAMP), 64))
    except SourceError:
        return False


def _digest_of(path: Path) -> tuple[Any, int]:
    digest = hashlib.sha256()
    size = 0
    if path.exists():
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    return digest, size


def _verdict(wanted: Wanted, faults: Sequence[tuple[Source, Exception]], names: Sequence[str]) -> MirrorError:
    """What to tell after every source has failed; the gravest first: wrong bytes, no answer, not there."""
    for _, error in faults:
        if isinstance(error, VerificationError):
            return error
    for source, error in faults:
        if isinstance(error, SourceOdd):
            return NetworkError("school-web-page", source=source.name)
    for source, error in faults:
        if isinstance(error, SourceUnreachable):
            message = "school-line-broken" if source.is_remote else "school-stick-gone"
            return NetworkError(message, source=source.name, name=wanted.name)
    if faults:
        return NowhereError("school-not-there", name=wanted.name, sources="、".join(names))
    return NetworkError("school-line-broken", source="、".join(names), name=wanted.name)
