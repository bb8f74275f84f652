"""Asks the child that is killed at its writes (kill_at_write.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .projects import environment

CHILD = Path(__file__).with_name("kill_at_write.py")
KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Killer:
    process: subprocess.Popen[str]

    def kill(self, number: int, operation: str, *folders: Path) -> None:
        """Lets the operation come as far as right before its write of that number."""
        assert self._ask(number, operation, folders) == KILLED

    def finish(self, operation: str, *folders: Path) -> list[tuple[str, str]]:
        """Lets the operation finish; what it wrote: what was done, and to which path."""
        return [(event, path) for event, path in json.loads(self._ask(0, operation, folders))]

    def _ask(self, number: int, operation: str, folders: Sequence[Path]) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\t".join((str(number), operation, *map(str, folders))) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def killer(scratch: Path) -> Iterator[Killer]:
    """``scratch`` takes the temporary folders that killed processes leave."""
    env = environment(PYTHONPATH=os.pathsep.join(sys.path), TMPDIR=str(scratch))
    command = [sys.executable, str(CHILD)]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Killer(process)


def moments(count: int, most: int) -> list[int]:
    """Evenly spread write numbers, and the last two; with KEBAO_FUZZ=1 all of them."""
    step = 1 if os.environ.get("KEBAO_FUZZ") else max(1, count // most)
    return sorted({*range(1, count + 1, step), count - 1, count})
