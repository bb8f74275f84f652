"""Personal data in a text: identity numbers, telephones, bank cards, addresses of accounts, number plates.

Written for texts of Chinese schools. What is found is never shown whole: see :func:`masked`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from kebao.model.identity_number import is_identity_number, is_old_identity_number, looks_like_identity_number


class DataKind(StrEnum):
    IDENTITY = "identity"
    IDENTITY_AS_NUMBER = "identity-as-number"
    MOBILE = "mobile"
    LANDLINE = "landline"
    BANK_CARD = "bank-card"
    EMAIL = "email"
    MESSENGER = "messenger"
    PLATE = "plate"
    ROSTER = "roster"


class Confidence(StrEnum):
    """How likely it is what it looks like: as good as certain, likely, possible."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Personal data at ``text[start:end]``.

    Attributes:
        masked: What may be shown of it.
        value: Without separators, small letters; to compare with contacts that are meant to be public. Never shown.
    """

    kind: DataKind
    start: int
    end: int
    masked: str
    confidence: Confidence
    value: str = field(repr=False)


_start = attrgetter("start")


def masked(match: str) -> str:
    """The first three characters and the last two, the others as stars; of a short match less, never the half."""
    if len(match) >= 10:
        return f"{match[:3]}{'*' * (len(match) - 5)}{match[-2:]}"
    if len(match) >= 5:
        return f"{match[:1]}{'*' * (len(match) - 2)}{match[-1:]}"
    return "*" * len(match)


def find_personal_data(text: str) -> tuple[Finding, ...]:
    """All personal data in ``text`` in order, without overlaps. Rosters are found by :mod:`kebao.model.rosters`."""
    folded = _folded(text)
    if not _TELLING.search(folded):
        return ()
    found: list[Finding] = []
    for finding in _candidates(folded):
        place = bisect_left(found, finding.start, key=_start)
        is_free_before = place == 0 or found[place - 1].end <= finding.start
        if is_free_before and (place == len(found) or finding.end <= found[place].start):
            found.insert(place, finding)
    return tuple(found)


def without_personal_data(text: str) -> str:
    """The text with what a report must not show covered; as long as before."""
    for finding in find_personal_data(text):
        length = finding.end - finding.start
        shown = finding.masked if len(finding.masked) == length else "*" * length
        text = text[: finding.start] + shown + text[finding.end :]
    return text


def is_public_contact(kind: DataKind, value: str, contacts: Iterable[str]) -> bool:
    """True when ``contacts`` name it: an address, a whole domain (``@edu.example``) or a number, however written."""
    if kind not in (DataKind.EMAIL, DataKind.MOBILE, DataKind.LANDLINE, DataKind.MESSENGER):
        return False
    for contact in contacts:
        written = _folded(contact).strip().lower()
        if kind is DataKind.EMAIL and written.startswith("@"):
            if value.endswith(written):
                return True
        elif value in (written, _digits_of(written)):
            return True
    return False


# Full-width, Arabic and mathematical digits, full-width letters and signs: the NFKC form (UAX #15) of those
# characters whose form is one character, so that places in the text stay what they are.
_FOLDING = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{first + digit: ord("0") + digit for first in (0x0660, 0x06F0) for digit in range(10)},
    **{0x1D7CE + i: ord("0") + i % 10 for i in range(50)},
    **dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000), ord(" ")),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), ord("-")),
}
_WORTH_FOLDING = re.compile(
    "[０-９＠Ａ-Ｚａ-ｚ\u0660-\u0669\u06f0-\u06f9\U0001d7ce-\U0001d7ff\u00a0\u2010-\u2013\u2212]"
)


def _folded(text: str) -> str:
    return text if text.isascii() or not _WORTH_FOLDING.search(text) else text.translate(_FOLDING)


def _digits_of(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


# Every number and plate has a digit, every address its sign; a name of an account may be of letters alone.
_TELLING = re.compile("[0-9@]|微信|[Ww]e[Cc]hat")


def _candidates(text: str) -> Iterator[Finding]:
    """What may be personal data; of two at the same place the one that is surer comes first."""
    runs = [match.span() for match in _RUN.finditer(text)]
    # Dates are runs too, and most runs are dates: they are shorter than the shortest of these numbers.
    long_runs = [(start, end) for start, end in runs if end - start >= _LEAST_DIGITS]
    for search in (_identity_numbers, _bank_cards, _mobiles, _old_identity_numbers):
        for start, end in long_runs:
            yield from search(text, start, end)
    # A landline ends with seven digits in a row: they are a run, or a part of one.
    if any(_SEVEN_DIGITS.search(text, start, end) for start, end in runs) and _has(text, _CALLING):
        yield from _landlines(text)
    if "@" in text:
        yield from _addresses(text)
    if _has(text, _MESSENGERS):
        yield from _messengers(text)
    yield from _plates(text)


# ---- numbers

# At least seven digits, single blanks or hyphens between them: most texts have none.
_RUN = re.compile(r"[0-9](?:[ -]?[0-9]){6,}(?:[ -]?[Xx])?")
_SEVEN_DIGITS = re.compile(r"[0-9]{7}")
#: Of a mobile number; identity numbers and bank cards are longer.
_LEAST_DIGITS = 11
_IDENTITY = re.compile(r"(?=((?:[0-9][ -]?){17}[0-9Xx]))(?<![0-9])")
_CARD = re.compile(r"(?=((?:4[0-9]{3}|5[1-5][0-9]{2}|62[0-9]{2})(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?))(?<![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:86[ -]?|0)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])[(（]?0(?:10|2[0-9]|[3-9][0-9]{2})[)）]?[ -]?[2-9][0-9]{6,7}(?![0-9])")
_OLD_IDENTITY = re.compile(r"(?<![0-9])[0-9]{15}(?![0-9])")

_IDENTITY_CUES = ("身份证", "证件号", "公民身份")
_CARD_CUES = ("卡号", "账号", "帐号", "账户", "银行", "开户", "bank", "card")
_CALLING = ("电话", "联系", "手机", "热线", "座机", "致电", "Tel", "tel", "TEL", "hone", "obile")
_MOST_SEPARATORS = 6
# What a large number counts, and what makes it part of a sum.
_COUNTED = re.compile(r"\s*(?:[元万亿人次个份字米吨克株册]|千米|公里|字节|平方|bytes?\b|[KMG]B\b|%|[+×÷*=<>]\s*[0-9])")
_RECKONED = re.compile(r"(?:[¥$€￥]|[0-9)]\s*[+×÷*=-]|[+×÷*]|总额|合计|共计)\s*$")


def _identity_numbers(text: str, start: int, end: int) -> Iterator[Finding]:
    for match in _IDENTITY.finditer(text, start, end):
        written = match.group(1)
        stop = match.start() + len(written)
        number = written.replace(" ", "").replace("-", "").upper()
        if len(written) - len(number) > _MOST_SEPARATORS or not _stands_alone(text, match.start(), stop, pupil=True):
            continue
        if is_identity_number(number):
            yield _finding(text, match.start(), stop, DataKind.IDENTITY, Confidence.HIGH, number)
        elif looks_like_identity_number(number) and _is_near(text, match.start(), _IDENTITY_CUES):
            yield _finding(text, match.start(), stop, DataKind.IDENTITY, Confidence.MEDIUM, number)


def _old_identity_numbers(text: str, start: int, end: int) -> Iterator[Finding]:
    for match in _OLD_IDENTITY.finditer(text, start, end):
        if is_old_identity_number(match.group()) and _stands_alone(text, *match.span()):
            sure = Confidence.MEDIUM if _is_near(text, match.start(), _IDENTITY_CUES) else Confidence.LOW
            yield _finding(text, *match.span(), DataKind.IDENTITY, sure, match.group())


def _bank_cards(text: str, start: int, end: int) -> Iterator[Finding]:
    for match in _CARD.finditer(text, start, end):
        written = match.group(1)
        stop = match.start() + len(written)
        number = _digits_of(written)
        if not _passes_luhn(number) or not _stands_alone(text, match.start(), stop):
            continue
        if number[:2] != "62" and len(number) != 16:
            continue
        sure = Confidence.HIGH if _is_near(text, match.start(), _CARD_CUES) else Confidence.MEDIUM
        yield _finding(text, match.start(), stop, DataKind.BANK_CARD, sure, number)


def _mobiles(text: str, start: int, end: int) -> Iterator[Finding]:
    for match in _MOBILE.finditer(text, start, end):
        first, stop = match.span()
        if text[max(first - 1, 0) : first + 2] == "+86":
            first -= 1
        number = _digits_of(match.group(1))
        # 13800000000: what forms give as an example.
        if len(set(number[3:])) == 1 or not _stands_alone(text, first, stop):
            continue
        told = _is_near(text, first, _CALLING)
        if told or not (_COUNTED.match(text, stop) or _RECKONED.search(text, max(first - 8, 0), first)):
            yield _finding(text, first, stop, DataKind.MOBILE, Confidence.HIGH, number)


def _landlines(text: str) -> Iterator[Finding]:
    for match in _LANDLINE.finditer(text):
        if _is_near(text, match.start(), _CALLING) and _stands_alone(text, *match.span()):
            value = _digits_of(match.group())
            yield _finding(text, *match.span(), DataKind.LANDLINE, Confidence.MEDIUM, value)


def _passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    return (sum(int(digit) for digit in number[-1::-2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


# ---- names of accounts, plates

_MESSENGERS = ("QQ", "qq", "微信", "eChat", "echat")
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}$")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9-])")
# Names that nobody owns (RFC 2606, RFC 6761), and file names like logo@2x.png.
_NO_DOMAIN = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|png|jpe?g|gif|svg|webp|css|js|md|pdf)", re.I
)
_QQ = re.compile(r"(?:QQ|qq)(?:群|号码?|[:：]|\s|为|是){0,4}([1-9][0-9]{4,10})(?![0-9])")
_WECHAT = re.compile(
    r"(?:微信号?|[Ww]e[Cc]hat)(?:号|ID|为|是)?\s?[:：]\s?([A-Za-z0-9][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
)
_PLATE = re.compile(
    # The letter comes first: a search skips all other characters then.
    r"[A-HJ-NP-Z](?<=[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼].)"
    r"[·• ]?(?=[A-Z]{0,5}[0-9])[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![A-Za-z0-9])"
)


def _addresses(text: str) -> Iterator[Finding]:
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.search(text, max(at - 64, 0), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain and local.group() != "git" and not _NO_DOMAIN.fullmatch(domain.group()):
            start, end = local.start(), domain.end()
            if not _is_in_url(text, start):
                yield _finding(text, start, end, DataKind.EMAIL, Confidence.MEDIUM, text[start:end].lower())
        at = text.find("@", at + 1)


def _messengers(text: str) -> Iterator[Finding]:
    for pattern in (_QQ, _WECHAT):
        for match in pattern.finditer(text):
            yield _finding(text, *match.span(1), DataKind.MESSENGER, Confidence.MEDIUM, match.group(1).lower())


def _plates(text: str) -> Iterator[Finding]:
    for match in _PLATE.finditer(text):
        value = re.sub("[·• ]", "", match.group())
        yield _finding(text, match.start() - 1, match.end(), DataKind.PLATE, Confidence.LOW, value)


# ---- what stands around

_URL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'*+,;=%")
_NEAR = 24
# Digits, and those of digests and UUIDs: "Tel.138…" is a number, "a716-138…" is a part of one.
_PART_OF_A_NUMBER = frozenset("0123456789abcdefABCDEF")


def _finding(text: str, start: int, end: int, kind: DataKind, confidence: Confidence, value: str) -> Finding:
    shown = masked(text[start:end])
    return Finding(kind=kind, start=start, end=end, masked=shown, confidence=confidence, value=value)


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _is_near(text: str, start: int, cues: Iterable[str]) -> bool:
    """True when a cue stands shortly before, on the same line."""
    before = text[max(start - _NEAR, 0) : start]
    return _has(before[before.rfind("\n") + 1 :], cues)


def _stands_alone(text: str, start: int, end: int, *, pupil: bool = False) -> bool:
    """False inside of a longer number, a word, a digest, a decimal or an address.

    ``pupil``: the letter before a pupil's number (学籍号: G or L, then the identity number) is not a word.
    """
    before, before_that = text[start - 1 : start], text[max(start - 2, 0) : max(start - 1, 0)]
    after, after_that = text[end : end + 1], text[end + 1 : end + 2]
    if pupil and before in ("G", "L") and not _is_alphanumeric(before_that):
        before = ""
    if _is_alphanumeric(before) or _is_alphanumeric(after) or before == "_" or after in ("_", "%"):
        return False
    if before and before in ".,-/" and before_that in _PART_OF_A_NUMBER:
        return False
    if after in (".", ",", "-") and after_that.isdigit():
        return False
    return not _is_in_url(text, start)


def _is_alphanumeric(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_in_url(text: str, start: int, *, characters: Set[str] = _URL_CHARACTERS) -> bool:
    first = start
    while first > 0 and start - first < 300 and text[first - 1] in characters:
        first -= 1
    before = text[first:start]
    return "://" in before or before.startswith("www.")
