"""Texts that were converted for the bundles already, as the content of pages."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.structure.files import Files

from kebao.bundles.shared_html import Converter, marked

#: Where a text has one of these, it may link to another page's Markdown, which MkDocs changes if that page exists.
PERHAPS_LINKS = (".md", "%", "&")


@dataclass(frozen=True, slots=True)
class SharedBodies:
    """Converted texts of the build's package.

    Attributes:
        converter: Knows the texts.
        files: MkDocs' files: a link that leads to one of them is left to MkDocs' own converter.
    """

    converter: Converter
    files: Files

    def content(self, markdown: str, src_uri: str) -> tuple[str, list[Any]] | None:
        """Safe HTML and headings of a page's text; None where it was not converted, or links to a source."""
        text = marked(markdown)
        if not self.converter.knows(text) or any(sign in text.text for sign in PERHAPS_LINKS):
            return None
        targets = [link.target for link in text.links]
        if any(self._is_source(target, src_uri) for target in targets):
            return None
        shared = self.converter.shared(text)
        html = shared.filled(targets)
        return (html, [*shared.headings]) if html is not None else None

    def _is_source(self, target: str, src_uri: str) -> bool:
        path = unquote(urlsplit(target).path)
        place = posixpath.normpath(posixpath.join(posixpath.dirname(src_uri), path).lstrip("/"))
        return self.files.get_file_from_path(place) is not None
