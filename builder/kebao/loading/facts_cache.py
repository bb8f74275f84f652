"""File facts kept by digest in a cache folder, so that an unchanged file is probed once.

All are in one file, but for the texts, of which each has a file of its own: these are large, and few builds ask for
more than some.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from kebao.loading.later_blocks import LaterBlocks
from kebao.loading.probe_version import PROBE_VERSION
from kebao.model.material import FileFacts, Hazard, HazardKind, MediaType, PlacedFinding, PlacedText, TextBlock
from kebao.model.personal_data import Confidence, DataKind

_READ_SIZE = 1 << 20
_ALL = "all.json"
_USUAL = {field.name: field.default for field in fields(FileFacts) if field.name != "blocks"}
_PLACED = {"hazards", "personal", "makers"}
#: Facts of files that nobody asked for stay until there are more of them than of others, and than this: the files of
#: a project and those of the packages that it builds on are asked for one after another.
_MOST_UNUSED = 1000

#: Probes a file whose text is not there any more.
Probe = Callable[[Path, str], FileFacts]


class KeptFacts:
    """The facts that a folder keeps; :meth:`save` keeps those that were told since. A broken entry is none."""

    def __init__(self, folder: Path | None, probe: Probe) -> None:
        self._folder = folder / "facts" / f"v{PROBE_VERSION}" if folder else None
        self._probe = probe
        found = _read(self._folder / _ALL) if self._folder else {}
        self._old: Mapping[str, Any] = found if isinstance(found, dict) else {}
        self._new: dict[str, object] = {}
        self._used: set[str] = set()

    def of(self, name: str, path: Path) -> FileFacts | None:
        """What is known of the content with this :func:`facts_name`; None when nothing is. ``path``: a file with it."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            count, told = self._old[name]
            blocks = LaterBlocks(count, lambda: self._blocks(name, path, facts.sha256)) if count else ()
            facts = _facts_of(told, blocks)
            if name == facts_name(path, facts.sha256):
                self._used.add(name)
                return facts
        return None

    def keep(self, path: Path, facts: FileFacts) -> None:
        """Keeps facts; what a limit of time or memory has cut short is told anew each time instead."""
        if self._folder is None or any(hazard.kind is HazardKind.EXHAUSTING for hazard in facts.hazards):
            return
        name = facts_name(path, facts.sha256)
        # A read-only or full disk only costs the time of probing again.
        with contextlib.suppress(OSError):
            if facts.blocks:
                _write(self._text_path(name), json.dumps(_pairs(facts.blocks)))
            self._new[name] = [len(facts.blocks), _unusual(facts)]

    def save(self) -> None:
        if self._folder is None or not self._new:
            return
        used = self._new.keys() | self._used
        unused = self._old.keys() - used
        kept = {name: entry for name, entry in self._old.items() if name in used or len(unused) <= _MOST_UNUSED}
        with contextlib.suppress(OSError):
            _write(self._folder / _ALL, json.dumps({**kept, **self._new}))

    def _blocks(self, name: str, path: Path, digest: str) -> tuple[TextBlock, ...]:
        pairs = _read(self._text_path(name))
        with contextlib.suppress(ValueError, TypeError):
            if pairs:
                return tuple(TextBlock(kind=str(kind), text=str(text)) for kind, text in pairs)
        facts = self._probe(path, digest)
        self.keep(path, facts)
        return tuple(facts.blocks)

    def _text_path(self, name: str) -> Path:
        return (self._folder or Path()) / name[:2] / f"{name}.json"


def facts_name(path: Path, digest: str) -> str:
    """What facts are known by."""
    # The file's name decides how it is read, so it is part of the key.
    return f"{digest}{path.suffix.lower()}"


def _write(path: Path, written: str) -> None:
    """Writes JSON under its check sum."""
    # Two checks may write it at once.
    temporary = path.with_name(f".{os.getpid()}.{path.name}.tmp")
    data = written.encode()
    summed = _sum_of(data) + b"\n" + data
    try:
        temporary.write_bytes(summed)
    except FileNotFoundError:
        # Mostly the folder is there.
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(summed)
    temporary.replace(path)


def _read(path: Path) -> Any:
    """What :func:`_write` wrote; an empty tuple when it is not there, or damaged."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        found, _, data = path.read_bytes().partition(b"\n")
        if found == _sum_of(data):
            return json.loads(data)
    return ()


def _sum_of(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file, read in constant memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_READ_SIZE):
            digest.update(chunk)
    return digest.hexdigest()


def facts_to_json(facts: FileFacts) -> str:
    """The facts on one line."""
    return json.dumps({**_unusual(facts), "blocks": _pairs(facts.blocks)}, ensure_ascii=False)


def _unusual(facts: FileFacts) -> dict[str, object]:
    """The facts but for the texts, and for what is as it mostly is."""
    told = {name: value for name, usual in _USUAL.items() if (value := getattr(facts, name)) != usual}
    for name in _PLACED & told.keys():
        told[name] = [asdict(one) for one in told[name]]
    return told


def _pairs(blocks: Sequence[TextBlock]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def facts_from_json(text: str) -> FileFacts:
    """What :func:`facts_to_json` wrote; raises ValueError, KeyError or TypeError for anything else."""
    data = json.loads(text)
    return _facts_of(data, tuple(TextBlock(kind=kind, text=text) for kind, text in data.pop("blocks")))


def _facts_of(data: Mapping[str, Any], blocks: Sequence[TextBlock]) -> FileFacts:
    """What is left out is as it mostly is."""
    read: dict[str, Any] = {**data, "blocks": blocks}
    if data.get("media_type"):
        read["media_type"] = MediaType(data["media_type"])
    if "hazards" in data:
        read["hazards"] = tuple(Hazard(**{**h, "kind": HazardKind(h["kind"])}) for h in data["hazards"])
    if "personal" in data:
        read["personal"] = tuple(_finding(**finding) for finding in data["personal"])
    if "makers" in data:
        read["makers"] = tuple(PlacedText(**maker) for maker in data["makers"])
    return FileFacts(**read)


def _finding(*, kind: str, confidence: str, **fields: str) -> PlacedFinding:
    return PlacedFinding(kind=DataKind(kind), confidence=Confidence(confidence), **fields)
