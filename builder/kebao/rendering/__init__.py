"""Markdown to safe HTML: the extensions of the site's pages, and the allowlist for all authored text."""

from __future__ import annotations

import html as html_text
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from threading import get_ident
from typing import Any

import markdown
import nh3
from pymdownx.slugs import slugify  # type: ignore[import-untyped]

from kebao.rendering.plain_texts import Headings, plain_html
from kebao.rendering.quick_inline import quicken

#: Extensions of mkdocs.yml that change what authored text means; keep the two lists alike.
MARKDOWN_EXTENSIONS = (
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "sane_lists",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tasklist",
)
# Pygments off: whether it is installed must not decide the bytes.
EXTENSION_CONFIGS: dict[str, dict[str, Any]] = {
    # Its default is an English sentence on every page.
    "footnotes": {"BACKLINK_TITLE": ""},
    "toc": {"slugify": slugify(case="lower")},
    "pymdownx.highlight": {"use_pygments": False},
}

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TABLE = ("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td")
_BLOCKS = ("p", "div", "blockquote", "pre", "hr", "ul", "ol", "li", "dl", "dt", "dd", "details", "summary")
_PHRASES = ("a", "abbr", "br", "code", "del", "em", "b", "i", "s", "img", "input", "ins", "kbd", "mark")
_SMALL = ("q", "small", "span", "strong", "sub", "sup")
_TAGS = {*_HEADINGS, *_TABLE, *_BLOCKS, *_PHRASES, *_SMALL}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"class", "open"},
    "div": {"class", "id"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"checked"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"class", "id"},
    "sup": {"id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    **{heading: {"id"} for heading in _HEADINGS},
}
_CLASSES = {
    "a": {"footnote-ref", "footnote-backref", "headerlink"},
    "li": {"task-list-item"},
    "p": {"admonition-title"},
    "ul": {"task-list"},
}
_RAW_TEXT = ("script", "style", "iframe", "noembed", "noframes", "noscript", "textarea", "title", "xmp")
_WITH_CONTENT = {*_RAW_TEXT, "template"}
_SCHEMES = {"http", "https", "mailto", "tel"}

# What WHATWG URL parsers skip before they look for a scheme: C0 controls and spaces.
_SKIPPED = re.compile(r"[\x00-\x20]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# What nh3 makes of an input. It matches no other attribute's value: quotes stand there as &quot;.
_INPUT = re.compile(r'<input((?: (?:checked|disabled|type)="(?:checkbox)?")+)>')

# One pass is enough for all but markup broken on purpose.
_PASSES = 8


def render_markdown(text: str) -> str:
    """Safe HTML of authored Markdown (raw HTML in it passes the same allowlist); headings get ids."""
    return render_with_headings(text)[0]


def render_with_headings(text: str) -> tuple[str, Headings]:
    """The same as :func:`render_markdown`, and the tree of its headings as Python-Markdown's ``toc`` gives it."""
    return render_plain_text(text) or _rendered(text)


def render_plain_text(text: str) -> tuple[str, Headings] | None:
    """The same as :func:`render_with_headings` where that takes next to no time; None for other texts."""
    return plain_html(text, EXTENSION_CONFIGS["toc"]["slugify"])


def _rendered(text: str) -> tuple[str, Headings]:
    html, headings = _converted(text)
    return sanitize_html(html), headings


def _converted(text: str) -> tuple[str, Headings]:
    """HTML and headings. To make a converter takes as long as to convert a page, so each thread keeps one."""
    try:
        converter = _converter(get_ident()).reset()
        return converter.convert(text), converter.toc_tokens  # type: ignore[attr-defined]
    except BaseException:
        # What it was in the middle of would go on in the next text.
        _converter.cache_clear()
        raise


@cache
def _converter(_thread: int) -> markdown.Markdown:
    return quicken(markdown.Markdown(extensions=[*MARKDOWN_EXTENSIONS], extension_configs=EXTENSION_CONFIGS))


def heading_ids(lines: Sequence[str]) -> tuple[str, ...]:
    """The ids that headings get, written as one line of Markdown each, when they stand in a text in this order."""
    text = "\n\n".join(lines)
    _, headings = render_plain_text(text) or _converted(text)
    return tuple(_ids_in(headings))


def _ids_in(tokens: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for token in tokens:
        yield token["id"]
        yield from _ids_in(token["children"])


def sanitize_html(html: str) -> str:
    """The HTML without anything that runs, loads from elsewhere, or is not in the allowlist; idempotent.

    Markup that a parser reads differently each time (a sign of an attack) comes back as its source, as text.
    """
    for _ in range(_PASSES):
        cleaned = _clean(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    return _clean(html_text.escape(html, quote=False))


def _clean(html: str) -> str:
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        allowed_classes=_CLASSES,
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    return _INPUT.sub(_checkbox, cleaned)


def _checkbox(match: re.Match[str]) -> str:
    """A task list's box; nh3 adds ``type`` and ``disabled`` in an order that changes from call to call."""
    checked = ' checked=""' if " checked=" in match[1] else ""
    return f'<input type="checkbox" disabled=""{checked}>'


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if tag == "input":
        if attribute == "type":
            return "checkbox"
        return "" if attribute in ("checked", "disabled") else None
    if attribute == "class":
        # The theme's own classes would let a text lie over the page.
        return " ".join(name for name in value.split() if not name.startswith("md-")) or None
    if attribute == "id":
        # ``__drawer``, ``__search``: the theme's own again.
        return None if value.startswith("__") else value
    if attribute == "href":
        return None if _names_a_host(value) else value
    if attribute == "src":
        # Zero external requests (DESIGN §1.4): pictures come from the site.
        return None if _names_a_host(value) or _SCHEME.match(_SKIPPED.sub("", value)) else value
    return value


def _names_a_host(url: str) -> bool:
    """``//host/…`` and its spellings: on ``file://`` they would open a network share."""
    return _SKIPPED.sub("", url).replace("\\", "/").startswith("//")
