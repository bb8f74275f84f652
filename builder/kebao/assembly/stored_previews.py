"""Previews of a project's materials: made in several processes, kept in its cache, stored for its sites."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kebao.assembly.checking import CheckedProject
from kebao.assembly.file_store import FileStore, atomic_writer
from kebao.assembly.kept_values import drop_other_versions
from kebao.assembly.processes import dealt, in_processes
from kebao.assembly.spare_site import signature_of
from kebao.model.files_index import Picture
from kebao.model.shard import StoredFile
from kebao.previews.preview import PREVIEW_VERSION, Preview, can_preview, previews_of

#: Fewer files than these are done sooner than a process has started.
_FEW = 16
#: Suffix, digest, size, time, number on the disk, width and height of a preview.
_Noted = list[Any]


@dataclass(frozen=True, slots=True)
class StoredPreviews:
    """Previews by project path and longest side.

    Attributes:
        cache: Folder for previews that were made before.
        package: Whose materials they are.
    """

    project: CheckedProject
    store: FileStore
    cache: Path
    package: str = ""
    _failed: set[str] = field(default_factory=set)
    #: What was noted of pictures in the cache whose bytes were looked at, by name of entry.
    _seen: dict[str, _Noted] = field(default_factory=dict)
    _used: dict[str, _Noted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            self._seen.update(json.loads(self._seen_path.read_bytes()))

    def may_have(self, path: str) -> bool:
        return can_preview(self.project.facts[path].media_type)

    def prepare(self, wanted: Iterable[tuple[str, int]], jobs: int) -> None:
        """Makes what is not in the cache yet."""
        drop_other_versions(self._folder / "any")
        sides: dict[str, list[int]] = {}
        for path, side in wanted:
            if self._name(path, side) not in self._seen and not self._entry(path, side).exists():
                sides.setdefault(path, []).append(side)

        def work(paths: Sequence[str]) -> list[str]:
            return [path for path in paths if not self._make(path, sides[path])]

        # The largest first, so that no process is left alone with one.
        paths = sorted(sides, key=lambda path: (-self.project.facts[path].size_bytes, path))
        self._failed.update(in_processes(dealt(paths, jobs if len(paths) >= _FEW else 1), work))

    def picture(self, path: str, side: int) -> Picture | None:
        """The preview, stored; None where there is none."""
        if path in self._failed or not self.may_have(path):
            return None
        # Another build of the same project may just have tidied up.
        with contextlib.suppress(FileNotFoundError):
            if (picture := self._known(path, side)) or (picture := self._read(path, side)):
                return picture
        preview = self._make(path, [side]).get(side)
        if preview is None:
            return None
        stored = self.store.put_bytes(preview.data, f"preview{preview.suffix}")
        return Picture(file=stored, width=preview.width, height=preview.height)

    def _make(self, path: str, sides: Sequence[int]) -> Mapping[int, Preview]:
        facts = self.project.facts[path]
        made = previews_of(self.project.root / path, facts.media_type, sides=sides)
        for side, preview in made.items():
            self._keep(self._entry(path, side), preview)
        return made

    def _keep(self, entry: Path, preview: Preview) -> None:
        # Not written through to the disk: what a failing machine cuts off has another digest.
        noted = {
            "height": preview.height,
            "sha256": hashlib.sha256(preview.data).hexdigest(),
            "suffix": preview.suffix,
            "width": preview.width,
        }
        with contextlib.suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            files = {entry.with_suffix(preview.suffix): preview.data, entry: json.dumps(noted).encode()}
            for target, data in files.items():
                temporary = target.with_name(f".{os.getpid()}.{target.name}.tmp")
                temporary.write_bytes(data)
                temporary.replace(target)

    def _known(self, path: str, side: int) -> Picture | None:
        """The preview, stored, where it has the size and time that it had when its bytes were looked at."""
        name = self._name(path, side)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            noted = self._seen[name]
            suffix, sha256, size, time_ns, number, width, height = noted
            picture = Picture(file=_stored(sha256, size, suffix), width=width, height=height)
            if not self.store.has(picture.file, (size, time_ns, number)):
                file = self._entry(path, side).with_suffix(suffix)
                if signature_of(file.stat()) != (size, time_ns, number):
                    return None
                self.store.put_kept(file, picture.file)
            self._used[name] = noted
            return picture
        return None

    def _read(self, path: str, side: int) -> Picture | None:
        """The preview, stored, where what is in the cache is as it was written."""
        entry = self._entry(path, side)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(entry.read_bytes())
            suffix = noted["suffix"]
            file = entry.with_suffix(suffix)
            found, data = file.stat(), file.read_bytes()
            if hashlib.sha256(data).hexdigest() == noted["sha256"]:
                stored = _stored(noted["sha256"], len(data), suffix)
                picture = Picture(file=stored, width=noted["width"], height=noted["height"])
                self.store.put_kept(file, stored)
                about = [suffix, stored.sha256, *signature_of(found), picture.width, picture.height]
                self._used[self._name(path, side)] = about
                return picture
        return None

    def save(self) -> None:
        """Notes which previews were looked at."""
        if self._used != self._seen:
            with contextlib.suppress(OSError):
                self._seen_path.parent.mkdir(parents=True, exist_ok=True)
                with atomic_writer(self._seen_path) as stream:
                    stream.write(json.dumps(self._used).encode())

    def _name(self, path: str, side: int) -> str:
        return f"{self.project.facts[path].sha256}-{side}"

    def _entry(self, path: str, side: int) -> Path:
        name = self._name(path, side)
        return self._folder / name[:2] / f"{name}.json"

    @property
    def _seen_path(self) -> Path:
        return self._folder / "seen" / f"{self.package}.json"

    @property
    def _folder(self) -> Path:
        return self.cache / "previews" / f"v{PREVIEW_VERSION}"


def _stored(sha256: str, size_bytes: int, suffix: str) -> StoredFile:
    return StoredFile(sha256=sha256, size_bytes=size_bytes, name=f"preview{suffix}")
