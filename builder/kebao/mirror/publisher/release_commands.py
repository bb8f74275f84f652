"""The commands about releases: check, release, revoke, publish, export. Libraries are loaded when one of them runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kebao.mirror.command_table import Terminal, utc_now
from kebao.mirror.errors import ExitCode

if TYPE_CHECKING:
    from kebao.mirror.publisher.release import StagedRelease
    from kebao.mirror.publisher.site_check import SiteProblem

Run = Callable[[argparse.Namespace, Terminal], ExitCode]
_SHOWN_PROBLEMS = 100


def check(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``check``: what would break the site in a school."""
    from kebao.mirror.publisher.site_check import check_site
    from kebao.mirror.publisher.site_tree import site_paths

    paths = site_paths(options.site)
    problems = list(check_site(options.site, paths))
    _say_problems(problems, terminal)
    if any(problem.is_error for problem in problems):
        return ExitCode.REFUSED
    terminal.say("check-passed", files=len(paths))
    return ExitCode.COMPLETE


def release(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``release``: everything of a release but its signatures."""
    from kebao.mirror.publisher.release import ReleasePlan, stage_release, store_site
    from kebao.mirror.publisher.site_tree import read_site
    from kebao.mirror.publisher.tidying import tidy
    from kebao.mirror.publisher.unit_spool import UnitSpool
    from kebao.mirror.publisher.workspace import Workspace

    if errors := _errors_of(options.site, with_links=not options.skip_links):
        _say_problems(errors, terminal)
        return ExitCode.REFUSED
    workspace = Workspace(options.out)
    # Before anything new lies there that no signed release needs yet.
    if removed := tidy(workspace, options.keep):
        terminal.aside("tidied", count=removed)
    site = read_site(options.site)
    store_site(workspace, site)
    plan = ReleasePlan(version=options.version, released=utc_now(), long_term=options.long_term)
    with UnitSpool(site.units) as units:
        del site  # the names of a hundred thousand files are not kept in memory while packs are made
        _say_staged(stage_release(workspace, units, plan), terminal)
    return ExitCode.COMPLETE


def revoke_release(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``revoke``: a new release with the content before the revoked one."""
    from kebao.mirror.publisher.revocation import revoke
    from kebao.mirror.publisher.workspace import Workspace

    workspace = Workspace(options.out)
    staged = revoke(workspace, options.version, options.reason, new_version=options.new_version, now=utc_now())
    _say_staged(staged, terminal)
    return ExitCode.COMPLETE


def publish_release(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``publish``: the newest signed release to where schools find it."""
    from kebao.mirror.publisher.destinations import destination
    from kebao.mirror.publisher.publication import publish
    from kebao.mirror.publisher.workspace import Workspace

    published = publish(Workspace(options.out), destination(options.destination))
    message = "published" if published.is_visible else "published-hidden"
    terminal.say(message, number=published.number, version=published.version)
    return ExitCode.COMPLETE


def export(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
    """``export``: a stick."""
    from kebao.mirror.publisher.durations import read_bytes
    from kebao.mirror.publisher.releases import newest_release
    from kebao.mirror.publisher.stick import write_stick
    from kebao.mirror.publisher.stick_plan import StickChoice, plan_stick
    from kebao.mirror.publisher.workspace import Workspace

    newest = newest_release(Workspace(options.out))
    choice = StickChoice(
        packages=_words(options.packages),
        locales=_words(options.locales),
        with_video=not options.without_video,
        max_bytes=read_bytes(options.size) if options.size else None,
    )
    plan = plan_stick(newest.catalog.units, newest.manifests(), choice)
    written = write_stick(newest, options.stick, plan)
    size_bytes = sum(file.size for file in plan.files)
    terminal.say(
        "exported", path=options.stick, files=len(plan.files), written=written, megabytes=_megabytes(size_bytes)
    )
    if plan.left_out:
        terminal.say("exported-left-out", count=len(plan.left_out))
    return ExitCode.COMPLETE


def _errors_of(site: Path, *, with_links: bool) -> list[SiteProblem]:
    """In a function of its own, so that the names of a hundred thousand files do not stay in memory."""
    from kebao.mirror.publisher.site_check import check_names, check_site
    from kebao.mirror.publisher.site_tree import site_paths

    paths = site_paths(site)
    found = check_site(site, paths) if with_links else check_names(paths)
    return [problem for problem in found if problem.is_error]


def _say_problems(problems: list[SiteProblem], terminal: Terminal) -> None:
    for problem in problems[:_SHOWN_PROBLEMS]:
        terminal.say(problem.message, **dict(problem.parameters))
    if len(problems) > _SHOWN_PROBLEMS:
        terminal.say("check-more", count=len(problems) - _SHOWN_PROBLEMS)
    if errors := sum(problem.is_error for problem in problems):
        terminal.aside("check-failed", count=errors)


def _say_staged(staged: StagedRelease, terminal: Terminal) -> None:
    terminal.say(
        "staged",
        number=staged.number,
        version=staged.version,
        files=staged.files,
        megabytes=_megabytes(staged.size_bytes),
        pack_megabytes=_megabytes(staged.pack_bytes),
    )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:.1f}"


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.replace("，", ",").split(",") if word.strip())
