"""How far the translations are, as JSON: what ``kebao i18n status`` says and what lies beside the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from kebao.catalog.translation_status import TranslationStatus
from kebao.model.translated_texts import FieldState

#: As ``json.dumps`` with an indent of 1 and sorted keys writes them, which takes four times as long.
_ENTRY = """\
  {{
   "fields": {fields},
   "id": {id},
   "kind": {kind},
   "locale": {locale},
   "package": {package},
   "path": {path},
   "review": {review},
   "state": "{state}",
   "title": {title}
  }}"""
_FIELD = """\
    {{
     "count": {count},
     "field": {field},
     "parts": {parts},
     "state": "{state}"
    }}"""


def translations_json(statuses: Iterable[TranslationStatus]) -> str:
    """Every resource, topic and file with all its fields."""
    listed = tuple(statuses)
    # What is missing is the same tuple for most resources.
    fields = {id(status.fields): status.fields for status in listed}
    written = {place: _listed([_field(field) for field in found], 3) for place, found in fields.items()}
    return f'{{\n "translations": {_listed([_entry(each, written[id(each.fields)]) for each in listed], 1)}\n}}\n'


def _entry(status: TranslationStatus, fields: str) -> str:
    return _ENTRY.format(
        fields=fields,
        id=quoted(status.id),
        kind=quoted(status.kind),
        locale=quoted(status.locale),
        package=quoted(status.package),
        path=quoted(status.path),
        review=quoted(status.review.value) if status.review else "null",
        state=status.state.value,
        title=quoted(status.title),
    )


@lru_cache(maxsize=1 << 12)
def _field(field: FieldState) -> str:
    parts = _listed([f"      {quoted(part)}" for part in field.parts], 5)
    return _FIELD.format(count=field.count, field=quoted(field.field), parts=parts, state=field.state.value)


def _listed(written: Sequence[str], indent: int) -> str:
    return "[\n" + ",\n".join(written) + f"\n{' ' * indent}]" if written else "[]"
