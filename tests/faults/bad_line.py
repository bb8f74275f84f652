"""A bad line between two network namespaces: packets come late, some never, and for a while none at all.

The namespaces belong to threads, so nothing of this computer's own network is touched and nothing is left behind. Each
has one end of a tunnel, and two threads carry packets across as badly as they are told. Needs root on Linux.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
_SET_INTERFACE = 0x400454CA  # TUNSETIFF of linux/if_tun.h
_PLAIN_PACKETS = 0x0001 | 0x1000  # IFF_TUN | IFF_NO_PI
SERVER, CLIENT = "10.99.0.1", "10.99.0.2"
_T = TypeVar("_T")


@dataclass
class Line:
    """Attributes: delay: seconds for one way; loss: share of packets; dead: while set, nothing comes through."""

    delay: float
    loss: float
    dead: threading.Event = field(default_factory=threading.Event)
    lost: int = 0
    carried: int = 0

    def carry(self, source: int, target: int, seed: int, ended: threading.Event) -> None:
        """Takes packets from one end to the other until `ended`."""
        luck = random.Random(seed)
        under_way: deque[tuple[float, bytes]] = deque()
        while not ended.is_set():
            wait = under_way[0][0] - time.monotonic() if under_way else 0.05
            ready, _, _ = select.select([source], [], [], max(0.0, min(wait, 0.05)))
            if ready:
                packet = os.read(source, 65536)
                if self.dead.is_set() or luck.random() < self.loss:
                    self.lost += 1
                else:
                    under_way.append((time.monotonic() + self.delay, packet))
            while under_way and under_way[0][0] <= time.monotonic():
                os.write(target, under_way.popleft()[1])
                self.carried += 1


class Place(threading.Thread):
    """A thread in a network of its own that does one thing after another there."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._asked: deque[Callable[[], None]] = deque()
        self._work = threading.Semaphore(0)
        self.end = -1

    def run(self) -> None:
        while True:
            self._work.acquire()
            task = self._asked.popleft()
            if task == self._leave:
                return
            task()

    def _leave(self) -> None:
        """Never called: the word to stop."""

    def leave(self) -> None:
        self._asked.append(self._leave)
        self._work.release()
        self.join()

    def do(self, task: Callable[[], _T]) -> _T:
        """Does `task` there; threads that it starts are there too."""
        results: list[_T] = []
        faults: list[BaseException] = []
        done = threading.Event()

        def work() -> None:
            try:
                results.append(task())
            except BaseException as error:
                faults.append(error)
            done.set()

        self._asked.append(work)
        self._work.release()
        done.wait()
        if faults:
            raise faults[0]
        return results[0]

    def settle(self) -> None:
        """Makes the network and this end of the tunnel. Raises: OSError where that is not allowed."""
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK) != 0:
            raise OSError(ctypes.get_errno(), "no network namespaces")
        self.end = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self.end, _SET_INTERFACE, struct.pack("16sH22x", b"line", _PLAIN_PACKETS))
        for command in (
            ["ip", "link", "set", "lo", "up"],
            ["ip", "address", "add", f"{self._address}/30", "dev", "line"],
            ["ip", "link", "set", "line", "up"],
        ):
            subprocess.run(command, check=True, capture_output=True)


@contextmanager
def bad_line(*, delay: float, loss: float) -> Iterator[tuple[Line, Place, Place]]:
    """The line, the server's place (address SERVER) and the client's. Skips the test where this cannot be made."""
    if sys.platform != "linux":
        pytest.skip("network namespaces are a thing of Linux")
    places = (Place(SERVER), Place(CLIENT))
    line = Line(delay, loss)
    ended = threading.Event()
    carriers: list[threading.Thread] = []
    try:
        for place in places:
            place.start()
            try:
                place.do(place.settle)
            except (OSError, subprocess.CalledProcessError) as error:
                pytest.skip(f"no network namespace with a tunnel can be made here: {error}")
        ends = [place.end for place in places]
        carriers = [
            threading.Thread(target=line.carry, args=(one, other, seed, ended), daemon=True)
            for seed, (one, other) in enumerate([(ends[0], ends[1]), (ends[1], ends[0])])
        ]
        for carrier in carriers:
            carrier.start()
        yield line, *places
    finally:
        ended.set()
        for carrier in carriers:
            carrier.join()
        for place in places:
            if place.is_alive():
                place.leave()
            if place.end >= 0:
                os.close(place.end)
