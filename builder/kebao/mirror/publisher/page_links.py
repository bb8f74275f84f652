"""What a page links to and loads, found without a parser of our own making trees of it."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_IGNORED = re.compile(r"<!--.*?-->|(<(?:script|style|template)\b[^>]*>).*?</(?:script|style|template)\s*>", re.S | re.I)
_TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:\s+|/|[\w:@.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_CSS_URL = re.compile(r"(?:url\(\s*|@import\s+)[\"']?([^\"')\s;]+)", re.I)
_LOADING_RELATIONS = frozenset(
    ("stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest")
)
_ADDRESS_ATTRIBUTES = ("href", "src", "poster", "data")


@dataclass(frozen=True, slots=True)
class Reference:
    """An address in a page.

    Attributes:
        loads: whether opening the page fetches it, without a click.
    """

    address: str
    loads: bool

    @property
    def is_external(self) -> bool:
        """Whether it leads to another host."""
        return self.address.startswith("//") or self.address.lower().startswith(("http:", "https:", "ftp:"))


def page_references(text: str) -> Iterator[Reference]:
    """The addresses of a page, in order; scripts' own text is not read."""
    for name, attributes in _TAG.findall(_IGNORED.sub(lambda match: match[1] or "", text)):
        values = {a.lower(): html.unescape(b or c or d) for a, b, c, d in _ATTRIBUTE.findall(attributes)}
        tag = name.lower()
        for attribute in _ADDRESS_ATTRIBUTES:
            if attribute == "data" and tag != "object":
                continue
            if address := values.get(attribute, "").strip():
                yield Reference(address, _loads(tag, values))
        for candidate in values.get("srcset", "").split(","):
            if candidate.strip():
                yield Reference(candidate.split()[0], True)


def style_references(text: str) -> Iterator[Reference]:
    """The addresses of a style sheet."""
    for address in _CSS_URL.findall(text):
        yield Reference(address, True)


def target_path(address: str, page: str) -> str | None:
    """The path in the site that an address of a page leads to; None when it leads elsewhere, or within the page."""
    if _SCHEME.match(address) or address.startswith(("//", "#", "?")):
        return None
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(page), path)).lstrip("/")


def _loads(tag: str, values: dict[str, str]) -> bool:
    if tag in ("a", "area", "form"):
        return False
    return tag != "link" or not _LOADING_RELATIONS.isdisjoint(values.get("rel", "").lower().split())
