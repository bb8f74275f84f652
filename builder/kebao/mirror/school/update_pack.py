"""A release's own delta pack: for a school that has the release before, all that changed in one request."""

from __future__ import annotations

from pathlib import Path

from kebao.mirror.errors import NetworkError, VerificationError
from kebao.mirror.layout import pack_uri
from kebao.mirror.manifest import Pack
from kebao.mirror.packs import read_pack
from kebao.mirror.school.context import School
from kebao.mirror.school.plan import REQUEST_BYTES, wanted_pack
from kebao.mirror.school.small_deltas import delta_bytes
from kebao.mirror.school.state import Release
from kebao.mirror.school.store import sha256_of
from kebao.mirror.school.transfer import Transfer
from kebao.mirror.school.wanted import TargetFetcher, WantedRelease, target_path
from kebao.mirror.zstd import zstd_module


def fetch_update(school: School, wanted: WantedRelease, newest: Release | None, transfer: Transfer) -> Path | None:
    """The pack from the newest release that is here; None when there is none, no source has it, or it is no gain.

    It stays where the next school asks for it. Raises: StaleError when the time is over, OSError of the disk.
    """
    if newest is None or zstd_module() is None:
        return None
    pack = next((pack for pack in wanted.catalog.packs if pack.from_version == newest.version), None)
    if pack is None or not _is_gain(pack, wanted, newest):
        return None
    path = school.root.joinpath(*pack_uri(pack.kind, pack.sha256).split("/"))
    if path.is_file() and sha256_of(path) == pack.sha256:
        return path
    try:
        part = transfer.fetch(wanted_pack(pack))
    except (NetworkError, VerificationError) as error:
        # It only saves requests: sticks have none, and a damaged one must not keep a school from its release.
        school.journal.note("pack not taken", pack=pack.sha256, detail=str(error)[:300])
        return None
    school.disk.make_folder(path.parent)
    school.disk.replace(part, path)
    school.disk.sync_folder(path.parent)
    return path


def take_manifests(school: School, pack: Path, wanted: WantedRelease, newest: Release, fetcher: TargetFetcher) -> None:
    """Puts the manifests that the pack holds where they belong; others are left for `TargetFetcher.fetch`."""
    targets = {target.sha256: target for target in wanted.targets if not fetcher.has(target)}
    old = {sha256: target_path(school.places, sha256, name) for name, sha256 in newest.manifests.items()}
    sizes = {sha256: target.size for sha256, target in targets.items()}
    try:
        with pack.open("rb") as stream:
            for file in read_pack(stream, sizes, old.get):
                fetcher.keep(targets[file.sha256], b"".join(file.chunks))
    except VerificationError as error:
        school.journal.note("pack damaged", pack=pack.name, detail=str(error)[:300])


def _is_gain(pack: Pack, wanted: WantedRelease, newest: Release) -> bool:
    """Whether it costs less than the manifests and packs of the wanted units one by one."""
    if len(wanted.targets) == len(wanted.catalog.units):
        return True
    changed = [target for target in wanted.targets if newest.manifests.get(target.name) != target.sha256]
    saved = sum(2 * REQUEST_BYTES + delta_bytes(target, newest.manifests.get(target.name, "")) for target in changed)
    return pack.size <= saved
