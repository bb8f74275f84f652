"""How texts are set: punctuation, widths, characters nobody sees (KB910–KB912, KB916)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from kebao.checks.authored_pages import MOST_FAULTS, AuthoredPage, pages_of
from kebao.checks.context import CheckContext, problem
from kebao.model.markdown_prose import prose_of
from kebao.problems import Location, Message, Problem, Severity

_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
# A mark between two Han characters, and a pair of brackets that holds Han and stands beside Han.
# The mark comes first in each alternative: a search skips all other characters then.
_HALF_WIDTH = (
    rf"[,:;?!](?<={_HAN}.)(?=[ ]?{_HAN})|"
    rf"\((?<={_HAN}.)(?={_HAN}[^()\n]*\))(?=[^()\n]*{_HAN}\))|"
    rf"\((?={_HAN}\)|{_HAN}[^()\n]*{_HAN}\){_HAN})"
)
_MARK = re.compile(r"[,:;?!(]")
_FULL_FORMS = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（"}
_FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
# Default-ignorable characters that say nothing (Unicode UAX #44) and bidi controls (UAX #9); joiners come apart.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\uffa0\U000e0000-\U000e007f]"
)
_ISOLATES = "\u2066\u2067\u2068\u2069"
_JOINERS = "\u200c\u200d"
# Letters that cannot be told from a Latin one. Those of formulas (ρV, αx, νt) are left out.
_LOOK_ALIKES = "аеорсухіјѕһԁԛԝАВЕКМНОРСТХІЈЅԌοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_MIXED_WORD = re.compile(rf"(?<![^\W\d_])(?=[^\W\d_]*[A-Za-z])[A-Za-z]*([{_LOOK_ALIKES}])[A-Za-z{_LOOK_ALIKES}]*")
_INDENT = re.compile(r"^[ \t]*\u3000+", re.MULTILINE)
_LOOK_ALIKE = re.compile(f"[{_LOOK_ALIKES}]")
#: Characters that stand in no sound text, and those that may stand in one: without their brackets.
_UNSOUND = "".join(pattern.pattern.rstrip("+")[1:-1] for pattern in (_FULL_WIDTH, _INVISIBLE, _LOOK_ALIKE)) + "\u3000"
#: Found in every text with a fault, and in few others. One set comes first: a search skips all other characters then.
_SUSPICIOUS = re.compile(rf"[,:;?!({_UNSOUND}](?:(?<=[{_UNSOUND}])|(?<={_HAN}.)|(?<=\()(?={_HAN}))")


def check_typography(context: CheckContext) -> Iterator[Problem]:
    """KB910–KB912 and KB916 in titles, summaries and bodies; code, addresses and attribute lists are left alone."""
    for package in context.content.packages.values():
        for page in pages_of(package):
            locale = context.site.locales.get(page.locale)
            is_rtl = locale is not None and locale.direction == "rtl"
            for field, text in (("title", page.title), ("summary", page.summary)):
                for offset, length, found in faults_of(text, is_rtl=is_rtl):
                    yield _at(_in_value(context.at(page.path, field), offset, length, len(text)), found)
            # Most texts hold nothing that could be a fault: then nothing needs to be hidden in them.
            if not _SUSPICIOUS.search(page.body):
                continue
            for offset, length, found in islice(faults_of(prose_of(page.body), is_rtl=is_rtl), MOST_FAULTS):
                yield _at(_in_body(page, offset, length), found)


#: Code and message.
Fault = tuple[str, Message]


def faults_of(prose: str, *, is_rtl: bool = False) -> Iterator[tuple[int, int, Fault]]:
    """Offset and length of each fault, and what it is."""
    if prose.isascii():
        return
    # Each set of Han characters takes a millisecond to compile, and short texts have no such mark.
    for match in re.finditer(_HALF_WIDTH, prose) if _MARK.search(prose) else ():
        params = {"found": match[0], "wanted": _FULL_FORMS[match[0]]}
        yield match.start(), 1, ("KB910", Message("the half-width '{found}' stands between Chinese characters", params))
    for match in _FULL_WIDTH.finditer(prose):
        wanted = unicodedata.normalize("NFKC", match[0])
        message = Message("'{found}' is written in full-width characters", {"found": match[0], "wanted": wanted})
        yield match.start(), len(match[0]), ("KB911", message)
    yield from _unseen(prose, is_rtl=is_rtl)
    indents = list(_INDENT.finditer(prose)) if "\u3000" in prose else []
    if indents:
        message = Message("lines that begin with full-width blanks on this page: {count}", {"count": str(len(indents))})
        yield indents[0].start(), len(indents[0][0]), ("KB916", message)


def _unseen(prose: str, *, is_rtl: bool) -> Iterator[tuple[int, int, Fault]]:
    for match in _INVISIBLE.finditer(prose):
        if not _has_a_use(prose, match.start(), is_rtl=is_rtl):
            name = unicodedata.name(match[0], "").lower() or "–"
            params = {"code": f"{ord(match[0]):04X}", "name": name}
            yield match.start(), 1, ("KB912", Message("an invisible character (U+{code}, {name})", params))
    for match in _MIXED_WORD.finditer(prose) if _LOOK_ALIKE.search(prose) else ():
        params = {"letter": match[1], "word": match[0], "code": f"{ord(match[1]):04X}"}
        message = Message("'{letter}' in '{word}' (U+{code}) looks like a Latin letter and is none", params)
        yield match.start(1), 1, ("KB912", message)


def _has_a_use(prose: str, at: int, *, is_rtl: bool) -> bool:
    """Isolates keep the order in right-to-left text; joiners shape Arabic letters and emoji."""
    character = prose[at]
    if character in _ISOLATES:
        return is_rtl
    around = prose[max(at - 2, 0) : at] + prose[at + 1 : at + 2]
    return character in _JOINERS and any(unicodedata.category(c) == "So" or "\u0600" <= c <= "\u0dff" for c in around)


_HINTS = {
    "KB910": Message("write the full-width form"),
    "KB911": Message("write it in half-width characters"),
    "KB912": Message("delete it and type the word anew; it came in with a copy from elsewhere"),
    "KB916": Message("take them out: paragraphs are set apart by a blank line"),
}


def _at(place: Location, fault: Fault) -> Problem:
    code, message = fault
    hint = _HINTS[code]
    if "wanted" in message.params:
        hint = Message("write '{wanted}'", {"wanted": message.params["wanted"]})
    severity = Severity.ERROR if code == "KB912" else Severity.WARNING
    return problem(place, code, message, hint=hint, severity=severity)


def _in_body(page: AuthoredPage, offset: int, length: int) -> Location:
    line_start = page.body.rfind("\n", 0, offset) + 1
    line = page.body_line + page.body.count("\n", 0, offset)
    column = offset - line_start + 1
    return Location(path=page.path, line=line, column=column, end_line=line, end_column=column + length)


def _in_value(value: Location, offset: int, length: int, whole: int) -> Location:
    """The place inside of a value where that can be known: written plainly, or in quotation marks without escapes."""
    written = value.end_column - value.column if value.end_line == value.line else 0
    if written not in (whole, whole + 2):
        return value
    column = value.column + offset + (written - whole) // 2
    return Location(
        path=value.path,
        line=value.line,
        column=column,
        pointer=value.pointer,
        end_line=value.line,
        end_column=column + length,
    )
