"""MkDocs' Markdown converter, kept from page to page: to make one takes as long as to convert a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import pages
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from kebao.rendering.quick_inline import quicken


class KeptConverter:
    """Does what :meth:`mkdocs.structure.pages.Page.render` does, with one converter for all pages of a build."""

    def __init__(self, config: MkDocsConfig, files: Files) -> None:
        self._config, self._files = config, files
        self._converter: markdown.Markdown | None = None
        self._parts: Sequence[Any] = ()

    def render(self, page: Page) -> None:
        """Sets the page's content and table of contents."""
        assert page.markdown is not None
        converter = (self._converter or self._made(page)).reset()
        # What a conversion that fails was in the middle of would go on in the next page.
        self._converter = None
        raw_html, anchors, links, title = self._parts
        raw_html.present_anchor_ids = set()
        anchors.present_anchor_ids = set()
        links.file, links.links_to_anchors = page.file, {}
        title.title = None
        page.content = converter.convert(page.markdown)
        page.toc = get_toc(converter.toc_tokens)  # type: ignore[attr-defined]
        page._title_from_render = title.title
        page.present_anchor_ids = anchors.present_anchor_ids | raw_html.present_anchor_ids
        page.links_to_anchors = links.links_to_anchors
        self._converter = converter

    def _made(self, page: Page) -> markdown.Markdown:
        converter = markdown.Markdown(
            extensions=self._config.markdown_extensions, extension_configs=self._config.mdx_configs or {}
        )
        # The same parts in the same order as in Page.render (MkDocs 1.6).
        self._parts = (
            pages._RawHTMLPreprocessor(),
            pages._ExtractAnchorsTreeprocessor(page.file, self._files, self._config),
            pages._RelativePathTreeprocessor(page.file, self._files, self._config),
            pages._ExtractTitleTreeprocessor(),
        )
        for part in self._parts:
            part._register(converter)
        return quicken(converter)
