"""``kebao upstream``: what packages build on, what another edition of that would change, and taking it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from kebao.assembly.checking import CheckedProject, check_project, upstream_places
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.upstream_archive import UpstreamError
from kebao.assembly.upstream_places import editions_at
from kebao.assembly.upstreams import UpstreamPlaces, upstream_at
from kebao.catalog.snapshots import Snapshot, take_snapshot
from kebao.catalog.upstream_changes import upstream_changes
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.cli.upstream_report import UpstreamReport, report_text
from kebao.editions.edition_id import edition_order
from kebao.mending.upstream_pin import NoPinError, pinned
from kebao.model.package import Package, Upstream, UpstreamPackage
from kebao.model.shard import WORKING_EDITION
from kebao.problems import Message
from kebao.reports.safe_text import encodable

_SHOWN_DIGITS = 12


def upstream(options: argparse.Namespace, console: Console) -> int:
    """``kebao upstream status|diff|take``."""
    if not (options.root / "content").is_dir():
        console.fault("{path} is not a Kebao project; go to its folder, or name it with -C.", path=options.root)
        return COULD_NOT_RUN
    store = Path(options.root) / options.store
    with console.progress("Reading") as step:
        project = check_project(options.root, store=store, on_progress=lambda done, total: step("", total))
    if project.site is None:
        console.problems(project.problems)
        console.fault("The set-up of the site cannot be read: run 'kebao check' first.")
        return COULD_NOT_RUN
    places = upstream_places(options.root, store=store)
    if options.upstream_command == "status":
        return _status(options, console, project, places)
    package = _named(options, console, project)
    if package is None or package.extends is None:
        return COULD_NOT_RUN
    try:
        edition = options.edition or _newest(package.extends, places)
        command = {"diff": _diff, "take": _take}[options.upstream_command]
        return command(options, console, project, package, replace(package.extends, edition=edition))
    except UpstreamError as error:
        console.failure(error.message)
        console.failure(error.hint)
        return COULD_NOT_RUN


def _named(options: argparse.Namespace, console: Console, project: CheckedProject) -> Package | None:
    """The package of the options when it builds on another; else says what is wrong."""
    building = [p.id for p in project.content.packages.values() if p.extends]
    package = project.content.packages.get(options.package)
    if package is None or package.extends is None:
        template = "'{package}' is not a package that builds on another; these are: {packages}"
        console.fault(template, package=options.package, packages=", ".join(building) or "–")
        return None
    return package


def _newest(wanted: Upstream, places: UpstreamPlaces) -> str:
    """The newest edition where upstream editions are looked for; the one in use when there is no other."""
    found = sorted(editions_at(places.root, places.store, wanted), key=edition_order)
    return found[-1] if found else wanted.edition


def _status(options: argparse.Namespace, console: Console, project: CheckedProject, places: UpstreamPlaces) -> int:
    taken = project.upstreams.packages if project.upstreams else {}
    faults = project.upstreams.problems if project.upstreams else ()
    building = [p for p in project.content.packages.values() if p.extends and options.package in (None, p.id)]
    if not building:
        console.result("No package builds on another.")
    for package in building:
        if package.extends is None:
            continue
        overlay, found = package.overlay, taken.get(package.id)
        console.result(
            "{package} builds on {upstream} {edition} ({pin}): {taken} resources taken, {hidden} hidden, {replaced} "
            "replaced, {annotated} annotated.",
            package=package.id,
            upstream=package.extends.package,
            edition=package.extends.edition,
            pin=_pin(console, package.extends),
            taken=_taken_count(project, package),
            hidden=len(overlay.hide),
            replaced=len(overlay.replace),
            annotated=len(overlay.annotate),
        )
        known = editions_at(places.root, places.store, package.extends)
        newer = [e for e in sorted(known, key=edition_order) if _is_newer(e, package.extends.edition)]
        if newer:
            template = "There are newer editions: {editions}. See: kebao upstream diff {package}"
            console.result(template, editions=", ".join(newer), package=package.id)
        if found is None and not any(p.location.path == package.path for p in faults):
            console.fault("Its upstream package was not found: run 'kebao check' first.")
    console.problems(faults)
    about = [p for p in project.problems if p.code in ("KB412", "KB413", "KB414", "KB419")]
    console.problems(about)
    return PROBLEMS if faults else ALL_WELL


def _is_newer(edition: str, used: str) -> bool:
    return used != WORKING_EDITION and edition_order(edition) > edition_order(used)


def _pin(console: Console, wanted: Upstream) -> str:
    if wanted.edition == WORKING_EDITION and not wanted.source:
        return console.words("of this project")
    return wanted.digest[:_SHOWN_DIGITS] or console.words("not pinned")


def _taken_count(project: CheckedProject, package: Package) -> int:
    whole = project.upstreams.content.packages if project.upstreams else {}
    return len(whole[package.id].provenance.origins) if package.id in whole else 0


def _diff(
    options: argparse.Namespace, console: Console, project: CheckedProject, package: Package, wanted: Upstream
) -> int:
    report, _ = _compared(options, project, package, wanted)
    text = report_text(report, options.format, console.words)
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(options.output) as stream:
            stream.write(encodable(text).encode("utf-8"))
        console.aside("Written: {path}", path=options.output)
    elif options.format == "table":
        for line in text.splitlines():
            console.out.print(Text(encodable(line)), soft_wrap=True)
    else:
        console.document(text)
    return ALL_WELL


def _compared(
    options: argparse.Namespace, project: CheckedProject, package: Package, wanted: Upstream
) -> tuple[UpstreamReport, UpstreamPackage]:
    places = upstream_places(options.root, store=Path(options.root) / options.store)
    used = project.upstreams.packages.get(package.id) if project.upstreams else None
    facts = project.upstreams.facts if project.upstreams else {}
    audience = project.sound_site().audience
    found, new_facts = upstream_at(project.content, package, wanted, places, audience=audience)
    if found is None:
        params = {"package": wanted.package}
        raise UpstreamError(
            Message("there is no package '{package}' in this project", params),
            Message("correct 'package' or 'from' in package.yml"),
        )
    all_facts = {**project.facts, **facts, **new_facts}

    def snapshot(of: UpstreamPackage) -> Snapshot:
        return take_snapshot(of.package, edition=of.edition, audience=audience, facts=all_facts)

    changes = upstream_changes(
        snapshot(used) if used else None, snapshot(found), package.overlay, frozenset(package.resources)
    )
    report = UpstreamReport(
        package=package.id,
        upstream=wanted.package,
        old=used.edition if used else "",
        new=wanted.edition,
        changes=changes,
    )
    return report, found


def _take(
    options: argparse.Namespace, console: Console, project: CheckedProject, package: Package, wanted: Upstream
) -> int:
    report, found = _compared(options, project, package, wanted)
    if not found.is_elsewhere:
        console.fault(
            "'{upstream}' is a package of this project and always as it is now: there is nothing to take. Release an "
            "edition of it, and name that.",
            upstream=wanted.package,
        )
        return COULD_NOT_RUN
    path = options.root / package.path
    before = path.read_bytes()
    try:
        after = pinned(before, edition=wanted.edition, digest=found.digest)
    except (NoPinError, UnicodeDecodeError):
        console.fault("{path} cannot be read: run 'kebao check' first.", path=package.path)
        return COULD_NOT_RUN
    for line in report_text(report, "table", console.words).splitlines():
        console.out.print(Text(encodable(line)), soft_wrap=True)
    if after == before:
        console.result("{path} has this edition already.", path=package.path)
        return ALL_WELL
    mode = path.stat().st_mode & 0o7777
    with atomic_writer(path) as stream:
        stream.write(after)
    path.chmod(mode)
    console.result("Taken: {upstream} {edition}. Now run: kebao check", upstream=wanted.package, edition=wanted.edition)
    return ALL_WELL
