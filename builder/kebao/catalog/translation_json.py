"""How far the translations are, as JSON: what ``kebao i18n status`` says and what lies beside the page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kebao.catalog.translation_status import TranslationStatus


def translations_json(statuses: Iterable[TranslationStatus]) -> str:
    """Every resource, topic and file with all its fields."""
    entries = [
        {
            "package": status.package,
            "locale": status.locale,
            "kind": status.kind,
            "id": status.id,
            "path": status.path,
            "title": status.title,
            "state": status.state.value,
            "review": status.review.value if status.review else None,
            "fields": [
                {"field": field.field, "state": field.state.value, "parts": list(field.parts), "count": field.count}
                for field in status.fields
            ],
        }
        for status in statuses
    ]
    return json.dumps({"translations": entries}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
