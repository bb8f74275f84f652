"""The folder in which checks keep what they made of resources, for the next one.

The resources are spread over a fixed number of files, so that one that changes costs the writing of a small part.
Every file starts with the key of its circumstances: under others it is made anew. What is gone is taken out, so that
the folder never holds more than the project does.
"""

from __future__ import annotations

import contextlib
import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kebao.assembly.file_store import atomic_writer
from kebao.assembly.quick_check import Ground
from kebao.checks.known_texts import KnownTexts
from kebao.loading.kept_resources import KeptResource, kept_resources_from_json, kept_resources_to_json

_FILES = 64


def read_index(folder: Path, key: str) -> dict[str, KeptResource]:
    """Resources by folder that were kept under ``key``; what is broken or was kept under another is left out."""
    found: dict[str, KeptResource] = {}
    for number in range(_FILES):
        # Missing, cut off, not JSON, not ours: all the same, it is made again.
        with contextlib.suppress(OSError, ValueError):
            start, _, written = _file(folder, number).read_bytes().partition(b"\n")
            if start == key.encode():
                kept = kept_resources_from_json(written)
                found.update((home, entry) for home, entry in kept.items() if _number_of(home) == number)
    return found


@dataclass(slots=True)
class HeldIndex:
    """What the last check in this process kept, for the next one: not read from the folder again.

    Attributes:
        ground: What resources share, to look at a single one of them.
        texts: What is known of texts.
    """

    key: str = ""
    kept: Mapping[str, KeptResource] = field(default_factory=dict)
    ground: Ground | None = None
    texts: KnownTexts | None = None

    def of(self, folder: Path, key: str) -> Mapping[str, KeptResource]:
        return self.kept if self.key == key else read_index(folder, key)


def write_index(
    folder: Path, key: str, kept: Mapping[str, KeptResource], *, before: Mapping[str, KeptResource]
) -> None:
    """Writes the files whose resources are not what they were when ``before`` was read from them.

    Raises OSError when the disk does not take them.
    """
    now, then = _by_number(kept), _by_number(before)
    for number in range(_FILES):
        if now[number] == then[number] and (now[number] or not _file(folder, number).exists()):
            continue
        if not now[number]:
            _file(folder, number).unlink(missing_ok=True)
            continue
        # A file whose name is not Unicode is told in no JSON: then all beside it are checked anew each time.
        with contextlib.suppress(ValueError):
            data = kept_resources_to_json(now[number])
            folder.mkdir(parents=True, exist_ok=True)
            with atomic_writer(_file(folder, number)) as stream:
                stream.write(key.encode() + b"\n" + data)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:02}.json"


def _number_of(home: str) -> int:
    return zlib.crc32(home.encode("utf-8", "surrogateescape")) % _FILES


def _by_number(kept: Mapping[str, KeptResource]) -> Mapping[int, dict[str, KeptResource]]:
    parts: defaultdict[int, dict[str, KeptResource]] = defaultdict(dict)
    for home, entry in kept.items():
        parts[_number_of(home)][home] = entry
    return parts
