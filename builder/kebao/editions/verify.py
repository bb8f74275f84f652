"""Whether a store still holds what was frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kebao.editions.errors import EditionError
from kebao.editions.frozen_file import FrozenFile, sha256_of
from kebao.editions.states import read_states
from kebao.editions.store import EditionRecord, EditionStore, damaged, missing


def damages(
    store: EditionStore,
    editions: Iterator[tuple[str, str]] | list[tuple[str, str]],
    *,
    on_file: Callable[[str], None] = lambda path: None,
) -> Iterator[EditionError]:
    """Each file of the editions (package, id) that is missing or not what it was; a shared one once."""
    seen: set[str] = set()
    for package, edition in editions:
        try:
            read_states(store.root / package)
            record = store.record(package, edition)
        except EditionError as error:
            yield error
            continue
        for file in record.files:
            if file.path in seen:
                continue
            if file.is_shared:
                seen.add(file.path)
            on_file(file.path)
            fault = fault_of(store, record, file)
            if fault:
                yield fault


def fault_of(store: EditionStore, record: EditionRecord, file: FrozenFile) -> EditionError | None:
    path = store.path_of(record, file)
    try:
        sound = path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
    except FileNotFoundError:
        return missing(path)
    return None if sound else damaged(path)
