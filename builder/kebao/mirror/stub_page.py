"""The page that leads from the root to a release: by redirection, by script, and by a link that always works."""

from __future__ import annotations

import html

_PAGE = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={start}">
<title>课包</title>
<script>location.replace("{start}" + location.search + location.hash)</script>
<p><a href="{start}">打开资源 · Open the resources</a></p>
</html>
"""


def stub_page(start: str) -> bytes:
    """The page; ``start`` is the address of the release's first page, of digits, letters, '/', '.' and '-' only."""
    return _PAGE.format(start=html.escape(start)).encode()
