"""Makes bundles in several processes: each its share by size, writing one while the disk takes the one before."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kebao.assembly.file_store import atomic_writer
from kebao.assembly.kept_files import STORED_TIME_NS
from kebao.assembly.kept_parts import write_parts
from kebao.assembly.processes import in_processes
from kebao.bundles.archive import BundleSums, BundleWriter, OldArchiveError
from kebao.bundles.bundle_plan import BundlePlan, Part
from kebao.bundles.plan import BundlePlanner, BundleScope


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
class _Written:
    """A bundle whose bytes are written, but perhaps not on the disk yet.

    Attributes:
        closing: Puts the file in its place once they are.
    """

    order: BundleOrder
    path: Path
    plan: BundlePlan
    sums: BundleSums
    closing: contextlib.ExitStack

    def settled(self) -> KeptBundle:
        """Waits for the disk."""
        self.closing.close()
        # The same wherever it is linked to; another one says that it was edited there.
        os.utime(self.path, ns=(STORED_TIME_NS, STORED_TIME_NS))
        if len(self.plan.parts) > 1:
            write_parts(self.path, self.order.ground, self.order.keys, self.plan, self.sums)
        return KeptBundle(
            name=self.path.name,
            size_bytes=self.sums.size_bytes,
            mtime_ns=self.path.stat().st_mtime_ns,
            sha256=self.sums.sha256,
            crc32=self.sums.crc32,
            file_count=self.plan.file_count,
            of=self.order.of,
        )


@dataclass(frozen=True, slots=True)
class BundleMaker:
    """Makes bundles.

    Attributes:
        folder: Where their files go.
        on_progress: Told the name of each when it is written, whichever process did it.
    """

    planner: BundlePlanner
    writer: BundleWriter
    folder: Path
    on_progress: Callable[[str], None]

    def make(self, order: BundleOrder) -> KeptBundle:
        return self._written(order).settled()

    def make_all(self, orders: Sequence[BundleOrder], weights: Sequence[int], *, jobs: int) -> list[KeptBundle]:
        """The bundles in the order given, made in so many processes.

        Raises:
            BundleError, WorkError: One of them could not be made.
        """
        done = _Done([order.name for order in orders], self.on_progress)

        def work(places: Sequence[int]) -> list[str]:
            return list(self._made_here({place: orders[place] for place in places}, done))

        made = dict(json.loads(line) for line in in_processes(balanced(weights, jobs), work))
        done.tell()
        return [KeptBundle(**made[place]) for place in range(len(orders))]

    def _made_here(self, orders: Mapping[int, BundleOrder], done: _Done) -> Iterator[str]:
        """Makes bundles in this process: for each its place and what is kept of it, as JSON."""
        with ThreadPoolExecutor(1) as aside:
            settling: tuple[int, Future[KeptBundle]] | None = None
            for place, order in orders.items():
                # While the disk takes the end of one bundle, the next is written; no more: few files are open.
                written = self._written(order)
                if settling:
                    yield _made(*settling)
                settling = place, aside.submit(written.settled)
                done.add(place)
            if settling:
                yield _made(*settling)

    def _written(self, order: BundleOrder) -> _Written:
        try:
            return self._planned_and_written(order)
        except OldArchiveError:
            return self._planned_and_written(replace(order, kept={}))

    def _planned_and_written(self, order: BundleOrder) -> _Written:
        plan = self.planner.plan(order.scope, order.kept)
        # Only its bytes tell where it is stored.
        path = self.folder / f"{plan.digest}.zip"
        with contextlib.ExitStack() as stack:
            sums = self.writer.write(plan, stack.enter_context(atomic_writer(path)))
            return _Written(order, path, plan, sums, stack.pop_all())


def balanced(weights: Sequence[int], hands: int) -> list[list[int]]:
    """The places of the weights, the heaviest first, so dealt that no hand has much more than another."""
    dealt_out: list[list[int]] = [[] for _ in range(max(1, hands))]
    loads = [0] * len(dealt_out)
    for place in sorted(range(len(weights)), key=lambda at: -weights[at]):
        lightest = loads.index(min(loads))
        dealt_out[lightest].append(place)
        loads[lightest] += weights[place]
    return [places for places in dealt_out if places]


def _made(place: int, settled: Future[KeptBundle]) -> str:
    return json.dumps([place, settled.result().to_json()])


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
