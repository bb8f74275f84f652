"""The command line of ``kebao mirror``, the same in Kebao and in the school's one file."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence

from kebao.mirror.command_table import CommandTable, MirrorArgumentParser, Terminal, terminal_in
from kebao.mirror.errors import ExitCode, MirrorError
from kebao.mirror.messages import LANGUAGES, Messages, language_from
from kebao.mirror.publisher.commands import add_commands as add_publisher_commands
from kebao.mirror.school.commands import add_commands as add_school_commands


def build_parser(messages: Messages) -> MirrorArgumentParser:
    """All commands; ``options.run`` of what it parses is the function to call."""
    parser = MirrorArgumentParser(prog="kebao mirror", description=messages("program"))
    parser.add_argument("--lang", choices=LANGUAGES, help=messages("help-language"))
    subparsers = parser.add_subparsers(
        dest="command", metavar=messages("command"), required=True, parser_class=MirrorArgumentParser
    )
    table = CommandTable(subparsers, messages)
    add_school_commands(table)
    add_publisher_commands(table)
    return parser


def main(arguments: Sequence[str] | None = None, *, language: str | None = None) -> int:
    """Runs ``kebao mirror`` with the arguments (those of the process by default) and gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    terminal = terminal_in(_asked_language(given) or language or language_from())
    try:
        options = build_parser(terminal.messages).parse_args(given)
        return int(options.run(options, terminal))
    except MirrorError as error:
        terminal.err.write(terminal.messages.error(error) + "\n")
        return int(error.exit_code)
    except KeyboardInterrupt:
        terminal.aside("stopped")
        return int(ExitCode.REFUSED)
    except OSError as error:
        return _disk_fault(error, terminal)


def _disk_fault(error: OSError, terminal: Terminal) -> int:
    if error.errno == errno.ENOSPC:
        terminal.aside("disk-full", path=error.filename or "")
    else:
        terminal.aside("computer-refused", reason=error)
    return int(ExitCode.DISK)


def _asked_language(given: Sequence[str]) -> str | None:
    for before, argument in zip(["", *given], given):  # noqa: B905 – one is longer on purpose
        value = argument[7:] if argument.startswith("--lang=") else argument if before == "--lang" else ""
        if value in LANGUAGES:
            return value
    return None
