"""Texts that were converted for the bundles already, as the content of pages."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.structure.files import Files

from kebao.bundles.shared_html import Converter, marked

#: Where a text has one of these, it may link to another page's Markdown, which MkDocs changes if that page exists.
PERHAPS_LINKS = (".md", "%", "&")
_SOURCE = ".md"
#: A plain path whose last part is a name.
_PATH = re.compile(r"(?:[A-Za-z0-9._~/-]*/)?([A-Za-z0-9_~-][A-Za-z0-9._~-]*)(?:[?#]|\Z)")


@dataclass(frozen=True, slots=True)
class SharedBodies:
    """Converted texts of the build's package.

    Attributes:
        converter: Knows the texts.
        files: MkDocs' files: a link that leads to one of them is left to MkDocs' own converter.
    """

    converter: Converter
    files: Files
    _names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", frozenset(uri.rpartition("/")[2] for uri in self.files.src_uris))

    def content(self, markdown: str, src_uri: str) -> tuple[str, list[Any]] | None:
        """Safe HTML and headings of a page's text; None where it was not converted, or links to a source."""
        text = marked(markdown)
        if not self.converter.knows(text) or any(sign in text.text for sign in PERHAPS_LINKS):
            return None
        targets = [link.target for link in text.links]
        if any(self._may_be_source(target) and self._is_source(target, src_uri) for target in targets):
            return None
        shared = self.converter.shared(text)
        html = shared.filled(targets)
        return (html, [*shared.headings]) if html is not None else None

    def _may_be_source(self, target: str) -> bool:
        """Whether a target's name is that of a file of MkDocs: of other links none is a source."""
        match = _PATH.match(target)
        # Besides the pages' sources, which are thousands, there are a few files.
        return match is None or match[1].endswith(_SOURCE) or match[1] in self._names

    def _is_source(self, target: str, src_uri: str) -> bool:
        path = unquote(urlsplit(target).path)
        place = posixpath.normpath(posixpath.join(posixpath.dirname(src_uri), path).lstrip("/"))
        return self.files.get_file_from_path(place) is not None
