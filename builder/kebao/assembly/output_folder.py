"""A folder that is replaced as a whole: the old one stays readable until the new one is complete."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path


class OutputFolderError(Exception):
    """The folder cannot be written: it holds something that is not ours."""


@contextlib.contextmanager
def output_folder(
    target: Path, *, marker: str, put_away: Callable[[Path], object] = lambda replaced: None
) -> Iterator[Path]:
    """A new empty folder beside ``target`` that takes its place when the block ends without an error.

    ``put_away`` may move the folder that was replaced elsewhere; otherwise it is removed.

    A folder that is there already must be empty or hold the file ``marker``, which says that we wrote it;
    otherwise :class:`OutputFolderError` is raised before anything is done. Killed in between, the old folder
    is still there under its name, or, for the moment between two renames, beside it: the next run puts it back.
    """
    target = target.absolute()
    previous = target.with_name(f".{target.name}.previous")
    if previous.exists() and not target.exists():
        previous.rename(target)
    if target.exists() and not (target.is_dir() and (not any(target.iterdir()) or (target / marker).is_file())):
        raise OutputFolderError(str(target))
    _remove_abandoned(target)
    staged = target.with_name(f".{target.name}.new-{os.getpid()}")
    # Two builds may be at this at once: what is removed or put away has a name that only one of them knows.
    replaced = target.with_name(f".{target.name}.old-{os.getpid()}")
    staged.mkdir(parents=True)
    try:
        yield staged
        _give_name(previous, replaced)
        shutil.rmtree(replaced, ignore_errors=True)
        if target.exists():
            target.rename(previous)
        staged.rename(target)
        if _give_name(previous, replaced):
            put_away(replaced)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def _give_name(folder: Path, name: Path) -> bool:
    with contextlib.suppress(OSError):
        folder.rename(name)
        return True
    return False


def _remove_abandoned(target: Path) -> None:
    """Removes what killed builds left: folders whose process is gone."""
    for what in ("new", "old"):
        for folder in target.parent.glob(f".{target.name}.{what}-*"):
            pid = folder.name.rpartition("-")[2]
            if pid.isdigit() and not is_running(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)


def is_running(pid: int) -> bool:
    """Whether there is a process with this number; True where that cannot be known."""
    if os.name == "nt":
        # os.kill would end the process there; an abandoned folder is then left for the user.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
