"""The command that serves a mirror."""

from __future__ import annotations

import argparse
from pathlib import Path

from kebao.mirror.command_table import CommandTable, Terminal
from kebao.mirror.errors import ExitCode, RefusedError
from kebao.mirror.school.places import Places
from kebao.mirror.serve.server import MirrorServer


def add_commands(table: CommandTable) -> None:
    """Registers `serve`."""
    text = table.messages
    parser = table.add("serve", "help-serve", _serve)
    parser.add_argument("--mirror", default=".", metavar=text("folder"), help=text("help-mirror"))
    parser.add_argument("--port", type=int, default=8080, help=text("help-port"))
    parser.add_argument("--host", default="0.0.0.0", help=text("help-host"))


def _serve(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    root = Path(options.mirror).absolute()
    if not Places(root).config.is_file():
        raise RefusedError("school-no-mirror", path=root)
    try:
        server = MirrorServer(root, options.host, options.port)
    except (OSError, OverflowError) as error:
        raise RefusedError("serve-port-taken", port=options.port, reason=error) from error
    with server:
        terminal.say("serve-at", port=server.server_address[1])
        server.serve_forever()
    return ExitCode.COMPLETE
