"""Download bundles in a folder of their own, under readable names: what a centre copies to a stick."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from kebao.assembly.checking import CheckedProject, cache_folder, with_upstreams
from kebao.assembly.file_store import FileStore
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
    count = 0
    with output_folder(out, marker=SUMS) as staged:
        lines: list[str] = []
        for package in packages:
            store = FileStore(cache / "standalone")
            index = FileStorer(project, store, cache, on_file).store_package(package)
            folder = staged / package
            folder.mkdir()
            taken: set[str] = set()
            for (_, subject), bundle in sorted(index.bundles.items()):
                name = bundle.file.name
                if name.casefold() in taken:
                    name = f"{name.removesuffix('.zip')}-{subject}.zip"
                taken.add(name.casefold())
                # A hard link would tie the user's copy to the cache: what is edited there must not change here.
                shutil.copyfile(store.path_of(bundle.file), folder / name)
                lines.append(f"{bundle.file.sha256}  {package}/{name}")
                count += 1
        (staged / SUMS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return count
