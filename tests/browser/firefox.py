"""Firefox without Playwright: Debian's build speaks Marionette, a socket with ``length:json`` messages.

Playwright drives only a Firefox of its own, and geckodriver is no Debian package; this is what geckodriver says to
the browser (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: No window, no updates, no start page, none of the browser's own requests; a port of its own choice.
_PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_CONSOLE = """return Services.console.getMessageArray()
  .filter(each => each instanceof Ci.nsIScriptError && !(each.flags & Ci.nsIScriptError.warningFlag))
  .filter(each => each.sourceName.startsWith(arguments[0]))
  .map(each => `${each.sourceName}:${each.lineNumber} ${each.errorMessage}`);"""


class FirefoxError(Exception):
    """What the browser refused, or that it does not start."""


class Firefox:
    """A window of the browser."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")
        self._sent = 0
        self._receive()
        self._say("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"pageLoadStrategy": "normal"}}})

    def close(self) -> None:
        self._say("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._file.close()
        self._socket.close()

    def open(self, url: str) -> None:
        self._say("WebDriver:Navigate", {"url": url})

    def url(self) -> str:
        return str(self._say("WebDriver:GetCurrentURL", {})["value"])

    def run(self, script: str, *arguments: object) -> Any:
        """What the script, the body of a function, gives back."""
        return self._say("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})["value"]

    def wait(self, script: str, *arguments: object, seconds: float = 20) -> Any:
        """What the script gives back as soon as that is true; FirefoxError when it never is."""
        end = time.monotonic() + seconds
        while not (value := self.run(script, *arguments)):
            if time.monotonic() > end:
                raise FirefoxError(f"not within {seconds} seconds: {script}")
            time.sleep(0.1)
        return value

    def click(self, selector: str) -> None:
        self._say("WebDriver:ElementClick", {"id": self._find(selector)})

    def type(self, selector: str, text: str) -> None:
        self._say("WebDriver:ElementSendKeys", {"id": self._find(selector), "text": text})

    def errors(self, base_url: str) -> list[str]:
        """What the console says of scripts below an address that went wrong."""
        self._say("Marionette:SetContext", {"value": "chrome"})
        try:
            found: list[str] = self.run(_CONSOLE, base_url)
            return found
        finally:
            self._say("Marionette:SetContext", {"value": "content"})

    def _find(self, selector: str) -> str:
        found = self._say("WebDriver:FindElement", {"using": "css selector", "value": selector})
        return str(found["value"][_ELEMENT])

    def _say(self, command: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._sent += 1
        message = json.dumps([0, self._sent, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise FirefoxError(f"{command}: {error['message']}")
        return result or {}

    def _receive(self) -> Any:
        length = b""
        while (digit := self._file.read(1)) not in (b":", b""):
            length += digit
        return json.loads(self._file.read(int(length)))


@contextmanager
def started(program: str, profile: Path) -> Iterator[Firefox]:
    """The browser without a window, with an empty profile in that folder."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # The last one lets the console be read.
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    process = subprocess.Popen(
        [*command, "--remote-allow-system-access"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        firefox = Firefox(_port(profile / "MarionetteActivePort", process))
        yield firefox
        firefox.close()
        process.wait(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _port(path: Path, process: subprocess.Popen[bytes]) -> int:
    """What the browser writes once it listens."""
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        if path.is_file() and (text := path.read_text("utf-8").strip()):
            return int(text)
        time.sleep(0.1)
    raise FirefoxError("it does not start")
