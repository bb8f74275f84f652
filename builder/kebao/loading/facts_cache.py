"""File facts kept by digest in a cache folder, so that an unchanged file is probed once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from kebao.loading.probing import PROBE_VERSION, probe
from kebao.model.material import FileFacts, Hazard, HazardKind, MediaType, PlacedFinding, PlacedText, TextBlock
from kebao.model.personal_data import Confidence, DataKind

_READ_SIZE = 1 << 20


def cached_facts(path: Path, folder: Path | None) -> FileFacts:
    """The facts of a file, from ``folder`` when they are known there; a broken entry is probed again."""
    digest = sha256_of(path)
    facts = kept_facts(path, digest, folder)
    if facts is None:
        facts = probe(path, digest)
        keep_facts(path, facts, folder)
    return facts


def kept_facts(path: Path, digest: str, folder: Path | None) -> FileFacts | None:
    """What ``folder`` knows of a file with this content; None when it knows nothing, or its entry is broken."""
    if folder is not None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return facts_from_json(_entry(path, digest, folder).read_text(encoding="utf-8"))
    return None


def keep_facts(path: Path, facts: FileFacts, folder: Path | None) -> None:
    """Writes the entry; what a limit of time or memory has cut short is told anew each time instead."""
    if folder is None or any(hazard.kind is HazardKind.EXHAUSTING for hazard in facts.hazards):
        return
    entry = _entry(path, facts.sha256, folder)
    # A read-only or full disk only costs the time of probing again.
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        temporary = entry.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(facts_to_json(facts), encoding="utf-8")
        temporary.replace(entry)


def _entry(path: Path, digest: str, folder: Path) -> Path:
    # The name decides how a file is read, so it is part of the key.
    return folder / "facts" / f"v{PROBE_VERSION}" / digest[:2] / f"{digest}{path.suffix.lower()}.json"


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file, read in constant memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_READ_SIZE):
            digest.update(chunk)
    return digest.hexdigest()


def facts_to_json(facts: FileFacts) -> str:
    """The facts on one line."""
    return json.dumps(asdict(facts), ensure_ascii=False)


def facts_from_json(text: str) -> FileFacts:
    """What :func:`facts_to_json` wrote; raises ValueError, KeyError or TypeError for anything else."""
    data = json.loads(text)
    media_type = MediaType(data.pop("media_type")) if data["media_type"] else data.pop("media_type")
    blocks = tuple(TextBlock(**block) for block in data.pop("blocks"))
    hazards = tuple(Hazard(**{**hazard, "kind": HazardKind(hazard["kind"])}) for hazard in data.pop("hazards"))
    personal = tuple(_finding(**finding) for finding in data.pop("personal"))
    makers = tuple(PlacedText(**maker) for maker in data.pop("makers"))
    return FileFacts(media_type=media_type, blocks=blocks, hazards=hazards, personal=personal, makers=makers, **data)


def _finding(*, kind: str, confidence: str, **fields: str) -> PlacedFinding:
    return PlacedFinding(kind=DataKind(kind), confidence=Confidence(confidence), **fields)
