"""What to write instead of a value or a name that does not fit, where its author's meaning can be seen."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from kebao.model.personal_data import find_personal_data
from kebao.problems import Message
from kebao.words import field_labels

#: Similarity (difflib) from which a misspelt word is taken for another.
_NEAR_ENOUGH = 0.6
#: A longer text is not written out again in a hint.
_MOST_CHARACTERS = 60
_MOST_CANDIDATES = 12

_CURLED_QUOTES = "“”„‘’«»＂＇「」『』"
_BETWEEN_ENTRIES = re.compile(r"[，、；,;]\s*")
_FULL_WIDTH_BRACKETS = "【】［］〔〕｛｝"
_WIDE_BLANK = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
# Nothing of it is seen: it came in with a copy, or from an input method's wide space.
_UNSEEN = re.compile(r"[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]")
_DIGITS = {character: str(value) for value, character in enumerate("零一二三四五六七八九十")} | {"两": "2", "〇": "0"}
_TRUE = frozenset(("yes", "on", "y", "t", "true", "1", "是", "对", "有", "真"))
_FALSE = frozenset(("no", "off", "n", "f", "false", "0", "否", "不", "不是", "无", "没有", "假"))


def value_hint(error_type: str, value: object, fields: Sequence[str]) -> Message | None:
    """What to write instead; ``fields`` are those of the mapping that is wanted, if one is."""
    if not isinstance(value, str) or not value.strip():
        return _fields_hint(fields)
    value = value.strip()
    if re.match(r"[\w-]+：", value):
        return Message("use the half-width colon and a space, 'title: …', not the full-width '：'")
    if re.match(r"[a-z_]+:[^\s/]", value):
        return Message("put a space after the colon")
    if value[0] in _CURLED_QUOTES:
        return Message("put the text in straight quotation marks, \"…\" or '…', not in curled ones")
    if error_type in ("string_pattern_mismatch", "kb_one_keyword") and re.search("[，、；]", value):
        return Message("use the half-width comma and a space between entries, not the full-width '，'")
    if error_type == "string_pattern_mismatch" and re.search("[\u4e00-\u9fff]", value):
        return Message("write the id, not the name: content/people.yml and content/organisations.yml have both")
    if len(value) > _MOST_CHARACTERS or find_personal_data(value):
        return None
    meant = _MEANT.get(error_type)
    wanted = meant(value) if meant else ""
    return Message("write '{wanted}'", {"wanted": wanted}) if wanted else _fields_hint(fields)


def _fields_hint(fields: Sequence[str]) -> Message | None:
    if not 0 < len(fields) <= _MOST_CANDIDATES:
        return None
    return Message("what can stand in it: {fields}", {"fields": ", ".join(fields)})


def _meant_boolean(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).lower()
    return "true" if plain in _TRUE else "false" if plain in _FALSE else ""


def _meant_number(value: str) -> str:
    """The digits of ``６``, ``六``, ``6 学时`` and ``1,200``."""
    plain = unicodedata.normalize("NFKC", value)
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}\b)", "", plain)
    written = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*[^\s0-9.:/-]{0,6}", plain)
    counted = re.fullmatch(r"([零〇一二三四五六七八九十两])[^0-9零〇一二三四五六七八九十百千万两半多几]{0,4}", plain)
    return written[1] if written else _DIGITS[counted[1]] if counted else ""


def _meant_day(value: str) -> str:
    """``2025-03-18`` of ``2025年3月18日``, ``2025/3/18``, ``2025.3.18`` and ``20250318``."""
    plain = unicodedata.normalize("NFKC", value)
    found = re.fullmatch(r"([0-9]{4})\s*[年./-]\s*([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})\s*[日号]?(?:[T ].*)?", plain)
    found = found or re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", plain)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def _meant_moment(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value)
    month = re.fullmatch(r"([0-9]{4})\s*[年./-]\s*(0?[1-9]|1[0-2])\s*月?", plain)
    year = re.fullmatch(r"([0-9]{4})\s*年?", plain)
    return _meant_day(value) or (f"{month[1]}-{int(month[2]):02}" if month else year[1] if year else "")


def _meant_list(value: str) -> str:
    entries = [entry.strip() for entry in _BETWEEN_ENTRIES.split(value.strip(_FULL_WIDTH_BRACKETS + "[]"))]
    return f"[{', '.join(entries)}]" if _are_plain(entries) else ""


def _meant_texts(value: str) -> str:
    return f"{{zh: {value}}}" if _are_plain([value]) else ""


def _are_plain(entries: Iterable[str]) -> bool:
    """Nothing in them would have to stand in quotation marks between brackets."""
    return all(re.fullmatch(r"[\w.·-][^\[\]{}:：,#\"'“”]*", entry) for entry in entries)


_MEANT: Mapping[str, Callable[[str], str]] = {
    "kb_boolean": _meant_boolean,
    "kb_number": _meant_number,
    "kb_whole_number": _meant_number,
    "kb_date": _meant_day,
    "kb_moment": _meant_moment,
    "kb_localized": _meant_texts,
    "list_type": _meant_list,
}


def field_hint(written: str, fields: Sequence[str]) -> Message | None:
    """What to write instead of a field that is not among ``fields``."""
    meant = meant_field(written, fields)
    if meant and re.search("[:：]", written):
        return Message("write '{candidate}: …', with a half-width colon and a space", {"candidate": meant})
    if meant and _UNSEEN.search(written):
        return Message("write '{candidate}' anew: something that cannot be seen stands in it", {"candidate": meant})
    if meant:
        return Message("did you mean '{candidate}'?", {"candidate": meant})
    return did_you_mean(written, fields) or Message("this kind of file has no such field: take it out")


def begins_with_wide_blank(written: str) -> bool:
    """Such a blank does not indent: YAML takes it for a part of the field's name."""
    return bool(_WIDE_BLANK.match(written))


def meant_field(written: str, fields: Sequence[str]) -> str | None:
    """The field whose name or label, in any language, is nearest to what was written."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", written)).partition(":")[0].strip().lower()
    names = {name: name for name in fields}
    for name in fields:
        for label in field_labels().get(name, {}).values():
            names.setdefault(label.lower(), name)
    near = difflib.get_close_matches(plain, names, n=1, cutoff=_NEAR_ENOUGH)
    return names[near[0]] if near else None


def did_you_mean(word: str, candidates: Sequence[str]) -> Message | None:
    """A hint that names the nearest of the candidates, or all of them when none is near and they are few."""
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=_NEAR_ENOUGH)
    if near:
        return Message("did you mean '{candidate}'?", {"candidate": near[0]})
    if 0 < len(candidates) <= _MOST_CANDIDATES:
        return Message("use one of: {candidates}", {"candidates": ", ".join(candidates)})
    return None
