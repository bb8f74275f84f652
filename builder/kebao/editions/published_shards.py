"""The shards in a store that pages of another package may lead to."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.editions.states import State, latest_of, settled_states
from kebao.editions.store import EditionStore
from kebao.model.shard import LATEST_EDITION, Shard


def frozen_shards(store: EditionStore, *, apart_from: str) -> Mapping[Shard, list[str]]:
    """Every shard of the other packages, and their ``latest``, with the URIs of its pages; withdrawn ones left out."""
    found: dict[Shard, list[str]] = {}
    for package in store.packages():
        if package == apart_from:
            continue
        records = {edition: store.record(package, edition) for edition in store.editions(package)}
        pages = {edition: store.pages(package, edition)["pages"] for edition in records}
        states = settled_states(store, package)
        for edition, record in records.items():
            if states[edition].state is not State.WITHDRAWN:
                for locale in record.locales:
                    found[Shard(package=package, locale=locale, edition=edition)] = pages[edition][locale]
        for locale in dict.fromkeys(locale for record in records.values() for locale in record.locales):
            latest = latest_of(states, [e for e, record in records.items() if locale in record.locales])
            if latest:
                shard = Shard(package=package, locale=locale, edition=LATEST_EDITION)
                found[shard] = pages[latest][locale]
    return found
