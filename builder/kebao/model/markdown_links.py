"""Links and images in Markdown text, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
    for number, line in _lines_with_links(text):
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
    lines = text.split("\n")
    for number, line in _lines_with_links(text):
        for match in reversed(list(_LINK.finditer(_without_code_spans(line)))):
            start, end = match.span("target")
            link = MarkdownLink(
                target=match["target"],
                text=match["text"],
                is_image=bool(match["image"]),
                line=number,
                column=start + 1,
            )
            lines[number - 1] = lines[number - 1][:start] + target_for(link) + lines[number - 1][end:]
    return "\n".join(lines)


def _lines_with_links(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside of code that may have links, each with its number from 1."""
    if "```" in text or "~~~" in text:
        lines = enumerate(text.split("\n"), start=1)
        yield from ((number, line) for number, line in _outside_code(lines) if "](" in line)
        return
    # Of a text's hundred lines two or three have links.
    at = text.find("](")
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        yield text.count("\n", 0, start) + 1, text[start:] if end < 0 else text[start:end]
        at = text.find("](", end) if end >= 0 else -1


def _outside_code(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in lines:
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1][:3]
        elif not fence:
            yield number, line


def _without_code_spans(line: str) -> str:
    return _CODE_SPAN.sub(lambda match: " " * len(match[0]), line) if "`" in line else line
