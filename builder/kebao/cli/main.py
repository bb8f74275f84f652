"""``kebao``."""

from __future__ import annotations

import sys

from kebao.assembly.garbage import collecting_no_garbage
from kebao.cli.exit_status import ALL_WELL
from kebao.cli.unchanged import say_again


def main(arguments: list[str] | None = None) -> int:
    """Runs ``kebao`` with the arguments (those of the process by default) and gives the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    said, looked = say_again(given)
    if said:
        return ALL_WELL
    # All that the commands need is imported only now: it takes longer than telling that there is nothing to do.
    # Nothing of it becomes garbage: looking for some takes a thirtieth of the time.
    with collecting_no_garbage():
        from kebao.cli.command_line import run

    return run(given, looked)
