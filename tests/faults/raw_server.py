"""A web server whose answers a test writes byte by byte: endless ones, ones that stall, ones that are no HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tests.mirror import servers
from tests.mirror.servers import PlainServer, Request
from tests.running import running

Raw = Callable[[Request, BinaryIO], bool]
"""Writes the whole answer, head and all; False leaves it to the plain server."""


class RawServer(PlainServer):
    """Attributes: let_go: set when the test is over, for answers that wait."""

    def __init__(self, root: Path, raw: Raw) -> None:
        super().__init__(root)
        self.raw = raw
        self.let_go = threading.Event()
        self.RequestHandlerClass = _RawHandler


class _RawHandler(servers._Handler):
    server: RawServer

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else None
        request = Request(self.path.lstrip("/"), start)
        if self.server.raw(request, self.wfile):  # type: ignore[arg-type]
            self.close_connection = True
        else:
            super().do_GET()


@contextmanager
def raw_serving(root: Path, raw: Raw) -> Iterator[tuple[str, RawServer]]:
    """Runs it; answers that wait are let go at the end."""
    server = RawServer(root, raw)
    with running(server) as url:
        try:
            yield url, server
        finally:
            server.let_go.set()
