"""Pages as MkDocs' files: an object for each of thousands, only where one is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import PurePath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from kebao.pages.site_page import AnyPage

#: A path has one of these where it is not written as those of files are.
_ODD = re.compile(r"^$|^\.|//|/\.|/$|\\")


class PageFile(File):
    """The file of a page, whose path needs no second look: MkDocs takes longer for it than for all else of a file."""

    @property
    def src_path(self) -> str:
        return os.path.normpath(self.src_uri)

    @src_path.setter
    def src_path(self, value: str) -> None:
        self.src_uri = value


class PageFiles(Files):
    """MkDocs' files, and those of the pages that it does not make itself: links lead there too.

    Args:
        pages: By their source.
    """

    def __init__(self, files: Files, config: MkDocsConfig, pages: Mapping[str, AnyPage]) -> None:
        super().__init__(files)
        self._config, self._pages = config, pages

    def get_file_from_path(self, path: str) -> File | None:
        found = self.src_uris.get(path)
        if found is not None:
            return found
        # Thousands ask, and most of them for no file.
        uri = PurePath(path).as_posix() if _ODD.search(path) else path
        if uri != path and (found := self.src_uris.get(uri)):
            return found
        if page := self._pages.get(uri):
            found = generated_file(self._config, page, "", pressed=True)
            self.append(found)
        return found


def src_uri(page: AnyPage) -> str:
    """The Markdown file that MkDocs takes a page to come from."""
    return page.uri.removesuffix(".html") + ".md"


def page_text(markdown: str) -> str:
    """A page's source for MkDocs."""
    # The empty line keeps it from taking "word: …" at the top for metadata.
    return f"\n{markdown}"


def generated_file(config: MkDocsConfig, page: AnyPage, markdown: str, *, pressed: bool) -> File:
    """The page as a file of MkDocs: a pressed one can be linked to, but MkDocs does not make it."""
    file = PageFile.generated(config, src_uri(page), content=page_text(markdown))
    left_out = InclusionLevel.EXCLUDED if pressed else InclusionLevel.NOT_IN_NAV
    file.inclusion = InclusionLevel.INCLUDED if page.in_navigation else left_out
    return file
