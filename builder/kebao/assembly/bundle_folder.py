"""Download bundles in a folder of their own, under readable names: what a centre copies to a stick."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from kebao.assembly.checking import CheckedProject, cache_folder, with_upstreams
from kebao.assembly.file_copies import copy_content, linked
from kebao.assembly.file_store import FileStore
from kebao.assembly.kept_files import STORED_TIME_NS, KeptFiles, is_untouched
from kebao.assembly.output_folder import output_folder
from kebao.assembly.stored_files import FileStorer

SUMS = "SHA256SUMS"


def write_bundles(
    project: CheckedProject,
    packages: Sequence[str],
    out: Path,
    *,
    on_file: Callable[[str], None] = lambda name: None,
) -> int:
    """Writes ``<out>/<package>/<name>.zip`` for each bundle, and ``SHA256SUMS``; gives how many.

    The folder is replaced as a whole. Names are unique in a package: two resources with the same title differ by
    their ids.
    """
    project = with_upstreams(project)
    cache = cache_folder(project.root)
    before = _listed(out)
    count = 0
    with output_folder(out, marker=SUMS) as staged:
        lines: list[str] = []
        for package in packages:
            store = FileStore(cache / "standalone", shares=True, kept=KeptFiles(cache / "materials"))
            index = FileStorer(project, store, cache, on_file, os.cpu_count() or 1).store_package(package)
            folder = staged / package
            folder.mkdir()
            taken: set[str] = set()
            for (_, subject), bundle in sorted(index.bundles.items()):
                name = bundle.file.name
                if name.casefold() in taken:
                    name = f"{name.removesuffix('.zip')}-{subject}.zip"
                taken.add(name.casefold())
                line = f"{bundle.file.sha256}  {package}/{name}"
                old = out / package / name
                is_same = line in before and is_untouched(old, bundle.file.size_bytes)
                if not (is_same and linked(old, folder / name)):
                    _copy(store.path_of(bundle.file), folder / name)
                lines.append(line)
                count += 1
        (staged / SUMS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return count


def _copy(source: Path, target: Path) -> None:
    """A copy of its own: a hard link would tie it to the cache, where nothing may change when it is edited."""
    with target.open("wb") as stream:
        copy_content(source, stream)
    os.utime(target, ns=(STORED_TIME_NS, STORED_TIME_NS))


def _listed(folder: Path) -> frozenset[str]:
    """The lines of the folder's ``SHA256SUMS``."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return frozenset((folder / SUMS).read_text(encoding="utf-8").splitlines())
    return frozenset()
