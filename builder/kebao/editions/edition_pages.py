"""Which pages an edition has, by the id of what they show: so links find them though their paths move."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from kebao.catalog.snapshots import Snapshot
from kebao.model.package import Content
from kebao.model.shard import Shard

RESOURCES = "resources"
#: Folders of pages that are no resources' but have ids of their own.
COLLECTIONS = ("topics", "schools", "programmes")
_LIST = "index"


def edition_pages(content: Content, snapshot: Snapshot, shards: Iterable[Shard], site: Path) -> Mapping[str, Any]:
    """``resources``, ``topics``, ``schools`` and ``programmes``: id → kind and, by locale, path, title and digest.

    ``pages``: locale → URIs of all pages.
    ``site`` holds the built shards, each in the folder of its locale; ValueError when they are of another edition.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in (RESOURCES, *COLLECTIONS)}
    uris: dict[str, list[str]] = {}
    for shard in shards:
        uris[shard.locale] = []
        for page in _listed_pages(site / shard.locale, shard):
            uris[shard.locale].append(page["uri"])
            collection, _, file_name = page["uri"].rpartition("/")
            group = RESOURCES if "id" in page else collection
            name = page.get("id") or file_name.removesuffix(".html")
            if group not in found or name.partition("-")[0] == _LIST:
                continue
            entry = found[group].setdefault(name, _described(content, snapshot, group, name, kind=collection))
            digest = entry.get("digest") or _digest_of(content, shard, group, name)
            entry["locales"][shard.locale] = {"path": page["uri"], "title": page["title"], "digest": digest}
            if page.get("language"):
                entry["locales"][shard.locale]["language"] = page["language"]
    for entry in found[RESOURCES].values():
        del entry["digest"]
    return {"schema": 1, "pages": uris, **found}


def _described(content: Content, snapshot: Snapshot, group: str, name: str, *, kind: str) -> dict[str, Any]:
    if group != RESOURCES:
        return {"kind": kind, "locales": {}}
    resource = snapshot.resources[name]
    entry: dict[str, Any] = {"kind": kind, "locales": {}, "digest": resource.digest[:16]}
    if resource.is_retired:
        entry["retired"] = True
    if resource.replaced_by:
        entry["replaced_by"] = resource.replaced_by
    return entry


def _listed_pages(folder: Path, shard: Shard) -> list[dict[str, str]]:
    listed = json.loads((folder / "pages.json").read_bytes())
    if listed["edition"] != shard.edition:
        raise ValueError(f"{shard.uri}: {listed['edition']}")
    pages: list[dict[str, str]] = listed["pages"]
    return pages


def _digest_of(content: Content, shard: Shard, group: str, name: str) -> str:
    """The first 16 hex digits of the SHA-256 of what is authored; of phases of a programme, of the programme."""
    if group == "topics":
        return _digest(asdict(content.packages[shard.package].topics[name]))
    if group == "schools":
        return _digest(asdict(content.organisations[name]))
    found = [id_ for id_ in content.programmes if name == id_ or name.startswith(f"{id_}-")]
    return _digest(asdict(content.programmes[max(found, key=len)])) if found else ""


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    raise TypeError(type(value).__name__)
