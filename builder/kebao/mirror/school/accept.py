"""Takes the newest signed metadata from the first source that has some to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from kebao.mirror.errors import MirrorError, NetworkError, StaleError, VerificationError
from kebao.mirror.layout import metadata_uri
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import write_whole
from kebao.mirror.school.state import Config, stamp
from kebao.mirror.sources.source import Source, SourceError, SourceMissing, read_small
from kebao.mirror.trust import MetadataRefusedError, Refusal, TrustedRelease, refresh, root_version

ROOT_LIMIT = 512_000
MOST_ROOTS = 256
_GAP = 16
"""Roots in a row that may be missing: a neighbour that joined late does not have the first ones."""


@dataclass(frozen=True)
class Accepted:
    """Attributes: source: the one that gave it; stale: expired at the time it was accepted."""

    release: TrustedRelease
    source: Source
    stale: bool


def accept(
    school: School, config: Config, sources: Sequence[Source], *, reference_time: datetime, accept_stale: bool
) -> Accepted:
    """The newest metadata of the first source that gives any.

    Raises: VerificationError, StaleError or NetworkError: the gravest of what the sources gave; each is told as well.
    """
    bootstrap = bootstrap_root(school, config, sources)
    refusals = []
    for source in sources:
        try:
            return _from(school, source, bootstrap, reference_time, accept_stale=accept_stale)
        except MetadataRefusedError as error:
            refusals.append(error)
            school.journal.note("refused", source=source.name, reason=error.reason.value, detail=error.detail[:300])
    refusals.sort(key=lambda error: _GRAVITY.index(error.reason))
    for refusal in refusals[1:]:
        _tell(school, refusal, reference_time)
    raise explained(refusals[0], reference_time)


def _from(
    school: School, source: Source, bootstrap: bytes, reference_time: datetime, *, accept_stale: bool
) -> Accepted:
    def at(moment: datetime | None) -> TrustedRelease:
        return refresh(
            school.places.trust,
            bootstrap,
            source,
            write=lambda path, data: write_whole(school.disk, path, data),
            reference_time=moment,
            spare=school.places.metadata,
        )

    try:
        return Accepted(at(reference_time), source, stale=False)
    except MetadataRefusedError as error:
        if not accept_stale or error.reason not in (Refusal.EXPIRED, Refusal.ROOT_EXPIRED):
            raise
        school.tell("school-accepting-stale", source=source.name, expired=_day(error.expired_at))
        school.journal.note("accepted stale", source=source.name, expired=str(error.expired_at))
        return Accepted(at(None), source, stale=True)


def bootstrap_root(school: School, config: Config, sources: Sequence[Source]) -> bytes:
    """The root metadata with the fingerprint that was accepted at joining; fetched again when the file is damaged."""
    path = school.places.root_metadata
    data = path.read_bytes() if path.exists() else b""
    if sha256(data).hexdigest() == config.root_sha256:
        return data
    school.tell("school-root-damaged", path=path)
    for source in sources:
        try:
            data = find_root(source, config.root_sha256)[0]
        except (SourceError, VerificationError):
            continue
        write_whole(school.disk, path, data)
        return data
    raise NetworkError("school-root-nowhere", path=path)


def find_root(source: Source, fingerprint: str) -> tuple[bytes, dict[int, bytes]]:
    """The root with that SHA-256, and all that the source has, by number.

    Raises: SourceError when the source gives none; VerificationError when it gives others.
    """
    found: dict[int, bytes] = {}
    match = None
    last_error: SourceError | None = None
    number = misses = 0
    while misses < _GAP and number < MOST_ROOTS:
        number += 1
        try:
            data = read_small(source, metadata_uri(f"{number}.root.json"), ROOT_LIMIT)
        except SourceError as error:
            last_error = error
            misses += 1
            if not isinstance(error, SourceMissing):
                break
            continue
        misses = 0
        found[number] = data
        if sha256(data).hexdigest() == fingerprint and root_version(data) == number:
            match = data
    if match is not None:
        return match, found
    if not any(root_version(data) for data in found.values()):
        if last_error is not None and not found:
            raise last_error
        raise NetworkError("school-web-page", source=source.name)
    raise VerificationError("school-wrong-fingerprint", source=source.name, given=_grouped(fingerprint))


def explained(error: MetadataRefusedError, reference_time: datetime) -> MirrorError:
    """The refusal as something to tell, with what to do next."""
    source = error.source
    if error.reason is Refusal.EXPIRED:
        if error.signed_at:
            return StaleError(
                "school-expired-signed",
                source=source,
                expired=_day(error.expired_at),
                signed=_day(error.signed_at),
                today=_day(reference_time),
            )
        return StaleError("school-expired", source=source, expired=_day(error.expired_at), today=_day(reference_time))
    if error.reason is Refusal.ROOT_EXPIRED:
        return StaleError(
            "school-root-expired", source=source, expired=_day(error.expired_at), today=_day(reference_time)
        )
    if error.reason is Refusal.OLDER:
        return StaleError("school-older", source=source)
    if error.reason is Refusal.UNREACHABLE:
        return NetworkError("school-unreachable", source=source, detail=error.detail[:200])
    if error.reason is Refusal.INCOMPLETE:
        return NetworkError("school-half-published", source=source, detail=error.detail[:200])
    if error.reason is Refusal.NO_MIRROR:
        return NetworkError("school-not-a-mirror", source=source)
    if error.reason is Refusal.WEB_PAGE:
        return NetworkError("school-web-page", source=source)
    if error.reason is Refusal.GARBLED:
        return VerificationError("school-garbled", source=source, detail=error.detail[:200])
    return VerificationError("school-bad-signature", source=source, detail=error.detail[:200])


def _tell(school: School, error: MetadataRefusedError, reference_time: datetime) -> None:
    told = explained(error, reference_time)
    school.tell(told.message, **told.parameters)


_GRAVITY = (
    Refusal.BAD_SIGNATURE,
    Refusal.GARBLED,
    Refusal.ROOT_EXPIRED,
    Refusal.EXPIRED,
    Refusal.OLDER,
    Refusal.INCOMPLETE,
    Refusal.WEB_PAGE,
    Refusal.UNREACHABLE,
    Refusal.NO_MIRROR,
)


def _day(moment: datetime | None) -> str:
    return stamp(moment)[:10] if moment else "?"


def _grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))
