"""In which editions each resource, topic, school and programme stands, for the pages of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kebao.catalog.changes import ChangeType
from kebao.catalog.history import SAME, HistoryEntry, data_script, history_scripts
from kebao.editions.edition_id import edition_order, is_pre_release
from kebao.editions.edition_pages import COLLECTIONS, RESOURCES
from kebao.editions.packages_in_store import PackageLocale

COLLECTED = "history/collections"
Histories = Mapping[str, Sequence[HistoryEntry]]


def history_files(view: PackageLocale, history: Histories) -> Mapping[str, bytes]:
    """Site URI → data file."""
    collected = data_script(COLLECTED, _collected(view))
    scripts = {**history_scripts(history), f"{COLLECTED}.js": collected}
    return {f"{view.uri}/{uri}": script.encode() for uri, script in scripts.items()}


def _collected(view: PackageLocale) -> Mapping[str, Sequence[str]]:
    """Ids of editions with spaces between → paths of the topics, schools and programmes that just these have."""
    having: dict[str, list[str]] = {}
    for edition in view.editions:
        groups = () if edition.is_withdrawn else COLLECTIONS
        places = (entry["locales"].get(view.locale) for group in groups for entry in edition.pages[group].values())
        for path in (place["path"] for place in places if place):
            having.setdefault(path, []).append(edition.id)
    paths: dict[str, list[str]] = {}
    for path, editions in sorted(having.items()):
        paths.setdefault(" ".join(editions), []).append(path)
    return paths


def histories(view: PackageLocale) -> Histories:
    """Resource id → its editions, oldest first, made from the digests in the editions' ``pages.json``.

    Comparing texts is not needed here. Pre-releases are no part of the history once an edition came after them;
    withdrawn editions only hold notices.
    """
    history: dict[str, list[HistoryEntry]] = {}
    before: dict[str, tuple[str, str, bool]] = {}
    final = [edition.id for edition in view.editions if not is_pre_release(edition.id)]
    for edition in view.editions:
        is_over = is_pre_release(edition.id) and final and edition_order(edition.id) < edition_order(final[-1])
        if edition.is_withdrawn or is_over:
            continue
        now: dict[str, tuple[str, str, bool]] = {}
        for name, entry in edition.pages[RESOURCES].items():
            place = entry["locales"].get(view.locale)
            if place is None:
                continue
            now[name] = (place["path"], place["digest"], bool(entry.get("retired")))
            change = _change(before.get(name), now[name])
            row = HistoryEntry(edition=edition.id, change=change, page=place["path"], title=place["title"])
            history.setdefault(name, []).append(row)
        for name in before.keys() - now.keys():
            title = history[name][-1].title
            gone = HistoryEntry(edition=edition.id, change=ChangeType.RETIRED.value, page="", title=title)
            history[name].append(gone)
        before = now
    return history


def _change(before: tuple[str, str, bool] | None, now: tuple[str, str, bool]) -> str:
    if before is None or (before[2] and not now[2]):
        return ChangeType.ADDED.value
    if now[2] and not before[2]:
        return ChangeType.RETIRED.value
    if before[0] != now[0]:
        return ChangeType.MOVED.value
    return SAME if before[1] == now[1] else ChangeType.CHANGED.value
