"""Previews of a project's materials: made in several processes, kept in its cache, stored for its sites."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.assembly.file_store import FileStore
from kebao.assembly.kept_values import drop_other_versions
from kebao.assembly.processes import dealt, in_processes
from kebao.model.files_index import Picture
from kebao.model.shard import StoredFile
from kebao.previews.preview import PREVIEW_VERSION, Preview, can_preview, previews_of

#: Fewer files than these are done sooner than a process has started.
_FEW = 16


@dataclass(frozen=True, slots=True)
class StoredPreviews:
    """Previews by project path and longest side.

    Attributes:
        cache: Folder for previews that were made before.
    """

    project: CheckedProject
    store: FileStore
    cache: Path
    _failed: set[str] = field(default_factory=set)

    def may_have(self, path: str) -> bool:
        return can_preview(self.project.facts[path].media_type)

    def prepare(self, wanted: Iterable[tuple[str, int]], jobs: int) -> None:
        """Makes what is not in the cache yet."""
        drop_other_versions(self._folder / "any")
        sides: dict[str, list[int]] = {}
        for path, side in wanted:
            if not self._entry(path, side).exists():
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
            if kept := self._kept(path, side):
                file, picture = kept
                self.store.put_kept(file, picture.file)
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

    def _kept(self, path: str, side: int) -> tuple[Path, Picture] | None:
        """The file of a preview in the cache, as it was written; None where there is none."""
        entry = self._entry(path, side)
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(entry.read_bytes())
            file = entry.with_suffix(noted["suffix"])
            data = file.read_bytes()
            if hashlib.sha256(data).hexdigest() == noted["sha256"]:
                name = f"preview{noted['suffix']}"
                stored = StoredFile(sha256=noted["sha256"], size_bytes=len(data), name=name)
                return file, Picture(file=stored, width=noted["width"], height=noted["height"])
        return None

    def _entry(self, path: str, side: int) -> Path:
        digest = self.project.facts[path].sha256
        return self._folder / digest[:2] / f"{digest}-{side}.json"

    @property
    def _folder(self) -> Path:
        return self.cache / "previews" / f"v{PREVIEW_VERSION}"
