"""The publisher's commands: arguments in, what happened out; the work is done by the modules beside this one."""

from __future__ import annotations

import argparse
from pathlib import Path

from kebao.mirror.command_table import CommandTable
from kebao.mirror.publisher import key_commands, release_commands

DEFAULT_FOLDER = Path("mirror-out")


def add_commands(table: CommandTable) -> None:
    """Registers the publisher's commands."""
    _add_key_commands(table)
    _add_release_commands(table)
    _add_delivery_commands(table)


def _add_key_commands(table: CommandTable) -> None:
    say, file = table.messages, table.messages("file")
    keygen = table.add("keygen", "help-keygen", key_commands.keygen)
    keygen.add_argument("--role", help=say("help-pub-role"), default="")
    keygen.add_argument("--out", type=Path, required=True, metavar=file, help=say("help-key-out"))
    _add_password(table, keygen)
    keygen.add_argument("--no-password", action="store_true", help=say("help-no-password"))

    init = _add(table, "init", "help-init", key_commands.init)
    for role in ("root", "targets", "snapshot", "timestamp"):
        init.add_argument(
            f"--{role}-key",
            type=Path,
            action="append",
            # The centre signs targets and snapshot together: one key will do.
            required=role != "snapshot",
            metavar=file,
            help=f"{role}: {say('help-role-key')}",
        )
    init.add_argument("--root-threshold", type=int, metavar="N", help=say("help-root-threshold"))
    init.add_argument("--expires", default="", metavar="root=3y,…", help=say("help-expires"))

    rotate = _add(table, "rotate-key", "help-rotate-key", key_commands.rotate_key)
    rotate.add_argument("--role", required=True, choices=key_commands.ROLES, help=say("help-pub-role"))
    rotate.add_argument("--add", type=Path, action="append", default=[], metavar=file, help=say("help-add"))
    rotate.add_argument("--remove", action="append", default=[], metavar="ID", help=say("help-remove"))
    rotate.add_argument("--threshold", type=int, metavar="N", help=say("help-threshold"))


def _add_release_commands(table: CommandTable) -> None:
    say, folder = table.messages, table.messages("folder")
    check = table.add("check", "help-check", release_commands.check)
    check.add_argument("site", type=Path, metavar=folder, help=say("help-site"))

    release = _add(table, "release", "help-release", release_commands.release)
    release.add_argument("site", type=Path, metavar=folder, help=say("help-site"))
    release.add_argument("--version", required=True, metavar="2026.11.1", help=say("help-version"))
    release.add_argument("--long-term", action="store_true", help=say("help-long-term"))
    release.add_argument("--keep", type=int, default=3, metavar="N", help=say("help-pub-keep"))
    release.add_argument("--skip-links", action="store_true", help=say("help-skip-links"))

    revoke = _add(table, "revoke", "help-revoke", release_commands.revoke_release)
    revoke.add_argument("--version", required=True, metavar="2026.11.1", help=say("help-version"))
    revoke.add_argument("--reason", required=True, help=say("help-reason"))
    revoke.add_argument("--as", dest="new_version", default="", metavar="2026.11.2", help=say("help-as"))

    sign = _add(table, "sign", "help-sign", key_commands.sign_drafts)
    _add_keys(table, sign)
    sign.add_argument("--role", choices=key_commands.ROLES, help=say("help-pub-role"))
    sign.add_argument("--carry-out", type=Path, metavar=folder, help=say("help-carry-out"))
    sign.add_argument("--carry-in", type=Path, metavar=folder, help=say("help-carry-in"))

    renew = _add(table, "renew", "help-renew", key_commands.renew_role)
    renew.add_argument("--role", choices=key_commands.ROLES, default="timestamp", help=say("help-pub-role"))
    _add_keys(table, renew)
    renew.add_argument("--expires", default="", metavar="100d", help=say("help-days"))


def _add_delivery_commands(table: CommandTable) -> None:
    say, folder = table.messages, table.messages("folder")
    publish = table.add("publish", "help-publish", release_commands.publish_release)
    publish.add_argument("out", type=Path, metavar=folder, help=say("help-pub-out"))
    publish.add_argument("destination", help=say("help-destination"))

    export = _add(table, "export", "help-export", release_commands.export)
    export.add_argument("stick", type=Path, metavar=folder, help=say("help-stick"))
    export.add_argument("--packages", default="", metavar="A,B", help=say("help-pub-packages"))
    export.add_argument("--locales", default="", metavar="zh,en", help=say("help-pub-locale"))
    export.add_argument("--without-video", action="store_true", help=say("help-without-video"))
    export.add_argument("--size", default="", metavar="32G", help=say("help-size"))


def _add(table: CommandTable, name: str, help_message: str, run: release_commands.Run) -> argparse.ArgumentParser:
    parser = table.add(name, help_message, run)
    say = table.messages
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, metavar=say("folder"), help=say("help-pub-out"))
    return parser


def _add_keys(table: CommandTable, parser: argparse.ArgumentParser) -> None:
    say = table.messages
    parser.add_argument("--key", type=Path, action="append", default=[], metavar=say("file"), help=say("help-key"))
    _add_password(table, parser)


def _add_password(table: CommandTable, parser: argparse.ArgumentParser) -> None:
    say = table.messages
    parser.add_argument("--password-file", type=Path, metavar=say("file"), help=say("help-password-file"))
