"""The commands: each takes its options, does its work through the layers below, and gives the exit status."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.build_stamp import read_stamp, site_stamp, write_stamp
from kebao.assembly.bundle_folder import write_bundles
from kebao.assembly.check_cache import checked_project
from kebao.assembly.checking import CheckedProject, check_project
from kebao.assembly.site_build import BuildOptions, build_site, mkdocs_environment, plan_shards
from kebao.assembly.tree_comparison import differences
from kebao.assembly.upstream_places import DEFAULT_STORE
from kebao.cli.build_parts import build_in_parts, build_whole, is_in_parts
from kebao.cli.console import Console
from kebao.cli.edition_store import say_fault, store_at
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.cli.project_folder import is_project
from kebao.cli.unchanged import Inputs, Looked, remember
from kebao.editions.errors import EditionError
from kebao.editions.previous import latest_snapshots
from kebao.model.site import Policy
from kebao.problems import make_fail


def build(options: argparse.Namespace, console: Console) -> int:
    """``kebao build``: checks, then builds; nothing is touched while an error stands, or nothing has changed."""
    looked = _look(_build_inputs(options), options)
    kept = read_stamp(options.root, options.root / options.out)
    is_same = looked is not None and looked.stamp != "" and kept[0] == looked.stamp
    if is_same and not options.verify and kept[1] == site_stamp(options.root / options.out):
        _say_built(options, console, *kept[2])
        return ALL_WELL
    # A plan is for other programs: what the check says stands apart from it.
    project = _sound(options, replace(console, out=console.err) if options.plan else console)
    if isinstance(project, int):
        return project
    shards = plan_shards(project, package=options.package, locale=options.locale)
    if not shards:
        console.fault("There is no such package or language in site_config/site.yml.")
        return COULD_NOT_RUN
    out = options.root / options.out
    try:
        previous = latest_snapshots(store_at(options))
    except EditionError as error:
        say_fault(error, console)
        return COULD_NOT_RUN
    build_options = BuildOptions(
        out=out,
        package=options.package,
        locale=options.locale,
        jobs=options.jobs,
        use_cache=not options.no_cache,
        previous=previous,
        splice=not options.no_splice,
        search=not options.no_search,
    )
    make = build_in_parts if is_in_parts(options) else build_whole
    report = make(project, build_options, options, console)
    if isinstance(report, int):
        return report
    said = (str(report.pages), str(len(report.shards)), f"{report.size_bytes / (1 << 20):.1f}")
    _say_built(options, console, *said)
    if looked and _is_known(project) and looked.is_still_so():
        site = site_stamp(out)
        # What the check said must be said again the next time.
        if not project.problems:
            write_stamp(options.root, out, looked.stamp, site=site, said=said)
        if not options.verify:
            lines = _built_lines(options, console, *said)
            remember(options.given, looked, out=out, written=site, said=_said(project, console, lines))
    return _verified(project, build_options, console) if options.verify else ALL_WELL


def _say_built(options: argparse.Namespace, console: Console, pages: str, shards: str, size: str) -> None:
    for line in _built_lines(options, console, pages, shards, size):
        console.line(line)


def _built_lines(options: argparse.Namespace, console: Console, pages: str, shards: str, size: str) -> tuple[str, ...]:
    words = console.words
    counts = words("{pages} pages in {shards} parts, {size} MB.", pages=pages, shards=shards, size=size)
    return counts, words("Open {path}", path=options.root / options.out / "index.html")


def _build_inputs(options: argparse.Namespace) -> Inputs | None:
    """What the site is made of; None where all must be made."""
    if options.no_cache or options.no_splice or is_in_parts(options):
        return None
    how = f"{options.package} {options.locale} {options.no_search}"
    return Inputs(options.root, how, (options.root / options.store,))


def _look(inputs: Inputs | None, options: argparse.Namespace) -> Looked | None:
    """What the inputs are now, or were a moment ago, when one looked whether there is anything to do."""
    earlier: Looked | None = options.looked
    if inputs is None:
        return None
    return earlier if earlier and earlier.inputs == inputs else inputs.look()


def _is_known(project: CheckedProject) -> bool:
    """Whether all that was read of a project can be known again."""
    # Of what lies elsewhere only the edition store is looked at.
    return not any(each.extends and each.extends.source for each in project.content.packages.values())


def _said(project: CheckedProject, console: Console, lines: Iterable[str]) -> str:
    """What a command said on standard output: of the project, then these lines."""

    def say(paper: Console) -> None:
        _say_problems(project, paper)
        for line in lines:
            paper.line(line)

    return console.on_paper(say)


def _verified(project: CheckedProject, built: BuildOptions, console: Console) -> int:
    """Builds once more, the slow way, and says whether it is the same."""
    with TemporaryDirectory(prefix="kebao-") as folder, console.progress("Building") as step:
        plain = replace(built, out=Path(folder) / "site", use_cache=False, splice=False)
        build_site(project, plain, on_file=step, on_shard=lambda shard: step(shard.uri))
        found = list(differences(built.out, plain.out))
    if not found:
        console.result("Verified: every byte is the same when each page is rendered whole.")
        return ALL_WELL
    first = found[0]
    console.fault(
        "{count} files differ from a plain build; the first: {path}, byte {offset}: {one} / {other}",
        count=len(found),
        path=first.path,
        offset=first.offset,
        one=first.one.decode("utf-8", "replace"),
        other=first.other.decode("utf-8", "replace"),
    )
    return COULD_NOT_RUN


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
        # The site is changed in place.
        "--dirty",
    ]
    if not options.no_open:
        command.append("--open")
    console.result(
        "Serving {package} ({locale}) at http://{address}/ – end with Ctrl+C.",
        package=package,
        locale=locale,
        address=options.address,
    )
    try:
        previous = latest_snapshots(store_at(options)).get(package)
    except EditionError as error:
        say_fault(error, console)
        return COULD_NOT_RUN
    environment = mkdocs_environment(project, shards[0])
    environment["KEBAO_PREVIOUS"] = str(previous.resolve()) if previous else ""
    return subprocess.run(command, cwd=options.root, env=environment, check=False).returncode


def bundle(options: argparse.Namespace, console: Console) -> int:
    """``kebao bundle``: the download bundles under readable names, with their checksums."""
    inputs = Inputs(options.root, f"bundle {options.package}", (options.root / DEFAULT_STORE,))
    looked = _look(inputs, options)
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
    said = console.words("{count} bundles in {path}", count=count, path=out)
    console.line(said)
    if looked and _is_known(project) and looked.is_still_so():
        remember(options.given, looked, out=out, written=site_stamp(out), said=_said(project, console, (said,)))
    return ALL_WELL


def audit(options: argparse.Namespace, console: Console) -> int:
    """``kebao audit DIR``: what is wrong with a finished site."""
    from kebao.audit.audit import audit_site

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
    return PROBLEMS if make_fail(report.problems) else ALL_WELL


def _checked(options: argparse.Namespace, console: Console) -> CheckedProject | None:
    if not is_project(options.root, console):
        return None
    today = date.today()  # noqa: DTZ011 – the author's calendar day is what is meant
    with console.progress("Reading") as step:

        def on_progress(done: int, total: int) -> None:
            step("", total)

        if getattr(options, "no_cache", False):
            return check_project(options.root, today=today, use_cache=False, on_progress=on_progress)
        return checked_project(options.root, today=today, on_progress=on_progress)


def _sound(options: argparse.Namespace, console: Console) -> CheckedProject | int:
    """The project when it has no errors; else the exit status, with its problems said."""
    project = _checked(options, console)
    if not project:
        return COULD_NOT_RUN
    _say_problems(project, console)
    if project.has_errors:
        console.fault("The content has errors: nothing was built.")
        return PROBLEMS
    return project


def _say_problems(project: CheckedProject, console: Console) -> None:
    console.problems(project.problems)
    console.count(project.problems)
