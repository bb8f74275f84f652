"""How far the translations are, as a table for people and as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from kebao.catalog.translation_status import TOPICS, TranslationStatus, counts_of
from kebao.model.resource import Kind
from kebao.model.translated_texts import TextState
from kebao.reports.safe_text import visible
from kebao.words import Words

_COUNTED = (TOPICS, *(kind.value for kind in Kind))
_COLUMNS = ("package", "locale", "kind", "id", "field", "state", "review", "parts", "path")
#: Of an interface or a vocabulary that has hardly begun, so many keys say enough; JSON and CSV have all.
_MOST_NAMES = 12
_GAP = "  "


def csv_report(statuses: Sequence[TranslationStatus]) -> str:
    """One row a field; opens in Excel (RFC 4180, UTF-8 with a byte order mark)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for status in statuses:
        head = (status.package, status.locale, status.kind, status.id)
        review = status.review.value if status.review else ""
        for field in status.fields:
            row = (*head, field.field, field.state.value, review, "; ".join(field.parts), status.path)
            # A text that begins like a formula must not become one.
            writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row])
    return "\ufeff" + out.getvalue()


def table_lines(statuses: Sequence[TranslationStatus], words: Words) -> Iterator[str]:
    """Counts by package, language and kind; then what is stale, missing or unfinished, each with its fields."""
    counted = [status for status in statuses if status.kind in _COUNTED]
    yield from _aligned(_count_rows(counted, words))
    for state, head in (
        (TextState.STALE, words("The source has changed:")),
        (TextState.CURRENT, words("Translated, but not all of it:")),
        (TextState.MISSING, words("Not translated:")),
    ):
        wanting = [status for status in counted if status.state is state and _is_wanting(status)]
        if wanting:
            yield from ("", head)
        for status in wanting:
            names = "" if state is TextState.MISSING else _fields_in_words(status, words)
            yield visible(f"{_GAP}{status.path}{_GAP}{names}".rstrip())
    shared = [status for status in statuses if status.kind not in _COUNTED and _is_wanting(status)]
    if shared:
        yield from ("", words("Texts that are missing in files of all languages:"))
    for status in shared:
        missing = status.fields_in(TextState.MISSING)
        listed = [field.field for field in missing[:_MOST_NAMES]] + ["…"] * (len(missing) > _MOST_NAMES)
        said = words("{locale}: {count} of {total}", locale=status.locale, count=len(missing), total=len(status.fields))
        yield visible(f"{_GAP}{status.path}{_GAP}{said}{_GAP}{', '.join(listed)}")


def _is_wanting(status: TranslationStatus) -> bool:
    return status.state is not TextState.CURRENT or bool(status.fields_in(TextState.MISSING))


def _fields_in_words(status: TranslationStatus, words: Words) -> str:
    said = []
    for field in status.fields:
        if field.state is not TextState.CURRENT:
            parts = f" ({'; '.join(field.parts)})" if field.parts and field.count > 1 else ""
            missing = f" – {words('missing')}" if field.state is TextState.MISSING else ""
            said.append(f"{field.field}{parts}{missing}")
    return ", ".join(said)


def _count_rows(statuses: Sequence[TranslationStatus], words: Words) -> Iterator[tuple[str, ...]]:
    heads = ("package", "language", "kind", "current", "out of date", "missing", "by machine")
    yield tuple(words(head) for head in heads)
    groups = dict.fromkeys((status.package, status.locale) for status in statuses)
    for package, locale in groups:
        own = [status for status in statuses if (status.package, status.locale) == (package, locale)]
        for kind in (*_COUNTED, ""):
            of_kind = [status for status in own if kind in ("", status.kind)]
            if of_kind:
                counts = counts_of(of_kind)
                numbers = (counts.current, counts.stale, counts.missing, counts.machine)
                yield (package, locale, kind or words("in all"), *map(str, numbers))


def _aligned(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    table = list(rows)
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = []
        for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blanks = " " * (width - _width(cell))
            cells.append(cell + blanks if number < 3 else blanks + cell)
        yield _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(character) >= 0x2E80 else 1 for character in text)
