"""Makes the parts of a build on a cluster of Dask (https://distributed.dask.org), an optional extra."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from distributed import Client, Future, KilledWorker, as_completed, get_worker
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from kebao.assembly.build_inputs import BUILD_FILE, surroundings
from kebao.assembly.build_plan import BuildPlan, PartKind, plan_build
from kebao.assembly.build_stamp import can_tell
from kebao.assembly.checking import CheckedProject, with_upstreams
from kebao.assembly.executors.exchange import Exchange
from kebao.assembly.executors.remote_part import (
    RemoteJob,
    RemotePart,
    build_remote_part,
    files_name,
    made_before,
    take_part,
)
from kebao.assembly.executors.sent_sources import send_sources
from kebao.assembly.output_folder import output_folder
from kebao.assembly.site_build import SITE_MARKER, BuildOptions, BuildReport, finish_site, plan_shards
from kebao.assembly.site_parts import FILES_INDEX, PartError, file_storer, write_files_index
from kebao.loading.facts_cache import sha256_of
from kebao.model.shard import Shard
from kebao.problems import Message

_SECONDS_TO_ANSWER = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where a cluster is.

    Attributes:
        scheduler: Address of its scheduler, such as ``tcp://10.0.0.5:8786``.
        exchange: URL of a place that this machine and all workers can reach.
    """

    scheduler: str
    exchange: str


def build_on_cluster(
    project: CheckedProject,
    options: BuildOptions,
    cluster: Cluster,
    *,
    on_file: Callable[[str], None] = lambda name: None,
    on_shard: Callable[[Shard], None] = lambda shard: None,
) -> BuildReport:
    """The site that :func:`build_site` makes, byte for byte; the shards are made by the cluster's workers.

    Files are stored on this machine, where they lie: they would travel more than they are worked on.
    A worker that ends is made up for by the others. Raises PartError.
    """
    _refuse_what_lies_elsewhere(project)
    project = with_upstreams(project)
    shards = plan_shards(project, package=options.package, locale=options.locale)
    around = surroundings(project, options)
    plan = plan_build(shards, around)
    exchange = Exchange(cluster.exchange)
    with (
        output_folder(options.out, marker=SITE_MARKER) as staged,
        TemporaryDirectory(prefix="kebao-") as scratch,
        Client(cluster.scheduler, timeout=_SECONDS_TO_ANSWER, set_as_default=False) as client,
    ):
        _wait_for_workers(client, cluster)
        sources = send_sources(project.root, around.files, options.previous, exchange)
        storer = file_storer(project, options, staged / "_files", Path(scratch), on_file)
        run = _Run(client=client, exchange=exchange, site=staged, keeps=options.use_cache, on_shard=on_shard)
        for part in plan.parts:
            if part.kind is PartKind.FILES:
                index = Path(scratch) / FILES_INDEX
                write_files_index(storer, part.package, index)
                files = sha256_of(index)
                exchange.put(index, files_name(files))
                run.start(_jobs(plan, part.package, cluster, options, sources, files))
        run.finish()
        return finish_site(project, shards, staged)


def _jobs(
    plan: BuildPlan, package: str, cluster: Cluster, options: BuildOptions, sources: str, files: str
) -> list[RemoteJob]:
    return [
        RemoteJob(
            exchange=cluster.exchange,
            part=part,
            sources=sources,
            files=files,
            tools=plan.tools,
            package=options.package,
            locale=options.locale,
            splice=options.splice,
        )
        for part in plan.parts
        if part.kind is PartKind.SHARD and part.package == package
    ]


class _Run:
    """The jobs of one build that are on their way."""

    def __init__(
        self, *, client: Client, exchange: Exchange, site: Path, keeps: bool, on_shard: Callable[[Shard], None]
    ) -> None:
        self._client, self._exchange, self._site, self._keeps = client, exchange, site, keeps
        self._on_shard = on_shard
        self._jobs: dict[Future[Any], RemoteJob] = {}

    def start(self, jobs: list[RemoteJob]) -> None:
        for job in jobs:
            before = made_before(job, self._exchange) if self._keeps else None
            if before:
                self._take(before, job)
            else:
                # A key of its own: two builds at once each wait for their own part.
                future = self._client.submit(run_on_worker, job, key=f"{job.part.id}-{uuid.uuid4().hex}", pure=False)
                self._jobs[future] = job

    def finish(self) -> None:
        """Takes each part as it is made; PartError when one cannot be made."""
        try:
            for future in as_completed(list(self._jobs), loop=self._client.loop):
                self._take(future.result(), self._jobs[future])
        except KilledWorker as error:
            message = Message("workers ended again and again while they made {part}", {"part": str(error.task)})
            raise PartError(message) from error
        except (FutureCancelledError, CommClosedError) as error:
            raise PartError(Message("the cluster's scheduler ended during the build")) from error
        finally:
            self._client.cancel(list(self._jobs))

    def _take(self, part: RemotePart, job: RemoteJob) -> None:
        take_part(part, job, self._exchange, self._site)
        self._on_shard(job.part.shard)


def run_on_worker(job: RemoteJob) -> RemotePart:
    """What a worker does; its own folder, which Dask removes when it ends, keeps the sources."""
    worker = get_worker()
    scratch = Path(worker.local_directory) / "kebao"
    scratch.mkdir(exist_ok=True)
    return build_remote_part(job, scratch, worker.state.nthreads)


def _wait_for_workers(client: Client, cluster: Cluster) -> None:
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
    except TimeoutError as error:
        raise PartError(Message("the scheduler {address} has no workers", {"address": cluster.scheduler})) from error


def _refuse_what_lies_elsewhere(project: CheckedProject) -> None:
    """Workers get the project's own folders only."""
    upstreams = project.upstreams.packages if project.upstreams else {}
    for package, upstream in upstreams.items():
        if upstream.is_elsewhere:
            message = Message(
                "'{package}' builds on an edition that lies elsewhere; build it on this machine", {"package": package}
            )
            raise PartError(message)
    if not can_tell(project.root):
        message = Message("{file} names files elsewhere; build on this machine", {"file": BUILD_FILE})
        raise PartError(message)
