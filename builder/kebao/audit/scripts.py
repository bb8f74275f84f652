"""Requests to other hosts that inline scripts make, as far as the address stands in the call."""

from __future__ import annotations

import re
from collections.abc import Iterator

_URL = r"""["'`](?P<url>(?:https?:|wss?:)?//[^"'`\s]+)"""
_CALL = re.compile(
    r"(?:\b(?:fetch|import|importScripts|sendBeacon)|\bnew\s+(?:Shared)?Worker|\bnew\s+(?:WebSocket|EventSource))"
    rf"\s*\(\s*{_URL}"
)
_STATIC_IMPORT = re.compile(rf"\b(?:import|from)\s*{_URL}")
_OPEN = re.compile(rf"""\.open\(\s*["'`]\w+["'`]\s*,\s*{_URL}""")


def script_urls(text: str) -> Iterator[tuple[str, int]]:
    """Addresses with a host that the script asks for, with their offsets in the text."""
    patterns = (_CALL, _STATIC_IMPORT, _OPEN) if "XMLHttpRequest" in text else (_CALL, _STATIC_IMPORT)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield match["url"], match.start("url")
