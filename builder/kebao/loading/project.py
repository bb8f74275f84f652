"""The whole project: content and site set-up in one go, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kebao.loading.catalogue_files import load_organisations, load_people, load_programmes, load_vocabularies
from kebao.loading.documents import DocumentReader
from kebao.loading.package_files import load_packages
from kebao.loading.site_files import load_site_config
from kebao.loading.tree import CONTENT_FOLDER, SourceTree
from kebao.model.package import Content
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Location, Message, Problem, sorted_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What was read, and what was wrong with it.

    Attributes:
        site: None when site_config/ could not be read.
        source_maps: Path of a YAML or Markdown file → where its values stand.
    """

    tree: SourceTree
    content: Content
    site: SiteConfig | None
    source_maps: Mapping[str, SourceMap]
    problems: tuple[Problem, ...]


def load_project(tree: SourceTree) -> LoadResult:
    """Everything in the tree, typed. Never raises for what authors wrote."""
    reader = DocumentReader(tree)
    content = Content(
        vocabularies=load_vocabularies(reader),
        programmes=load_programmes(reader),
        organisations=load_organisations(reader),
        people=load_people(reader),
        packages=load_packages(reader),
    )
    site = load_site_config(reader)
    reader.problems.extend(_unread_texts(reader))
    return LoadResult(
        tree=tree,
        content=content,
        site=site,
        source_maps=reader.source_maps,
        problems=sorted_problems(reader.problems),
    )


def _unread_texts(reader: DocumentReader) -> Iterator[Problem]:
    """Texts under content/ that nothing has read: work in a misnamed folder must not vanish silently."""
    reported = {problem.location.path for problem in reader.problems}
    incomplete = {problem.location.path.rpartition("/")[0] for problem in reader.problems if problem.code == "KB109"}
    for path in reader.tree.under(CONTENT_FOLDER):
        if path not in reader.tree.texts or path in reader.source_maps or path in reported:
            continue
        if not any(path.startswith(f"{folder}/") for folder in incomplete):
            hint = Message("check the names of the file and its folders; see 'content/' in the manual")
            message = Message("nothing reads this file: it is not where files of its kind belong")
            yield Problem(location=Location(path=path), code="KB110", message=message, hint=hint)
