"""``versions.json`` as mike writes and Material's selector reads it, and the same for pages on ``file://``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kebao.catalog.history import data_script
from kebao.editions.packages_in_store import PackageLocale, StoredEdition
from kebao.editions.states import State
from kebao.model.shard import LATEST_EDITION

Entry = Mapping[str, Any]


def version_entries(view: PackageLocale, written: Sequence[Entry]) -> list[Entry]:
    """One entry an edition, newest first; then those of ``written`` that are not ours, as they are.

    What others added to our entries stays too: mike promises it to whoever keeps properties there.
    """
    before = {entry.get("version"): entry for entry in written}
    ours = [_entry(view, edition, before.get(edition.id, {})) for edition in reversed(view.editions)]
    ids = {edition.id for edition in view.editions}
    return [*ours, *(entry for entry in written if entry.get("version") not in ids)]


def _entry(view: PackageLocale, edition: StoredEdition, before: Entry) -> Entry:
    is_latest = view.latest is not None and edition.id == view.latest.id
    foreign = [alias for alias in before.get("aliases", ()) if alias != LATEST_EDITION]
    properties = before.get("properties")
    return {
        **before,
        "version": edition.id,
        "title": edition.state.title or edition.id,
        "aliases": [*([LATEST_EDITION] if is_latest else []), *foreign],
        "properties": {
            **(properties if isinstance(properties, Mapping) else {}),
            "hidden": edition.state.state in (State.PRE_RELEASE, State.WITHDRAWN),
            "status": edition.state.state.value,
            "released": edition.record.released,
            "since": edition.state.on,
            "reason": dict(edition.state.reason),
            "digest": f"sha256:{edition.record.files_digest}",
        },
    }


def versions_json(entries: Sequence[Entry]) -> bytes:
    return (json.dumps(entries, ensure_ascii=False, indent=2) + "\n").encode()


def versions_script(entries: Sequence[Entry]) -> bytes:
    return data_script("versions", list(entries)).encode()


def read_versions(data: bytes | None) -> list[Entry]:
    """The entries of a file that is there; none when it is not such a file."""
    if data is None:
        return []
    try:
        entries = json.loads(data)
    except ValueError:
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
