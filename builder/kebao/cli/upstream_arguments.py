"""The arguments of ``kebao upstream``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from kebao.words import Words

FORMATS = ("table", "json", "markdown")

Add = Callable[[str, str], argparse.ArgumentParser]


def add_upstream_commands(add: Add, words: Words, common: argparse.ArgumentParser) -> None:
    """``upstream status|diff|take``; ``add`` makes a command of a name and a help text."""
    upstream = add("upstream", words("see what packages build on, and take a newer edition of it"))
    commands = upstream.add_subparsers(dest="upstream_command", metavar=words("ACTION"), required=True)

    def add_action(name: str, help_text: str) -> argparse.ArgumentParser:
        action = commands.add_parser(name, words=words, help=help_text, description=help_text, parents=[common])
        text = words("the edition store (editions)")
        action.add_argument("--store", type=Path, default=Path("editions"), metavar=words("FOLDER"), help=text)
        return action

    status = add_action("status", words("say what each package builds on, and whether that is still as it was"))
    status.add_argument("package", nargs="?", metavar=words("PACKAGE"), help=words("only this package"))
    diff = add_action("diff", words("say what another edition of the upstream package would change"))
    _add_names(diff, words)
    diff.add_argument(
        "--format",
        choices=FORMATS,
        default="table",
        metavar=words("FORMAT"),
        help=words("how to say it: {formats}", formats=", ".join(FORMATS)),
    )
    diff.add_argument(
        "--output", type=Path, metavar=words("FILE"), help=words("write it into this file instead of showing it")
    )
    take = add_action("take", words("write another edition into package.yml, after saying what it changes"))
    _add_names(take, words)


def _add_names(action: argparse.ArgumentParser, words: Words) -> None:
    action.add_argument("package", metavar=words("PACKAGE"), help=words("the package that builds on another"))
    edition = words("the edition; the newest one when none is named")
    action.add_argument("edition", nargs="?", metavar=words("EDITION"), help=edition)
