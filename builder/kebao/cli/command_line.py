"""Finds the command, runs it, gives the exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from kebao.assembly.changed_paths import ChangesUnknownError
from kebao.assembly.output_folder import OutputFolderError
from kebao.assembly.site_build import BuildError
from kebao.assembly.site_parts import PartError
from kebao.audit.report import AuditError
from kebao.bundles.archive import BundleError
from kebao.cli.arguments import UsageError, build_parser, language_argument
from kebao.cli.console import Console, console_for
from kebao.cli.exit_status import COULD_NOT_RUN
from kebao.cli.mirror import mirror_arguments, run_mirror
from kebao.cli.unchanged import Looked
from kebao.pages.texts import MissingTextError
from kebao.words import LANGUAGES, language_from, words_in

#: Command → module below kebao.cli and function; what the others need takes longer to import than a check.
_COMMANDS: Mapping[str, str] = {
    "new": "new_resource:new",
    "check": "commands:check",
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
    except OutputFolderError as error:
        console.fault("{folder} holds files that kebao did not write; name another folder with --out.", folder=error)
    except (AuditError, ChangesUnknownError, PartError) as error:
        console.failure(error.message)
    except (BuildError, BundleError) as error:
        console.fault("The build failed: {reason}", reason=error)
    except MissingTextError as error:
        console.fault("An interface text is missing: {reason}", reason=error.args[0])
    except OSError as error:
        console.fault("The computer refused: {reason}", reason=error)
    return COULD_NOT_RUN
