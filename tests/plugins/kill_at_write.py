"""Publishes or releases again and again, each time in a process that ends at a given write: a child of the tests.

Reads lines ``<number> <operation> <folders …>`` (tab between) and answers each with what became of it: ``killed``
before its write of that number (a file that it was writing then holds only half), or, with 0, which lets it finish,
the list of its writes as JSON: what is done, and to which path.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.assembly.site_build import ShardBuilds
from kebao.editions import release as releasing
from kebao.editions.inputs import read_inputs
from kebao.editions.publish import publish
from kebao.editions.release import ReleaseOptions
from kebao.editions.store import EditionStore
from kebao.model.shard import Shard

PACKAGE = "demo"
WRITES = ("os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir")


def publish_store(project: str, store: str, out: str) -> None:
    publish(Path(project), EditionStore(Path(store)), Path(out))


def release_edition(project: str, store: str, like: str) -> None:
    """Releases what ``like``, a frozen edition beside its store's shared files, was released from.

    MkDocs, which would be other processes, is stood in for by what it made for ``like``, write for write.
    """
    edition = Path(like)

    def build_shards(project: CheckedProject, shards: Sequence[Shard], builds: ShardBuilds, on_shard: object) -> None:
        for shard in shards:
            _copy_tree(edition / "site" / shard.locale, builds.folder_of(shard))
            _copy_assets(edition.parents[1] / "_assets", builds.assets)

    vars(releasing)["build_shards"] = build_shards
    releasing.release(Path(project), EditionStore(Path(store)), ReleaseOptions(package=PACKAGE, edition=edition.name))


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=shutil.copyfile)


def _copy_assets(source: Path, target: Path) -> None:
    """As the theme's files get there: a folder under another name first."""
    for folder in sorted(source.iterdir()):
        if not (target / folder.name).exists():
            staged = target / f".{folder.name}.{os.getpid()}"
            _copy_tree(folder, staged)
            staged.rename(target / folder.name)


OPERATIONS: dict[str, Callable[[str, str, str], None]] = {"publish": publish_store, "release": release_edition}


def run_until(number: int, operation: str, folders: Sequence[str]) -> list[tuple[str, str]]:
    """Gives the writes, unless it ends before."""
    writes: list[tuple[str, str]] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        is_write = event in WRITES
        if event == "open" and isinstance(arguments[2], int):
            is_write = bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if not is_write:
            return
        # A link's or a renamed file's second path is the one that appears.
        path = arguments[1] if event in ("os.rename", "os.link") else arguments[0]
        if len(writes) + 1 == number:
            _leave_half(writes[-1:])
            os.kill(os.getpid(), signal.SIGKILL)
        writes.append((event, str(path)))

    sys.addaudithook(watch)
    OPERATIONS[operation](*folders)
    return list(writes)


def _leave_half(last: Sequence[tuple[str, str]]) -> None:
    for event, path in last:
        if event == "open" and os.path.isfile(path):
            os.truncate(path, os.path.getsize(path) // 2)


def main() -> None:
    # What a process has written outlasts its end without that, and the tests write a lot.
    vars(os)["fsync"] = lambda descriptor: None
    for line in sys.stdin:
        number, operation, *folders = line.rstrip("\n").split("\t")
        if operation == "release":
            # The digest of Kebao's own code is kept in this process: every child has the same.
            read_inputs(Path(folders[0]), PACKAGE)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            writes = run_until(int(number), operation, folders)
            with os.fdopen(write, "w") as pipe:
                json.dump(writes, pipe)
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else said, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
