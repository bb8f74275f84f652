"""Small pages that stand where another one was: plain HTML that needs no theme and no scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from string import Template

from kebao.model.shard import relative_uri
from kebao.pages.texts import Texts


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
    return (
        _template()
        .substitute(
            lang=texts.locale.language_tag,
            dir=texts.locale.direction,
            title=escape(title),
            package=escape(package),
            head=_refresh(relative_uri(uri, refresh)) if refresh else "",
            paragraphs="".join(f"<p>{escape(text)}</p>" for text in paragraphs if text),
            links=buttons,
        )
        .encode()
    )


@cache
def _template() -> Template:
    return Template((resources.files("kebao") / "editions" / "notice.html").read_text(encoding="utf-8"))


def _refresh(target: str) -> str:
    # The script keeps the place in the page and what a filter wrote behind '#'; without scripts the page still moves.
    return (
        f'<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
        f'<script>location.replace("{target}" + location.search + location.hash);</script>\n'
    )
