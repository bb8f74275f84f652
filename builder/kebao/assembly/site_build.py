"""A whole site in one folder: stored files once, every shard through MkDocs, the start pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao import __version__
from kebao.assembly.build_stamp import STEERING
from kebao.assembly.checking import CheckedProject, cache_folder, with_upstreams
from kebao.assembly.file_store import FileStore
from kebao.assembly.files_index_json import dump_files_indexes
from kebao.assembly.garbage import collecting_seldom, give_back_memory
from kebao.assembly.kept_files import KeptFiles
from kebao.assembly.kept_shards import KeptShards, shard_keys, shards_ground
from kebao.assembly.landing import landing_packages, landing_pages
from kebao.assembly.output_folder import output_folder
from kebao.assembly.page_cache import can_keep, pages_folder
from kebao.assembly.processes import WorkError, each_in_a_process
from kebao.assembly.spare_site import spare_site
from kebao.assembly.split_mkdocs import can_build_here, last_lines, run_module_here
from kebao.assembly.stored_files import FileStorer
from kebao.catalog.catalog import all_shards
from kebao.model.files_index import FilesIndex
from kebao.model.shard import WORKING_EDITION, Shard

#: At the root of every site that we wrote; a folder without it is never replaced.
SITE_MARKER = "site.json"
#: What MkDocs is told that says nothing of a shard's bytes, or is part of its key in another form.
_OF_ONE_BUILD = (
    *("KEBAO_PACKAGE", "KEBAO_LOCALE", "KEBAO_PREVIOUS"),
    *("KEBAO_FILES_INDEX", "KEBAO_ASSETS_PATH", "KEBAO_SPARE", "KEBAO_PAGE_JOBS"),
)


class BuildError(Exception):
    """A shard could not be built; the message holds the end of what MkDocs said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What to build, and how.

    Attributes:
        package, locale: Only these; everything when None.
        out: The site's folder; replaced as a whole when all is done.
        jobs: Shards built at the same time.
        previous: Package → snapshot of the edition before, for the page of what is new.
        splice: Whether what pages have in common is rendered once; the bytes are the same without it.
        search: Whether there is a search index.
    """

    out: Path
    package: str | None = None
    locale: str | None = None
    jobs: int = 1
    use_cache: bool = True
    previous: Mapping[str, Path] = field(default_factory=dict)
    splice: bool = True
    search: bool = True

    @property
    def environment(self) -> dict[str, str]:
        """What MkDocs is told of it."""
        told = {"KEBAO_NO_SPLICE": not self.splice, "KEBAO_NO_SEARCH": not self.search}
        return {name: "1" for name, is_told in told.items() if is_told}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    shards: tuple[Shard, ...]
    pages: int
    size_bytes: int


def plan_shards(
    project: CheckedProject,
    *,
    package: str | None = None,
    locale: str | None = None,
    edition: str = WORKING_EDITION,
) -> tuple[Shard, ...]:
    """The shards of an edition, in the order of site.yml; only those of a package or locale when named."""
    shards = all_shards(project.content, project.sound_site())
    wanted = (s for s in shards if package in (None, s.package) and locale in (None, s.locale))
    return tuple(replace(shard, edition=edition) for shard in wanted)


def build_site(
    project: CheckedProject,
    options: BuildOptions,
    *,
    on_file: Callable[[str], None] = lambda name: None,
    on_shard: Callable[[Shard], None] = lambda shard: None,
) -> BuildReport:
    """Builds the shards that the options name. A build that fails or is killed leaves the old site as it was."""
    authored, project = project, with_upstreams(project)
    shards = plan_shards(project, package=options.package, locale=options.locale)
    keeps = options.use_cache and can_keep(cache_folder(project.root))
    with (
        collecting_seldom(),
        spare_site(cache_folder(project.root), keeps=keeps) as spare,
        output_folder(options.out, marker=SITE_MARKER, put_away=spare.keep) as staged,
        TemporaryDirectory(prefix="kebao-") as scratch,
    ):
        cache = cache_folder(project.root) if keeps else Path(scratch) / "cache"
        kept = KeptFiles(cache / "materials") if keeps else None
        found = spare.take_files(staged / "_files")
        store = FileStore(staged / "_files", shares=keeps, lasts=False, kept=kept, spare=found, stored=spare.stored)
        for_later: list[Callable[[], None]] = []
        storer = FileStorer(project, store, cache, on_file, max(1, options.jobs), for_later.append)
        packages = dict.fromkeys(shard.package for shard in shards)
        is_first = not pages_folder(cache).exists()
        if is_first:
            # Everything was read and checked.
            give_back_memory()
        index_path = Path(scratch) / "files.json"
        indexes = {package: storer.store_package(package) for package in packages}
        found.remove_left()
        if kept:
            kept.tidy(path.split("/")[1] for path in store.stored)
        builds = ShardBuilds(
            folder_of=lambda shard: staged / shard.uri,
            assets=staged / "_assets",
            files_index=index_path,
            files=indexes,
            linked=shards,
            jobs=options.jobs,
            use_cache=options.use_cache,
            previous=options.previous,
            environment=options.environment,
            spare=spare.folder,
        )
        if is_first:
            # All bundles and texts were made, and nobody has looked for garbage.
            give_back_memory()
        # In a site of one package a change concerns each shard.
        keeps_shards = keeps and options.splice and len(packages) > 1
        ground = _ground_of(authored, shards, builds) if keeps_shards else ""
        files = {package: dump_files_indexes({package: index}) for package, index in indexes.items()} if ground else {}
        keys = shard_keys(authored, ground, shards, files=files, previous=builds.previous) if ground else {}
        before = KeptShards.of_site(cache, options.out)
        there = before.taken(keys, staged)
        for shard in there:
            on_shard(shard)
        missing = [shard for shard in shards if shard not in there]
        build_shards(project, missing, builds, on_shard, meanwhile=lambda: _all_done(for_later))
        report = finish_site(project, shards, staged, stored=store.stored)
        # Settings that were changed meanwhile have another key, and are in no shard that is kept.
        if ground and ground == _ground_of(authored, shards, builds):
            before.keep(keys, staged)
        return report


def _all_done(for_later: Iterable[Callable[[], None]]) -> None:
    for work in for_later:
        work()


def _ground_of(project: CheckedProject, shards: Sequence[Shard], builds: ShardBuilds) -> str:
    """See :func:`kebao.assembly.kept_shards.shards_ground`; there are shards."""
    steering = sorted(_environment(project, shards[0], builds).items())
    told = (f"{name}={value}" for name, value in steering if name not in _OF_ONE_BUILD)
    return shards_ground(project, [line for line in told if line.startswith(STEERING)])


def finish_site(
    project: CheckedProject, shards: tuple[Shard, ...], folder: Path, *, stored: Mapping[str, int] | None = None
) -> BuildReport:
    """Adds to a folder with all shards what is there once for the site: start pages and the marker.

    ``stored``: Path in ``_files`` → size; looked up when None.
    """
    start_pages = landing_pages(project.sound_site(), landing_packages(project.content, shards))
    for uri, page in start_pages.items():
        (folder / uri).parent.mkdir(parents=True, exist_ok=True)
        (folder / uri).write_bytes(page)
    (folder / SITE_MARKER).write_text(_marker(shards), encoding="utf-8", newline="\n")
    pages = sum(len(json.loads((folder / s.uri / "pages.json").read_text("utf-8"))["pages"]) for s in shards)
    known = "" if stored is None else str(folder / "_files")
    size_bytes = _size_of(str(folder), but=known) + sum((stored or {}).values())
    return BuildReport(shards=shards, pages=pages, size_bytes=size_bytes)


def _size_of(folder: str, *, but: str = "") -> int:
    """The bytes of all files below a folder, without one of the folders in it."""
    size = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                size += entry.stat().st_size
            elif entry.path != but:
                size += _size_of(entry.path, but=but)
    return size


def _marker(shards: Sequence[Shard]) -> str:
    data = {"generator": f"kebao {__version__}", "shards": [shard.uri for shard in shards]}
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardBuilds:
    """How shards are built through MkDocs.

    Attributes:
        folder_of: Where each shard's pages go.
        assets: Folder of the theme's files, by digest; ``_assets`` at the root of the site.
        files_index: What :func:`dump_files_indexes` wrote; where there are ``files``, the place to write it if need be.
        linked: The shards that links may lead to.
        jobs: Shards built at the same time.
        previous: Package → snapshot of the edition before.
        environment: More variables for MkDocs.
        files: Package → its stored files.
        spare: An earlier site, of which files may be moved into the new one.
    """

    folder_of: Callable[[Shard], Path]
    assets: Path
    files_index: Path
    linked: Sequence[Shard]
    jobs: int = 1
    use_cache: bool = True
    previous: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FilesIndex] | None = None
    spare: Path | None = None


def build_shards(
    project: CheckedProject,
    shards: Sequence[Shard],
    builds: ShardBuilds,
    on_shard: Callable[[Shard], None],
    *,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Builds the shards side by side; BuildError when one of them fails.

    ``meanwhile`` is done once, while other processes build.
    """
    if can_build_here():
        _build_in_split_processes(project, shards, builds, on_shard, meanwhile)
        return
    if builds.files is not None:
        builds.files_index.write_text(dump_files_indexes(builds.files), encoding="utf-8")

    def build(shard: Shard) -> Shard:
        _run_mkdocs(project, shard, builds)
        return shard

    with ThreadPoolExecutor(max_workers=max(1, builds.jobs)) as pool:
        futures = [pool.submit(build, shard) for shard in shards]
        try:
            meanwhile()
            for future in futures:
                on_shard(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _build_in_split_processes(
    project: CheckedProject,
    shards: Sequence[Shard],
    builds: ShardBuilds,
    on_shard: Callable[[Shard], None],
    meanwhile: Callable[[], None],
) -> None:
    """Each shard in a process that has the checked project already."""

    def build(shard: Shard) -> list[str]:
        environment = _environment(project, shard, builds)
        # Another store may hold other upstream packages.
        handed = None if "KEBAO_STORE" in environment else project
        arguments = _arguments(project, shard, builds)
        code, said = run_module_here(arguments, project.root, environment, project=handed, files=builds.files)
        if code != 0:
            raise BuildError(f"{shard.uri}: {last_lines(said)}")
        return []

    try:
        each_in_a_process(shards, build, at_once=builds.jobs, on_done=on_shard, meanwhile=meanwhile)
    except WorkError as error:
        raise BuildError(str(error)) from error


def _arguments(project: CheckedProject, shard: Shard, builds: ShardBuilds) -> list[str]:
    return ["mkdocs", "build", "-f", str(project.root / "mkdocs.yml"), "-d", str(builds.folder_of(shard))]


def _environment(project: CheckedProject, shard: Shard, builds: ShardBuilds) -> dict[str, str]:
    return {
        **mkdocs_environment(project, shard),
        "KEBAO_FILES_INDEX": str(builds.files_index),
        "KEBAO_ASSETS_PATH": str(builds.assets),
        "KEBAO_ASSETS_URI": "../../../_assets",
        "KEBAO_SHARDS": " ".join(each.uri for each in builds.linked),
        "KEBAO_NO_CACHE": "" if builds.use_cache else "1",
        # Where shards are built side by side, each has its share of the processors.
        "KEBAO_PAGE_JOBS": str(max(1, (os.cpu_count() or 1) // max(1, min(builds.jobs, len(builds.linked))))),
        "KEBAO_PREVIOUS": str(builds.previous.get(shard.package, "")),
        "KEBAO_SPARE": str(builds.spare / shard.uri) if builds.spare else "",
        **builds.environment,
    }


def _run_mkdocs(project: CheckedProject, shard: Shard, builds: ShardBuilds) -> None:
    """MkDocs as a program of its own, which checks the project again."""
    done = subprocess.run(
        [sys.executable, "-m", *_arguments(project, shard, builds)],
        cwd=project.root,
        env=_environment(project, shard, builds),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"{shard.uri}: {last_lines(done.stdout + done.stderr)}")


def mkdocs_environment(project: CheckedProject, shard: Shard) -> dict[str, str]:
    """The environment for MkDocs: the shard, a date that does not depend on the clock, no notices of others."""
    newest = max(
        (r.date for package in project.content.packages.values() for r in package.resources.values()),
        default=None,
    )
    moment = datetime.combine(newest, time(), UTC) if newest else datetime(1980, 1, 1, tzinfo=UTC)
    return {
        "SOURCE_DATE_EPOCH": str(int(moment.timestamp())),
        **os.environ,
        "KEBAO_PACKAGE": shard.package,
        "KEBAO_LOCALE": shard.locale,
        "KEBAO_EDITION": shard.edition,
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
        "PYTHONUTF8": "1",
    }
