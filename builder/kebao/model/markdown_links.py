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
    if "](" not in text:
        return
    for number, line in _lines_outside_code(text):
        if "](" not in line:
            continue
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
    lines = text.split("\n")
    for number, line in _lines_outside_code(text):
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


def _lines_outside_code(text: str) -> Iterator[tuple[int, str]]:
    lines = enumerate(text.split("\n"), start=1)
    if "```" not in text and "~~~" not in text:
        yield from lines
        return
    fence = ""
    for number, line in lines:
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1][:3]
        elif not fence:
            yield number, line


def _without_code_spans(line: str) -> str:
    return _CODE_SPAN.sub(lambda match: " " * len(match[0]), line)
