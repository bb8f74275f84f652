"""Pages as MkDocs' files: an object for each of thousands, only where one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from kebao.pages.site_page import AnyPage


class PageFiles(Files):
    """MkDocs' files, and those of the pages that it does not make itself: links lead there too.

    Args:
        pages: By their source.
    """

    def __init__(self, files: Files, config: MkDocsConfig, pages: Mapping[str, AnyPage]) -> None:
        super().__init__(files)
        self._config, self._pages = config, pages

    def get_file_from_path(self, path: str) -> File | None:
        found = super().get_file_from_path(path)
        if found is None and (page := self._pages.get(PurePath(path).as_posix())):
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
    file = File.generated(config, src_uri(page), content=page_text(markdown))
    left_out = InclusionLevel.EXCLUDED if pressed else InclusionLevel.NOT_IN_NAV
    file.inclusion = InclusionLevel.INCLUDED if page.in_navigation else left_out
    return file
