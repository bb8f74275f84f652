"""The text of a file in parts that are about one thing: some slides, a sheet, two thousand characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kebao.model.material import MediaType, TextBlock
from kebao.search.plain_text import joined_lines, paragraphs

_PART_LENGTH = 2_000
#: From here on a heading begins a new part.
_HEADING_LENGTH = 1_200
_UNITS = ("slide", "sheet")
_CUE_TIME = re.compile(r"^(?:(\d+):)?(\d\d):(\d\d)[.,]\d{3}[ \t]+-->[ \t]+(?:(\d+):)?(\d\d):(\d\d)[.,]\d{3}")
_CUE_MARKS = re.compile(r"<[^<>\n]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A part of a file.

    Attributes:
        first, last: The slides that it holds, from 1; the seconds that it is spoken in, of captions; 0 where unknown.
        sheet: Name of the sheet that it is from.
    """

    text: str
    headings: tuple[str, ...] = ()
    first: int = 0
    last: int = 0
    sheet: str = ""


@dataclass(slots=True)
class _Part:
    texts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    sheet: str = ""
    length: int = 0

    def add(self, text: str) -> None:
        self.texts.append(text)
        self.length += len(text)

    def made(self) -> FilePart:
        return FilePart(
            text=paragraphs(self.texts),
            headings=tuple(filter(None, self.headings)),
            first=self.first,
            last=self.last,
            sheet=self.sheet,
        )


def file_parts(media_type: MediaType | None, blocks: Sequence[TextBlock]) -> tuple[FilePart, ...]:
    """The parts in reading order; none without text."""
    if media_type is MediaType.PDF:
        # Its lines are those of the paper.
        blocks = [TextBlock(kind="paragraph", text=text) for text in _pages_of_lines(blocks)]
    return tuple(part.made() for part in _cut(blocks) if any(map(str.strip, part.texts)))


def _cut(blocks: Iterable[TextBlock]) -> Iterator[_Part]:
    part, unit = _Part(), 0
    for block in blocks:
        if block.kind in _UNITS:
            unit += 1
            # A sheet is a part; slides are gathered.
            is_sheet = block.kind == "sheet"
            if part.texts and (is_sheet or part.length >= _HEADING_LENGTH):
                yield part
                part = _Part()
            part.first, part.last = part.first or (0 if is_sheet else unit), 0 if is_sheet else unit
            part.sheet = block.text if is_sheet else ""
            part.headings.append(block.text)
        elif part.texts and part.length + len(block.text) > _PART_LENGTH + (_PART_LENGTH if part.first else 0):
            yield part
            part = _Part(first=part.last, last=part.last, sheet=part.sheet)
        elif block.kind == "heading" and part.length >= _HEADING_LENGTH:
            yield part
            part = _Part()
        if block.kind == "heading":
            part.headings.append(block.text)
        part.add(block.text.replace("\t", " "))
    yield part


def _pages_of_lines(blocks: Iterable[TextBlock]) -> Iterator[str]:
    lines: list[str] = []
    length = 0
    for block in blocks:
        lines.append(block.text)
        length += len(block.text)
        if length >= _PART_LENGTH // 4 and block.text.endswith(("。", "！", "？", ".", "；")):
            yield joined_lines("\n".join(lines))
            lines, length = [], 0
    yield joined_lines("\n".join(lines))


def caption_parts(webvtt: str) -> tuple[FilePart, ...]:
    """The parts of a WebVTT file's cues with the seconds that they are spoken in."""
    parts: list[_Part] = []
    for start, end, text in _cues(webvtt):
        if not parts or parts[-1].length + len(text) > _PART_LENGTH:
            parts.append(_Part(first=start))
        parts[-1].add(text)
        parts[-1].last = end
    # One paragraph a part: a sentence goes on from cue to cue.
    return tuple(FilePart(text=joined_lines("\n".join(part.texts)), first=part.first, last=part.last) for part in parts)


def _cues(webvtt: str) -> Iterator[tuple[int, int, str]]:
    # WebVTT §4.1: blocks apart by empty lines; only a cue's has a line with times, its text stands below.
    for block in re.split(r"\n[ \t]*\n", webvtt.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        for at, line in enumerate(lines[:2]):
            time = _CUE_TIME.match(line.strip())
            if time:
                start, end = (
                    int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
                    for hours, minutes, seconds in (time.groups()[:3], time.groups()[3:])
                )
                text = joined_lines("\n".join(_CUE_MARKS.sub("", each) for each in lines[at + 1 :]))
                if text:
                    yield start, end, text
                break
