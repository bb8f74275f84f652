"""Pages that need neither theme nor scripts: where a site begins, and where another page stood."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib import resources
from string import Template

from kebao.pages.texts import Texts


def plain_page(texts: Texts, *, title: str, lead: str, main: str, style: str = "", head: str = "") -> bytes:
    """A whole page; ``title`` and ``lead`` are text, ``main`` and ``head`` HTML, ``style`` more CSS."""
    return (
        _template()
        .substitute(
            lang=texts.locale.language_tag,
            dir=texts.locale.direction,
            title=escape(title),
            lead=escape(lead),
            main=main,
            style=style,
            head=head,
        )
        .encode()
    )


@cache
def _template() -> Template:
    return Template((resources.files("kebao") / "pages" / "plain_page.html").read_text(encoding="utf-8"))
