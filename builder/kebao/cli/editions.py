"""``kebao release``, ``kebao publish`` and ``kebao edition``: editions, from the store to the public tree."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from kebao.cli.console import Console
from kebao.cli.edition_store import say_fault, store_at
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.editions.errors import EditionError
from kebao.editions.folder_lock import folder_lock
from kebao.editions.latest_as import LatestAs
from kebao.editions.publish import publish as publish_store
from kebao.editions.release import ContentError, Listener, ReleaseOptions, epoch_from
from kebao.editions.release import release as release_edition
from kebao.editions.states import EditionState, State, settled_states, with_state, write_states
from kebao.editions.store import EditionStore
from kebao.editions.verify import damages
from kebao.problems import Message

_STATE_NAMES = {
    State.PRE_RELEASE: "pre-release",
    State.CURRENT: "current edition",
    State.SUPPORTED: "supported",
    State.ARCHIVED: "archived",
    State.WITHDRAWN: "withdrawn",
}
_LONGEST_LOCALE = 3


def release(options: argparse.Namespace, console: Console) -> int:
    """``kebao release PACKAGE EDITION``: checks, builds every locale and freezes the edition in the store."""
    store = store_at(options)
    wanted = ReleaseOptions(
        package=options.package,
        edition=options.edition,
        source=options.source,
        title=options.title,
        jobs=options.jobs,
        today=date.today(),  # noqa: DTZ011 – the author's calendar day is what is meant
        epoch=epoch_from(),
    )
    try:
        with console.progress("Releasing") as step:
            listener = Listener(on_file=step, on_shard=lambda shard: step(shard.uri))
            report = release_edition(options.root, store, wanted, listener)
    except ContentError as error:
        console.problems(error.problems)
        console.count(error.problems)
        console.fault("The content has errors: nothing was released.")
        return PROBLEMS
    except EditionError as error:
        say_fault(error, console)
        return COULD_NOT_RUN
    record = report.record
    if not report.is_new:
        console.result(
            "Edition {edition} of '{package}' is there already and made from the same: nothing to do.",
            edition=record.edition,
            package=record.package,
        )
        return ALL_WELL
    console.problems(report.problems)
    console.count(report.problems)
    console.result(
        "Released: {package} {edition}, {files} files, {size} MB, in {path}",
        package=record.package,
        edition=record.edition,
        files=len(record.files),
        size=f"{sum(file.size_bytes for file in record.files) / (1 << 20):.1f}",
        path=store.folder(record.package, record.edition),
    )
    return ALL_WELL


def publish(options: argparse.Namespace, console: Console) -> int:
    """``kebao publish``: the public tree from the store."""
    out = Path(options.root) / options.out
    try:
        with console.progress("Publishing") as step:
            report = publish_store(
                options.root, store_at(options), out, latest_as=LatestAs(options.latest), on_step=step
            )
    except EditionError as error:
        say_fault(error, console)
        return COULD_NOT_RUN
    if report.written:
        console.result(
            "{editions} editions, {pages} pages in {path}; {written} folders and files written.",
            editions=report.editions,
            pages=report.pages,
            path=out,
            written=report.written,
        )
    else:
        console.result("{path} is as the store has it: nothing to write.", path=out)
    return ALL_WELL


def edition(options: argparse.Namespace, console: Console) -> int:
    """``kebao edition list|state|verify``."""
    try:
        store_at(options).check()
        return {"list": _list, "state": _state, "verify": _verify}[options.action](options, console)
    except EditionError as error:
        say_fault(error, console)
        return COULD_NOT_RUN


def _list(options: argparse.Namespace, console: Console) -> int:
    store = store_at(options)
    for package in _packages(store, options.package):
        states = settled_states(store, package)
        for edition, entry in reversed(list(states.items())):
            record = store.record(package, edition)
            console.result(
                "{package} {edition}: {state} since {on}, in {locales} {title}",
                package=package,
                edition=edition,
                state=console.words(_STATE_NAMES[entry.state]),
                on=entry.on,
                locales=", ".join(sorted(record.locales)),
                title=entry.title,
            )
    return ALL_WELL


def _state(options: argparse.Namespace, console: Console) -> int:
    store = store_at(options)
    package, edition = options.package, options.edition
    _held(store, package, edition)
    reason = _reasons(options.reason)
    if options.state == State.WITHDRAWN and not reason:
        raise EditionError(
            Message("a withdrawn edition needs a reason: readers who followed a link are told it"),
            Message("add --reason zh=… (and --reason en=…)"),
        )
    state = State(options.state)
    on = options.on or date.today()  # noqa: DTZ011 – the day on which somebody decides it is what is meant
    with folder_lock(store.lock_path):
        states = settled_states(store, package)
        title = states[edition].title if options.title is None else options.title
        entry = EditionState(state=state, on=on.isoformat(), reason=reason, title=title)
        write_states(store.root / package, with_state(states, edition, entry))
    console.result(
        "{package} {edition}: {state} since {on}. Run kebao publish to show it.",
        package=package,
        edition=edition,
        state=console.words(_STATE_NAMES[state]),
        on=entry.on,
    )
    return ALL_WELL


def _verify(options: argparse.Namespace, console: Console) -> int:
    store = store_at(options)
    editions = [
        (package, edition)
        for package in _packages(store, options.package)
        for edition in store.editions(package)
        if options.edition in (None, edition)
    ]
    if options.edition:
        _held(store, options.package, options.edition)
    with console.progress("Verifying") as step:
        found = list(damages(store, editions, on_file=step))
    for fault in found:
        console.failure(fault.message)
    if found:
        if found[0].hint:
            console.failure(found[0].hint)
        return PROBLEMS
    console.result("{count} editions are as they were frozen.", count=len(editions))
    return ALL_WELL


def _packages(store: EditionStore, wanted: str | None) -> tuple[str, ...]:
    if wanted is not None and not store.editions(wanted):
        raise EditionError(
            Message("the store has no edition of '{package}'", {"package": wanted}),
            Message("it has: {packages}", {"packages": ", ".join(store.packages())}),
        )
    return store.packages() if wanted is None else (wanted,)


def _held(store: EditionStore, package: str, edition: str) -> None:
    _packages(store, package)
    if edition not in store.editions(package):
        raise EditionError(
            Message("the store has no edition {edition} of '{package}'", {"edition": edition, "package": package}),
            Message("it has: {editions}", {"editions": ", ".join(store.editions(package))}),
        )


def _reasons(given: list[str]) -> dict[str, str]:
    """``zh=…`` by language; a reason without one is Chinese, or whatever its writer wrote it in."""
    reasons: dict[str, str] = {}
    for text in given:
        locale, mark, words = text.partition("=")
        if mark and locale.isalnum() and len(locale) <= _LONGEST_LOCALE:
            reasons[locale] = words.strip()
        else:
            reasons["zh"] = text.strip()
    return reasons
