"""Pages made by other programs, where this process cannot be split (Windows, macOS).

A hand is MkDocs once more: it reads the project for itself, makes its share of the pages into a site that is thrown
away, and leaves them in the cache, from where they are taken as pages of earlier builds are. Whatever a hand does not
do, because it failed or found other sources, is done here: hands only save time.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.processes import can_split

#: Tells a hand its share: its number, how many share, and the file in which it says what it made.
_SHARE = "KEBAO_PAGE_SHARE"
#: So many pages take longer than to start a hand, which reads the whole project. Another number can be set for trials.
_WORTH = "KEBAO_PAGES_PER_HAND"
_PAGES_PER_HAND = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """The pages that one of several programs makes."""

    number: int
    of: int
    note: Path

    def holds(self, uri: str) -> bool:
        return zlib.crc32(uri.encode()) % self.of == self.number

    def tell(self, sources: str, told: Mapping[str, str]) -> None:
        """Says what was made of which sources: page → what :meth:`KeptPages.told` says of it."""
        self.note.write_text(json.dumps({"sources": sources, "told": told}), encoding="utf-8")


def own_share() -> Share | None:
    """What this process is asked for when it is a hand."""
    number, _, rest = os.environ.get(_SHARE, "").partition("/")
    of, _, note = rest.partition(" ")
    return Share(int(number), int(of), Path(note)) if number.isdecimal() and of.isdecimal() and note else None


def hands_for(pages: int, jobs: int) -> int:
    """How many programs are worth starting beside this one."""
    if can_split() or own_share():
        return 0
    said = os.environ.get(_WORTH, "")
    worth = max(1, int(said)) if said.isdecimal() else _PAGES_PER_HAND
    return max(0, min(jobs, pages // worth) - 1)


@contextlib.contextmanager
def hands(count: int, settings: str) -> Iterator[tuple[Share, Callable[[str], Mapping[str, str]]]]:
    """Starts so many hands; gives the share that is left to do here, and what waits for what theirs have told.

    ``settings``: the path of mkdocs.yml. What is waited for takes the sources that hands must have found too.
    """
    with TemporaryDirectory(prefix="kebao-hands-") as folder:
        shares = [Share(number, count + 1, Path(folder) / f"{number}.json") for number in range(count + 1)]
        started = [_started(share, settings) for share in shares[1:]]
        try:
            yield shares[0], lambda sources: _told(shares[1:], started, sources)
        finally:
            for process in started:
                process.terminate()
                process.wait()


def _started(share: Share, settings: str) -> subprocess.Popen[bytes]:
    site = share.note.with_suffix("")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", settings, "-d", str(site)]
    # An earlier site is there for one program only, and not for one whose site is thrown away.
    environment = {**os.environ, _SHARE: f"{share.number}/{share.of} {share.note}", "KEBAO_SPARE": ""}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _told(shares: Sequence[Share], started: Sequence[subprocess.Popen[bytes]], sources: str) -> Mapping[str, str]:
    told: dict[str, str] = {}
    for share, process in zip(shares, started, strict=True):
        process.wait()
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            said = json.loads(share.note.read_bytes())
            # A hand that found other sources has made other pages.
            if said["sources"] == sources:
                told |= {str(uri): str(line) for uri, line in said["told"].items()}
    return told
