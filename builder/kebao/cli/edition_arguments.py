"""The arguments of the commands about editions."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kebao.editions.latest_as import LatestAs
from kebao.editions.states import State
from kebao.words import Words

Add = Callable[[str, str], argparse.ArgumentParser]


def add_edition_commands(add: Add, words: Words, common: argparse.ArgumentParser) -> None:
    """``release``, ``publish`` and ``edition``; ``add`` makes a command of a name and a help text."""
    release = add("release", words("check a package, build it in every language and freeze it as an edition"))
    release.add_argument("package", metavar=words("PACKAGE"), help=words("the package's id"))
    release.add_argument("edition", metavar=words("EDITION"), help=words("its id, such as 2026.1"))
    source = words("release what a git tag, a commit or an archive (.tar.gz, .zip) holds, not the working folder")
    release.add_argument("--from", dest="source", metavar=words("TAG|ARCHIVE"), help=source)
    add_store(release, words)
    release.add_argument("--title", default="", metavar=words("TEXT"), help=words("what readers call it"))
    jobs = os.cpu_count() or 1
    count = words("how many parts at the same time ({jobs})", jobs=jobs)
    release.add_argument("--jobs", type=int, default=jobs, metavar="N", help=count)

    publish = add("publish", words("bring the public folder to what the edition store holds"))
    out = words("where to (public)")
    publish.add_argument("--out", type=Path, default=Path("public"), metavar=words("FOLDER"), help=out)
    add_store(publish, words)
    publish.add_argument(
        "--latest",
        choices=[each.value for each in LatestAs],
        default=LatestAs.LINK.value,
        metavar="copy|link|redirect",
        help=words("what stands under 'latest': files of its own, the same files (link), or pages that lead on"),
    )

    edition = add("edition", words("list editions, change the state of one, or verify the store"))
    actions = edition.add_subparsers(dest="action", metavar=words("ACTION"), required=True)

    def add_action(name: str, help_text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, words=words, help=help_text, description=help_text, parents=[common])

    _add_list(add_action("list", words("list the editions with their states")), words)
    _add_state(add_action("state", words("change the state of an edition; its pages stay as they are")), words)
    _add_verify(add_action("verify", words("compare every file of the store with its digest")), words)


def _add_list(listing: argparse.ArgumentParser, words: Words) -> None:
    listing.add_argument("package", nargs="?", metavar=words("PACKAGE"), help=words("only this package"))
    add_store(listing, words)


def _add_state(state: argparse.ArgumentParser, words: Words) -> None:
    state.add_argument("package", metavar=words("PACKAGE"), help=words("the package's id"))
    state.add_argument("edition", metavar=words("EDITION"), help=words("its id, such as 2026.1"))
    states = words("one of: {states}", states=", ".join(State))
    state.add_argument("state", choices=[each.value for each in State], metavar=words("STATE"), help=states)
    reason = words("why, for readers; once for each language: --reason zh=… --reason en=…")
    state.add_argument("--reason", action="append", default=[], metavar=words("TEXT"), help=reason)
    state.add_argument("--title", metavar=words("TEXT"), help=words("what readers call it"))
    state.add_argument(
        "--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help=words("since when; today, when it is not said")
    )
    add_store(state, words)


def _add_verify(verify: argparse.ArgumentParser, words: Words) -> None:
    verify.add_argument("package", nargs="?", metavar=words("PACKAGE"), help=words("only this package"))
    verify.add_argument("edition", nargs="?", metavar=words("EDITION"), help=words("only this edition"))
    add_store(verify, words)


def add_store(parser: argparse.ArgumentParser, words: Words) -> None:
    text = words("the edition store (editions)")
    parser.add_argument("--store", type=Path, default=Path("editions"), metavar=words("FOLDER"), help=text)
