"""A text as its author meant it: clean line ends, one Unicode form, keys that YAML reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kebao.loading.authored_fields import all_fields, common_fields_of_page
from kebao.loading.front_matter import read_markdown_page
from kebao.loading.yaml_text import decode_utf8, read_yaml
from kebao.model.source_map import SourceMap

#: Files that are looked at.
SUFFIXES = (".md", ".yml", ".yaml")
_COMMENT = re.compile(r"(?:^|\s)#")
# Names of files must stay as they are on the disk.
_NAMES_A_FILE = re.compile(r"\b(?:file|captions|path)\b|\]\(")
_KEY = re.compile(r"([ ]*(?:- )?)([a-z_]+)(?:：[ \u3000]*|:\u3000[ \u3000]*|:(?=\S))(.*)", re.DOTALL)
_TAB_INDENT = re.compile(r"[ ]*\t[ \t]*")
_TAB = "  "
#: Mending one thing may make another one visible; each text is done long before.
_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class _Text:
    """YAML lines, and what stands around them in a page; ``head`` and ``tail`` are empty in a YAML file."""

    head: tuple[str, ...]
    yaml: tuple[str, ...]
    tail: tuple[str, ...]

    def joined(self, yaml: Sequence[str] | None = None) -> str:
        return "\n".join((*self.head, *(self.yaml if yaml is None else yaml), *self.tail))


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a reader gets out of a file, in NFC."""

    value: Any
    body: str
    source_map: SourceMap


def mended(path: str, data: bytes) -> bytes:
    """The file's bytes with what is safe mended; the very same bytes when there is nothing, or it is not UTF-8 text.

    Mending what it gives changes nothing more. What could be read before says the same afterwards, but for its
    Unicode form (NFC).
    """
    if not path.endswith(SUFFIXES):
        return data
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(_MOST_ROUNDS):
        before = text
        for step in (_with_readable_yaml, _in_nfc, _without_trailing_blanks, _in_model_order, _with_final_newline):
            text = step(path, text)
        if text == before:
            break
    return text.encode("utf-8")


def _meaning(path: str, text: str) -> _Meaning | None:
    """None when the text has a fault of form."""
    data = text.encode("utf-8")
    if path.endswith(".md"):
        page = read_markdown_page(path, data)
        document, body = page.front, page.body
    else:
        decoded, problems = decode_utf8(path, data)
        if problems:
            return None
        document, body = read_yaml(path, decoded), ""
    if document.problems or document.value is None:
        return None
    return _Meaning(_nfc(document.value), unicodedata.normalize("NFC", body), document.source_map)


def _nfc(value: Any) -> Any:
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): _nfc(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_nfc(entry) for entry in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _is_same(path: str, before: str, after: str) -> bool:
    one, other = _meaning(path, before), _meaning(path, after)
    return one is not None and other is not None and (one.value, one.body) == (other.value, other.body)


def _split(path: str, text: str) -> _Text | None:
    """None for a page without front matter."""
    lines = tuple(text.split("\n"))
    if not path.endswith(".md"):
        return _Text((), lines, ())
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        return None
    return _Text(lines[:1], lines[1:end], lines[end:])


def _with_readable_yaml(path: str, text: str) -> str:
    """Colons after keys and tabs, where that, and nothing less, makes the YAML readable."""
    parts = _split(path, text)
    if parts is None or _meaning(path, text) is not None:
        return text
    for repair in (_colon, _spaces, lambda line: _colon(_spaces(line))):
        lines = [repair(line) for line in parts.yaml]
        if lines != list(parts.yaml) and _meaning(path, parts.joined(lines)) is not None:
            return parts.joined(_only_needed(path, parts, lines))
    return text


def _only_needed(path: str, parts: _Text, repaired: list[str]) -> list[str]:
    """Takes back each repair without which the YAML is readable too: it stands in a text."""
    lines = list(repaired)
    for index, original in enumerate(parts.yaml):
        if lines[index] != original:
            attempt = [*lines[:index], original, *lines[index + 1 :]]
            if _meaning(path, parts.joined(attempt)) is not None:
                lines = attempt
    return lines


def _colon(line: str) -> str:
    match = _KEY.fullmatch(line)
    if not match or match[2] not in all_fields():
        return line
    return f"{match[1]}{match[2]}: {match[3]}".rstrip(" ")


def _spaces(line: str) -> str:
    match = _TAB_INDENT.match(line)
    return match[0].replace("\t", _TAB) + line[match.end() :] if match else line


def _in_nfc(path: str, text: str) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    lines = [line if _NAMES_A_FILE.search(line) else unicodedata.normalize("NFC", line) for line in text.split("\n")]
    return _if_same(path, text, "\n".join(lines))


def _without_trailing_blanks(path: str, text: str) -> str:
    parts = _split(path, text)
    if parts is None:
        return text
    strip: Callable[[str], str] = lambda line: line.rstrip(" \t")  # noqa: E731
    tail = ("---", *parts.tail[1:]) if parts.tail else ()
    head = ("---",) if parts.head else ()
    return _if_same(path, text, _Text(head, tuple(map(strip, parts.yaml)), tail).joined())


def _in_model_order(path: str, text: str) -> str:
    """Top-level keys of front matter in the order of the model; not where comments or blank lines group them.

    A kind's own fields stay below the common one that they follow.
    """
    order = {name: index for index, name in enumerate(common_fields_of_page(path))}
    parts = _split(path, text)
    if not order or parts is None or any(not line.strip() or _COMMENT.search(line) for line in parts.yaml):
        return text
    meaning = _meaning(path, text)
    if meaning is None or not isinstance(meaning.value, dict) or next(iter(meaning.value)) not in order:
        return text
    spans = meaning.source_map.spans
    # Line 1 is that of the '---'.
    starts = [(span.key or (0, 0))[0] - 2 for key in meaning.value if (span := spans.get((key,)))]
    if len(starts) != len(meaning.value) or starts[0] != 0 or len(set(starts)) != len(starts):
        return text
    ends = [*starts[1:], len(parts.yaml)]
    blocks: list[tuple[int, tuple[str, ...]]] = []
    for key, start, end in zip(meaning.value, starts, ends, strict=True):
        blocks.append((order.get(key, blocks[-1][0] if blocks else 0), parts.yaml[start:end]))
    lines = [line for _, block in sorted(blocks, key=lambda block: block[0]) for line in block]
    return _if_same(path, text, parts.joined(lines))


def _with_final_newline(path: str, text: str) -> str:
    if not text or text.endswith("\n"):
        return text
    return _if_same(path, text, f"{text}\n")


def _if_same(path: str, before: str, after: str) -> str:
    return after if before == after or _is_same(path, before, after) else before
