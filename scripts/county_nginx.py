"""The real nginx with a configuration of docs/mirror, for a demonstration or a benchmark; it logs what it was asked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs" / "mirror"
_CONF = """{owner}pid {work}/pid;
error_log {work}/error.log;
events {{}}
http {{
log_format plain '$status $bytes_sent $request_length $uri';
access_log {work}/access.log plain;
keepalive_requests 100000;
{temporary}
{server}
}}
"""


@dataclass(frozen=True)
class Asked:
    """What clients asked since a moment.

    Attributes:
        sent_bytes: with headers.
        received_bytes: of the requests.
    """

    requests: int
    sent_bytes: int
    received_bytes: int


@dataclass
class CountyServer:
    """A running nginx."""

    url: str
    log: Path
    _read_bytes: int = 0

    def asked(self) -> Asked:
        """What was asked since this was called before."""
        time.sleep(0.05)  # nginx writes its line after the last byte was sent
        with self.log.open("rb") as stream:
            stream.seek(self._read_bytes)
            data = stream.read()
        self._read_bytes += len(data)
        rows = [line.split(b" ", 3) for line in data.splitlines()]
        return Asked(len(rows), sum(int(row[1]) for row in rows), sum(int(row[2]) for row in rows))


def nginx_program() -> str | None:
    """Where nginx is; Debian keeps it from the search path of most users."""
    return shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


@contextmanager
def county_nginx(
    folder: Path, work: Path, *, host: str = "127.0.0.1", within: Sequence[str] = ()
) -> Iterator[CountyServer]:
    """Runs nginx with nginx-county.conf for ``folder``; ``within`` goes before its command line.

    Raises:
        RuntimeError: there is no nginx, or it does not start.
    """
    program = nginx_program()
    if program is None:
        raise RuntimeError("nginx is not installed")
    port = _free_port()
    text = (DOCS / "nginx-county.conf").read_text("utf-8")
    server = text.replace("listen 80 default_server;", f"listen {host}:{port};").replace("/srv/kebao", str(folder))
    work.mkdir(parents=True, exist_ok=True)
    (work / "access.log").touch()
    owner = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    temporary = "\n".join(f"{name}_temp_path {work};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = _CONF.format(owner=owner, work=work, temporary=temporary, server=server)
    (work / "nginx.conf").write_text(conf, "utf-8")
    command = [*within, program, "-e", f"{work}/error.log", "-c", f"{work}/nginx.conf", "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait(work / "pid", process)
        yield CountyServer(f"http://{host}:{port}/", work / "access.log")
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(pid_file: Path, process: subprocess.Popen[str]) -> None:
    """nginx writes its process's number once it listens."""
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(process.communicate()[1])
        if pid_file.is_file() and pid_file.stat().st_size:
            return
        time.sleep(0.05)
    raise RuntimeError("nginx does not start")
