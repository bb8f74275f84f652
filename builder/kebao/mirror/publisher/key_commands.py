"""The commands about keys and signatures. Their libraries are loaded when one of them runs."""

from __future__ import annotations

import argparse
import getpass
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from kebao.mirror import layout
from kebao.mirror.command_table import Terminal, utc_now
from kebao.mirror.errors import ExitCode, RefusedError, VerificationError
from kebao.mirror.manifest import time_text

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

    from kebao.mirror.publisher.workspace import Workspace

ROLES = ("root", "targets", "snapshot", "timestamp")


def keygen(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``keygen``: a private and a public key file."""
    from kebao.mirror.publisher.keys import PUBLIC_SUFFIX, make_key

    key = make_key(options.out, None if options.no_password else _new_password(options, terminal))
    terminal.say("key-made", path=options.out, public_path=f"{options.out}{PUBLIC_SUFFIX}", keyid=key.keyid)
    return ExitCode.COMPLETE


def init(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``init``: the first root, to be signed."""
    from kebao.mirror.publisher.durations import read_life
    from kebao.mirror.publisher.keys import read_public_key
    from kebao.mirror.publisher.metadata import ROLES as TUF_ROLES
    from kebao.mirror.publisher.root_keys import initialise
    from kebao.mirror.publisher.workspace import Workspace

    paths = {role: getattr(options, f"{role}_key") or options.targets_key for role in TUF_ROLES}
    keys = {role: [read_public_key(path) for path in paths[role]] for role in TUF_ROLES}
    thresholds = dict.fromkeys(TUF_ROLES, 1)
    thresholds["root"] = options.root_threshold or min(2, len(keys["root"]))
    workspace = Workspace(options.out)
    initialise(workspace, keys, thresholds, now=utc_now(), life_days=read_life(options.expires))
    terminal.say("initialised")
    return ExitCode.COMPLETE


def rotate_key(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``rotate-key``: the next root, to be signed."""
    from kebao.mirror.publisher.keys import PUBLIC_SUFFIX, read_public_key
    from kebao.mirror.publisher.root_keys import rotate
    from kebao.mirror.publisher.workspace import Workspace

    removed = [read_public_key(Path(name)).keyid if name.endswith(PUBLIC_SUFFIX) else name for name in options.remove]
    added = [read_public_key(path) for path in options.add]
    workspace = Workspace(options.out)
    rotate(workspace, options.role, add=added, remove=removed, now=utc_now(), threshold=options.threshold)
    terminal.say("rotated")
    return ExitCode.COMPLETE


def sign_drafts(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``sign``: with keys, or by way of a folder that travels."""
    from kebao.mirror.publisher.metadata import ROLES as TUF_ROLES
    from kebao.mirror.publisher.signing import sign
    from kebao.mirror.publisher.signing_folder import carry_in, carry_out
    from kebao.mirror.publisher.workspace import Workspace

    workspace = Workspace(options.out)
    if options.carry_out:
        carry_out(workspace, options.carry_out)
        terminal.say("carried-out", path=options.carry_out)
        return ExitCode.COMPLETE
    if options.carry_in:
        terminal.say("carried-in", count=carry_in(workspace, options.carry_in, now=utc_now()))
    else:
        signers = _signers(options, terminal)
        roles = [role for role in TUF_ROLES if options.role in (None, role)]
        for what in sign(workspace, signers, now=utc_now(), roles=roles):
            terminal.say("signed", what=what)
    _say_what_waits(workspace, terminal)
    return ExitCode.COMPLETE


def renew_role(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``renew``: the same content for longer; a timestamp names the newest release, when that is whole."""
    from kebao.mirror.publisher.durations import read_days
    from kebao.mirror.publisher.metadata import MetadataFolder
    from kebao.mirror.publisher.publication import missing_files, show
    from kebao.mirror.publisher.releases import newest_release
    from kebao.mirror.publisher.root_keys import renew
    from kebao.mirror.publisher.signing import sign
    from kebao.mirror.publisher.workspace import Workspace

    workspace = Workspace(options.out)
    signers = _signers(options, terminal)
    if options.role == "timestamp" and (missing := missing_files(newest_release(workspace))):
        raise VerificationError("release-incomplete", count=len(missing), path=missing[0])
    life_days = read_days(options.expires) if options.expires else None
    renew(workspace, options.role, now=utc_now(), life_days=life_days)
    for what in sign(workspace, signers, now=utc_now()):
        terminal.say("signed", what=what)
    metadata = MetadataFolder(workspace).any_signed(options.role)
    if options.role == "timestamp":
        show(workspace, newest_release(workspace))
    if metadata:
        terminal.say("renewed", role=options.role, expires=time_text(metadata.signed.expires))
    _say_what_waits(workspace, terminal)
    return ExitCode.COMPLETE


def _say_what_waits(workspace: Workspace, terminal: Terminal) -> None:
    from kebao.mirror.publisher.signing import waiting

    left = waiting(workspace)
    for draft in left:
        terminal.say("still-waiting", role=draft.role, version=draft.version, missing=draft.missing)
    if not left:
        terminal.say("all-signed")
    root = workspace.path(layout.metadata_uri("1.root.json"))
    if root.is_file():
        terminal.say("fingerprint", sha256=hashlib.sha256(root.read_bytes()).hexdigest())


def _signers(options: argparse.Namespace, terminal: Terminal) -> list[CryptoSigner]:
    from kebao.mirror.publisher.keys import read_signer

    if not options.key:
        raise RefusedError("wrong-arguments", reason="--key")

    def ask(path: Path) -> bytes | None:
        if options.password_file:
            return _first_line(options.password_file)
        return getpass.getpass(terminal.messages("key-password", path=path)).encode()

    return [read_signer(path, ask) for path in options.key]


def _new_password(options: argparse.Namespace, terminal: Terminal) -> bytes:
    if options.password_file:
        return _first_line(options.password_file)
    password = getpass.getpass(terminal.messages("key-password", path=options.out))
    if password != getpass.getpass(terminal.messages("key-password-again")):
        raise RefusedError("key-password-differs")
    if not password:
        raise RefusedError("wrong-arguments", reason="--no-password")
    return password.encode()


def _first_line(path: Path) -> bytes:
    lines = path.read_bytes().splitlines()
    if not lines or not lines[0]:
        raise RefusedError("key-unreadable", path=path, reason="")
    return lines[0]
