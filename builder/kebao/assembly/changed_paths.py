"""Files that differ from a commit, as git knows them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kebao.problems import Message

# A repository's own set-up must not start programs of its own, nor change what is printed.
_GIT = ("git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "--no-optional-locks")


class ChangesUnknownError(Exception):
    """What has changed cannot be found out; ``message`` says why, for people."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.in_english())
        self.message = message


def changed_paths(root: Path, ref: str) -> frozenset[str]:
    """POSIX paths relative to ``root`` of files that were changed, added or deleted since the branch left ``ref``.

    What is not committed counts, and what git does not know yet, unless it is ignored. Raises ChangesUnknownError.
    """
    # 'ref' comes from outside: it must be a commit, never an option.
    commit = _git(root, ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"), ref).strip()
    base = _git(root, ("merge-base", commit, "HEAD"), ref).strip()
    diff = ("diff", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative", "-z", base, "--")
    untracked = ("ls-files", "--others", "--exclude-standard", "-z")
    names = f"{_git(root, diff, ref)}\0{_git(root, untracked, ref)}".split("\0")
    return frozenset(name for name in names if name)


def _git(root: Path, arguments: Sequence[str], ref: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = (*_GIT, *arguments)
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChangesUnknownError(Message("git could not be run: --since needs it to know what has changed")) from error
    if done.returncode == 0:
        return os.fsdecode(done.stdout)
    if b"not a git repository" in done.stderr:
        raise ChangesUnknownError(Message("this folder is not in a git repository: --since cannot tell what changed"))
    if b"dubious ownership" in done.stderr:
        raise ChangesUnknownError(Message("git does not trust this folder because it belongs to somebody else"))
    if arguments[0] == "merge-base":
        raise ChangesUnknownError(Message("'{ref}' and this branch have no common history", {"ref": ref}))
    raise ChangesUnknownError(Message("git does not know '{ref}': name a branch or a commit", {"ref": ref}))
