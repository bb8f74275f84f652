"""MkDocs in a process that was split off from this one: nothing is loaded or checked twice.

Elsewhere (no fork, other threads, another encoding than UTF-8) it is started as a program of its own, to the same
result.
"""

from __future__ import annotations

import io
import locale
import os
import runpy
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from kebao.assembly.checking import CheckedProject
from kebao.assembly.handed_over import hand_over
from kebao.assembly.processes import can_split
from kebao.model.files_index import FilesIndex

_SHOWN_LINES = 15


def can_build_here() -> bool:
    """Whether processes split off from this one work as a program of their own would.

    In that, ``PYTHONUTF8`` makes UTF-8 the encoding of files; here it must be so already.
    """
    encoding = locale.getpreferredencoding(False).replace("-", "").lower()
    return can_split() and encoding == "utf8"


def run_module_here(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    project: CheckedProject | None,
    files: Mapping[str, FilesIndex] | None,
) -> tuple[int, str]:
    """Runs a module with arguments as ``python -m`` does; its exit status, and what it said.

    Changes this process for good: it must have been split off for this.
    """
    with TemporaryFile() as said:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), "utf-8", "replace", line_buffering=True)
        sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", closefd=False), "utf-8", "replace", line_buffering=True)
        sys.argv = list(arguments)
        hand_over(project, files)
        code: object = 0
        try:
            runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        except SystemExit as exit_:
            code = exit_.code
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if isinstance(code, str):
        return 1, f"{text}\n{code}"
    return code if isinstance(code, int) else 0, text


def last_lines(said: str) -> str:
    """The end of what a program said."""
    return "\n".join(said.strip().splitlines()[-_SHOWN_LINES:])
