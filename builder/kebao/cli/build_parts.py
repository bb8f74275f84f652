"""`kebao build` in parts: the plan, one part, the parts joined, and a cluster."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kebao.assembly.build_inputs import surroundings
from kebao.assembly.build_plan import BuildPlan, PartKind, dump_plan, plan_build
from kebao.assembly.checking import CheckedProject, with_upstreams
from kebao.assembly.site_build import BuildOptions, BuildReport, build_site, plan_shards
from kebao.assembly.site_parts import FILES_INDEX, PART_MARKER, build_part, join_parts, read_part
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN
from kebao.cli.part_arguments import DASK

_SITE, _PARTS = Path("site"), Path("parts")


def is_in_parts(options: argparse.Namespace) -> bool:
    """Whether something else than a whole site is asked for."""
    return bool(options.plan or options.only or options.join)


def build_in_parts(
    project: CheckedProject, built: BuildOptions, options: argparse.Namespace, console: Console
) -> BuildReport | int:
    """Prints the plan, makes a part or joins parts: the exit status, or the report when there is a whole site."""
    whole = with_upstreams(project)
    shards = plan_shards(whole, package=built.package, locale=built.locale)
    plan = plan_build(shards, surroundings(whole, built))
    if options.join:
        return join_parts(project, built, plan, [read_part(path) for path in _part_folders(options)])
    if options.only:
        return _build_only(project, built, plan, options, console)
    console.document(dump_plan(plan))
    return ALL_WELL


def _build_only(
    project: CheckedProject, built: BuildOptions, plan: BuildPlan, options: argparse.Namespace, console: Console
) -> int:
    part = plan.part(options.only)
    if part is None:
        names = ", ".join(part.id for part in plan.parts)
        console.fault("There is no part {part}; there are: {parts}", part=options.only, parts=names)
        return COULD_NOT_RUN
    files = None
    if options.files and part.kind is PartKind.SHARD:
        path = options.root / options.files
        given = read_part(path)
        needed = plan.part(part.needs[0])
        if needed is None or (given.id, given.inputs) != (needed.id, needed.inputs):
            console.fault("{path} is not the part {part} of the same sources and tools.", path=path, part=part.needs[0])
            return COULD_NOT_RUN
        files = path / FILES_INDEX
    out = options.root / (_PARTS / part.id if options.out == _SITE else options.out)
    with console.progress("Building") as step:
        build_part(project, replace(built, out=out), part, files=files, on_file=step)
    console.result("The part {part} is in {path}", part=part.id, path=out)
    return ALL_WELL


def _part_folders(options: argparse.Namespace) -> Iterator[Path]:
    """The folders that are parts, or whose folders are."""
    for folder in options.join:
        path = options.root / folder
        below = [each for each in sorted(path.glob("*")) if (each / PART_MARKER).is_file()]
        yield from below or [path]


def build_whole(
    project: CheckedProject, built: BuildOptions, options: argparse.Namespace, console: Console
) -> BuildReport | int:
    """The whole site, made here or on the cluster that the options name; the exit status where that cannot be."""
    with console.progress("Building") as step:
        if options.executor != DASK:
            return build_site(project, built, on_file=step, on_shard=lambda shard: step(shard.uri))
        if not options.scheduler or not options.exchange:
            console.fault("--executor dask needs --scheduler and --exchange.")
            return COULD_NOT_RUN
        try:
            from kebao.assembly.executors.dask_cluster import Cluster, build_on_cluster
        except ModuleNotFoundError as error:
            console.fault("{module} is not installed: pip install 'kebao[cluster]'", module=error.name)
            return COULD_NOT_RUN
        cluster = Cluster(scheduler=options.scheduler, exchange=options.exchange)
        return build_on_cluster(project, built, cluster, on_file=step, on_shard=lambda shard: step(shard.uri))
