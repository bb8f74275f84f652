"""A single resource looked at as soon as it is written, before the check of everything, which always follows.

`kebao serve` shows its page then. What only a look at all resources finds is found by that check a moment later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kebao.assembly.checking import SourceDigests, under_policy
from kebao.checks.context import CheckContext
from kebao.checks.dependents import resource_home_of
from kebao.checks.run import LOCAL_RULES, run_checks
from kebao.loading.project import load_project
from kebao.loading.tree import SourceTree, entries_in, is_text
from kebao.model.material import FileFacts
from kebao.model.resource import Resource
from kebao.problems import has_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a resource is looked at with.

    Attributes:
        tree: The project's files without those of resources.
        found_ids: Package → ids of all its resource folders.
    """

    tree: SourceTree
    found_ids: Mapping[str, frozenset[str]]


def ground_of(tree: SourceTree, homes: Iterable[str]) -> Ground:
    """The ground of a tree; ``homes`` are its resources' folders."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for home in homes:
        _, _, package, _, resource_id = home.split("/")
        ids[package].add(resource_id)
    ground = SourceTree(
        texts={path: data for path, data in tree.texts.items() if not resource_home_of(path)},
        facts={path: facts for path, facts in tree.facts.items() if not resource_home_of(path)},
        links=tuple(path for path in tree.links if not resource_home_of(path)),
    )
    return Ground(tree=ground, found_ids={package: frozenset(found) for package, found in ids.items()})


def resource_now(
    root: Path, home: str, ground: Ground, *, facts: Mapping[str, FileFacts], today: date | None
) -> Resource | None:
    """The resource in a folder as it stands there now, with its materials as they were when ``facts`` were looked for.

    None when anything is wrong with it, or not as simple as that.
    """
    tree = _tree_now(root, home, ground.tree, facts)
    if tree is None:
        return None
    loaded = load_project(tree)
    package = loaded.content.packages.get(home.split("/")[2])
    if loaded.site is None or package is None:
        return None
    context = CheckContext(
        content=loaded.content,
        site=loaded.site,
        facts=tree.facts,
        text_paths=frozenset(tree.texts),
        links=tree.links,
        source_maps=loaded.source_maps,
        digests=SourceDigests(loaded.content),
        found_ids=ground.found_ids,
        texts=tree.texts,
        today=today,
    )
    problems = (*loaded.problems, *run_checks(context, rules=LOCAL_RULES))
    if has_errors(under_policy(problems, loaded.site, loaded.source_maps, today)):
        return None
    return package.resources.get(home.rpartition("/")[2])


def _tree_now(root: Path, home: str, ground: SourceTree, facts: Mapping[str, FileFacts]) -> SourceTree | None:
    """The ground with the resource's files; None where there are links, or files that nobody looked into yet."""
    texts, known = dict(ground.texts), dict(ground.facts)
    for uri, entry in entries_in(root, home):
        if entry.is_symlink() or not (is_text(uri) or uri in facts):
            return None
        if is_text(uri):
            texts[uri] = Path(entry.path).read_bytes()
        else:
            known[uri] = facts[uri]
    return SourceTree(texts=texts, facts=known, links=ground.links)
