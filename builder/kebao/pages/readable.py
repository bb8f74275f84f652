"""Authored Markdown as lines that a reader of a comparison reads: no marks, no targets of links, no anchors."""

from __future__ import annotations

import re

_ANCHOR = re.compile(r"[ \t]*\{:?[ \t]*[#.][^{}\n]*\}")
_LINK = re.compile(r"!?\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}[-:| \t]*$", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|(.*)\|[ \t]*$", re.MULTILINE)
_MARKS = re.compile(r"\*\*|__|(?<!`)`(?!`)|^[ \t]*>[ \t]?", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")


def readable(markdown: str) -> str:
    """The text with what is said and without how it is marked; lists keep a bullet, table cells a bar between them."""
    text = _LINK.sub(r"\1", _ANCHOR.sub("", markdown))
    text = _HEADING.sub(r"\1", _TABLE_RULE.sub("", text))
    text = _ROW.sub(lambda match: " | ".join(cell.strip() for cell in match[1].split("|")), text)
    return _TAG.sub("", _BULLET.sub(r"\1• ", _MARKS.sub("", text)))
