"""Download bundles in a folder of their own, under readable names: what a centre copies to a stick."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.checking import CheckedProject, cache_folder, with_upstreams
from kebao.assembly.file_copies import copy_content, linked, shared
from kebao.assembly.kept_files import STORED_TIME_NS, is_untouched
from kebao.assembly.output_folder import output_folder
from kebao.assembly.stored_bundles import BundleStorer
from kebao.assembly.stored_files import material_titles, published, source_catalog, stored_material
from kebao.model.files_index import FilesIndex, StoredBundle
from kebao.model.shard import StoredFile
from kebao.pages.texts import texts_for

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
    before = _listed(out)
    count = 0
    with output_folder(out, marker=SUMS) as staged:
        lines: list[str] = []
        for package in packages:
            folder = staged / package
            folder.mkdir()
            place = _Unnamed(folder, before)
            bundles = _bundles(project, package, place, on_file)
            taken: set[str] = set()
            for bundle in sorted(bundles, key=lambda bundle: (bundle.scope, bundle.subject)):
                name = bundle.file.name
                if name.casefold() in taken:
                    name = f"{name.removesuffix('.zip')}-{bundle.subject}.zip"
                taken.add(name.casefold())
                place.path_of(bundle.file).rename(folder / name)
                lines.append(f"{bundle.file.sha256}  {package}/{name}")
                count += 1
        (staged / SUMS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    return count


def _bundles(
    project: CheckedProject, package_id: str, place: _Unnamed, on_file: Callable[[str], None]
) -> Iterator[StoredBundle]:
    package = project.content.packages[package_id]
    materials = {
        path: stored_material(project.facts[path], path, title)
        for resource in published(project, package)
        for path, title in material_titles(resource)
    }
    storer = BundleStorer(
        root=project.root,
        catalog=source_catalog(project, package),
        store=place,
        cache=cache_folder(project.root),
        jobs=os.cpu_count() or 1,
        on_progress=on_file,
        folders=project.folder_digests,
    )
    texts = texts_for(project.sound_site(), package.source_locale)
    yield from storer.store_bundles(FilesIndex(materials=materials), texts)


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """Bundles under their digests, in the folder in which they will have their names.

    Attributes:
        before: SHA-256 → bundle of the folder that is replaced.
    """

    folder: Path
    before: Mapping[str, Path]

    def path_of(self, stored: StoredFile) -> Path:
        return self.folder / f".{stored.sha256}.zip"

    def put_kept(self, kept: Path, stored: StoredFile) -> StoredFile:
        # The file of the cache may be the very same: there it is made again when it was edited here.
        target, old = self.path_of(stored), self.before.get(stored.sha256)
        is_there = old is not None and is_untouched(old, stored.size_bytes)
        if not shared(kept, target) and not (old and is_there and linked(old, target)):
            with target.open("wb") as stream:
                copy_content(kept, stream)
        if not target.samefile(kept):
            os.utime(target, ns=(STORED_TIME_NS, STORED_TIME_NS))
        return stored


def _listed(folder: Path) -> Mapping[str, Path]:
    """What the folder's ``SHA256SUMS`` names: SHA-256 → path."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        return {sha256: folder / name for sha256, _, name in (line.partition("  ") for line in lines)}
    return {}
