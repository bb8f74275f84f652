"""Brings a published tree to what a plan says; every file and folder in it is whole at every moment."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kebao.assembly.file_store import atomic_writer
from kebao.editions.durable import write_json
from kebao.editions.exchange import exchange
from kebao.editions.plan import Mount, Plan
from kebao.editions.publication import PUBLICATION, Publication
from kebao.editions.ready import take_ready
from kebao.editions.store import EditionStore
from kebao.editions.verify import fault_of

#: In the tree while it is being changed: what is touched, so that the next run does not trust it after a kill.
JOURNAL = ".kebao-publishing.json"
_STAGED, _REPLACED = ".kebao-new", ".kebao-old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has to be done to a tree.

    Attributes:
        mounts: Folders to make anew.
        files: Files to write: site URI → bytes.
        removed_mounts, removed_files: What the plan has no longer; files outside of the folders that are made anew.
    """

    mounts: tuple[Mount, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    stored: tuple[str, ...] = ()
    removed_mounts: tuple[str, ...] = ()
    removed_files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mounts or self.files or self.stored or self.removed_mounts or self.removed_files)

    def touched(self) -> list[str]:
        mounts = (mount.uri for mount in self.mounts)
        return sorted({*mounts, *self.files, *self.stored, *self.removed_mounts, *self.removed_files})


def changes_for(plan: Plan, after: Publication, before: Publication, out: Path) -> Changes:
    """What differs between what was published and the plan, but for what an interrupted run has touched."""
    doubtful = _interrupted(out)
    same = {uri for uri, digest in before.mounts.items() if after.mounts.get(uri) == digest and uri not in doubtful}
    mounts = tuple(m for m in plan.mounts if m.uri not in same or not (out / m.uri).is_dir())
    remade = tuple(f"{mount.uri}/" for mount in mounts)
    written = {f"{mount.uri}/{path}": page for mount in plan.mounts for path, page in mount.pages.items()}
    known = {uri: digest for uri, digest in before.files.items() if uri not in doubtful}
    files = {
        uri: data
        for uri, data in {**plan.files, **written}.items()
        if known.get(uri) != after.files[uri] and not uri.startswith(remade)
    }
    kept = set(before.stored) - doubtful
    gone_mounts = tuple(sorted(set(before.mounts) - set(after.mounts)))
    removed = (set(before.files) - set(after.files)) | (set(before.stored) - set(after.stored))
    return Changes(
        mounts=mounts,
        files=files,
        stored=tuple(uri for uri in after.stored if uri not in kept),
        removed_mounts=gone_mounts,
        removed_files=tuple(sorted(uri for uri in removed if not uri.startswith(remade))),
    )


def _interrupted(out: Path) -> set[str]:
    try:
        return set(json.loads((out / JOURNAL).read_bytes()))
    except FileNotFoundError:
        return set()
    except (ValueError, TypeError):
        # It is written as a whole; a broken disk may still have broken it.
        return {path.relative_to(out).as_posix() for path in out.rglob("*")}


def apply_changes(
    out: Path,
    plan: Plan,
    changes: Changes,
    store: EditionStore,
    *,
    on_step: Callable[[str], None] = lambda uri: None,
) -> None:
    """Carries the changes out: first what is added, then what is replaced, then what leaves.

    Killed or out of space at any moment, every address still shows a whole page, and the next run goes on.
    """
    interrupted = _interrupted(out)
    _remove_leftovers(out)
    _remove_half_written(out, interrupted)
    write_json(out / JOURNAL, sorted({*interrupted, *changes.touched()}))
    for uri in changes.stored:
        edition, file = plan.stored.place(uri)
        on_step(uri)
        fault = fault_of(store, edition.record, file)
        if fault:
            raise fault
        target = out / uri
        if not target.is_file() or target.stat().st_size != file.size_bytes:
            target.parent.mkdir(parents=True, exist_ok=True)
            _place(store.root / file.path, target)
    for number, mount in enumerate(changes.mounts):
        on_step(mount.uri)
        staged = out / _STAGED / str(number)
        _fill(staged, mount, store)
        _mount(staged, out / mount.uri, out / _REPLACED / str(number))
    for uri, data in changes.files.items():
        on_step(uri)
        (out / uri).parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(out / uri) as stream:
            stream.write(data)
    for uri in changes.removed_mounts:
        shutil.rmtree(out / uri, ignore_errors=True)
    _remove_files(out, changes.removed_files)
    _remove_leftovers(out)


def finish(out: Path, publication: bytes) -> None:
    """Says that the tree is what the publication says; until then an interrupted run is doubted."""
    with atomic_writer(out / PUBLICATION) as stream:
        stream.write(publication)
    (out / JOURNAL).unlink(missing_ok=True)


def _remove_leftovers(out: Path) -> None:
    for name in (_STAGED, _REPLACED):
        shutil.rmtree(out / name, ignore_errors=True)


def _remove_half_written(out: Path, touched: Iterable[str]) -> None:
    """Takes away what a run that was killed has left beside the files that it was writing."""
    for folder in {out, *((out / uri).parent for uri in touched)}:
        for temporary in folder.glob(".*.tmp"):
            temporary.unlink(missing_ok=True)


def _fill(staged: Path, mount: Mount, store: EditionStore) -> None:
    """Makes the mount's folder; each frozen file is compared with its digest first, if the release left none ready."""
    staged.parent.mkdir(parents=True, exist_ok=True)
    if not take_ready(store, mount, staged):
        _fill_file_by_file(staged, mount, store)
    for path, page in mount.pages.items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        (staged / path).write_bytes(page)


def _fill_file_by_file(staged: Path, mount: Mount, store: EditionStore) -> None:
    staged.mkdir()
    made: set[str] = set()
    for path, file in mount.frozen():
        if mount.edition is None:
            break
        fault = fault_of(store, mount.edition.record, file)
        if fault:
            raise fault
        folder = path.rpartition("/")[0]
        if folder and folder not in made:
            (staged / folder).mkdir(parents=True, exist_ok=True)
            made.add(folder)
        source = store.path_of(mount.edition.record, file)
        if mount.is_copy:
            shutil.copyfile(source, staged / path)
        else:
            _place(source, staged / path)


def _place(source: Path, target: Path) -> None:
    """Another name for the file, or a copy where the file system cannot give it one."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        with atomic_writer(target) as stream, source.open("rb") as reader:
            shutil.copyfileobj(reader, stream, 1 << 20)


def _mount(staged: Path, target: Path, aside: Path) -> None:
    if target.exists():
        exchange(staged, target, aside)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(target)


def _remove_files(out: Path, uris: Iterable[str]) -> None:
    for uri in uris:
        path = out / uri
        path.unlink(missing_ok=True)
        # Folders that this leaves empty go too, up to the tree's own.
        for folder in path.parents:
            if folder == out or (folder.exists() and any(folder.iterdir())):
                break
            # A run that was killed here may have removed it already.
            if folder.exists():
                folder.rmdir()
