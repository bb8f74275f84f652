"""Headings and links of a text: levels, anchors, what a link says (KB913–KB915)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from kebao.checks.authored_pages import MOST_FAULTS, AuthoredPage, pages_of
from kebao.checks.context import CheckContext, problem
from kebao.model.markdown_links import markdown_links
from kebao.model.markdown_prose import headings
from kebao.problems import Location, Message, Problem, Severity

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
#: What says nothing to somebody who hears the links of a page one after the other (WCAG 2.2, 2.4.4).
_SAYS_NOTHING = frozenset(
    (
        *("点击这里", "点击此处", "请点击这里", "请点击此处", "点这里", "点此", "点击", "这里", "此处", "在这里"),
        *("链接", "点击查看", "查看", "更多", "详情", "点击下载", "戳这里", "传送门"),
        *("here", "click here", "click", "this", "this link", "link", "more", "read more", "see here", "details"),
        *("بۇ يەر", "بۇ يەرنى بېسىڭ", "بۇ يەرنى چېكىڭ", "ئۇلىنىش"),
    )
)
_AROUND = " \t*_“”\"'《》「」（）()，。,.!！:：>»→"


def check_page_structure(context: CheckContext) -> Iterator[Problem]:
    """KB913–KB915 in every text."""
    for package in context.content.packages.values():
        for page in pages_of(package):
            yield from islice(_headings(page), MOST_FAULTS)
            yield from islice(_links(page), MOST_FAULTS)


def _headings(page: AuthoredPage) -> Iterator[Problem]:
    before = 1
    lines: dict[str, int] = {}
    written: list[str] = []
    for heading in headings(page.body):
        line = page.body_line + heading.line - 1
        place = Location(path=page.path, line=line, column=heading.column)
        if heading.level == 1 or heading.level > before + 1:
            written = written or page.body.split("\n")
            end = len(written[heading.line - 1].rstrip()) + 1
            place = replace(place, end_line=line, end_column=end)
        if heading.level == 1:
            hint = Message("begin with '## '; the title stands above it by itself")
            message = Message("a text has no heading of level 1: that is the title")
            yield problem(place, "KB913", message, hint=hint, severity=Severity.WARNING)
        elif heading.level > before + 1:
            params = {"level": str(heading.level), "before": str(before)}
            message = Message("a heading of level {level} follows level {before}: a level is skipped", params)
            hint = Message("take away a '#': go down one level at a time")
            yield problem(place, "KB913", message, hint=hint, severity=Severity.WARNING)
        before = heading.level
        if heading.anchor in lines:
            params = {"anchor": heading.anchor, "line": str(lines[heading.anchor])}
            message = Message("the anchor '{anchor}' stands in line {line} as well", params)
            hint = Message("give one of the two another name; links lead to the first only")
            column = heading.anchor_column
            end = column + len(heading.anchor)
            place = Location(path=page.path, line=line, column=column, end_line=line, end_column=end)
            yield problem(place, "KB915", message, hint=hint)
        elif heading.anchor:
            lines[heading.anchor] = line


def _links(page: AuthoredPage) -> Iterator[Problem]:
    for link in markdown_links(page.body):
        text = link.text.strip(_AROUND).casefold()
        if link.is_image:
            continue
        if not link.text.strip():
            line = page.body_line + link.line - 1
            place = Location(
                path=page.path, line=line, column=link.column, end_line=line, end_column=link.column + len(link.target)
            )
            hint = Message("make the link of the words that name it, as in [the lesson plan](…)")
            yield problem(place, "KB914", Message("the link has no text"), hint=hint, severity=Severity.WARNING)
        elif text in _SAYS_NOTHING or _ADDRESS.fullmatch(link.text.strip()):
            line = page.body_line + link.line - 1
            # The text ends before '](', where the target starts.
            end = link.column - 2
            column = end - len(link.text)
            place = Location(path=page.path, line=line, column=column, end_line=line, end_column=end)
            message = Message("'{text}' does not say where the link leads", {"text": link.text})
            hint = Message("make the link of the words that name it, as in [the lesson plan](…)")
            yield problem(place, "KB914", message, hint=hint, severity=Severity.WARNING)
