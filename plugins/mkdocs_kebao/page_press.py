"""The pages that are not in the navigation: most pages of a shard, made without MkDocs' own loop over all pages."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from kebao.assembly.page_cache import PageCache
from kebao.assembly.stored_bundles import converted_texts
from kebao.bundles.shared_html import Converter
from kebao.model.shard import WORKING_EDITION
from kebao.pages.site_page import SitePage
from mkdocs_kebao.forks import in_processes
from mkdocs_kebao.kept_converter import KeptConverter
from mkdocs_kebao.page_keys import ground_key, page_key, uris_key
from mkdocs_kebao.shard_state import ShardState, src_uri
from mkdocs_kebao.shared_bodies import SharedBodies
from mkdocs_kebao.shells import Splicer

#: Fewer pages of a folder are never dealt to several processes.
_FOLDER_PART = 50
#: Events of a page. Where a plugin that is not ours listens to one, MkDocs' own loop makes all pages.
_PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page", "env")
#: Those whose way of rendering a page is followed here.
_KNOWN = {"mkdocs": "1.6.", "jinja2": "3.1.", "markdown": "3."}


def can_press(config: MkDocsConfig) -> bool:
    """Whether pages are made here; MkDocs makes them where that is asked for, or anything is not as it is known.

    That is another plugin or hook with a say in pages, templates of a project's own, or other libraries.
    """
    if os.environ.get("KEBAO_NO_SPLICE") or config.hooks:
        return False
    if not all(metadata.version(name).startswith(known) for name, known in _KNOWN.items()):
        return False
    if config.theme.custom_dir and any(Path(config.theme.custom_dir).rglob("*.html")):
        return False
    methods = (method for event in _PAGE_EVENTS for method in config.plugins.events[event])
    return all(type(getattr(method, "__self__", None)).__module__.startswith("mkdocs_kebao.") for method in methods)


@dataclass(slots=True)
class PagePress:
    """Makes pages with the templates and plugins of a build.

    Attributes:
        kept: The pages of earlier builds.
        bodies: Texts that were converted already.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    environment: Environment
    kept: KeptPages | None
    bodies: SharedBodies | None = None
    _converter: KeptConverter = field(init=False)
    _splicer: Splicer = field(init=False)
    _parents: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._converter = KeptConverter(self.config, self.files)
        self._splicer = Splicer(self.environment)
        self._parents = {page.file.src_uri: page.parent for page in self.nav.pages}

    def press(self, pages: Sequence[SitePage], *, jobs: int) -> None:
        """Writes the pages into the site's folder, in several processes where they are many.

        Raises:
            BuildError: A page cannot be made; says which.
        """
        # What is compiled for the first page of each template is there in all processes.
        first = {page.template: page for page in reversed(pages)}.values()
        self._press_all(first)
        ready = {page.uri for page in first}
        rest = [page for page in pages if page.uri not in ready]
        used = in_processes(shared_out(rest, jobs), self._press_all)
        if self.kept is not None:
            self.kept.cache.drop_oldest(frozenset(used) | self.kept.cache.used())

    def _press_all(self, pages: Iterable[SitePage]) -> list[str]:
        for page in pages:
            try:
                self._press(page)
            except Exception as error:
                raise BuildError(f"Error building page '{page.uri}': {error}") from error
        return sorted(self.kept.cache.used()) if self.kept else []

    def _press(self, site_page: SitePage) -> None:
        file = self.files.get_file_from_path(src_uri(site_page))
        assert file is not None
        target = Path(file.abs_dest_path)
        key = self.kept.key(site_page) if self.kept else ""
        if self.kept and self.kept.cache.take(key, target):
            return
        content = self._made(site_page, file)
        write_page(target, content)
        if self.kept:
            self.kept.cache.keep(key, target, content)

    def _convert(self, page: Page) -> None:
        """Sets content and table of contents, of a text that bundles hold too with what was converted for them."""
        known = self.bodies.content(page.markdown or "", page.file.src_uri) if self.bodies else None
        if known is None:
            self._converter.render(page)
            content = page.content or ""
            page.content = self.config.plugins.on_page_content(content, page=page, config=self.config, files=self.files)
        else:
            # Safe already: the only listener is ours, which makes it so.
            page.content, headings = known
            page.toc = get_toc(headings)

    def _made(self, site_page: SitePage, file: File) -> bytes:
        """The page, by the steps in which MkDocs makes one."""
        config, plugins = self.config, self.config.plugins
        page = Page(None, file, config)
        page.parent = self._parents.get(site_page.tab.replace(".html", ".md"))
        page.read_source(config)
        page.markdown = plugins.on_page_markdown(page.markdown or "", page=page, config=config, files=self.files)
        self._convert(page)

        def variables() -> dict[str, Any]:
            context = get_context(self.nav, (), config, page)
            return cast("dict[str, Any]", plugins.on_page_context(context, page=page, config=config, nav=self.nav))

        page.active = True
        try:
            output = self._splicer.render(page.meta["template"], variables)
        finally:
            page.active = False
        output = plugins.on_post_page(output, page=page, config=config)
        return output.encode("utf-8", errors="xmlcharrefreplace")


@dataclass(frozen=True, slots=True)
class KeptPages:
    """The pages of earlier builds, and how one is found among them."""

    cache: PageCache
    key: Callable[[SitePage], str]


def shared_out(pages: Sequence[SitePage], hands: int) -> list[list[SitePage]]:
    """The pages for so many processes, in about equal numbers.

    Those of a folder stay together where they can: a process finds out for itself what they have in common.
    """
    folders: dict[tuple[str, str], list[SitePage]] = {}
    for page in pages:
        folders.setdefault((page.template, posixpath.dirname(page.uri)), []).append(page)
    most = max(_FOLDER_PART, len(pages) // (2 * hands))
    parts = [folder[start : start + most] for folder in folders.values() for start in range(0, len(folder), most)]
    shares: list[list[SitePage]] = [[] for _ in range(hands)]
    for part in sorted(parts, key=len, reverse=True):
        min(shares, key=len).extend(part)
    return shares


def kept_pages(
    folder: Path, state: ShardState, config: MkDocsConfig, nav: Navigation, environment: Environment
) -> KeptPages | None:
    """None where pages are always made: without a cache, and for editions that are released, which is once."""
    if os.environ.get("KEBAO_NO_CACHE") or state.shard.edition != WORKING_EDITION:
        return None
    ground, uris = ground_key(state, config, nav, environment), uris_key(state)
    return KeptPages(PageCache.of_shard(folder, state.shard.uri), lambda page: page_key(ground, page, uris))


def known_bodies(folder: Path, state: ShardState, files: Files) -> SharedBodies | None:
    """The texts of the shard's package that were converted for its bundles; None without a cache."""
    if os.environ.get("KEBAO_NO_CACHE"):
        return None
    return SharedBodies(Converter(converted_texts(folder, state.shard.package)), files)


def page_jobs() -> int:
    """In how many processes pages are made: as `kebao build` says, which builds shards side by side."""
    said = os.environ.get("KEBAO_PAGE_JOBS", "")
    return max(1, int(said)) if said.isdecimal() else os.cpu_count() or 1


def generated_file(config: MkDocsConfig, page: SitePage, *, pressed: bool) -> File:
    """The page as a file of MkDocs: a pressed one can be linked to, but MkDocs does not make it."""
    # The empty line keeps MkDocs from taking "word: …" at the top for metadata.
    file = File.generated(config, src_uri(page), content="\n" + page.markdown)
    left_out = InclusionLevel.EXCLUDED if pressed else InclusionLevel.NOT_IN_NAV
    file.inclusion = InclusionLevel.INCLUDED if page.in_navigation else left_out
    return file


def write_page(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        os.makedirs(path.parent, exist_ok=True)
        path.write_bytes(content)
