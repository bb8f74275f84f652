"""Packs become objects; what a pack cannot give for whatever reason is fetched whole afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kebao.mirror.errors import VerificationError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.packs import PackedFile, read_pack
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import write_all
from kebao.mirror.school.store import Store


def unpack(school: School, store: Store, wanted: Mapping[str, int], pack: Path, got: HashSet) -> None:
    """Puts the wanted files (SHA-256 → size) into the store, and the hashes of those that came out right into `got`."""
    try:
        with pack.open("rb") as stream:
            for file in read_pack(stream, wanted, store.find_any):
                if _take(school, store, file):
                    got.add(file.sha256)
    except VerificationError as error:
        # The pack itself has the hash that was signed for; what is wrong with it is the publisher's, and costs only
        # bytes.
        school.journal.note("pack damaged", pack=pack.name, detail=str(error)[:300])


def _take(school: School, store: Store, file: PackedFile) -> bool:
    part = school.places.parts / f"{file.sha256}.unpacked"
    school.disk.remove(part)
    try:
        with school.disk.append_to(part) as stream:
            for chunk in file.chunks:
                write_all(stream, chunk)
            if not store.syncs_at_once:
                school.disk.sync(stream)
    except VerificationError:
        school.disk.remove(part)
        return False
    store.add(part, file.sha256)
    return True
