"""``join``: a folder becomes the mirror of one publisher, known by the fingerprint on a letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kebao.mirror.errors import ExitCode, NetworkError, RefusedError, VerificationError
from kebao.mirror.school.accept import find_root
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import write_whole
from kebao.mirror.school.state import LEAST_KEPT, Config, Subset, Unreadable, read_config, write_config
from kebao.mirror.sources.source import SourceError, SourceMissing, SourceUnreachable

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_BETWEEN = re.compile(r"[\s:·-]+")


def read_fingerprint(text: str) -> str:
    """The SHA-256 as people type it from a letter: in groups, with colons, in capitals.

    Raises: RefusedError naming what is wrong with it.
    """
    plain = _BETWEEN.sub("", text).lower()
    if not _FINGERPRINT.fullmatch(plain):
        raise RefusedError("school-bad-fingerprint", count=len(plain))
    return plain


def join(
    school: School,
    sources: Sequence[str],
    fingerprint: str,
    *,
    subset: Subset = Subset(),  # noqa: B008 – frozen
    keep: int = LEAST_KEPT,
    limit: int = 0,
    until: str = "",
) -> ExitCode:
    """Writes the config, and the root metadata that has the fingerprint. Nothing is pulled yet.

    Joining again with the same fingerprint changes the other choices; a folder of another publisher is refused.
    """
    wanted = read_fingerprint(fingerprint)
    places, disk = school.places, school.disk
    before = _before(school)
    if before and before.root_sha256 != wanted and places.state.exists():
        raise RefusedError("school-joined-elsewhere", path=school.root)
    root, others = _root(school, sources, wanted)
    for folder in (places.private, places.parts, places.releases, places.metadata, places.manifests, places.objects):
        disk.make_folder(folder)
    for folder in (places.private, places.served, places.root):
        disk.sync_folder(folder)
    with school.lock():
        write_whole(disk, places.root_metadata, root)
        for number, data in others.items():  # for the next school, which may have an older letter than this one
            write_whole(disk, places.metadata / f"{number}.root.json", data)
        config = Config(
            root_sha256=wanted,
            sources=tuple(sources),
            subset=subset,
            keep=max(keep, LEAST_KEPT),
            limit=limit,
            until=until,
        )
        write_config(disk, places.config, config)
        school.journal.note("joined", sources=list(sources), root_sha256=wanted)
    school.tell("school-joined", source=sources[0], path=school.root)
    return ExitCode.COMPLETE


def _before(school: School) -> Config | None:
    try:
        return read_config(school.places.config)
    except (FileNotFoundError, NotADirectoryError, Unreadable):
        return None


def _root(school: School, sources: Sequence[str], fingerprint: str) -> tuple[bytes, dict[int, bytes]]:
    fault: Exception | None = None
    for place in sources:
        source = school.open_source(place)
        try:
            return find_root(source, fingerprint)
        except VerificationError:
            raise
        except SourceUnreachable as error:
            fault = NetworkError("school-unreachable", source=place, detail=error.detail[:200])
        except SourceMissing:
            fault = NetworkError("school-not-a-mirror", source=place)
        except SourceError:
            fault = NetworkError("school-web-page", source=place)
        except NetworkError as error:
            fault = error
    raise fault or RefusedError("school-no-source")
