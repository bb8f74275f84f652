"""What a published tree says of itself: what it is made of, and every address that it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kebao.editions.errors import EditionError
from kebao.problems import Message

PUBLICATION = "publication.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The content of ``publication.json``.

    Attributes:
        mounts: Folder of an edition or of ``latest`` → digest of what it was made from.
        editions: Digests of the editions that are shown, sorted.
        files: Site URI of every other file → digest of its bytes.
        stored: Site URIs of the files that the editions share, sorted.
        pages: Site URIs of all pages, sorted: no later publication may lose one.
        tombstones: Site URIs of pages that say that something left or was withdrawn, or lead on to where it is.
    """

    mounts: Mapping[str, str] = field(default_factory=dict)
    editions: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    stored: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    tombstones: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        # Without indents, since only those are written by the fast encoder; one line a value keeps it comparable.
        parts = [
            f'"kebao_publication": {_SCHEMA}',
            *(f'"{name}": {_object(getattr(self, name))}' for name in ("files", "mounts")),
            *(f'"{name}": {_array(getattr(self, name))}' for name in ("editions", "pages", "stored", "tombstones")),
        ]
        return ("{" + ",\n".join(parts) + "}\n").encode()


def _object(values: Mapping[str, str]) -> str:
    return _lines(json.dumps(values, ensure_ascii=False, sort_keys=True))


def _array(values: tuple[str, ...]) -> str:
    return _lines(json.dumps(values, ensure_ascii=False))


def _lines(written: str) -> str:
    # Addresses hold no such thing: blanks are encoded in names of files that we write.
    return written.replace('", "', '",\n"')


def read_publication(out: Path) -> Publication | None:
    """What was published into ``out`` before; None when nothing was. EditionError when it cannot be read."""
    try:
        data = json.loads((out / PUBLICATION).read_bytes())
        if data["kebao_publication"] != _SCHEMA:
            raise ValueError("schema")
        return Publication(
            mounts=dict(data["mounts"]),
            editions=tuple(data["editions"]),
            files=dict(data["files"]),
            stored=tuple(data["stored"]),
            pages=tuple(data["pages"]),
            tombstones=tuple(data["tombstones"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise EditionError(
            Message("'{path}' cannot be read", {"path": str(out / PUBLICATION)}),
            Message("restore it from a backup, or publish into a new folder (--out): it says which pages must stay"),
        ) from error
