"""What the plugins of one build share: the catalog, the stored files, the pages, and how links are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from kebao.assembly.file_store import FileStore
from kebao.catalog.catalog import Catalog
from kebao.catalog.changes import EditionChanges
from kebao.model.files_index import FilesIndex
from kebao.model.shard import Shard, relative_uri
from kebao.pages.site_page import SitePage


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardState:
    """One shard while it is being built.

    Attributes:
        changes: Since the edition before.
        own_files: The store of a shard built alone, which carries its own ``_files``; None when ``kebao build``
            stores the files for all shards.
        folder_digests: A resource's folder → digest of the files in it; only those that are known.
    """

    catalog: Catalog
    files: FilesIndex
    pages: tuple[SitePage, ...]
    changes: EditionChanges
    own_files: FileStore | None
    folder_digests: Mapping[str, str] = field(default_factory=dict)
    by_src_uri: Mapping[str, SitePage] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_src_uri", {src_uri(page): page for page in self.pages})

    @property
    def shard(self) -> Shard:
        return self.catalog.shard

    @property
    def is_alone(self) -> bool:
        """Only this shard is built: there are no other locales to lead to."""
        return self.own_files is not None

    def href(self, page_uri: str, target: str) -> str:
        """``target`` (a site URI, or an address with a scheme) as a link from a page of the shard."""
        if "://" in target:
            return target
        if target.startswith("_files/"):
            target = self.files.root + target
        return relative_uri(self.shard.page(page_uri), target)


def src_uri(page: SitePage) -> str:
    """The Markdown file that MkDocs takes a page to come from."""
    return page.uri.removesuffix(".html") + ".md"


def state_of(config: MkDocsConfig) -> ShardState:
    """The state that ``kebao/catalog`` holds."""
    plugin = config.plugins.get("kebao/catalog")
    state = getattr(plugin, "state", None)
    if not isinstance(state, ShardState):
        raise PluginError("the plugin 'kebao/catalog' must stand first under 'plugins' in mkdocs.yml")
    return state
