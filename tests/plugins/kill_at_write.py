"""Publishes again and again, each time in a process of its own that ends at a given write: a child of the tests.

Reads lines ``<number> <project> <store> <out>`` (tab between) and answers each with the child's exit status: killed
before its write of that number. With 0 it is not killed, and the answer is how many writes there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kebao.editions.publish import publish
from kebao.editions.store import EditionStore

WRITES = ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir")


def publish_until(number: int, project: str, store: str, out: str) -> int:
    """Gives how many writes there were, unless it ends before."""
    count = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        is_write = event in WRITES
        if event == "open" and isinstance(arguments[2], int):
            is_write = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if is_write:
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    publish(Path(project), EditionStore(Path(store)), Path(out))
    return count


def main() -> None:
    for line in sys.stdin:
        number, project, store, out = line.rstrip("\n").split("\t")
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            count = publish_until(int(number), project, store, out)
            os.write(write, str(count).encode())
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else said, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
