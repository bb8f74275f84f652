"""The prose of Markdown text, without what is no prose; its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Stands for each character that is no prose: not a space, not a letter, and in nobody's text.
HIDDEN = "\ufffc"

_FENCE = re.compile(r"^[ \t]*(?:[-*+>][ \t]+|\d+[.)][ \t]+)*(```+|~~~+)")
# A code span ends at a run of as many backticks (CommonMark §6.1) and stays in its paragraph.
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
#: One of what stands in each, and what it looks like: to look for the first is a tenth of the work.
_NO_PROSE = (
    (("<",), re.compile(r"</?[A-Za-z][^<>\n]*>|<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*>")),
    # Targets of links and pictures, and of references: [text](target "title"), [name]: target
    (("](",), re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]*\))+[^()\n]*\)")),
    (("]:",), re.compile(r"^ {0,3}\[[^\[\]\n]+\]:[ \t]*\S+", re.MULTILINE)),
    # An address ends where Chinese goes on; hence ASCII only.
    (("://", "www."), re.compile(r"(?:https?://|www\.)[!-~]+")),
    (("{",), re.compile(r"\{:?[ \t]*[#.][^{}\n]*\}|\{:?[ \t]*[A-Za-z-]+=[^{}\n]*\}")),
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
#: First characters of the lines that are a heading or underline one.
_MARKS = ("#", "=", "-")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_ANCHOR = re.compile(r"\{[^{}]*#([\w:.-]+)[^{}]*\}[ \t]*#*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading.

    Attributes:
        anchor: What stands as ``{#anchor}`` behind it; empty when nothing does.
        line, column: 1-based, in the text given: of its first mark, or of its text when it is underlined.
        anchor_column: Of the anchor's name; 0 without one.
    """

    level: int
    anchor: str
    line: int
    column: int
    anchor_column: int = 0


def without_code(text: str) -> str:
    """The text with :data:`HIDDEN` for every character of fenced code and code spans; as long, with as many lines."""
    if "```" not in text and "~~~" not in text:
        return _CODE_SPAN.sub(_hidden, text) if "`" in text else text
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        closes = bool(fence and match and match[1].startswith(fence) and not line[match.end() :].strip())
        lines.append(HIDDEN * len(line) if fence or match else line)
        if closes:
            fence = ""
        elif match and not fence:
            fence = match[1]
    return _CODE_SPAN.sub(_hidden, "\n".join(lines))


def without_comments(text: str) -> str:
    """The same for HTML comments; one that does not end is none."""
    # No regular expression: it would look for the end anew from each beginning.
    pieces: list[str] = []
    done, start = 0, text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + len("<!--"))
        if end < 0:
            break
        pieces += text[done:start], _hide(text[start : end + len("-->")])
        done = end + len("-->")
        start = text.find("<!--", done)
    return "".join((*pieces, text[done:])) if pieces else text


def prose_of(text: str) -> str:
    """The same, without HTML, addresses, targets of links and attribute lists too."""
    text = without_comments(without_code(text))
    for marks, pattern in _NO_PROSE:
        if any(mark in text for mark in marks):
            text = pattern.sub(_hidden, text)
    return text


def _hidden(match: re.Match[str]) -> str:
    return _hide(match[0])


def _hide(text: str) -> str:
    return "\n".join(HIDDEN * len(line) for line in text.split("\n"))


def headings(text: str) -> Iterator[Heading]:
    """The headings outside of code, in order; ``text`` may have its code hidden already."""
    before = ""
    for number, line in enumerate(without_code(text).split("\n"), start=1):
        first = line.lstrip(" ")[:1]
        if first not in _MARKS:
            before = line
            continue
        match = _HEADING.match(line) if first == "#" else None
        underline = _SETEXT.match(line) if first in ("=", "-") else None
        if match:
            yield _heading(line, len(match[1]), number)
        elif underline and before.strip() and "|" not in before and not before.lstrip().startswith(("- ", "* ", "> ")):
            yield _heading(before, 1 if underline[1][0] == "=" else 2, number - 1)
        before = "" if match or underline else line


def _heading(line: str, level: int, number: int) -> Heading:
    anchor = _ANCHOR.search(line)
    return Heading(
        level=level,
        anchor=anchor[1] if anchor else "",
        line=number,
        column=len(line) - len(line.lstrip()) + 1,
        anchor_column=anchor.start(1) + 1 if anchor else 0,
    )
