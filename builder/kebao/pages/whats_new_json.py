"""What changed since the edition before as data, for other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kebao.catalog.changes import Change, EditionChanges
from kebao.catalog.snapshots import Snapshot
from kebao.pages.cards import Desk

WHATS_NEW_JSON_URI = "whats-new.json"


def whats_new_json(desk: Desk, changes: EditionChanges) -> str:
    """All changes as data, in whole values: ``whats-new.json`` beside the page."""
    shard = desk.catalog.shard
    data = {
        "package": shard.package,
        "locale": shard.locale,
        "edition": shard.edition,
        "previous": changes.old.edition if changes.old else None,
        "changes": [_change_data(desk, changes.new, change) for change in changes.changes],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _change_data(desk: Desk, new: Snapshot, change: Change) -> Mapping[str, Any]:
    return {
        "id": change.id,
        "type": change.type.value,
        "kind": change.kind,
        "subject": change.subject or None,
        "stages": list(change.stages),
        "school": change.school,
        "title": change.shown.title(desk.catalog.shard.locale, new.source_locale),
        "page": change.new.page if change.new else None,
        "previous_page": change.old.page if change.old else None,
        "replaced_by": change.replaced_by or None,
        "fields": [
            {
                "kind": each.kind.value,
                "name": each.name,
                "locale": each.locale or None,
                "old": list(each.old),
                "new": list(each.new),
            }
            for each in change.fields
        ],
    }
