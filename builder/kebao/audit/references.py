"""Which attributes of which HTML elements are addresses, and which of them load by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# https://html.spec.whatwg.org/multipage/indices.html#attributes-3 ("valid … URL"), and SVG 2 §16.
_LOADED: Mapping[str, tuple[str, ...]] = {
    "audio": ("src",),
    "body": ("background",),
    "embed": ("src",),
    "feimage": ("href", "xlink:href"),
    "frame": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src",),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src",),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
_FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "a": ("href", "xlink:href"),
    "area": ("href",),
    "button": ("formaction",),
    "form": ("action",),
    "input": ("formaction",),
}
_SRCSETS: Mapping[str, str] = {"img": "srcset", "source": "srcset", "link": "imagesrcset"}
_LOADING_RELATIONS = frozenset(
    {
        *("stylesheet", "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "manifest"),
        *("preload", "prefetch", "prerender", "dns-prefetch", "preconnect", "modulepreload"),
    }
)
_CANDIDATE = re.compile(r"[\s,]*([^\s,]\S*)")
_REFRESH = re.compile(r"""\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)""", re.IGNORECASE)

#: Tags that may hold an address.
REFERRING_TAGS = frozenset({*_LOADED, *_FOLLOWED, *_SRCSETS, "meta"})


def element_urls(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Each address of a start tag, and whether the browser loads it by itself."""
    for name in _FOLLOWED.get(tag, ()):
        if name in attributes:
            yield attributes[name], False
    for name in _LOADED.get(tag, ()):
        if name in attributes:
            yield attributes[name], True
    for url in _srcset_urls(attributes.get(_SRCSETS.get(tag, ""), "")):
        yield url, True
    if tag == "link" and "href" in attributes:
        yield attributes["href"], not _LOADING_RELATIONS.isdisjoint(relations(attributes))
    if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        match = _REFRESH.match(attributes.get("content", ""))
        if match:
            yield match[1], True


def relations(attributes: Mapping[str, str]) -> list[str]:
    """The words of ``rel``, in lower case."""
    return attributes.get("rel", "").lower().split()


def _srcset_urls(text: str) -> Iterator[str]:
    """The address of each image candidate (HTML, "parse a srcset attribute")."""
    match = _CANDIDATE.match(text)
    while match:
        yield match[1].rstrip(",")
        end = match.end() if match[1].endswith(",") else text.find(",", match.end())
        match = _CANDIDATE.match(text, end) if end >= 0 else None
