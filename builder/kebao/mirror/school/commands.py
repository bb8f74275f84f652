"""The school's commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from kebao.mirror.command_table import CommandTable, Terminal
from kebao.mirror.errors import ExitCode, RefusedError
from kebao.mirror.school.context import School
from kebao.mirror.school.doctor import doctor
from kebao.mirror.school.gc import gc
from kebao.mirror.school.join import join
from kebao.mirror.school.limits import read_rate, read_until
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.repair import repair
from kebao.mirror.school.rollback import rollback, unpin
from kebao.mirror.school.state import LEAST_KEPT, Subset
from kebao.mirror.school.status import status
from kebao.mirror.school.verify import verify
from kebao.mirror.serve.commands import add_commands as add_serve_commands

Work = Callable[[argparse.Namespace, School], ExitCode]


def add_commands(table: CommandTable) -> None:
    """Registers the school's commands."""
    text = table.messages
    parser = _add(table, "join", "help-join", _join)
    parser.add_argument("source", nargs="+", help=text("help-join-source"))
    parser.add_argument("--root-sha256", required=True, metavar="SHA256", help=text("help-root-sha256"))
    _add_choices(table, parser)
    parser.add_argument("--keep", type=int, default=LEAST_KEPT, metavar="N", help=text("help-keep"))
    parser = _add(table, "pull", "help-pull", _pull)
    parser.add_argument("--from", dest="sources", action="append", default=[], metavar="SOURCE", help=text("help-from"))
    parser.add_argument("--only", action="store_true", help=text("help-only"))
    _add_choices(table, parser)
    parser.add_argument("--today", metavar="YYYY-MM-DD", help=text("help-today"))
    parser.add_argument("--accept-stale", action="store_true", help=text("help-accept-stale"))
    _add(table, "status", "help-status", lambda options, school: status(school))
    parser = _add(table, "verify", "help-verify", _verify)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--full", action="store_true", help=text("help-full"))
    group.add_argument("--sample", metavar="5%", help=text("help-sample"))
    parser = _add(table, "repair", "help-repair", lambda options, school: repair(school, tuple(options.sources)))
    parser.add_argument("--from", dest="sources", action="append", default=[], metavar="SOURCE", help=text("help-from"))
    parser = _add(table, "rollback", "help-rollback", lambda options, school: rollback(school, options.to))
    parser.add_argument("--to", default="", metavar="00041", help=text("help-to"))
    _add(table, "unpin", "help-unpin", lambda options, school: unpin(school))
    parser = _add(table, "gc", "help-gc", lambda options, school: gc(school, options.keep))
    parser.add_argument("--keep", type=int, default=LEAST_KEPT, metavar="N", help=text("help-keep"))
    add_serve_commands(table)
    _add(table, "doctor", "help-doctor", lambda options, school: doctor(school))


def _add(table: CommandTable, name: str, help_message: str, work: Work) -> argparse.ArgumentParser:
    def run(options: argparse.Namespace, terminal: Terminal) -> ExitCode:
        return work(options, School(Path(options.mirror).absolute(), tell=terminal.say))

    parser = table.add(name, help_message, run)
    parser.add_argument("--mirror", default=".", metavar=table.messages("folder"), help=table.messages("help-mirror"))
    return parser


def _add_choices(table: CommandTable, parser: argparse.ArgumentParser) -> None:
    text = table.messages
    parser.add_argument("--packages", metavar="A,B", help=text("help-packages"))
    parser.add_argument("--locales", metavar="zh,en", help=text("help-locales"))
    parser.add_argument("--limit", metavar="200k", help=text("help-limit"))
    parser.add_argument("--until", metavar="06:00", help=text("help-until"))


def _join(options: argparse.Namespace, school: School) -> ExitCode:
    return join(
        school,
        [_place(source) for source in options.source],
        options.root_sha256,
        subset=Subset(_words(options.packages or ""), _words(options.locales or "")),
        keep=options.keep,
        limit=read_rate(options.limit) if options.limit else 0,
        until=read_until(options.until) if options.until else "",
    )


def _pull(options: argparse.Namespace, school: School) -> ExitCode:
    subset = None
    if options.packages is not None or options.locales is not None:
        subset = school.config().subset
        if options.packages is not None:
            subset = replace(subset, packages=_words(options.packages))
        if options.locales is not None:
            subset = replace(subset, locales=_words(options.locales))
    if options.only and not options.sources:
        raise RefusedError("school-only-what")
    return pull(
        school,
        PullOptions(
            sources=tuple(_place(source) for source in options.sources),
            only_these_sources=options.only,
            subset=subset,
            limit=read_rate(options.limit) if options.limit else None,
            until=read_until(options.until) if options.until else None,
            today=_day(options.today) if options.today else None,
            accept_stale=options.accept_stale,
        ),
    )


def _verify(options: argparse.Namespace, school: School) -> ExitCode:
    if not options.sample:
        return verify(school)
    try:
        percent = float(options.sample.rstrip("%"))
    except ValueError as error:
        raise RefusedError("school-bad-sample", given=options.sample) from error
    if not 0 < percent <= 100:
        raise RefusedError("school-bad-sample", given=options.sample)
    return verify(school, percent=percent)


def _words(text: str) -> tuple[str, ...]:
    """`all` and nothing mean all."""
    words = tuple(dict.fromkeys(word.strip() for word in text.replace("，", ",").split(",") if word.strip()))
    return () if words == ("all",) else words


def _place(text: str) -> str:
    """Folders are remembered whole: the next pull may start elsewhere."""
    return text if text.startswith(("http://", "https://")) else str(Path(text).absolute())


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(hour=12, tzinfo=timezone.utc)
    except ValueError as error:
        raise RefusedError("school-bad-day", given=text) from error
