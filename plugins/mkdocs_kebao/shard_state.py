"""What the plugins of one build share: the catalog, the stored files, the pages, and how links are written."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from kebao.assembly.file_store import FileStore
from kebao.catalog.catalog import Catalog
from kebao.catalog.changes import EditionChanges
from kebao.model.files_index import FilesIndex
from kebao.model.shard import Shard, relative_uri
from kebao.pages.cards import Desk
from kebao.pages.site_page import AnyPage, SitePage, made_page
from mkdocs_kebao.page_files import src_uri

_FILES = "_files/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardState:
    """One shard while it is being built.

    Attributes:
        desk: What the pages were made from.
        changes: Since the edition before.
        own_files: The store of a shard built alone, which carries its own ``_files``; None when ``kebao build``
            stores the files for all shards.
        by_src_uri: The pages by the Markdown file that MkDocs takes them to come from.
        folder_digests: A resource's folder → digest of the files in it; only those that are known.
    """

    desk: Desk
    pages: tuple[AnyPage, ...]
    changes: EditionChanges
    own_files: FileStore | None
    folder_digests: Mapping[str, str] = field(default_factory=dict)
    by_src_uri: Mapping[str, AnyPage] = field(init=False)
    #: Pages that were made, and are not put away yet.
    _made: dict[str, SitePage] = field(default_factory=dict)
    #: From a folder of pages: the way to other folders.
    _ways: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_src_uri", {src_uri(page): page for page in self.pages})

    def page_at(self, place: str) -> SitePage:
        """The page that MkDocs takes to come from a Markdown file, with its values."""
        made = self._made.get(place)
        if made is None:
            made = self._made[place] = made_page(self.by_src_uri[place], self.desk)
        return made

    def planned_at(self, place: str) -> AnyPage:
        """The page with its values where it was made already."""
        return self._made.get(place) or self.by_src_uri[place]

    def have(self, page: SitePage) -> None:
        """The page as it was just made; :meth:`put_away` when it is written."""
        self._made[src_uri(page)] = page

    def put_away(self, page: AnyPage) -> None:
        self._made.pop(src_uri(page), None)

    @property
    def catalog(self) -> Catalog:
        return self.desk.catalog

    @property
    def files(self) -> FilesIndex:
        return self.desk.files

    @property
    def shard(self) -> Shard:
        return self.catalog.shard

    @property
    def is_alone(self) -> bool:
        """Only this shard is built: there are no other locales to lead to."""
        return self.own_files is not None

    def links_of(self, page_uri: str) -> Callable[[str], str]:
        """Gives targets (site URIs, or addresses with a scheme) as links from a page of the shard."""
        page, root = self.shard.page(page_uri), self.files.root
        ways = self._ways.setdefault(posixpath.dirname(page), {})

        def href(target: str) -> str:
            if target.startswith(_FILES):
                # All of them the same way off: each has a folder of its own there.
                folder, name = _FILES, target.removeprefix(_FILES)
            elif target.endswith(".html") and "#" not in target:
                cut = target.rfind("/") + 1
                folder, name = target[:cut], target[cut:]
            else:
                return target if "://" in target else relative_uri(page, target)
            way = ways.get(folder)
            if way is None:
                place = f"{root}{folder}" if folder == _FILES else folder
                way = folder if "://" in folder else relative_uri(page, f"{place}-").removesuffix("-")
                ways[folder] = way
            return way + name

        return href


def state_of(config: MkDocsConfig) -> ShardState:
    """The state that ``kebao/catalog`` holds."""
    plugin = config.plugins.get("kebao/catalog")
    state = getattr(plugin, "state", None)
    if not isinstance(state, ShardState):
        raise PluginError("the plugin 'kebao/catalog' must stand first under 'plugins' in mkdocs.yml")
    return state
