"""Publishing: the public tree from the store, in one go; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.garbage import collecting_no_garbage
from kebao.assembly.output_folder import output_folder
from kebao.editions.errors import EditionError
from kebao.editions.folder_lock import folder_lock
from kebao.editions.latest_as import LatestAs
from kebao.editions.mounting import JOURNAL, apply_changes, changes_for, finish
from kebao.editions.packages_in_store import read_packages
from kebao.editions.permanence import check_permanence
from kebao.editions.plan import Plan
from kebao.editions.planning import plan_publication
from kebao.editions.publication import PUBLICATION, Publication, read_publication
from kebao.editions.site_setup import read_site
from kebao.editions.store import EditionStore
from kebao.problems import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What was done; ``written`` counts folders and files that were not there as they should be."""

    editions: int
    pages: int
    written: int


def publish(
    root: Path,
    store: EditionStore,
    out: Path,
    *,
    latest_as: LatestAs = LatestAs.LINK,
    on_step: Callable[[str], None] = lambda uri: None,
) -> PublishReport:
    """Brings ``out`` to what the store holds, by the set-up of the project at ``root``.

    Raises EditionError, before anything is written, when an address that was published before would be gone.
    """
    store.check()
    out = out.absolute()
    with folder_lock(out.parent / f".{out.name}.lock"), collecting_no_garbage():
        before = read_publication(out)
        if before is None:
            return _publish_first(root, store, out, latest_as, on_step)
        return _publish_again(root, store, out, before, latest_as, on_step)


def _publish_first(
    root: Path, store: EditionStore, out: Path, latest_as: LatestAs, on_step: Callable[[str], None]
) -> PublishReport:
    plan = _plan(root, store, latest_as, Publication(), None)
    with output_folder(out, marker=PUBLICATION) as staged:
        return _carry_out(plan, staged, Publication(), store, on_step)


def _publish_again(
    root: Path,
    store: EditionStore,
    out: Path,
    before: Publication,
    latest_as: LatestAs,
    on_step: Callable[[str], None],
) -> PublishReport:
    plan = _plan(root, store, latest_as, before, out)
    check_permanence(before, plan.publication())
    return _carry_out(plan, out, before, store, on_step)


def _carry_out(
    plan: Plan, out: Path, before: Publication, store: EditionStore, on_step: Callable[[str], None]
) -> PublishReport:
    after = plan.publication()
    changes = changes_for(plan, after, before, out)
    if changes:
        apply_changes(out, plan, changes, store, on_step=on_step)
    if changes or after != before or (out / JOURNAL).exists():
        finish(out, after.to_json())
    editions = {(m.edition.record.package, m.edition.id) for m in plan.mounts if m.edition}
    return PublishReport(editions=len(editions), pages=len(after.pages), written=len(changes.touched()))


def _plan(root: Path, store: EditionStore, latest_as: LatestAs, before: Publication, out: Path | None) -> Plan:
    packages = read_packages(store)
    if not packages:
        raise EditionError(
            Message("the edition store in '{folder}' is empty", {"folder": str(store.root)}),
            Message("release an edition first: kebao release PACKAGE EDITION"),
        )

    def read_published(uri: str) -> bytes | None:
        path = out / uri if out else None
        return path.read_bytes() if path and path.is_file() else None

    return plan_publication(read_site(root, packages), packages, latest_as, before, read_published)
