"""Texts in the few forms that most are written in, straight to safe HTML: a twentieth of the work of Python-Markdown.

Headings, paragraphs, flat lists, tables, quotations and notes, with bold words, links and pictures in them. Every line
of a text must be in one of these forms, and no sign in it may mean anything else: what is not known here letter for
letter is left to Python-Markdown and the allowlist, whose output this is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import markdown
from markdown.extensions.toc import nest_toc_tokens, unique

from kebao.rendering.quick_inline import KNOWN_VERSION

Headings = Sequence[Mapping[str, Any]]
#: The id of a heading's text; its second argument stands between words.
Slugify = Callable[[str, str], str]

# Signs of other forms, and characters that are not written as they are; underscores are not always emphasis.
_OTHER = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\xa0\ud800-\udfff<&\\`_]")
_OTHER_SIGNS = ("[^", "]:", "~~~")
_BLANK_LINES = re.compile(r"\n\n+")

# A line that goes on in no other form: it begins with no sign of a block, and neither begins nor ends with a space.
_LINE = r"(?![-+#=:|!?~\s]|\d+\.|\*\*?(?:\s|$)|\*\*\*)[^|{}>\n]*[^|{}>\s]"
_PARAGRAPH = re.compile(rf"{_LINE}(?:\n{_LINE})*", re.MULTILINE)
_PICTURE = re.compile(r'!\[([^*!"|{}>\[\]\n]+)\]\(([A-Za-z0-9.][A-Za-z0-9./%=-]*)\)')
_ID = r" \{#([A-Za-z][A-Za-z0-9-]*)\}"
_OWN_ID = re.compile(rf"{_ID}$", re.MULTILINE)
_HEADING = re.compile(rf"(#{{1,6}}) ([^\s#|*\[\]{{}}>](?:[^#|*\[\]{{}}>\n]*[^\s#|*\[\]{{}}>])?)(?:{_ID})?")
_UNORDERED = re.compile(rf"- {_LINE}(?:\n- {_LINE})*", re.MULTILINE)
_ORDERED = re.compile(rf"1\. {_LINE}(?:\n[0-9]+\. {_LINE})*", re.MULTILINE)
_QUOTATION = re.compile(rf"> {_LINE}(?:\n(?:>\n)*> {_LINE})*", re.MULTILINE)
_NOTE = re.compile(r'!!! ([a-z]+) "([^\s"*|{}>\[\]](?:[^"*|{}>\[\]\n]*[^\s"*|{}>\[\]])?)"')
_IN_NOTE = re.compile(rf"    {_LINE}(?:\n    {_LINE})*", re.MULTILINE)
_QUOTED = re.compile(r"^> ?", re.MULTILINE)
_INDENT = re.compile(r"^    ", re.MULTILINE)
_ROW = r"\|(?:[^|{}>\n]+\|)+"
_TABLE = re.compile(rf"{_ROW}\n\|(?: ?:?-+:? ?\|)+(?:\n{_ROW})+")

# A target that neither Markdown nor the allowlist changes: a path without a scheme, or the address of a host with a
# name that every reader of addresses takes for one.
_HOST = r"(?:(?!xn--)[a-z0-9-]+\.)+(?!xn--)[a-z]{2,}"
_TARGET = rf"https?://{_HOST}(?:[/#?][A-Za-z0-9./#%?=-]*)?|#?[A-Za-z0-9.][A-Za-z0-9./#%?=-]*"
# Both begin with a sign, not with what stands before it: only there the search looks closer.
_PHRASE = re.compile(
    r"\*(?<!\*\*)(?P<second>\*?)(?P<words>[^\s*|\[\]](?:[^*|\[\]\n]*[^\s*|\[\]])?)\*(?P=second)(?!\*)"
    rf"|\[(?<!!\[)(?P<link>[^*!|\[\]\n]+)\]\((?P<target>{_TARGET})\)"
)


class _OtherFormError(Exception):
    """Something in the text is not in a form that is known here."""


def plain_html(text: str, slugify: Slugify) -> tuple[str, Headings] | None:
    """Safe HTML, and the tree of headings as ``toc`` gives it; None for a text in other forms."""
    if markdown.__version_info__[:2] != KNOWN_VERSION:
        return None
    if _OTHER.search(text) or any(sign in text for sign in _OTHER_SIGNS):
        return None
    tokens: list[Any] = []
    try:
        html = "\n".join(_lines(text, slugify, tokens))
    except _OtherFormError:
        return None
    return html, nest_toc_tokens(tokens)


def _lines(text: str, slugify: Slugify, tokens: list[Any]) -> Iterator[str]:
    used = set(_OWN_ID.findall(text))
    text = text.strip("\n")
    # What may not follow as if it stood alone: Python-Markdown takes it for more of the same.
    before = ""
    for block in _BLANK_LINES.split(text) if text else ():
        if before == "!!!":
            if block.startswith("    "):
                yield from _in_note(block)
                continue
            yield "</div>"
        sign = block[: 3 if block.startswith("!!!") else 1]
        if sign == "#":
            yield _heading(block, slugify, used, tokens)
        elif sign == "|":
            yield from _table(block)
        elif sign == "-" and before != sign and _UNORDERED.fullmatch(block):
            yield from _items("ul", block)
        elif sign == "1" and before != sign and _ORDERED.fullmatch(block):
            yield from _items("ol", block)
        elif sign == ">" and before != sign and _QUOTATION.fullmatch(block):
            yield "<blockquote>"
            yield from _paragraphs(_QUOTED.sub("", block))
            yield "</blockquote>"
        elif sign == "!!!":
            yield from _note(block)
        elif sign == "!" and (match := _PICTURE.fullmatch(block)):
            yield f'<p><img alt="{match[1]}" src="{match[2]}"></p>'
        elif _PARAGRAPH.fullmatch(block):
            yield f"<p>{_phrases(block)}</p>"
        else:
            raise _OtherFormError
        before = sign
    if before == "!!!":
        yield "</div>"


def _heading(block: str, slugify: Slugify, used: set[str], tokens: list[Any]) -> str:
    match = _HEADING.fullmatch(block)
    if not match:
        raise _OtherFormError
    level, title = len(match[1]), match[2]
    name = " ".join(title.split())
    heading_id = match[3] or unique(slugify(name, "-"), used)
    tokens.append({"level": level, "id": heading_id, "name": name, "html": title, "data-toc-label": ""})
    return f'<h{level} id="{heading_id}">{title}</h{level}>'


def _items(tag: str, block: str) -> Iterator[str]:
    yield f"<{tag}>"
    for line in _phrases(block).split("\n"):
        yield f"<li>{line.partition(' ')[2]}</li>"
    yield f"</{tag}>"


def _note(block: str) -> Iterator[str]:
    head, _, content = block.partition("\n")
    match = _NOTE.fullmatch(head)
    if not match:
        raise _OtherFormError
    yield f'<div class="admonition {match[1]}">\n<p class="admonition-title">{match[2]}</p>'
    if content:
        yield from _in_note(content)


def _in_note(block: str) -> Iterator[str]:
    if not _IN_NOTE.fullmatch(block):
        raise _OtherFormError
    yield from _paragraphs(_INDENT.sub("", block))


def _paragraphs(text: str) -> Iterator[str]:
    yield from (f"<p>{_phrases(block)}</p>" for block in _BLANK_LINES.split(text))


def _table(block: str) -> Iterator[str]:
    if not _TABLE.fullmatch(block):
        raise _OtherFormError
    head, line, *rows = block.split("\n")
    columns = line.count("|")
    if any(row.count("|") != columns for row in (head, *rows)):
        raise _OtherFormError
    yield "<table>\n<thead>"
    yield from _cells("th", head)
    yield "</thead>\n<tbody>"
    for row in rows:
        yield from _cells("td", row)
    yield "</tbody>\n</table>"


def _cells(tag: str, row: str) -> Iterator[str]:
    yield "<tr>"
    for cell in _phrases(row)[1:-1].split("|"):
        yield f"<{tag}>{cell.strip(' ')}</{tag}>"
    yield "</tr>"


def _phrases(text: str) -> str:
    if not _has_phrase_signs(text):
        return text
    html = _PHRASE.sub(_phrase, text)
    if _has_phrase_signs(html):
        raise _OtherFormError
    return html


def _has_phrase_signs(text: str) -> bool:
    # Most have none, and so they are looked for a hundred times as fast as with a regular expression.
    return "*" in text or "[" in text or "]" in text


def _phrase(match: re.Match[str]) -> str:
    second, words, link, target = match.groups()
    if link:
        return f'<a href="{target}">{link}</a>'
    return f"<strong>{words}</strong>" if second else f"<em>{words}</em>"
