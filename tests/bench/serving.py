"""How long a change takes from being saved to standing in the page that `kebao serve` gives."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_MOST_SECONDS = 1800.0
_TICK = 0.02
_MOST_QUIET_SECONDS = 90.0
#: CPU seconds in a second.
_BUSY = 0.6


def saved_to_served(project: Path, source: Path, page_uri: str, *, changes: int) -> Iterator[tuple[float, float]]:
    """For each of so many changes of a resource's text: seconds until its page says so, CPU seconds until then."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "kebao", "-C", str(project), "serve", "--package", "demo", "--locale", "zh"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*command, "--no-open", "--address", address],
        env=environment,
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://{address}/{page_uri}"
        _wait_for(url, "</html>", process)
        for number in range(changes):
            said = f"服务时改第{number}次"
            # The observer of files tells times apart by whole seconds on some systems.
            time.sleep(2)
            used, started = _cpu_seconds(process.pid), time.perf_counter()
            source.write_text(f"{source.read_text(encoding='utf-8')}\n{said}。\n", encoding="utf-8", newline="\n")
            _wait_for(url, said, process)
            yield time.perf_counter() - started, _cpu_seconds(process.pid) - used
            # The index follows the pages: a change in the middle of that would wait for it.
            _wait_for_quiet(process.pid)
    finally:
        # Its own group: what it started goes with it.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait_for(url: str, said: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"kebao serve ended with {process.returncode}")
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(url, timeout=60) as answer,
        ):
            if said in answer.read().decode("utf-8"):
                return
        time.sleep(_TICK)
    raise TimeoutError(url)


def _wait_for_quiet(session: int) -> None:
    """Waits until the index is written. Looking whether files have changed takes a part of a processor all the time."""
    give_up = time.monotonic() + _MOST_QUIET_SECONDS
    used, now = -_BUSY, _cpu_seconds(session)
    while now - used >= _BUSY and time.monotonic() < give_up:
        time.sleep(1)
        used, now = now, _cpu_seconds(session)


def _cpu_seconds(session: int) -> float:
    """Of all processes of a session and of those they have waited for; 0 where the system does not tell (not Linux)."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0
