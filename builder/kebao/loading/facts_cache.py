"""File facts kept by digest in ``.kebao/cache/facts``, so that an unchanged file is probed once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from kebao.loading.probing import PROBE_VERSION, probe
from kebao.model.material import FileFacts, MediaType, TextBlock

_READ_SIZE = 1 << 20


class FactsCache:
    """Facts of files; reads and writes one small JSON file a digest. A broken entry is probed again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"v{PROBE_VERSION}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def facts_of(self, path: Path) -> FileFacts:
        digest = sha256_of(path)
        # The name decides how a file is read, so it is part of the key.
        entry = self._folder / digest[:2] / f"{digest}{path.suffix.lower()}.json"
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return _from_json(entry.read_text(encoding="utf-8"))
        facts = probe(path, digest)
        # A read-only or full disk only costs the time of probing again.
        with contextlib.suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            temporary = entry.with_suffix(f".{os.getpid()}.tmp")
            temporary.write_text(json.dumps(asdict(facts), ensure_ascii=False), encoding="utf-8")
            temporary.replace(entry)
        return facts


def sha256_of(path: Path) -> str:
    """Lower-case hex SHA-256 of a file, read in constant memory."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_READ_SIZE):
            digest.update(chunk)
    return digest.hexdigest()


def _from_json(text: str) -> FileFacts:
    data = json.loads(text)
    media_type = MediaType(data.pop("media_type")) if data["media_type"] else data.pop("media_type")
    blocks = tuple(TextBlock(**block) for block in data.pop("blocks"))
    return FileFacts(media_type=media_type, blocks=blocks, **data)
