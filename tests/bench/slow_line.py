"""A line of 20 Mbit/s and 200 ms: the kernel's own (network namespace, tc netem) where that works, else a relay.

The relay holds every byte back by half of the delay in each direction, answers to connect a whole delay late, and sends
no faster than the rate, all connections together. It knows no slow start.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

MEGABITS = 20
DELAY_MS = 200
_CHUNK_BYTES = 16 << 10
_AHEAD_SECONDS = 0.5
_NAMESPACE, _HERE, _THERE = "kebao-bench", "kebao-here", "kebao-there"
HOST, _SCHOOL = "10.231.77.1", "10.231.77.2"


@dataclass(frozen=True)
class Line:
    """How a school reaches the server over the line.

    Attributes:
        kind: for the table.
        within: goes before the school's command.
    """

    kind: str
    within: tuple[str, ...] = ()


@contextlib.contextmanager
def kernel_line() -> Iterator[Line | None]:
    """None where the kernel has no such line, or we may not make one. The server must listen on HOST."""
    half = f"{DELAY_MS // 2}ms"
    netem = ("root", "netem", "rate", f"{MEGABITS}mbit", "delay", half, "limit", "5000")
    commands = [
        ("ip", "netns", "add", _NAMESPACE),
        ("ip", "link", "add", _HERE, "type", "veth", "peer", "name", _THERE, "netns", _NAMESPACE),
        ("ip", "addr", "add", f"{HOST}/30", "dev", _HERE),
        ("ip", "link", "set", _HERE, "up"),
        ("ip", "-n", _NAMESPACE, "addr", "add", f"{_SCHOOL}/30", "dev", _THERE),
        ("ip", "-n", _NAMESPACE, "link", "set", _THERE, "up"),
        ("tc", "qdisc", "add", "dev", _HERE, *netem),
        ("tc", "-n", _NAMESPACE, "qdisc", "add", "dev", _THERE, *netem),
    ]
    try:
        works = all(_run(*command) for command in commands)
        yield Line("netem", ("ip", "netns", "exec", _NAMESPACE)) if works else None
    finally:
        _run("ip", "netns", "del", _NAMESPACE)
        _run("ip", "link", "del", _HERE)


@contextlib.contextmanager
def relayed(port: int) -> Iterator[str]:
    """The address of a relay to a server on this computer, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.slow_line", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class _Direction:
    """One way of the line: when the next byte may leave."""

    def __init__(self) -> None:
        self.free_at = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: float) -> None:
        clock = asyncio.get_running_loop().time
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        opened = clock() + late

        async def deliver() -> None:
            while True:
                moment, data = await queue.get()
                await asyncio.sleep(max(0.0, moment - clock()))
                if not data:
                    return
                writer.write(data)
                await writer.drain()

        delivery = asyncio.create_task(deliver())
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                leaves = max(clock(), self.free_at, opened)
                self.free_at = leaves + len(data) * 8 / (MEGABITS * 1e6)
                queue.put_nowait((self.free_at + DELAY_MS / 2000, data))
                await asyncio.sleep(max(0.0, self.free_at - clock() - _AHEAD_SECONDS))
        queue.put_nowait((clock() + DELAY_MS / 2000, b""))
        with contextlib.suppress(OSError):
            await delivery
            writer.close()


async def _relay(port: int) -> None:
    up, down = _Direction(), _Direction()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        late = DELAY_MS / 1000  # the handshake
        await asyncio.gather(up.carry(reader, there_writer, late), down.carry(there_reader, writer, 0))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_relay(int(sys.argv[1])))
