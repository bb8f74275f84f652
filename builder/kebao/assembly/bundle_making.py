"""Makes bundles in several processes: each its share by size."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from kebao.assembly.file_store import atomic_writer
from kebao.assembly.kept_files import STORED_TIME_NS
from kebao.assembly.kept_parts import write_parts
from kebao.assembly.processes import in_processes
from kebao.bundles.archive import BundleWriter, OldArchiveError
from kebao.bundles.bundle_plan import Part
from kebao.bundles.plan import BundlePlanner, BundleScope

#: The disk takes smaller ones in no time.
_LARGE_BYTES = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBundle:
    """A bundle in the cache: its file's name, size, time and sums; ``of`` is its scope and subject."""

    name: str
    size_bytes: int
    mtime_ns: int
    sha256: str
    crc32: int
    file_count: int
    of: str

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def is_there(self, folder: Path) -> bool:
        with contextlib.suppress(OSError):
            found = (folder / self.name).stat()
            return (found.st_size, found.st_mtime_ns) == (self.size_bytes, self.mtime_ns)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOrder:
    """A bundle to make.

    Attributes:
        ground: See :func:`kebao.assembly.kept_parts.write_parts`.
        keys: Its resources' keys, by their ids.
        kept: What an earlier bundle has of its resources, by their ids.
    """

    scope: BundleScope
    ground: str
    keys: Mapping[str, str]
    kept: Mapping[str, Part] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.scope.stem}.zip"

    @property
    def of(self) -> str:
        return f"{self.scope.scope} {self.scope.subject}"


@dataclass(frozen=True, slots=True)
class BundleMaker:
    """Makes bundles; their bytes may not be on the disk yet when they are made.

    Attributes:
        folder: Where their files go.
        on_progress: Told the name of each when it is written, whichever process did it.
    """

    planner: BundlePlanner
    writer: BundleWriter
    folder: Path
    on_progress: Callable[[str], None]

    def make(self, order: BundleOrder) -> KeptBundle:
        try:
            return self._made(order)
        except OldArchiveError:
            return self._made(replace(order, kept={}))

    def make_all(self, orders: Sequence[BundleOrder], weights: Sequence[int], *, jobs: int) -> list[KeptBundle]:
        """The bundles in the order given, made in so many processes.

        Raises:
            BundleError, WorkError: One of them could not be made.
        """
        done = _Done([order.name for order in orders], self.on_progress)

        def work(places: Sequence[int]) -> list[str]:
            return [self._told(place, orders[place], done) for place in places]

        made = dict(json.loads(line) for line in in_processes(balanced(weights, jobs), work))
        done.tell()
        return [KeptBundle(**made[place]) for place in range(len(orders))]

    def _told(self, place: int, order: BundleOrder, done: _Done) -> str:
        """Makes a bundle in this process: its place and what is kept of it, as JSON."""
        made = self.make(order)
        done.add(place)
        return json.dumps([place, made.to_json()])

    def _made(self, order: BundleOrder) -> KeptBundle:
        plan = self.planner.plan(order.scope, order.kept)
        # Only its bytes tell where it is stored.
        path = self.folder / f"{plan.digest}.zip"
        with atomic_writer(path, waits_for_disk=False) as stream:
            sums = self.writer.write(plan, stream)
            if sums.size_bytes >= _LARGE_BYTES:
                _begin_saving(stream)
        # The same wherever it is linked to; another one says that it was edited there.
        os.utime(path, ns=(STORED_TIME_NS, STORED_TIME_NS))
        if len(plan.parts) > 1:
            write_parts(path, order.ground, order.keys, plan, sums)
        return KeptBundle(
            name=path.name,
            size_bytes=sums.size_bytes,
            mtime_ns=path.stat().st_mtime_ns,
            sha256=sums.sha256,
            crc32=sums.crc32,
            file_count=plan.file_count,
            of=order.of,
        )


def _begin_saving(stream: BinaryIO) -> None:
    """The disk takes the bytes while the next bundle is written; not on Windows."""
    if hasattr(os, "posix_fadvise"):
        stream.flush()
        # What is not on the disk yet cannot be dropped from memory: it is begun to be written.
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def balanced(weights: Sequence[int], hands: int) -> list[list[int]]:
    """The places of the weights, the heaviest first, so dealt that no hand has much more than another."""
    dealt_out: list[list[int]] = [[] for _ in range(max(1, hands))]
    loads = [0] * len(dealt_out)
    for place in sorted(range(len(weights)), key=lambda at: -weights[at]):
        lightest = loads.index(min(loads))
        dealt_out[lightest].append(place)
        loads[lightest] += weights[place]
    return [places for places in dealt_out if places]


class _Done:
    """Tells of bundles that are written, those of other processes too."""

    def __init__(self, names: Sequence[str], on_progress: Callable[[str], None]) -> None:
        self._names, self._on_progress, self._process = names, on_progress, os.getpid()
        # A byte for each, seen by all processes that are split off from now on; a map cannot be empty.
        self._untold = mmap.mmap(-1, max(1, len(names)))

    def add(self, place: int) -> None:
        self._untold[place] = 1
        if os.getpid() == self._process:
            self.tell()

    def tell(self) -> None:
        while (at := self._untold.find(b"\x01", 0)) >= 0:
            self._untold[at] = 0
            self._on_progress(self._names[at])
