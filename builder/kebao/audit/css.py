"""Addresses in style sheets: ``url()`` and ``@import`` (CSS Syntax 3 §4; CSS Cascade 4 §2)."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Comments, strings and @namespace are matched so that nothing inside them is taken for an address.
_TOKEN = re.compile(
    r"""
      /\*.*?(?:\*/|\Z)
    | @namespace\b[^;{}]*
    | @import\s*(?:"(?P<import2>(?:[^"\\\n]|\\.)*)"|'(?P<import1>(?:[^'\\\n]|\\.)*)')
    | (?<![\w-])url\(\s*(?:
          "(?P<url2>(?:[^"\\\n]|\\.)*)"
        | '(?P<url1>(?:[^'\\\n]|\\.)*)'
        | (?P<url0>(?:[^"'()\\\s]|\\[0-9a-f]{1,6}\s?|\\.)*)
      )\s*\)
    | "(?:[^"\\\n]|\\.)*"
    | '(?:[^'\\\n]|\\.)*'
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|(.))", re.DOTALL)


def css_urls(text: str) -> Iterator[tuple[str, int]]:
    """Every address that the style sheet loads, with its offset; fragments and data: are left out."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup is None:
            continue
        url = _ESCAPE.sub(_unescaped, match[match.lastgroup]).strip()
        if url and not url.startswith("#") and url[:5].lower() != "data:":
            yield url, match.start()


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return "" if match[2] == "\n" else match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "�"
