"""Pulls in processes of their own, which a test kills, and readers who look on meanwhile."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mirror.county import tree_of

from kebao.mirror.school.places import Places

_LEADS_TO = re.compile(r'url=r/([0-9-]+)/index\.html"')


def forked(work: Callable[[], object]) -> int:
    """Starts `work` in a process that is like this one; gives its id. It ends with 0, or 99 after an exception."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:
        os._exit(99)


def ended(child: int) -> int | None:
    """How the process ended, as `os.waitpid` says it; None while it runs."""
    number, status = os.waitpid(child, os.WNOHANG)
    return status if number else None


def read_as_readers_do(root: Path, allowed: Sequence[dict[str, bytes]]) -> dict[str, bytes]:
    """What is behind `current` or the start page, whichever is there: wholly one of the trees."""
    places = Places(root)
    shown = None
    if places.stub.exists():
        shown = tree_of(places.releases / _led_to(places))
        assert shown in allowed
    if places.current.is_symlink():
        folder = Path(os.path.realpath(places.current))  # a reader stays where it began
        shown = tree_of(folder)
        assert shown in allowed
    for path in ("index.html", "same.css"):
        if places.current.is_symlink():
            assert (places.current / path).read_bytes() in [tree[path] for tree in allowed]
    assert shown is not None
    return shown


def _led_to(places: Places) -> str:
    found = _LEADS_TO.search(places.stub.read_text("utf-8"))
    assert found
    return found[1]


def copy_mirror(source: Path, target: Path) -> None:
    """A copy in which two names of one file are that again."""
    names: dict[int, str] = {}

    def copy(old: str, new: str) -> None:
        number = os.stat(old).st_ino
        if number in names:
            os.link(names[number], new)
        else:
            names[number] = shutil.copy2(old, new)

    shutil.copytree(source, target, symlinks=True, copy_function=copy)
