"""The pages of a shard, made without MkDocs' own loop over all pages: most are kept from the build before."""

from __future__ import annotations

import os
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils.templates import TemplateContext

from kebao.assembly.entry_keys import EntryKeys, digest_of
from kebao.assembly.page_cache import PageCache
from kebao.assembly.page_values import PageValues, ValuesDigest
from kebao.assembly.stored_bundles import converted_texts
from kebao.bundles.shared_html import Converter
from kebao.catalog.entries import Entry
from kebao.model.shard import WORKING_EDITION
from kebao.pages.site_page import AnyPage, LaterPage, SitePage
from mkdocs_kebao.forks import in_processes
from mkdocs_kebao.hands import Share, hands, hands_for
from mkdocs_kebao.kept_converter import KeptConverter
from mkdocs_kebao.page_files import src_uri
from mkdocs_kebao.page_keys import ground_key, page_key, uris_key
from mkdocs_kebao.shard_state import ShardState
from mkdocs_kebao.shared_bodies import PERHAPS_LINKS, SharedBodies
from mkdocs_kebao.shells import Splicer

log = get_plugin_logger(__name__)

#: So many pages of a folder are made by one process, while another may make others.
_PART = 25
#: Fewer pages of a template in a folder are sooner rendered whole than it is found out what they have in common.
_FEW_ALIKE = 8
#: For fewer pages it is not worth to read the texts that were converted for bundles: they are converted again.
_FEW_TEXTS = 50
#: Events of a page. Where a plugin that is not ours listens to one, MkDocs' own loop makes all pages.
_PAGE_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content", "page_context", "post_page", "env")
#: Events whose listeners are given all files.
_FILE_EVENTS = ("files", "nav")
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
    return _are_ours(config, _PAGE_EVENTS)


def can_leave_out_files(config: MkDocsConfig) -> bool:
    """Whether nobody but us looks through MkDocs' files for those of pages that are made here."""
    return can_press(config) and _are_ours(config, _FILE_EVENTS)


def _are_ours(config: MkDocsConfig, events: Iterable[str]) -> bool:
    methods = (method for event in events for method in config.plugins.events[event])
    return all(type(getattr(method, "__self__", None)).__module__.startswith("mkdocs_kebao.") for method in methods)


@dataclass(slots=True)
class PagePress:
    """Makes pages with the templates and plugins of a build.

    Attributes:
        state: The shard whose pages they are.
        kept: The pages of earlier builds.
        bodies: Gives the texts that were converted already.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    environment: Environment
    state: ShardState
    kept: KeptPages | None
    bodies: Callable[[], SharedBodies | None] = lambda: None
    _bodies: SharedBodies | None = None
    _site_dir: str = field(init=False)
    _converter: KeptConverter = field(init=False)
    _splicer: Splicer = field(init=False)
    _parents: Mapping[str, Any] = field(init=False)
    #: What templates know of all pages of a folder.
    _contexts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Template and folder of pages that are too few to be spliced.
    _few: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        # MkDocs' settings look themselves up, which is slow for thousands of pages.
        self._site_dir = self.config.site_dir
        self._converter = KeptConverter(self.config, self.files)
        self._splicer = Splicer(self.environment)
        self._parents = {page.file.src_uri: page.parent for page in self.nav.pages}

    def press(self, pages: Sequence[AnyPage], *, jobs: int) -> None:
        """Writes the pages into the site's folder, in several processes where many must be made.

        What is kept of them is for :meth:`KeptPages.tidy` to note.

        Raises:
            BuildError: A page cannot be made; says which.
        """
        kept = self.kept
        wanted = [page for page in pages if not (kept and kept.take(page, self.target(page)))]
        self._get_ready(wanted)
        # What is compiled for the first page of each template is there in all processes.
        first = {page.template: page for page in reversed(wanted)}.values()
        self._press_all(first)
        ready = {page.uri for page in first}
        rest = [page for page in wanted if page.uri not in ready]
        if kept is not None and (count := hands_for(len(rest), jobs)):
            rest = self._pressed_by_hands(rest, kept, count)
        told = in_processes(parts_of(rest), jobs, self._press_all)
        if kept is not None:
            kept.learn(told)

    def press_share(self, pages: Sequence[AnyPage], kept: KeptPages, share: Share) -> None:
        """Makes a share of the pages for another program, which finds them in the cache."""
        wanted = [page for page in pages if share.holds(page.uri) and not kept.take(page, self.target(page))]
        self._get_ready(wanted)
        share.tell(kept.sources(), dict(zip((page.uri for page in wanted), self._press_all(wanted), strict=True)))

    def _get_ready(self, wanted: Sequence[AnyPage]) -> None:
        alike = Counter(map(_alike, wanted))
        self._few = frozenset(each for each, count in alike.items() if count < _FEW_ALIKE)
        self._bodies = self.bodies() if len(wanted) >= _FEW_TEXTS else None

    def _pressed_by_hands(self, pages: Sequence[AnyPage], kept: KeptPages, count: int) -> list[AnyPage]:
        """Makes pages with the help of so many other programs; gives those that are left to do."""
        with hands(count, str(self.config.config_file_path)) as (share, wait):
            kept.learn(self._press_all(page for page in pages if share.holds(page.uri)))
            told = wait(kept.sources())
        others = [page for page in pages if not share.holds(page.uri)]
        left = [page for page in others if not kept.take_told(told.get(page.uri, ""), self.target(page))]
        log.debug("%d pages are from other programs, %d are left", len(others) - len(left), len(left))
        return left

    def page_of(self, entry: Entry) -> LaterPage | None:
        """The page that is about a resource."""
        page = next((page for page in self.state.pages if page.uri == entry.page_uri), None)
        return page if isinstance(page, LaterPage) and page.entry is entry else None

    def press_alone(self, page: SitePage) -> bytes:
        """Writes one page as it is now, which is not kept; gives its bytes."""
        self.state.have(page)
        try:
            content = self._made(page, self._file(page))
        finally:
            self.state.put_away(page)
        write_page(self.target(page), content)
        return content

    def _press_all(self, pages: Iterable[AnyPage]) -> list[str]:
        told = []
        for page in pages:
            try:
                told.append(self._press(page))
            except Exception as error:
                raise BuildError(f"Error building page '{page.uri}': {error}") from error
        return told

    def target(self, page: AnyPage) -> str:
        """Where a page is written."""
        # As the file itself says it (abs_dest_path), which takes longer than to link it.
        return f"{self._site_dir}/{page.uri}"

    def _file(self, page: AnyPage) -> File:
        file = self.files.get_file_from_path(src_uri(page))
        assert file is not None
        return file

    def _press(self, page: AnyPage) -> str:
        """Writes a page; gives what :meth:`KeptPages.learn` wants to know of it."""
        file, target = self._file(page), self.target(page)
        if self.kept is None:
            write_page(target, self._made(self.state.page_at(src_uri(page)), file))
            self.state.put_away(page)
            return ""
        made, key = self.kept.made(page)
        if not self.kept.cache.take(key, target):
            self.state.have(made)
            content = self._made(made, file)
            self.state.put_away(page)
            write_page(target, content)
            self.kept.cache.keep(key, target, content)
        return self.kept.told(page, key)

    def _convert(self, page: Page) -> None:
        """Sets content and table of contents, of a text that bundles hold too with what was converted for them."""
        known = self._bodies.content(page.markdown or "", page.file.src_uri) if self._bodies else None
        if known is None:
            self._converter.render(page)
            content = page.content or ""
            page.content = self.config.plugins.on_page_content(content, page=page, config=self.config, files=self.files)
        else:
            # Safe already: the only listener is ours, which makes it so.
            page.content, headings = known
            page.toc = get_toc(headings)

    def _page(self, site_page: SitePage, file: File) -> Page:
        """The page as MkDocs has it in the navigation, or a new one with its active tab."""
        if site_page.in_navigation and file.page is not None:
            return file.page
        page = Page(None, file, self.config)
        page.parent = self._parents.get(site_page.tab.replace(".html", ".md"))
        return page

    def _context(self, page: Page) -> TemplateContext:
        """MkDocs' own variables for a page: but for the page itself, they are those of each page of its folder."""
        folder = posixpath.dirname(page.url)
        known = self._contexts.get(folder)
        if known is None:
            known = self._contexts[folder] = get_context(self.nav, (), self.config, page)
        return cast(TemplateContext, {**known, "page": page})

    def _made(self, site_page: SitePage, file: File) -> bytes:
        """The page, by the steps in which MkDocs makes one."""
        config, plugins = self.config, self.config.plugins
        page = self._page(site_page, file)
        # As MkDocs reads it: an empty line before the text keeps its first from being taken for metadata.
        text = site_page.markdown.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
        page.markdown = plugins.on_page_markdown(text, page=page, config=config, files=self.files)
        self._convert(page)

        def variables() -> dict[str, Any]:
            context = self._context(page)
            return cast("dict[str, Any]", plugins.on_page_context(context, page=page, config=config, nav=self.nav))

        page.active = True
        try:
            # Of the navigation of its own, a page in it shows more than the others of its folder do.
            if site_page.in_navigation or _alike(site_page) in self._few:
                output = self.environment.get_template(page.meta["template"]).render(variables())
            else:
                output = self._splicer.render(page.meta["template"], variables)
        finally:
            page.active = False
        output = plugins.on_post_page(output, page=page, config=config)
        return output.encode("utf-8", errors="xmlcharrefreplace")


@dataclass(frozen=True, slots=True)
class KeptPages:
    """The pages of earlier builds, and how one is found among them.

    Attributes:
        key: The key of a page with these values.
        sources: The digest of all that pages are made of, by which two programs know that they make the same.
    """

    cache: PageCache
    values: PageValues
    key: Callable[[ValuesDigest], str]
    sources: Callable[[], str]

    def take(self, page: AnyPage, target: str) -> bool:
        """Puts a page to its place whose values need not be made to know that it is kept."""
        known = self.values.known(page)
        return known is not None and self.cache.take(self.key(known), target)

    def made(self, page: AnyPage) -> tuple[SitePage, str]:
        """A page with its values, and its key."""
        made, digest = self.values.made(page)
        return made, self.key(digest)

    def told(self, page: AnyPage, key: str) -> str:
        return f"{self.cache.name_of(key)} {self.values.found(page)}"

    def take_told(self, line: str, target: str) -> bool:
        """Puts a page to its place that another program has made; ``line`` is what it told."""
        name = line.partition(" ")[0]
        taken = bool(name) and self.cache.take(self.cache.know(name), target)
        if taken:
            self.learn([line])
        return taken

    def learn(self, told: Iterable[str]) -> None:
        """Takes in what other processes told of their pages."""
        for line in told:
            name, _, found = line.partition(" ")
            self.cache.use(name)
            if found:
                self.values.learn(found)

    def tidy(self) -> None:
        """Notes what this build found out, and drops what is not needed any more."""
        self.cache.drop_oldest(self.cache.used())
        self.values.save()


def _alike(page: AnyPage) -> tuple[str, str]:
    """What pages have in common that may share what stands around their texts."""
    return page.template, posixpath.dirname(page.uri)


def parts_of(pages: Iterable[AnyPage]) -> list[list[AnyPage]]:
    """The pages in parts of which a process makes one after the other.

    Those of a folder follow each other, the largest first: a process finds out for itself what they have in common.
    """
    folders: dict[tuple[str, str], list[AnyPage]] = {}
    for page in pages:
        folders.setdefault(_alike(page), []).append(page)
    largest = sorted(folders.values(), key=len, reverse=True)
    return [folder[start : start + _PART] for folder in largest for start in range(0, len(folder), _PART)]


def kept_pages(
    folder: Path, state: ShardState, config: MkDocsConfig, nav: Navigation, environment: Environment
) -> KeptPages | None:
    """None where pages are always made: without a cache, and for editions that are released, which is once."""
    if os.environ.get("KEBAO_NO_CACHE") or state.shard.edition != WORKING_EDITION:
        return None
    ground, uris = ground_key(state, config, nav, environment), uris_key(state)
    pages = PageCache.of_shard(folder, state.shard.uri)
    keys = EntryKeys(state.catalog, state.desk.texts, state.folder_digests)
    values = PageValues(state.desk, keys, signs=PERHAPS_LINKS, path=pages.folder.with_suffix(".json"))

    def sources() -> str:
        return digest_of((ground, uris, keys.ground, *map(keys.of, state.catalog.by_id.values())))

    return KeptPages(pages, values, lambda digest: page_key(ground, digest, uris), sources)


def known_bodies(folder: Path, state: ShardState, files: Files) -> SharedBodies | None:
    """The texts of the shard's package that were converted for its bundles; None without a cache."""
    if os.environ.get("KEBAO_NO_CACHE"):
        return None
    return SharedBodies(Converter(converted_texts(folder, state.shard.package)), files)


def page_jobs() -> int:
    """In how many processes pages are made: as `kebao build` says, which builds shards side by side."""
    said = os.environ.get("KEBAO_PAGE_JOBS", "")
    return max(1, int(said)) if said.isdecimal() else os.cpu_count() or 1


def write_page(target: str, content: bytes) -> None:
    try:
        with open(target, "xb") as stream:
            stream.write(content)
    except FileNotFoundError:
        path = Path(target)
        os.makedirs(path.parent, exist_ok=True)
        path.write_bytes(content)
    except FileExistsError:
        # What stands there may be the same file as an entry of the cache; and somebody may be reading it.
        path = Path(target)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(content)
        temporary.replace(path)
