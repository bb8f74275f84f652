"""A translation's file with the state of its source, its reviewer and its own state in it, and nothing else changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kebao.loading.front_matter import read_markdown_page
from kebao.model.resource import TranslationState
from kebao.model.source_map import UNKNOWN, Place, Pointer, Span

_FIELD = "translation"
_LINE_END = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What is written: digests of the source by field, and what the translator says of the work (None: as it was)."""

    digests: Mapping[str, tuple[str, ...]]
    by: str | None = None
    state: TranslationState | None = None


class NotATranslationError(Exception):
    """The file has no readable front matter with a field ``translation``."""


def accepted(path: str, data: bytes, acceptance: Acceptance) -> bytes:
    """The file's bytes after acceptance; the very same when they say all of it already.

    Comments, the order of the fields, line ends, a byte order mark and the body stay as they are.
    Raises NotATranslationError.
    """
    page = read_markdown_page(path, data)
    written = page.front.value.get(_FIELD) if isinstance(page.front.value, dict) else None
    if page.front.problems or not isinstance(written, dict) or not written:
        raise NotATranslationError(path)
    entries = _Entries(data.decode("utf-8-sig"), page.front.source_map.spans, tuple(written))
    digests = {field: " ".join(parts) for field, parts in acceptance.digests.items()}
    if written.get("digests") != digests:
        before = next((name for name in ("digests", "digest") if name in written), "")
        inside = ", ".join(f"{field}: {parts}" for field, parts in digests.items())
        entries.put(before, f"digests: {{{inside}}}")
    state = acceptance.state
    if state is not None and TranslationState(written.get("state") or TranslationState.REVIEWED) is not state:
        entries.put("state" if "state" in written else "", f"state: {state.value}")
    if acceptance.by is not None and written.get("by") != acceptance.by:
        entries.put("by" if "by" in written else "", f"by: {acceptance.by}")
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    return mark + entries.edited().encode("utf-8")


class _Entries:
    """The entries of the field ``translation`` in the text of a file, and what is to become of them."""

    def __init__(self, text: str, spans: Mapping[Pointer, Span], names: tuple[str, ...]) -> None:
        self._text, self._spans = text, spans
        # The reader counts lines so: a carriage return alone ends one too.
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._places = {name: self._place(name) for name in names}
        first = spans[(_FIELD, names[0])]
        # In "{of: …}" the value begins before its first key, at the brace.
        self._is_flow = spans[(_FIELD,)].value != first.key
        self._indent = " " * ((first.key or (0, 1))[1] - 1)
        self._edits: list[tuple[int, int, str]] = []

    def put(self, name: str, entry: str) -> None:
        """Writes an entry in place of the one with that name; behind the others when the name is empty."""
        if name:
            self._edits.append((*self._places[name], entry))
            return
        end = max(end for _, end in self._places.values())
        if not self._is_flow:
            # A remark behind the last value stays behind it.
            line_end = _LINE_END.search(self._text, end)
            end = line_end.start() if line_end else len(self._text)
            entry = f"{line_end[0] if line_end else chr(10)}{self._indent}{entry}"
        else:
            entry = f", {entry}"
        self._edits.append((end, end, entry))

    def edited(self) -> str:
        parts: list[str] = []
        position = 0
        # Of several behind the others, the first put is the first: sorting keeps the order of equals.
        for start, end, entry in sorted(self._edits, key=lambda edit: edit[:2]):
            parts.extend((self._text[position:start], entry))
            position = end
        return "".join((*parts, self._text[position:]))

    def _place(self, name: str) -> tuple[int, int]:
        """Where an entry starts and ends; a mapping below its key ends with its last value."""
        inside = [span for pointer, span in self._spans.items() if pointer[:2] == (_FIELD, name)]
        ends = [self._offset(span.value_end) for span in inside if span.value_end != UNKNOWN]
        own = self._spans[(_FIELD, name)]
        start = self._offset(own.key or own.value)
        # An entry without a value ends behind its colon.
        return start, max(ends, default=self._offset(own.value))

    def _offset(self, place: Place) -> int:
        return self._starts[place[0] - 1] + place[1] - 1
