"""A project, loaded and checked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kebao.checks.context import CheckContext
from kebao.checks.run import run_checks
from kebao.loading.digests import source_digest
from kebao.loading.project import LoadResult, load_project
from kebao.loading.site_files import POLICY_PATH
from kebao.loading.tree import SourceTree, read_tree
from kebao.model.material import FileFacts
from kebao.model.package import Content
from kebao.model.resource import Kind
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Problem, has_errors, sorted_problems
from kebao.rules.applied_policy import apply_policy
from kebao.rules.problem_codes import problem_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProject:
    """What a project holds and all that is wrong with it.

    Attributes:
        site: None when site_config/ could not be read; there are errors then.
        digests: Path of a resource's or topic's source → digest of what is translated.
        files: Paths of all files that were looked at, relative to the root, sorted.
    """

    root: Path
    content: Content
    site: SiteConfig | None
    facts: Mapping[str, FileFacts]
    digests: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()

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
    root: Path,
    *,
    today: date | None = None,
    use_cache: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> CheckedProject:
    """Reads and checks the project at ``root``; writes nothing but its own cache.

    ``today`` ends the waivers of policy.yml and what was agreed to until a day; None: all of it holds.
    """
    cache = cache_folder(root) if use_cache else None
    return check_tree(root, read_tree(root, cache=cache, on_progress=on_progress), today=today)


def check_tree(root: Path, tree: SourceTree, *, today: date | None = None) -> CheckedProject:
    """Checks what was read at ``root``."""
    with _collecting_no_garbage():
        return _checked(root, load_project(tree), today)


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    # A million values and no circle among them: looking for some takes a sixth of the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _checked(root: Path, loaded: LoadResult, today: date | None) -> CheckedProject:
    digests = source_digests(loaded.content)
    problems = loaded.problems
    if loaded.site is not None:
        context = _context(loaded, loaded.site, digests, today)
        problems = _under_policy((*problems, *run_checks(context)), loaded.site, loaded.source_maps, today)
    return CheckedProject(
        root=root,
        content=loaded.content,
        site=loaded.site,
        facts=loaded.tree.facts,
        digests=digests,
        problems=problems,
        files=tuple(sorted((*loaded.tree.texts, *loaded.tree.facts))),
    )


def _under_policy(
    problems: tuple[Problem, ...], site: SiteConfig, source_maps: Mapping[str, SourceMap], today: date | None
) -> tuple[Problem, ...]:
    # The codes are read only where a policy names some: most projects never do.
    if not site.policy.severities and not site.policy.waivers:
        return sorted_problems(problems)
    source_map = source_maps.get(POLICY_PATH, SourceMap(POLICY_PATH))
    return apply_policy(problems, site.policy, today=today, codes=problem_codes(), source_map=source_map)


def _context(loaded: LoadResult, site: SiteConfig, digests: Mapping[str, str], today: date | None) -> CheckContext:
    return CheckContext(
        content=loaded.content,
        site=site,
        facts=loaded.tree.facts,
        text_paths=frozenset(loaded.tree.texts),
        links=loaded.tree.links,
        source_maps=loaded.source_maps,
        digests=digests,
        found_ids={package: _found_ids(loaded, package) for package in loaded.content.packages},
        texts=loaded.tree.texts,
        today=today,
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
