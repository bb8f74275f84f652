"""Links and images in Markdown text, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: Scheme of links to resources by id: ``[text](kebao:fractions-first-steps)``.
RESOURCE_SCHEME = "kebao:"

_LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\((?P<target>(?:[^()\s]|\([^()\s]*\))+)(?P<rest>[^()]*)\)"
)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_CODE_SPAN = re.compile(r"(`+)(?:.|\n)*?\1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownLink:
    """A link or image.

    Attributes:
        line, column: Of its target, 1-based, in the text given.
    """

    target: str
    text: str
    is_image: bool
    line: int
    column: int


def markdown_links(text: str) -> Iterator[MarkdownLink]:
    """The inline links and images in reading order; what stands in code is left out."""
    for number, _, line in _lines_with_links(text):
        for match in _LINK.finditer(_without_code_spans(line)):
            yield MarkdownLink(
                target=match["target"],
                text=match["text"],
                is_image=bool(match["image"]),
                line=number,
                column=match.start("target") + 1,
            )


def with_targets(text: str, target_for: Callable[[MarkdownLink], str]) -> str:
    """The text with every link's target replaced by what ``target_for`` says."""
    if "](" not in text:
        return text
    parts: list[str] = []
    done = 0
    for number, at, line in _lines_with_links(text):
        changed = line
        for match in reversed(list(_LINK.finditer(_without_code_spans(line)))):
            start, end = match.span("target")
            link = MarkdownLink(
                target=match["target"],
                text=match["text"],
                is_image=bool(match["image"]),
                line=number,
                column=start + 1,
            )
            changed = changed[:start] + target_for(link) + changed[end:]
        parts += (text[done:at], changed)
        done = at + len(line)
    return "".join((*parts, text[done:]))


def _lines_with_links(text: str) -> Iterator[tuple[int, int, str]]:
    """Lines outside of code that may have links, each with its number from 1 and its place in the text."""
    if "```" in text or "~~~" in text:
        yield from ((number, at, line) for number, at, line in _outside_code(text) if "](" in line)
        return
    # Of a text's hundred lines two or three have links.
    number, seen, at = 1, 0, text.find("](")
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        number, seen = number + text.count("\n", seen, start), start
        yield number, start, text[start:] if end < 0 else text[start:end]
        at = text.find("](", end) if end >= 0 else -1


def _outside_code(text: str) -> Iterator[tuple[int, int, str]]:
    fence, at = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1][:3]
        elif not fence:
            yield number, at, line
        at += len(line) + 1


def _without_code_spans(line: str) -> str:
    return _CODE_SPAN.sub(lambda match: " " * len(match[0]), line) if "`" in line else line
