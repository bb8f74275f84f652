"""A command that was run before and would do and say the same again: told as soon as the files were looked at.

For this nothing else of Kebao is imported, which takes ten times as long as looking at a small project.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kebao.assembly.build_stamp import can_tell, inputs_stamp, is_settled, site_stamp, write_note
from kebao.assembly.cache_place import cache_folder

_COMMANDS = ("build", "bundle")
#: What decides the language of the console, and whether it has colours.
_LOOK = ("KEBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "COLUMNS")


def say_again(arguments: Sequence[str]) -> tuple[bool, Looked | None]:
    """Says what the same command said last time when its inputs and what it wrote are unchanged.

    Whether it did; and, where it looked at the inputs, what it saw.
    """
    looked = None
    if not any(command in arguments for command in _COMMANDS):
        return False, looked
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        root = _root_in(arguments).resolve()
        note = json.loads(_note_path(root, arguments).read_text(encoding="utf-8"))
        looked = Inputs(root, str(note["options"]), tuple(map(Path, note["also"]))).look()
        if looked.stamp == note["inputs"] and site_stamp(Path(note["out"])) == note["written"]:
            _print(str(note["said"]))
            return True, looked
    return False, looked


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a command reads.

    Attributes:
        options: How it is done, as text.
        also: Files and folders outside of the project's sources.
    """

    root: Path
    options: str
    also: tuple[Path, ...] = ()

    def stamp(self) -> tuple[str, int]:
        """See :func:`inputs_stamp`; empty where one cannot tell."""
        if not can_tell(self.root):
            return "", 0
        return inputs_stamp(self.root, today=date.today(), options=self.options, also=self.also)  # noqa: DTZ011

    def look(self) -> Looked:
        at_ns = time.time_ns()
        stamp, newest_ns = self.stamp()
        return Looked(inputs=self, stamp=stamp, newest_ns=newest_ns, at_ns=at_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What inputs were, seen once.

    Attributes:
        stamp: See :meth:`Inputs.stamp`.
        newest_ns: When the last of them was changed.
        at_ns: When one began to look.
    """

    inputs: Inputs
    stamp: str
    newest_ns: int
    at_ns: int

    def is_still_so(self) -> bool:
        """Whether the inputs are, for sure, what they were."""
        seen = (self.stamp, self.newest_ns)
        return self.stamp != "" and is_settled(self.newest_ns, self.at_ns) and self.inputs.stamp() == seen


def remember(arguments: Sequence[str], looked: Looked, *, out: Path, written: str, said: str) -> None:
    """Notes what a command that is done has said on standard output.

    ``written``: the :func:`site_stamp` of ``out``, where it wrote to.
    """
    note = {
        "inputs": looked.stamp,
        "options": looked.inputs.options,
        "also": [str(path.absolute()) for path in looked.inputs.also],
        "out": str(out.absolute()),
        "written": written,
        "said": said,
    }
    write_note(_note_path(looked.inputs.root, arguments), note)


def _note_path(root: Path, arguments: Sequence[str]) -> Path:
    look = [os.environ.get(name, "") for name in _LOOK]
    with contextlib.suppress(OSError, ValueError, AttributeError):
        look.append(str(os.get_terminal_size(sys.stdout.fileno())))
    what = json.dumps([str(root), os.getcwd(), look, list(arguments)])
    return cache_folder(root) / "said" / f"{hashlib.sha256(what.encode()).hexdigest()[:32]}.json"


def _root_in(arguments: Sequence[str]) -> Path:
    """The project's folder as the arguments have it; where they are read otherwise, no note is found in it."""
    root = Path()
    for argument, following in zip(arguments, (*arguments[1:], ""), strict=True):
        if argument.startswith("-C"):
            root = Path(argument[2:] or following)
    return root


def _print(text: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        # As the console does.
        sys.stdout.reconfigure(errors="replace")
    sys.stdout.write(text)
