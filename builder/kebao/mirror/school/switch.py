"""Shows readers one release instead of another, in one step."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kebao.mirror.school.disk import Disk, write_whole
from kebao.mirror.school.places import Places
from kebao.mirror.stub_page import stub_page

_STUB_TARGET = re.compile(r'href="r/([0-9-]+)/')


def show(disk: Disk, places: Places, tree: str) -> None:
    """Readers see `r/<tree>` from now on.

    `current` is a link to it where the file system has links; `index.html` leads to it everywhere, also by double
    click.
    Each is replaced in one step; doing it twice does no harm.
    """
    _point_link(disk, places, tree)
    page = stub_page(f"r/{tree}/index.html")
    if not (places.stub.is_file() and places.stub.read_bytes() == page):
        write_whole(disk, places.stub, page)
    disk.sync_folder(places.root)


def shown(places: Places) -> set[str]:
    """The trees to which `current` and `index.html` lead, whatever the state says."""
    return {_linked(places), *_stub_trees(places)} - {""}


def _linked(places: Places) -> str:
    try:
        return Path(os.readlink(places.current)).name
    except OSError:
        return ""


def _stub_trees(places: Places) -> list[str]:
    try:
        return _STUB_TARGET.findall(places.stub.read_text("utf-8", "replace"))
    except OSError:
        return []


def _point_link(disk: Disk, places: Places, tree: str) -> None:
    if _linked(places) == tree:
        return
    fresh = places.root / ".current.new"
    try:
        disk.remove(fresh)
        disk.symlink(f"r/{tree}", fresh)
        disk.replace(fresh, places.current)
    except (OSError, NotImplementedError):
        if not _links_exist(disk, places):
            return  # FAT, or Windows without the right to make links: the page alone leads the way
        raise


def _links_exist(disk: Disk, places: Places) -> bool:
    probe = places.private / "probe.link"
    try:
        disk.remove(probe)
        disk.symlink("nowhere", probe)
        disk.remove(probe)
    except (OSError, NotImplementedError):
        return False
    return True
