"""A whole site in one folder: stored files once, every shard through MkDocs, the start pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao import __version__
from kebao.assembly.checking import CheckedProject, cache_folder
from kebao.assembly.file_store import FileStore
from kebao.assembly.files_index_json import dump_files_indexes
from kebao.assembly.landing import landing_pages
from kebao.assembly.output_folder import output_folder
from kebao.assembly.stored_files import FileStorer
from kebao.catalog.catalog import all_shards
from kebao.model.shard import Shard

#: At the root of every site that we wrote; a folder without it is never replaced.
SITE_MARKER = "site.json"


class BuildError(Exception):
    """A shard could not be built; the message holds the end of what MkDocs said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What to build, and how.

    Attributes:
        package, locale: Only these; everything when None.
        out: The site's folder; replaced as a whole when all is done.
        jobs: Shards built at the same time.
    """

    out: Path
    package: str | None = None
    locale: str | None = None
    jobs: int = 1
    use_cache: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    shards: tuple[Shard, ...]
    pages: int
    size_bytes: int


def plan_shards(project: CheckedProject, *, package: str | None = None, locale: str | None = None) -> tuple[Shard, ...]:
    """The shards of the working edition, in the order of site.yml; only those of a package or locale when named."""
    shards = all_shards(project.content, project.sound_site())
    return tuple(s for s in shards if package in (None, s.package) and locale in (None, s.locale))


def build_site(
    project: CheckedProject,
    options: BuildOptions,
    *,
    on_file: Callable[[str], None] = lambda name: None,
    on_shard: Callable[[Shard], None] = lambda shard: None,
) -> BuildReport:
    """Builds the shards that the options name. A build that fails or is killed leaves the old site as it was."""
    shards = plan_shards(project, package=options.package, locale=options.locale)
    with (
        output_folder(options.out, marker=SITE_MARKER) as staged,
        TemporaryDirectory(prefix="kebao-") as scratch,
    ):
        cache = cache_folder(project.root) if options.use_cache else Path(scratch) / "cache"
        storer = FileStorer(project, FileStore(staged / "_files"), cache, on_file)
        packages = dict.fromkeys(shard.package for shard in shards)
        index_path = Path(scratch) / "files.json"
        indexes = {package: storer.store_package(package) for package in packages}
        index_path.write_text(dump_files_indexes(indexes), encoding="utf-8")
        _build_shards(project, shards, staged, index_path, options, on_shard)
        for uri, page in landing_pages(project, shards).items():
            (staged / uri).parent.mkdir(parents=True, exist_ok=True)
            (staged / uri).write_bytes(page)
        (staged / SITE_MARKER).write_text(_marker(shards), encoding="utf-8", newline="\n")
        pages = sum(len(json.loads((staged / s.uri / "pages.json").read_text("utf-8"))["pages"]) for s in shards)
        size_bytes = sum(path.stat().st_size for path in staged.rglob("*") if path.is_file())
    return BuildReport(shards=shards, pages=pages, size_bytes=size_bytes)


def _marker(shards: Sequence[Shard]) -> str:
    data = {"generator": f"kebao {__version__}", "shards": [shard.uri for shard in shards]}
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def _build_shards(
    project: CheckedProject,
    shards: Sequence[Shard],
    staged: Path,
    files_index: Path,
    options: BuildOptions,
    on_shard: Callable[[Shard], None],
) -> None:
    def build(shard: Shard) -> Shard:
        _run_mkdocs(project, shard, shards, staged, files_index, options)
        return shard

    with ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        futures = [pool.submit(build, shard) for shard in shards]
        try:
            for future in futures:
                on_shard(future.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _run_mkdocs(
    project: CheckedProject,
    shard: Shard,
    shards: Sequence[Shard],
    staged: Path,
    files_index: Path,
    options: BuildOptions,
) -> None:
    environment = {
        **mkdocs_environment(project, shard),
        "KEBAO_FILES_INDEX": str(files_index),
        "KEBAO_ASSETS_PATH": str(staged / "_assets"),
        "KEBAO_ASSETS_URI": "../../../_assets",
        "KEBAO_SHARDS": " ".join(each.uri for each in shards),
        "KEBAO_NO_CACHE": "" if options.use_cache else "1",
    }
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(project.root / "mkdocs.yml")]
    done = subprocess.run(
        [*command, "-d", str(staged / shard.uri)],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last_lines = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise BuildError(f"{shard.uri}: {last_lines}")


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
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
        "PYTHONUTF8": "1",
    }
