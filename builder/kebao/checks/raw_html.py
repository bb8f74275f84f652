"""HTML in texts: what runs or loads something is refused, and its links must be written as Markdown (KB404–KB807)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from kebao.checks.authored_pages import MOST_FAULTS, AuthoredPage, pages_of
from kebao.checks.context import CheckContext, problem
from kebao.model.markdown_prose import without_code, without_comments
from kebao.problems import Location, Message, Problem

#: Elements that run, load, send or lay something over the page. A published page has none of them.
_ACTIVE = frozenset(
    (
        *("script", "style", "link", "meta", "base", "template", "noscript", "xmp", "svg", "math", "canvas", "portal"),
        *("iframe", "frame", "frameset", "object", "embed", "applet", "audio", "video", "source", "track"),
        *("form", "button", "textarea", "select", "dialog", "marquee"),
    )
)
#: Attributes that hold an address.
_ADDRESSES = frozenset(("href", "src", "srcset", "action", "formaction", "xlink:href", "background", "poster", "data"))
#: Schemes that links to elsewhere may have.
LINK_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
# A name ends at a blank, a slash or the end of the tag (WHATWG HTML, 13.2.5.8). Each alternative that follows begins
# with another character: nothing is tried twice.
_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)(?=[\s/>])((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)")
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9:_-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
#: The shortest is oncut.
_HANDLER = re.compile("on[a-z]{3,}")
# In the attributes that Markdown takes in braces: {: onclick=… }.
_LISTED_HANDLER = re.compile(r"\{[^{}\n]*?(?<![\w-])(on[a-z]{3,})[ \t]*=", re.IGNORECASE)
# What URL parsers skip before they look for a scheme (WHATWG URL): controls and blanks.
_SKIPPED = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_INDENT = re.compile(r"(?: {4}|\t)")
_OPENS_BLOCK = re.compile(r" {0,3}(?:[-*+][ \t]|\d+[.)][ \t]|!!!|\?\?\?|\[\^|:[ \t])")


def check_raw_html(context: CheckContext) -> Iterator[Problem]:
    """KB404, KB408 and KB807 in every text; code and comments are left alone."""
    for package in context.content.packages.values():
        for locale, text in package.about.by_locale.items():
            if "<" in text:
                page = AuthoredPage(path=package.path, locale=locale, title="", summary="", body=text, body_line=1)
                place = context.at(package.path, "about", locale)
                yield from (replace(found, location=place) for found in _in_page(page))
        for page in pages_of(package):
            # Most texts hold neither HTML nor attributes.
            if "<" in page.body or "{" in page.body:
                yield from islice(_in_page(page), MOST_FAULTS)


@dataclass(frozen=True, slots=True)
class _Attribute:
    name: str
    value: str
    start: int
    end: int


def _in_page(page: AuthoredPage) -> Iterator[Problem]:
    text = without_indented_code(without_comments(without_code(page.body)))
    for tag in _TAG.finditer(text):
        # "a<b" is no tag.
        if text[tag.end() : tag.end() + 1] != ">":
            continue
        name = tag[1].lower()
        if name in _ACTIVE:
            message = Message("'<{tag}>' runs or loads something: a text cannot hold it", {"tag": name})
            hint = Message("take it out; videos, sound and files are materials, code to be read stands between ```")
            yield problem(_place(page, tag.start(), tag.end(1)), "KB807", message, hint=hint)
            continue
        for attribute in _attributes(tag):
            yield from _attribute(page, name, attribute)
    for handler in _LISTED_HANDLER.finditer(text):
        message = Message("'{attribute}' runs a script: a text cannot hold it", {"attribute": handler[1]})
        yield problem(_place(page, *handler.span(1)), "KB807", message, hint=Message("take it out"))


def _attributes(tag: re.Match[str]) -> Iterator[_Attribute]:
    for match in _ATTRIBUTE.finditer(tag[2]):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        start = tag.start(2) + match.start()
        yield _Attribute(match[1].lower(), html.unescape(value), start, tag.start(2) + match.end())


def _attribute(page: AuthoredPage, tag: str, attribute: _Attribute) -> Iterator[Problem]:
    place = _place(page, attribute.start, attribute.end)
    if _HANDLER.fullmatch(attribute.name) and attribute.value:
        params = {"attribute": attribute.name, "tag": tag}
        message = Message("'{attribute}' of '<{tag}>' runs a script: a text cannot hold it", params)
        yield problem(place, "KB807", message, hint=Message("take it out"))
    elif attribute.name in _ADDRESSES and attribute.value:
        yield from _address(place, tag, attribute.value)


def _address(place: Location, tag: str, value: str) -> Iterator[Problem]:
    scheme = _SCHEME.match(_SKIPPED.sub("", value))
    is_elsewhere = scheme is not None and scheme[1].lower() in LINK_SCHEMES
    if scheme is not None and (tag == "img" or not is_elsewhere) and scheme[1].lower() != "kebao":
        yield refused(place, scheme[1].lower(), is_image=tag == "img")
    elif not is_elsewhere and not value.startswith("#"):
        message = Message("'{target}' is a link in HTML, which leads nowhere on the site", {"target": value})
        hint = Message("write links as [text](file) and pictures as ![what is to be seen](file)")
        yield problem(place, "KB404", message, hint=hint)


def refused(place: Location, scheme: str, *, is_image: bool) -> Problem:
    """KB408 for a link that may not have this scheme; a picture from elsewhere may have none."""
    if is_image and scheme in LINK_SCHEMES:
        message = Message("a picture from another site does not load: schools may have no internet")
        hint = Message("put the picture into the folder and name it under 'materials'")
        return problem(place, "KB408", message, hint=hint)
    return problem(place, "KB408", Message("links with '{scheme}:' are not allowed", {"scheme": scheme}))


def without_indented_code(text: str) -> str:
    """The text, as long, with blanks for code that is set apart by its indent; what belongs to a list is none."""
    if "\n    " not in text and "\n\t" not in text:
        return text
    lines: list[str] = []
    is_apart, is_in_block = True, False
    for line in text.split("\n"):
        if not line.strip():
            is_apart = True
            lines.append(line)
        elif is_apart and not is_in_block and _INDENT.match(line):
            lines.append(" " * len(line))
        else:
            is_in_block = bool(_OPENS_BLOCK.match(line)) or (is_in_block and line[0] in " \t")
            is_apart = False
            lines.append(line)
    return "\n".join(lines)


def _place(page: AuthoredPage, start: int, end: int) -> Location:
    """The first line of what stands between two offsets of the body."""
    line_start = page.body.rfind("\n", 0, start) + 1
    line_end = page.body.find("\n", start)
    end = end if line_end < 0 else min(end, line_end)
    line = page.body_line + page.body.count("\n", 0, start)
    column = start - line_start + 1
    return Location(path=page.path, line=line, column=column, end_line=line, end_column=column + end - start)
