"""The web server: GET and HEAD, many readers at once, nothing else."""

from __future__ import annotations

import mimetypes
import socket
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from kebao.mirror.serve.answers import Span, accepted_encodings, asked_span, is_unchanged
from kebao.mirror.serve.files import Elsewhere, Found, MirrorFiles, open_found

_ENCODINGS = (("zstd", ".zst"), ("gzip", ".gz"))
_TYPES = mimetypes.MimeTypes()
for _ending, _type in {
    # Windows takes these from its registry, where any program may have written nonsense.
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}.items():
    _TYPES.add_type(_type, _ending)

_MISSING = (
    '<!doctype html><html lang="zh"><meta charset="utf-8"><title>404</title>'
    '<p>没有这一页。<a href="/">回到首页</a></p><p lang="en">There is no such page. <a href="/">Home</a></p></html>'
).encode()


class MirrorServer(ThreadingHTTPServer):
    """Serves the mirror in `root` at (`host`, `port`); port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128
    # Windows would let two servers share a port.
    allow_reuse_address = not hasattr(socket, "SO_EXCLUSIVEADDRUSE")

    def __init__(self, root: Path, host: str, port: int) -> None:
        self.files = MirrorFiles(root)
        super().__init__((host, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that goes away in the middle is nothing to talk about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "kebao"
    sys_version = ""
    timeout = 60
    server: MirrorServer

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def __getattr__(self, name: str) -> object:
        # http.server looks for do_<METHOD>; 501 is its answer to what is missing, and 405 the right one here.
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a school's disk is not for logs of who read what."""

    def _refuse(self) -> None:
        self.close_connection = True  # a body that was sent along is not read
        self._head(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD", "Content-Length": "0"})

    def _answer(self, *, with_body: bool) -> None:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        found = self.server.files.find(self.path)
        if found is None:
            self._missing(with_body=with_body)
        elif isinstance(found, Elsewhere):
            self._head(HTTPStatus.FOUND, {"Location": found.path, "Content-Length": "0", "Cache-Control": "no-cache"})
        else:
            self._send(found, with_body=with_body)

    def _missing(self, *, with_body: bool) -> None:
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(_MISSING)),
            "Cache-Control": "no-store",
        }
        self._head(HTTPStatus.NOT_FOUND, headers)
        if with_body:
            self.wfile.write(_MISSING)

    def _send(self, found: Found, *, with_body: bool) -> None:
        headers = {"Content-Type": _content_type(found), "Cache-Control": found.cache, "Accept-Ranges": "bytes"}
        form = self._compressed(found, headers)
        headers |= {"ETag": form.etag, "Last-Modified": formatdate(form.modified, usegmt=True)}
        if is_unchanged(self.headers, form.etag, form.modified):  # type: ignore[arg-type]  # Message is a mapping in all we use
            self._head(HTTPStatus.NOT_MODIFIED, headers)
            return
        try:
            file = open_found(form)
        except OSError:
            self._missing(with_body=with_body)
            return
        with file:
            try:
                span = asked_span(self.headers, form.size, form.etag, form.modified)  # type: ignore[arg-type]
            except ValueError:
                self._head(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                    {"Content-Range": f"bytes */{form.size}", "Content-Length": "0"},
                )
                return
            whole = Span(0, form.size)
            if span:
                headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{form.size}"
            part = span or whole
            headers["Content-Length"] = str(part.end - part.start)
            self._head(HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK, headers)
            if with_body:
                self._copy(file, part)

    def _compressed(self, found: Found, headers: dict[str, str]) -> Found:
        """The file, or its compressed form where there is one and the client takes it. Ranges are of the file
        itself."""
        if not found.siblings:
            return found
        forms = [(name, self.server.files.sibling(found, ending)) for name, ending in _ENCODINGS]
        if not any(form for _, form in forms):
            return found
        headers["Vary"] = "Accept-Encoding"
        accepted = accepted_encodings(self.headers.get("Accept-Encoding", ""))
        for name, form in forms:
            if form and name in accepted and "Range" not in self.headers:
                headers["Content-Encoding"] = name
                return form
        return found

    def _copy(self, file: BinaryIO, part: Span) -> None:
        count = part.end - part.start
        if not count:
            return
        self.wfile.flush()
        sent = self.connection.sendfile(file, part.start, count)
        if sent != count:
            self.close_connection = True

    def _head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def _content_type(found: Found) -> str:
    # Below `.mirror` names are hashes, and "….tar.zst" says nothing to a browser.
    if not found.siblings and not found.path.name.endswith(".json"):
        return "application/octet-stream"
    kind = _TYPES.guess_type(found.path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("json") else kind
