"""Parts of a site in folders of their own: made one by one, on any machine, and joined into the whole."""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.build_plan import BuildPlan, Part, PartKind
from kebao.assembly.checking import CheckedProject, cache_folder, with_upstreams
from kebao.assembly.file_copies import copy_content
from kebao.assembly.file_store import FileStore
from kebao.assembly.files_index_json import dump_files_indexes
from kebao.assembly.kept_files import KeptFiles
from kebao.assembly.output_folder import output_folder
from kebao.assembly.page_cache import can_keep
from kebao.assembly.site_build import (
    SITE_MARKER,
    BuildOptions,
    BuildReport,
    ShardBuilds,
    build_shards,
    finish_site,
    plan_shards,
)
from kebao.assembly.stored_files import FileStorer
from kebao.problems import Message

#: In the folder of a part: which one it is.
PART_MARKER = "part.json"
#: In the folder of a part: what goes into the site.
PART_SITE = "site"
#: In the folder of a package's files: where each is stored.
FILES_INDEX = "files.json"


class PartError(Exception):
    """Parts cannot be made or joined; ``message`` says why, for people."""

    def __init__(self, message: Message) -> None:
        # As it was given, so that it can be sent from one process to another.
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message.in_english()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFolder:
    """A part that was made.

    Attributes:
        id, inputs: As in the plan that it was made from.
        files: SHA-256 (hex) of the list of stored files that it was made with.
    """

    path: Path
    id: str
    inputs: str
    files: str


def read_part(path: Path) -> PartFolder:
    """The part in a folder; PartError where there is none."""
    try:
        noted = json.loads((path / PART_MARKER).read_text(encoding="utf-8"))
        return PartFolder(path=path, id=str(noted["id"]), inputs=str(noted["inputs"]), files=str(noted["files"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = Message("{path} is not the folder of a part that 'kebao build --only' made", {"path": str(path)})
        raise PartError(message) from error


def build_part(
    project: CheckedProject,
    options: BuildOptions,
    part: Part,
    *,
    files: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_file: Callable[[str], None] = lambda name: None,
) -> PartFolder:
    """Makes one part into the folder ``options.out``, which is replaced as a whole.

    Args:
        files: The list of stored files, as a part with the package's files has it; made again when None.
        environment: More variables for MkDocs.
    """
    project = with_upstreams(project)
    shards = plan_shards(project, package=options.package, locale=options.locale)
    with output_folder(options.out, marker=PART_MARKER) as staged, TemporaryDirectory(prefix="kebao-") as scratch:
        site = staged / PART_SITE
        site.mkdir()
        index_path = files or Path(scratch) / FILES_INDEX
        if files is None:
            keeps_files = part.kind is PartKind.FILES
            folder = (site if keeps_files else Path(scratch)) / "_files"
            storer = file_storer(project, options, folder, Path(scratch), on_file)
            write_files_index(storer, part.package, index_path)
        if part.kind is PartKind.SHARD:
            builds = ShardBuilds(
                folder_of=lambda shard: site / shard.uri,
                assets=site / "_assets",
                files_index=index_path,
                linked=shards,
                use_cache=options.use_cache,
                previous=options.previous,
                environment={**options.environment, **(environment or {})},
            )
            build_shards(project, [part.shard], builds, lambda shard: None)
        else:
            shutil.copyfile(index_path, staged / FILES_INDEX)
        noted = {"id": part.id, "inputs": part.inputs, "files": hashlib.sha256(index_path.read_bytes()).hexdigest()}
        text = json.dumps({"kebao_part": 1, **noted}, indent=1, sort_keys=True) + "\n"
        (staged / PART_MARKER).write_text(text, encoding="utf-8", newline="\n")
    return PartFolder(path=options.out, **noted)


def file_storer(
    project: CheckedProject, options: BuildOptions, folder: Path, scratch: Path, on_file: Callable[[str], None]
) -> FileStorer:
    """What stores files into ``folder``; what it keeps goes to ``scratch`` where the project's cache is not used."""
    keeps = options.use_cache and can_keep(cache_folder(project.root))
    cache = cache_folder(project.root) if keeps else scratch / "cache"
    store = FileStore(folder, shares=keeps, kept=KeptFiles(cache / "materials") if keeps else None)
    return FileStorer(project, store, cache, on_file, max(1, options.jobs))


def write_files_index(storer: FileStorer, package: str, path: Path) -> None:
    """Stores a package's files, and writes where each is."""
    index = storer.store_package(package)
    path.write_text(dump_files_indexes({package: index}), encoding="utf-8", newline="\n")


def join_parts(
    project: CheckedProject, options: BuildOptions, plan: BuildPlan, parts: Sequence[PartFolder]
) -> BuildReport:
    """Joins parts into the site that a build on one machine makes; PartError unless they are exactly those of the plan.

    Attributes of ``options`` that say how to build are not looked at.
    """
    _refuse_others(plan, parts)
    project = with_upstreams(project)
    shards = plan_shards(project, package=options.package, locale=options.locale)
    with output_folder(options.out, marker=SITE_MARKER) as staged:
        for part in parts:
            planned = plan.part(part.id)
            merge_tree(part.path / PART_SITE, staged, within=planned.outputs if planned else ())
        return finish_site(project, shards, staged)


def _refuse_others(plan: BuildPlan, parts: Sequence[PartFolder]) -> None:
    planned = {part.id: part for part in plan.parts}
    found: dict[str, PartFolder] = {}
    lists: dict[str, str] = {}
    for part in parts:
        about = {"part": part.id, "path": str(part.path)}
        if part.id not in planned or part.inputs != planned[part.id].inputs:
            raise PartError(Message("{path}: the part {part} was made from other sources or tools", about))
        if part.id in found:
            raise PartError(Message("{path}: the part {part} is there twice", about))
        found[part.id] = part
        if lists.setdefault(planned[part.id].package, part.files) != part.files:
            raise PartError(Message("{path}: the part {part} was made with other previews or bundles", about))
    missing = [part_id for part_id in planned if part_id not in found]
    if missing:
        raise PartError(Message("parts are missing: {parts}", {"parts": ", ".join(missing)}))


def merge_tree(source: Path, target: Path, *, within: Iterable[str]) -> None:
    """Copies the files below ``source`` to ``target``, where each may be already, but only with the same bytes.

    PartError for a file outside of the folders ``within``.
    """
    allowed = tuple(within)
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            uri = path.relative_to(source).as_posix()
            about = {"path": uri}
            if not uri.startswith(allowed) or path.is_symlink():
                raise PartError(Message("a part holds {path}, which its plan does not name", about))
            place = target / uri
            if place.exists():
                if not filecmp.cmp(path, place, shallow=False):
                    raise PartError(Message("two parts hold different files {path}", about))
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as stream:
                copy_content(path, stream)
