"""Small pages that stand where another one was: plain HTML that needs no theme and no scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from kebao.model.shard import relative_uri
from kebao.pages.plain_page import plain_page
from kebao.pages.texts import Texts

_ONE_COLUMN = """\
header > *, main { max-width: 44rem; }
main p { margin-block: 0 1rem; }
ul { display: grid; justify-items: start; }
a.quiet { background: none; color: #0b6b57; border: 1px solid; }
@media (prefers-color-scheme: dark) { a.quiet { color: #6fd0b4; } }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLink:
    """Where a reader can go on; ``target`` is a site URI."""

    text: str
    target: str
    is_main: bool = True


def notice_page(
    uri: str,
    texts: Texts,
    *,
    title: str,
    package: str,
    paragraphs: Iterable[str],
    links: Iterable[NoticeLink],
    refresh: str = "",
) -> bytes:
    """The page at the site URI ``uri``; with ``refresh``, a site URI, browsers go there by themselves."""
    buttons = "".join(
        f'<li><a{"" if link.is_main else " class=quiet"} href="{escape(relative_uri(uri, link.target))}">'
        f"{escape(link.text)}</a></li>"
        for link in links
    )
    texts_of_it = "".join(f"<p>{escape(text)}</p>" for text in paragraphs if text)
    return plain_page(
        texts,
        title=title,
        lead=package,
        main=f"{texts_of_it}<ul>{buttons}</ul>",
        style=_ONE_COLUMN,
        head=_refresh(relative_uri(uri, refresh)) if refresh else "",
    )


def _refresh(target: str) -> str:
    # The script keeps the place in the page and what a filter wrote behind '#'; without scripts the page still moves.
    return (
        f'<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
        f'<script>location.replace("{target}" + location.search + location.hash);</script>\n'
    )
