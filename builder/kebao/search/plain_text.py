"""Authored Markdown and the texts of files as plain paragraphs, one a line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kebao.model.markdown_prose import HIDDEN, prose_of

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff"
_PUNCTUATION = "\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff1f\u2018-\u201d"
_UNSPACED = re.compile(f"[{_HAN}{_PUNCTUATION}]")
_LINE_END = re.compile(r"[\n\v]+")
_BLANKS = re.compile(r"[^\S\n]+")

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
# What begins a line of its own: list items, quotations, tables, admonitions.
_STARTS = re.compile(r"^[ \t]*(?:(?:[-*+>]|\d+[.)])[ \t]+|\||[!?]{3}\+?[ \t]+[\w-]+)")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}[-:| \t]*$")
_CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# Tags that begin a paragraph; the others stand inside of one.
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|details|summary|table|tr|li|ul|ol|h[1-6]|figure|figcaption)\b[^<>\n]*>")
_MARK_BEGINNINGS = re.compile(r"[\\*_~=!\[\]]")
_MARKS = re.compile(
    r"\\([!-/:-@\[-`{-~])|\*\*|__|~~|==|_(?<!\w_)(?=\S)|_(?<=\S_)(?!\w)|\*(?<!\d\*)(?=\S)|\*(?<=\S\*)(?!\d)"
    r"|!\[(?:\^[^\]]*\])?|\[(?:\^[^\]]*\])?|\]"
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """Paragraphs joined by ``\\n``, and which of them are headings."""

    text: str
    headings: tuple[str, ...] = ()


def plain_text(markdown: str) -> PlainText:
    """What a reader of the rendered text sees, without code."""
    paragraphs: list[str] = []
    headings: list[str] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            paragraphs.append(_inline(joined_lines("\n".join(lines))))
            lines.clear()

    # What stands in code spans is said in the sentence; fenced code is not.
    spoken = _CODE_SPAN.sub(r"\1", markdown) if "`" in markdown else markdown
    prose = prose_of(_BLOCK_TAG.sub("\n\n", spoken))
    for line in prose.replace(HIDDEN, "").split("\n"):
        bare = line.strip()
        # Most lines begin with a word.
        if bare[:1].isalpha():
            lines.append(bare)
            continue
        heading = _HEADING.match(line)
        if heading:
            close()
            headings.append(_inline(heading[1]))
            paragraphs.append(headings[-1])
        elif not bare or _TABLE_RULE.match(line):
            close()
        else:
            start = _STARTS.match(line)
            if start:
                close()
            lines.append(_without_marks(line[start.end() :]) if start else bare)
    close()
    return PlainText("\n".join(filter(None, paragraphs)), tuple(filter(None, headings)))


def _without_marks(line: str) -> str:
    """Lists in quotations, tables with their bars."""
    start = _STARTS.match(line)
    while start and start.end():
        line = line[start.end() :]
        start = _STARTS.match(line)
    return line.replace("|", " ").strip()


def _inline(text: str) -> str:
    if _MARK_BEGINNINGS.search(text):
        text = _MARKS.sub(r"\1", text)
    if "&" in text:
        text = html.unescape(text)
    return _with_single_blanks(text)


def _with_single_blanks(text: str) -> str:
    if "\n" in text:
        return _BLANKS.sub(" ", text).strip()
    # The same where there is one line, in a fraction of the time.
    return " ".join(text.split())


def joined_lines(text: str) -> str:
    """Lines as one: Chinese goes on without a blank, or words that were broken at a line's end would not be found."""
    if "\n" not in text and "\v" not in text:
        return text.strip()
    parts: list[str] = []
    for line in filter(None, map(str.strip, _LINE_END.split(text))):
        if parts and not (_UNSPACED.match(parts[-1][-1]) and _UNSPACED.match(line)):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def paragraphs(texts: Iterable[str]) -> str:
    """One paragraph a text."""
    return "\n".join(filter(None, (_with_single_blanks(joined_lines(text)) for text in texts)))
