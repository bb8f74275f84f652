"""In which state an edition is: kept beside the frozen trees, since it changes while they do not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from kebao.editions.durable import write_json
from kebao.editions.edition_id import edition_order, is_pre_release
from kebao.editions.store import EditionStore, damaged

STATES = "states.json"


class State(StrEnum):
    PRE_RELEASE = "pre-release"
    CURRENT = "current"
    SUPPORTED = "supported"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionState:
    """The state of an edition.

    Attributes:
        on: ISO date since when it is in this state.
        reason: Why, by locale; readers see it where an edition was withdrawn.
        title: What the edition is called beside its id; empty when it has no other name.
    """

    state: State
    on: str
    reason: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


def read_states(folder: Path) -> Mapping[str, EditionState]:
    """Edition → state, for a package's folder in the store; empty when nothing was written yet."""
    path = folder / STATES
    try:
        data = json.loads(path.read_bytes())
        return {
            edition: EditionState(**{**entry, "state": State(entry["state"])})
            for edition, entry in sorted(data.items(), key=lambda item: edition_order(item[0]))
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path) from error


def settled_states(store: EditionStore, package: str) -> Mapping[str, EditionState]:
    """The state of every edition that the store has of a package, oldest first."""
    released = {edition: store.record(package, edition).released for edition in store.editions(package)}
    return with_states(read_states(store.root / package), released)


def write_states(folder: Path, states: Mapping[str, EditionState]) -> None:
    data = {edition: {**asdict(entry), "state": entry.state.value} for edition, entry in states.items()}
    write_json(folder / STATES, data)


def with_states(states: Mapping[str, EditionState], released: Mapping[str, str]) -> Mapping[str, EditionState]:
    """A state for every edition in ``released`` (edition → date): new ones get theirs by their place in the order.

    The newest final edition becomes current, and what was current before it supported.
    """
    known = dict(states)
    for edition in sorted(set(released) - set(known), key=edition_order):
        known = dict(with_state(known, edition, EditionState(state=_first(edition, known), on=released[edition])))
    return {edition: known[edition] for edition in sorted(known, key=edition_order) if edition in released}


def with_state(states: Mapping[str, EditionState], edition: str, entry: EditionState) -> Mapping[str, EditionState]:
    """The states with this one changed; there is one current edition, so the one before steps back."""
    changed = {**states, edition: entry}
    if entry.state is State.CURRENT:
        for other, known in states.items():
            if other != edition and known.state is State.CURRENT:
                changed[other] = replace(known, state=State.SUPPORTED, on=entry.on, reason={})
    return changed


def _first(edition: str, states: Mapping[str, EditionState]) -> State:
    if is_pre_release(edition):
        return State.PRE_RELEASE
    later = [other for other in states if not is_pre_release(other) and edition_order(other) > edition_order(edition)]
    return State.SUPPORTED if later else State.CURRENT


def latest_of(states: Mapping[str, EditionState], editions: Sequence[str]) -> str | None:
    """Which of the editions ``latest`` leads to: the current one, else the newest that readers may rely on.

    None when all of them were withdrawn or none is final yet.
    """
    for wanted in ((State.CURRENT,), (State.SUPPORTED,), (State.ARCHIVED,)):
        found = [edition for edition in editions if states[edition].state in wanted]
        if found:
            return max(found, key=edition_order)
    return None
