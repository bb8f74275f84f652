"""A project, loaded and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kebao.checks.context import CheckContext
from kebao.checks.run import run_checks
from kebao.loading.digests import source_digest
from kebao.loading.project import LoadResult, load_project
from kebao.loading.tree import read_tree
from kebao.model.material import FileFacts
from kebao.model.package import Content
from kebao.model.resource import Kind
from kebao.model.site import SiteConfig
from kebao.problems import Problem, has_errors, sorted_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProject:
    """What a project holds and all that is wrong with it.

    Attributes:
        site: None when site_config/ could not be read; there are errors then.
        digests: Path of a resource's or topic's source → digest of what is translated.
    """

    root: Path
    content: Content
    site: SiteConfig | None
    facts: Mapping[str, FileFacts]
    digests: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        return has_errors(self.problems)

    def sound_site(self) -> SiteConfig:
        """The site's set-up; only for projects without errors."""
        if self.site is None:
            raise ValueError("the project has errors: look at its problems first")
        return self.site


def cache_folder(root: Path) -> Path:
    """Where a project keeps what can be made again."""
    return root / ".kebao" / "cache"


def check_project(
    root: Path, *, use_cache: bool = True, on_progress: Callable[[int, int], None] | None = None
) -> CheckedProject:
    """Reads and checks the project at ``root``; writes nothing but its own cache."""
    cache = cache_folder(root) if use_cache else None
    loaded = load_project(read_tree(root, cache=cache, on_progress=on_progress))
    digests = source_digests(loaded.content)
    problems = loaded.problems
    if loaded.site is not None:
        context = _context(loaded, loaded.site, digests)
        problems = sorted_problems((*problems, *run_checks(context)))
    return CheckedProject(
        root=root,
        content=loaded.content,
        site=loaded.site,
        facts=loaded.tree.facts,
        digests=digests,
        problems=problems,
    )


def _context(loaded: LoadResult, site: SiteConfig, digests: Mapping[str, str]) -> CheckContext:
    return CheckContext(
        content=loaded.content,
        site=site,
        facts=loaded.tree.facts,
        text_paths=frozenset(loaded.tree.texts),
        links=loaded.tree.links,
        source_maps=loaded.source_maps,
        digests=digests,
        found_ids={package: _found_ids(loaded, package) for package in loaded.content.packages},
    )


def _found_ids(loaded: LoadResult, package: str) -> frozenset[str]:
    """Ids of resource folders, also of those with faults: one broken page must not make others' links faults."""
    folders = (f"content/packages/{package}/{kind.value}/" for kind in Kind)
    return frozenset(
        path.removeprefix(folder).partition("/")[0] for folder in folders for path in loaded.tree.under(folder)
    )


def source_digests(content: Content) -> dict[str, str]:
    digests: dict[str, str] = {}
    for package in content.packages.values():
        for resource in package.resources.values():
            digests[resource.path_of("index.md")] = source_digest(resource)
        for topic in package.topics.values():
            digests[topic.path] = source_digest(topic)
    return digests
