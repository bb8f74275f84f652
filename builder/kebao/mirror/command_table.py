"""How a command of ``kebao mirror`` is registered, and what it is given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import IO, Any, NoReturn

from kebao.mirror.errors import ExitCode, RefusedError
from kebao.mirror.messages import Messages


@dataclass(frozen=True)
class Terminal:
    """Where a command speaks; results to ``out``, asides and errors to ``err``."""

    messages: Messages
    out: IO[str]
    err: IO[str]

    def say(self, message: str, **parameters: object) -> None:
        """A result."""
        self._write(self.out, self.messages(message, **parameters))

    def aside(self, message: str, **parameters: object) -> None:
        """A warning or a word about progress."""
        self._write(self.err, self.messages(message, **parameters))

    def plain(self, text: str) -> None:
        """Text that is not to be translated: a table, a document."""
        self._write(self.out, text)

    @staticmethod
    def _write(stream: IO[str], text: str) -> None:
        # A Windows console in code page 936 or 437 cannot show every name; that must not end the command.
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()


def terminal_in(language: str) -> Terminal:
    """The process's own streams."""
    return Terminal(Messages(language), sys.stdout, sys.stderr)


Run = Callable[[argparse.Namespace, Terminal], ExitCode]


class MirrorArgumentParser(argparse.ArgumentParser):
    """Raises instead of exiting with 2, which says "nothing new" here."""

    def error(self, message: str) -> NoReturn:
        """Raises RefusedError."""
        raise RefusedError("wrong-arguments", reason=message)


@dataclass(frozen=True)
class CommandTable:
    """The commands so far.

    Attributes:
        messages: the texts, in the language of the person.
    """

    _subparsers: Any  # argparse keeps this type private
    messages: Messages

    def add(self, name: str, help_message: str, run: Run) -> argparse.ArgumentParser:
        """A new command; the caller adds its arguments to what it gets. ``options.run`` is ``run``."""
        text = self.messages(help_message)
        parser: argparse.ArgumentParser = self._subparsers.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser


def utc_now() -> datetime:
    """The computer's clock, whole seconds, UTC. Core functions are given a time; only commands ask for it."""
    return datetime.now(timezone.utc).replace(microsecond=0)
