"""In which editions each resource stands, where, and what happened to it there; as data files for the pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kebao.catalog.changes import ChangeType, compare
from kebao.catalog.snapshots import Snapshot

#: What is said of a resource in an edition that has it as the one before had it.
SAME = "same"
BUCKETS = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """A resource in one edition; ``change`` is a :class:`ChangeType`'s value or ``same``.

    Attributes:
        page: Relative to the edition's root; empty where the resource has left.
    """

    edition: str
    change: str
    page: str
    title: str


def history_bucket(resource_id: str) -> str:
    """The data file that holds a resource's history: the first hexadecimal digit of its id's SHA-256."""
    return hashlib.sha256(resource_id.encode()).hexdigest()[0]


def history_of(editions: Sequence[Snapshot], locale: str) -> Mapping[str, tuple[HistoryEntry, ...]]:
    """Resource id → its editions, oldest first, for readers of a locale: those in which it has a page there.

    ``editions`` come oldest first. The edition in which a resource left has an entry without a page.
    """
    history: dict[str, list[HistoryEntry]] = {}
    before: Snapshot | None = None
    for snapshot in editions:
        changes = {c.id: c.type.value for c in compare(before, snapshot).changes} if before else {}
        for resource in snapshot.resources.values():
            if locale not in resource.texts:
                continue
            known = resource.id in history
            change = changes.get(resource.id, SAME) if known else ChangeType.ADDED.value
            title = resource.title(locale, snapshot.source_locale)
            entry = HistoryEntry(edition=snapshot.edition, change=change, page=resource.page, title=title)
            history.setdefault(resource.id, []).append(entry)
        for resource_id, entries in history.items():
            resource_now = snapshot.resources.get(resource_id)
            if entries[-1].page and (resource_now is None or locale not in resource_now.texts):
                gone = HistoryEntry(
                    edition=snapshot.edition, change=ChangeType.RETIRED.value, page="", title=entries[-1].title
                )
                entries.append(gone)
        before = snapshot
    return {resource_id: tuple(entries) for resource_id, entries in sorted(history.items())}


def history_scripts(history: Mapping[str, Sequence[HistoryEntry]]) -> Mapping[str, str]:
    """URI below ``<package>/<locale>/`` → data file; all sixteen, so that none is asked for in vain."""
    buckets: dict[str, dict[str, list[list[str]]]] = {bucket: {} for bucket in BUCKETS}
    for resource_id, entries in sorted(history.items()):
        rows = [[entry.edition, entry.change, entry.page, entry.title] for entry in entries]
        buckets[history_bucket(resource_id)][resource_id] = rows
    return {f"history/{name}.js": data_script(f"history/{name}", rows) for name, rows in buckets.items()}


def data_script(name: str, payload: object) -> str:
    """A data file that pages load with ``<script>``: one call of ``Kebao.put`` (assets/kebao/data.js)."""
    written = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # JSON that is also a script: old engines end a line at U+2028, and HTML a script at </.
    written = written.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    digest = hashlib.sha256(written.encode()).hexdigest()[:8]
    return f'Kebao.put("{name}","{digest}",{written});\n'
