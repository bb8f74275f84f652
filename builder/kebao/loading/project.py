"""The whole project: content and site set-up in one go, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kebao.loading.catalogue_files import load_organisations, load_people, load_programmes, load_vocabularies
from kebao.loading.documents import DocumentReader
from kebao.loading.package_files import load_packages
from kebao.loading.site_files import load_site_config
from kebao.loading.tree import CONTENT_FOLDER, SourceTree
from kebao.model.package import Content
from kebao.model.resource import Kind
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Location, Message, Problem, sorted_problems

_KINDS = frozenset(kind.value for kind in Kind)
#: Folders of content/ and of a package in which texts are read.
_READ_FOLDERS = frozenset((*_KINDS, "packages", "programmes", "topics", "vocabularies"))
#: content/packages/<package>/<kind>/<resource>/<file>: how many steps come before the name of a resource's file.
_STEPS_TO_FILE = 5


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
    reader.problems.extend((*_unread_texts(reader), *_unread_files(reader.tree, content)))
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


def _unread_files(tree: SourceTree, content: Content) -> Iterator[Problem]:
    """Other files that are in no resource's folder: nothing shows them, and nobody looks at what they hold."""
    found = [path for path in tree.facts if _is_astray(path.split("/"), content)]
    # What lies beside a text that is reported is said there. Most projects have no such file.
    said = {folder for path in tree.texts for folder in _unread_folders(path)} if found else set()
    for path in found:
        if said.isdisjoint(_unread_folders(path)):
            hint = Message("put it into the folder of the resource that it belongs to and name it there, or delete it")
            message = Message("nothing reads this file: it is not where files of its kind belong")
            yield Problem(location=Location(path=path), code="KB110", message=message, hint=hint)


def _is_astray(steps: Sequence[str], content: Content) -> bool:
    """Of a package that cannot be read nothing is known."""
    if steps[0] != CONTENT_FOLDER:
        return False
    if steps[1] != "packages" or len(steps) == 3:
        return True
    return steps[2] in content.packages and not (len(steps) > _STEPS_TO_FILE and steps[3] in _KINDS)


def _unread_folders(path: str) -> Iterator[str]:
    """Those that a path goes through of the folders of content/, and of a package, in which nothing is read."""
    steps = path.split("/")
    for end in (2, 4):
        if len(steps) > end and steps[end - 1] not in _READ_FOLDERS:
            yield "/".join(steps[:end])
