"""Finds the command, runs it, gives the exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from kebao.assembly.garbage import collecting_no_garbage
from kebao.cli.arguments import UsageError, build_parser, language_argument
from kebao.cli.console import Console, console_for
from kebao.cli.exit_status import COULD_NOT_RUN
from kebao.cli.mirror import mirror_arguments, run_mirror
from kebao.cli.unchanged import Looked
from kebao.words import LANGUAGES, language_from, words_in

#: Command → module below kebao.cli and function; what the others need takes longer to import than a check.
_COMMANDS: Mapping[str, str] = {
    "new": "new_resource:new",
    "check": "check:check",
    "build": "commands:build",
    "serve": "commands:serve",
    "bundle": "commands:bundle",
    "audit": "commands:audit",
    "schema": "schema:schema",
    "explain": "explain:explain",
    "release": "editions:release",
    "publish": "editions:publish",
    "edition": "editions:edition",
    "i18n": "i18n:i18n",
    "cache": "cache:cache",
    "upstream": "upstream:upstream",
}


def _command(name: str) -> Callable[[argparse.Namespace, Console], int]:
    module, _, function = _COMMANDS[name].partition(":")
    with collecting_no_garbage():
        found: Callable[[argparse.Namespace, Console], int] = getattr(import_module(f"kebao.cli.{module}"), function)
    return found


def run(given: list[str], looked: Looked | None = None) -> int:
    """Runs ``kebao`` with the arguments and gives the exit status; ``looked``: what is known of the inputs."""
    asked = language_argument(given)
    words = words_in(asked if asked in LANGUAGES else language_from(os.environ))
    if (for_mirror := mirror_arguments(given)) is not None:
        return run_mirror(for_mirror, words.language)
    try:
        options = build_parser(words).parse_args(given)
    except UsageError as error:
        print(error, file=sys.stderr)  # noqa: T201 – there is no console yet
        return COULD_NOT_RUN
    verbosity = -1 if getattr(options, "quiet", False) else int(getattr(options, "verbose", False))
    console = console_for(words, verbosity)
    options.root = Path(getattr(options, "root", ".")).resolve()
    options.given, options.looked = given, looked
    if options.command is None:
        build_parser(words).print_help()
        return COULD_NOT_RUN
    try:
        return _command(options.command)(options, console)
    except KeyboardInterrupt:
        console.fault("Stopped. Nothing was changed.")
    except OSError as error:
        console.fault("The computer refused: {reason}", reason=error)
    except Exception as error:
        # Imported only now: a check needs little of what can fail in other commands.
        from kebao.cli.faults import say_why

        if not say_why(error, console):
            raise
    return COULD_NOT_RUN
