"""A small client of the Language Server Protocol 3.17: as much of an editor as the tests need."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

SECONDS = 30.0

Answer = Any


@dataclass(slots=True, kw_only=True)
class LanguageClient:
    """Talks to one server.

    Attributes:
        settings: What the server is told when it asks for its configuration, by section.
    """

    to_server: IO[bytes]
    root: Path
    settings: Mapping[str, Any]
    messages: queue.Queue[Mapping[str, Any]] = field(default_factory=queue.Queue)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def started(cls, command: list[str], root: Path, settings: Mapping[str, Any]) -> Iterator[LanguageClient]:
        """A client whose server has read its settings; at the end the server is told to go."""
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
            assert process.stdin
            assert process.stdout
            client = cls(to_server=process.stdin, root=root, settings=settings)
            reader = threading.Thread(target=_read_all, args=(process.stdout, client.messages), daemon=True)
            reader.start()
            try:
                client._initialize()
                yield client
                client._request("shutdown", None)
                client._notify("exit", None)
                process.wait(SECONDS)
            finally:
                process.kill()

    def _initialize(self) -> None:
        uri = self.root.as_uri()
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "publishDiagnostics": {},
            },
        }
        folders = [{"uri": uri, "name": "project"}]
        params = {"processId": None, "rootUri": uri, "workspaceFolders": folders, "capabilities": capabilities}
        self._request("initialize", params)
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": self.settings})

    def wait_for_schemas(self, place: str, wrong: str) -> None:
        """Until the settings have come through: ``wrong``, in a file ``place`` with a number, is underlined."""
        end = time.monotonic() + SECONDS
        for number in itertools.count():
            if self._diagnostics(self.open(place.format(number=number), wrong)):
                return
            assert time.monotonic() < end, f"no schema for {place} in {SECONDS} seconds"

    def open(self, path: str, text: str) -> str:
        """Opens a document, which need not be on the disk; gives its URI."""
        uri = (self.root / path).as_uri()
        # The server keeps what it parsed by URI and version.
        document = {"uri": uri, "languageId": "yaml", "version": next(self.ids), "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def faults(self, path: str, text: str) -> list[tuple[int, str]]:
        """What the editor underlines: line from 1, and what it says."""
        uri = self.open(path, text)
        found = self._diagnostics(uri)
        self._notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert self._diagnostics(uri) == [], "what is closed is underlined no more"
        return found

    def _diagnostics(self, uri: str) -> list[tuple[int, str]]:
        while True:
            message = self._next()
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri:
                return [(found["range"]["start"]["line"] + 1, found["message"]) for found in params["diagnostics"]]

    def completions(self, path: str, text: str) -> dict[str, str]:
        """What is offered where ``|`` stands in the text: label → documentation."""
        answer = self._at_cursor("textDocument/completion", path, text)
        return {item["label"].strip(): _plain(item.get("documentation", "")) for item in answer["items"]}

    def hover(self, path: str, text: str) -> str:
        """What is explained where ``|`` stands in the text; empty when nothing is."""
        answer = self._at_cursor("textDocument/hover", path, text)
        return _plain(answer["contents"]) if answer else ""

    def _at_cursor(self, method: str, path: str, text: str) -> Answer:
        before, _, after = text.partition("|")
        uri = self.open(path, before + after)
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self._request(method, {"textDocument": {"uri": uri}, "position": place})

    def _request(self, method: str, params: object) -> Answer:
        number = next(self.ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def _notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.to_server.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.to_server.flush()

    def _next(self) -> Mapping[str, Any]:
        """The next message; what the server asks for is answered on the way."""
        message = self.messages.get(timeout=SECONDS)
        if "method" in message and "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                result = [self.settings.get(item.get("section")) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": result})
        return message


def _read_all(stream: IO[bytes], messages: queue.Queue[Mapping[str, Any]]) -> None:
    while header := stream.readline():
        length = 0
        while header.strip():
            name, _, value = header.decode("ascii").partition(":")
            length = int(value) if name.lower() == "content-length" else length
            header = stream.readline()
        messages.put(json.loads(stream.read(length)))


def _plain(said: str | Mapping[str, str]) -> str:
    return said if isinstance(said, str) else said["value"]
