"""The commands: each takes its options, does its work through the layers below, and gives the exit status."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from kebao.assembly.bundle_folder import write_bundles
from kebao.assembly.checking import CheckedProject, check_project
from kebao.assembly.site_build import BuildOptions, build_site, mkdocs_environment, plan_shards
from kebao.audit.audit import audit_site
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.cli.new_resource import new
from kebao.model.site import Policy
from kebao.problems import Problem, Severity

__all__ = ["audit", "build", "bundle", "check", "new", "serve"]


def check(options: argparse.Namespace, console: Console) -> int:
    """``kebao check [PATH…]``: all problems; with paths, only those in them."""
    project = _checked(options, console)
    if not project:
        return COULD_NOT_RUN
    shown = tuple(_within(project.problems, options.paths, options.root))
    console.problems(shown)
    console.count(shown)
    if not shown:
        console.result("No problems in {count} resources.", count=resource_count(project))
    return PROBLEMS if _weighty(shown) else ALL_WELL


def build(options: argparse.Namespace, console: Console) -> int:
    """``kebao build``: checks, then builds; nothing is touched while an error stands."""
    project = _sound(options, console)
    if isinstance(project, int):
        return project
    shards = plan_shards(project, package=options.package, locale=options.locale)
    if not shards:
        console.fault("There is no such package or language in site_config/site.yml.")
        return COULD_NOT_RUN
    out = options.root / options.out
    build_options = BuildOptions(
        out=out,
        package=options.package,
        locale=options.locale,
        jobs=options.jobs,
        use_cache=not options.no_cache,
    )
    with console.progress("Building") as step:
        report = build_site(project, build_options, on_file=step, on_shard=lambda shard: step(shard.uri))
    console.result(
        "{pages} pages in {shards} parts, {size} MB.",
        pages=report.pages,
        shards=len(report.shards),
        size=f"{report.size_bytes / (1 << 20):.1f}",
    )
    console.result("Open {path}", path=out / "index.html")
    return ALL_WELL


def serve(options: argparse.Namespace, console: Console) -> int:
    """``kebao serve``: one package in one language, rebuilt and reloaded when a file changes."""
    project = _sound(options, console)
    if isinstance(project, int):
        return project
    site = project.sound_site()
    package, locale = options.package or site.default_package, options.locale or site.default_locale
    shards = plan_shards(project, package=package, locale=locale)
    if not shards:
        console.fault("There is no such package or language in site_config/site.yml.")
        return COULD_NOT_RUN
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "serve",
        "-f",
        str(options.root / "mkdocs.yml"),
        "-a",
        options.address,
    ]
    if not options.no_open:
        command.append("--open")
    console.result(
        "Serving {package} ({locale}) at http://{address}/ – end with Ctrl+C.",
        package=package,
        locale=locale,
        address=options.address,
    )
    environment = mkdocs_environment(project, shards[0])
    return subprocess.run(command, cwd=options.root, env=environment, check=False).returncode


def bundle(options: argparse.Namespace, console: Console) -> int:
    """``kebao bundle``: the download bundles under readable names, with their checksums."""
    project = _sound(options, console)
    if isinstance(project, int):
        return project
    packages = [p for p in project.sound_site().packages if options.package in (None, p)]
    if not packages:
        console.fault("There is no such package or language in site_config/site.yml.")
        return COULD_NOT_RUN
    out = options.root / options.out
    with console.progress("Bundles") as on_file:
        count = write_bundles(project, packages, out, on_file=on_file)
    console.result("{count} bundles in {path}", count=count, path=out)
    return ALL_WELL


def audit(options: argparse.Namespace, console: Console) -> int:
    """``kebao audit DIR``: what is wrong with a finished site."""
    project_file = options.root / "site_config" / "site.yml"
    project = check_project(options.root) if project_file.is_file() else None
    policy = project.site.policy if project and project.site else Policy()
    with console.progress("Examining") as step:
        report = audit_site(options.root / options.folder, policy, on_progress=lambda done, total: step("", total))
    console.problems(report.problems)
    console.count(report.problems)
    console.result(
        "{pages} pages, {links} links, {files} files examined.",
        pages=report.pages,
        links=report.links,
        files=report.files,
    )
    if report.largest_page:
        path, size = report.largest_page
        console.result("Largest page: {path}, {size} KB.", path=path, size=f"{size / 1024:.1f}")
    if not report.problems:
        console.result("Nothing wrong.")
    return PROBLEMS if _weighty(report.problems) else ALL_WELL


def resource_count(project: CheckedProject) -> int:
    return sum(len(package.resources) for package in project.content.packages.values())


def _checked(options: argparse.Namespace, console: Console) -> CheckedProject | None:
    if not (options.root / "site_config").is_dir() and not (options.root / "content").is_dir():
        console.fault("{path} is not a Kebao project; go to its folder, or name it with -C.", path=options.root)
        return None
    use_cache = not getattr(options, "no_cache", False)
    with console.progress("Reading") as step:
        return check_project(options.root, use_cache=use_cache, on_progress=lambda done, total: step("", total))


def _sound(options: argparse.Namespace, console: Console) -> CheckedProject | int:
    """The project when it has no errors; else the exit status, with its problems said."""
    project = _checked(options, console)
    if not project:
        return COULD_NOT_RUN
    console.problems(project.problems)
    console.count(project.problems)
    if project.has_errors:
        console.fault("The content has errors: nothing was built.")
        return PROBLEMS
    return project


def _weighty(problems: Iterable[Problem]) -> bool:
    """Notices alone do not make a command fail."""
    return any(problem.severity is not Severity.NOTICE for problem in problems)


def _within(problems: Iterable[Problem], paths: list[str], root: Path) -> Iterable[Problem]:
    wanted = [Path(path).resolve() for path in paths]
    for problem in problems:
        place = root / problem.location.path
        if not wanted or any(place == path or path in place.parents for path in wanted):
            yield problem
