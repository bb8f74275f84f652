"""A process that probes the files it is told of, one after another, with little memory and no right to write.

A line of JSON in, ``[path, digest]``; a line of JSON out, the facts, or ``null`` when the file is not there any more.
The first line out says which version of the probes answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from kebao.loading.facts_cache import facts_to_json
from kebao.loading.probe_version import PROBE_VERSION
from kebao.loading.probing import probe

#: A whole project is read in a tenth of it; a file that needs more is made to use memory up.
_MOST_MEMORY = 1 << 30
#: Of the processor's time, so that a busy computer makes no file harmful; the slowest whole file takes a tenth of it.
_MOST_SECONDS = 5.0


def main() -> None:
    replies = _replies()
    # Ctrl-C reaches every process of a terminal; the one that started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _restrain()
    _send(replies, str(PROBE_VERSION))
    for line in sys.stdin.buffer:
        path, digest = json.loads(line)
        _allow(_MOST_SECONDS)
        try:
            reply = facts_to_json(probe(Path(path), digest))
        except OSError:
            reply = "null"
        _allow(0)
        _send(replies, reply)


def _replies() -> BinaryIO:
    """The output for replies alone: whatever a library prints goes nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return replies


def _send(replies: BinaryIO, line: str) -> None:
    replies.write(line.encode("utf-8") + b"\n")
    replies.flush()


def _allow(seconds: float) -> None:
    """Lets the system end this process after so much of the processor's time, even in native code; 0: never.

    Where it cannot (Windows), only the clock of the process that asks does.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _restrain() -> None:
    """Where the platform can: no more memory than a file should need, no file written, no core dumped."""
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_AS, _MOST_MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for limit, most in limits:
        # A container may allow less already.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main()
