"""Web servers for tests: the school's own, and one that spoils its answers as it is told."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from tests.running import running

from kebao.mirror.serve.server import MirrorServer


@contextlib.contextmanager
def serving(mirror: Path) -> Iterator[str]:
    """The school's own server."""
    with running(MirrorServer(mirror, "127.0.0.1", 0)) as url:
        yield url


@dataclass
class Request:
    """What was asked. Attributes: uri: decoded, without the first slash; start: of the range, if any."""

    uri: str
    start: int | None


@dataclass
class Answer:
    """What to send; the body is cut after `cut` bytes by closing the connection."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Spoil = Callable[[Request, Answer], "Answer | None"]
"""Changes an answer; None closes the connection without one."""


class PlainServer(ThreadingHTTPServer):
    """A plain web server for a folder, with ranges; counts what was asked and spoils what `spoil` says."""

    daemon_threads = True

    def __init__(self, root: Path, spoil: Spoil = lambda request, answer: answer) -> None:
        self.root = root
        self.spoil = spoil
        self.requests: list[Request] = []
        self.sent = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go away in the middle; that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PlainServer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else None
        request = Request(unquote(self.path).lstrip("/"), start)
        self.server.requests.append(request)
        answer = self.server.spoil(request, self._plain(request))
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        self.close_connection = answer.cut is not None
        self.wfile.write(body)
        self.server.sent += len(body)

    def _plain(self, request: Request) -> Answer:
        path = self.server.root / request.uri
        if not path.is_file():
            return Answer(404, b"missing")
        data = path.read_bytes()
        if request.start is None:
            return Answer(200, data)
        if request.start >= len(data):
            return Answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        span = f"bytes {request.start}-{len(data) - 1}/{len(data)}"
        return Answer(206, data[request.start :], {"Content-Range": span})
