"""A part of a build on another machine: sources come out of the exchange, and what was made goes into it."""

from __future__ import annotations

import json
import platform
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.build_inputs import build_tools
from kebao.assembly.build_plan import Part
from kebao.assembly.checking import check_project
from kebao.assembly.executors.exchange import Exchange, digest_of
from kebao.assembly.executors.sent_sources import fetch_sources
from kebao.assembly.executors.tree_archive import pack_tree, unpack
from kebao.assembly.site_build import BuildOptions
from kebao.assembly.site_parts import FILES_INDEX, PART_SITE, PartError, build_part, merge_tree
from kebao.loading.facts_cache import sha256_of
from kebao.problems import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteJob:
    """A part to make; everything that a machine needs to know of it.

    Attributes:
        exchange: URL.
        sources, files: Digests, by which the sources and the list of stored files lie in the exchange.
        tools: What the machine must have installed, by name.
        package, locale: What the whole build is limited to.
    """

    exchange: str
    part: Part
    sources: str
    files: str
    tools: Mapping[str, str]
    package: str | None
    locale: str | None
    splice: bool

    @property
    def note(self) -> str:
        """Where it is noted that this part was made."""
        return f"made/{digest_of(self.part.inputs, self.files)}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemotePart:
    """A part that was made: an archive in the exchange."""

    id: str
    sha256: str
    size_bytes: int

    @property
    def name(self) -> str:
        return f"parts/{self.sha256}.tar"


def build_remote_part(job: RemoteJob, scratch: Path, page_jobs: int) -> RemotePart:
    """Makes the part; PartError when this machine cannot make it the same way as others.

    Args:
        scratch: Folder for sources that were fetched; what is in it is used again.
        page_jobs: Processes that may make pages side by side.
    """
    _refuse_other_tools(job)
    exchange = Exchange(job.exchange)
    root, previous = fetch_sources(job.sources, exchange, scratch)
    with TemporaryDirectory(prefix="kebao-", dir=scratch) as folder:
        files = Path(folder) / FILES_INDEX
        exchange.get(files_name(job.files), files, sha256=job.files)
        options = BuildOptions(
            out=Path(folder) / "part",
            package=job.package,
            locale=job.locale,
            previous=previous,
            splice=job.splice,
        )
        environment = {"KEBAO_PAGE_JOBS": str(page_jobs)}
        made = build_part(check_project(root), options, job.part, files=files, environment=environment)
        archive = Path(folder) / f"{uuid.uuid4().hex}.tar"
        pack_tree(made.path / PART_SITE, archive)
        part = RemotePart(id=job.part.id, sha256=sha256_of(archive), size_bytes=archive.stat().st_size)
        exchange.put(archive, part.name)
        exchange.note(job.note, json.dumps(asdict(part), sort_keys=True))
    return part


def made_before(job: RemoteJob, exchange: Exchange) -> RemotePart | None:
    """The part when an earlier build made it and it is still there."""
    try:
        part = RemotePart(**json.loads(exchange.noted(job.note)))
    except (ValueError, TypeError):
        return None
    return part if exchange.has(part.name, part.size_bytes) else None


def take_part(part: RemotePart, job: RemoteJob, exchange: Exchange, site: Path) -> None:
    """Puts a part that was made into the site's folder."""
    with TemporaryDirectory(prefix="kebao-") as folder:
        archive, tree = Path(folder) / "part.tar", Path(folder) / "tree"
        exchange.get(part.name, archive, sha256=part.sha256)
        unpack(archive, tree)
        merge_tree(tree, site, within=job.part.outputs)


def files_name(sha256: str) -> str:
    """Where the list of stored files with this digest lies in the exchange."""
    return f"lists/{sha256}.json"


def _refuse_other_tools(job: RemoteJob) -> None:
    own = build_tools()
    for name in sorted({*own, *job.tools}):
        if own.get(name) != job.tools.get(name):
            about = {
                "machine": platform.node(),
                "tool": name,
                "own": own.get(name) or "–",
                "wanted": job.tools.get(name) or "–",
            }
            raise PartError(Message("{machine} has {tool} {own}, and {wanted} is needed", about))
