"""``kebao check``; apart from the other commands, which need twice as much."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kebao.assembly.changed_paths import changed_paths
from kebao.assembly.check_cache import CheckResult, check_result
from kebao.assembly.file_store import atomic_writer
from kebao.checks.dependents import Affected, affected_by
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.cli.project_folder import is_project
from kebao.cli.source_texts import SourceTexts
from kebao.problems import make_fail
from kebao.reports.format_names import TEXT
from kebao.reports.report import Report
from kebao.reports.safe_text import encodable
from kebao.reports.text import render_text


def check(options: argparse.Namespace, console: Console) -> int:
    """``kebao check [PATH…]``: all problems; with paths, those in them; with ``--since``, what a change reaches."""
    if options.output and options.output.exists() and not options.output.is_file():
        console.fault("{path} is not a file; name another with --output.", path=options.output)
        return COULD_NOT_RUN
    if not is_project(options.root, console):
        return COULD_NOT_RUN
    if options.dry_run and not options.fix:
        console.fault("--dry-run goes with --fix.")
        return COULD_NOT_RUN
    changed = changed_paths(options.root, options.since) if options.since else None
    within = _within(options.paths, options.root)
    if options.fix:
        from kebao.cli.mend_files import mend_files

        mend_files(options, console, within)
    result = _result(options, console)
    affected = Affected(everything=True) if changed is None else affected_by(changed, result.named_in)
    shown = tuple(p for p in result.problems if within(p.location.path) and affected.concerns(p))
    files = tuple(path for path in result.files if within(path) and affected.holds(path))
    report = Report(problems=shown, checked_files=files, words=console.words)
    sources = SourceTexts(options.root, (problem.location.path for problem in shown))
    if options.output:
        _write_report(report, sources, options, console)
    elif options.format != TEXT:
        console.document(_rendered(report, options.format))
    else:
        console.problems(shown, sources)
        console.count(shown)
        if not shown:
            _say_all_is_well(result, files, affected, console)
    return PROBLEMS if make_fail(shown) else ALL_WELL


def _result(options: argparse.Namespace, console: Console) -> CheckResult:
    with console.progress("Reading") as step:
        return check_result(
            options.root,
            today=date.today(),  # noqa: DTZ011 – the author's calendar day is what is meant
            use_cache=not options.no_cache,
            on_progress=lambda done, total: step("", total),
        )


def _say_all_is_well(result: CheckResult, files: tuple[str, ...], affected: Affected, console: Console) -> None:
    if affected.everything:
        console.result("No problems in {count} resources.", count=result.resources)
    else:
        console.result("No problems in {count} files that the changes can have to do with.", count=len(files))


def _rendered(report: Report, report_format: str) -> str:
    # A build needs none of the formats.
    from kebao.cli.machine_report import rendered

    return rendered(report, report_format)


def _write_report(report: Report, sources: SourceTexts, options: argparse.Namespace, console: Console) -> None:
    is_text = options.format == TEXT
    text = render_text(report, sources=sources) if is_text else _rendered(report, options.format)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with atomic_writer(options.output) as stream:
        stream.write(encodable(text).encode("utf-8"))
    console.aside("Written: {path}", path=options.output)


def _within(paths: list[str], root: Path) -> Callable[[str], bool]:
    """Whether a file of the project is one of the paths, or in one of them; all are when there are no paths."""
    wanted = {Path(path).resolve() for path in paths}

    def is_wanted(uri: str) -> bool:
        place = root / uri
        return not wanted or place in wanted or not wanted.isdisjoint(place.parents)

    return is_wanted
