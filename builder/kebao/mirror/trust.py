"""What may be believed: The Update Framework, through python-tuf, from any source and at a time that we name.

python-tuf decides alone; here is only what it leaves open: where bytes come from (a web server or a folder), what
time it is (a school's PC may have a dead clock), and that its files reach the disk for certain.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from kebao.mirror.layout import METADATA, TIMESTAMP
from kebao.mirror.sources.source import (
    Source,
    SourceError,
    SourceMissing,
    SourceOdd,
    SourceUnreachable,
    is_web_page,
    read_up_to,
)

METADATA_URI = f"{METADATA}/"
SIGNED_AT = "x-kebao-signed-at"
"""Field of the timestamp: when it was made, as its signer says."""
_BASE = "mirror:///"
_LONGEST = UpdaterConfig().targets_max_length
_TRIES = 3
"""For one file of metadata: a line that drops every twentieth packet loses some answer of most refreshes."""
_ANY_TIME = datetime.min.replace(tzinfo=timezone.utc)
"""Before every expiry: metadata are judged by signatures, versions and hashes only."""

WriteFile = Callable[[Path, bytes], None]
"""Writes a file so that it is old or new after a power cut, never half."""


class Refusal(Enum):
    """Why a source's metadata were not taken."""

    UNREACHABLE = "unreachable"
    NO_MIRROR = "no mirror"
    INCOMPLETE = "incomplete"
    WEB_PAGE = "web page"
    BAD_SIGNATURE = "bad signature"
    OLDER = "older"
    EXPIRED = "expired"
    ROOT_EXPIRED = "root expired"
    GARBLED = "garbled"


class MetadataRefusedError(Exception):
    """The metadata of a source were not taken; what was trusted before still is.

    Attributes: expired_at: for EXPIRED and ROOT_EXPIRED, the date in the metadata; signed_at: when they were signed,
    if known.
    """

    def __init__(
        self,
        reason: Refusal,
        source: str,
        detail: str,
        *,
        expired_at: datetime | None = None,
        signed_at: datetime | None = None,
    ) -> None:
        super().__init__(f"{source}: {reason.value}: {detail}")
        self.reason = reason
        self.source = source
        self.detail = detail
        self.expired_at = expired_at
        self.signed_at = signed_at


@dataclass(frozen=True)
class Target:
    """A file that the publisher signed for: a manifest or the catalogue."""

    name: str
    size: int
    sha256: str
    custom: Mapping[str, Any]


class TrustedRelease:
    """What one refresh established. Asks the source again only for delegated roles."""

    def __init__(self, updater: Updater, fetcher: _Fetcher) -> None:
        self._updater = updater
        self._fetcher = fetcher
        self._set = trusted_set(updater)

    @property
    def version(self) -> int:
        """The timestamp's version."""
        version: int = self._set.timestamp.version
        return version

    @property
    def targets_keys(self) -> tuple[str, ...]:
        """The ids of the keys that may sign releases, sorted."""
        return tuple(sorted(self._set.root.roles[Targets.type].keyids))

    @property
    def snapshot_version(self) -> int:
        version: int = self._set.snapshot.version
        return version

    @property
    def expires(self) -> datetime:
        """The first moment at which something of it expires."""
        signed = self._set
        return min(_utc(role.expires) for role in (signed.root, signed.timestamp, signed.snapshot, signed.targets))

    @property
    def signed_at(self) -> datetime | None:
        """None for a time at which targets or root would have expired: no honest signer writes it, but who stole the
        timestamp's key could, and every school would believe it forever."""
        told = signed_at(self._set.timestamp)
        bound = min(_utc(self._set.targets.expires), _utc(self._set.root.expires))
        return told if told and told < bound else None

    def target(self, name: str) -> Target | None:
        """What was signed under `name`. Raises: MetadataRefusedError, when a delegated role does not verify."""
        with _refusals(self._fetcher, self._updater):
            found = self._updater.get_targetinfo(name)
        if found is None:
            return None
        sha256 = found.hashes.get("sha256")
        if sha256 is None:
            raise MetadataRefusedError(
                Refusal.GARBLED, self._fetcher.source.name, f"{name} is signed without a SHA-256"
            )
        custom = found.custom if isinstance(found.custom, dict) else {}
        return Target(name, found.length, sha256, custom)


def refresh(
    folder: Path,
    bootstrap: bytes,
    source: Source,
    *,
    write: WriteFile,
    reference_time: datetime | None,
    spare: Path | None = None,
) -> TrustedRelease:
    """The newest metadata of `source`, verified against what `folder` already trusts.

    Args:
        folder: python-tuf's own; made when missing.
        bootstrap: the root metadata that the school accepted when it joined.
        reference_time: against which expiry is judged; None: not at all ("accept stale").
        spare: a folder whose `timestamp.json` was trusted too, for when the one in `folder` is lost: without either,
            old metadata would look new.

    Raises: MetadataRefusedError; OSError when `folder` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fetcher = _Fetcher(source)
    try:
        updater = _SchoolUpdater(folder, fetcher, bootstrap, write, spare)
    except exceptions.RepositoryError as error:
        raise MetadataRefusedError(Refusal.BAD_SIGNATURE, source.name, str(error)) from error
    set_reference_time(updater, reference_time or _ANY_TIME)
    with _refusals(fetcher, updater):
        updater.refresh()
    return TrustedRelease(updater, fetcher)


def trusted_set(updater: Updater) -> Any:
    """python-tuf's set of verified roles: the one place where we reach into its private parts.

    It offers no way to name the time (https://github.com/theupdateframework/python-tuf/issues/2359) nor to read
    expiry dates; test_trust.py fails loudly when this changes.
    """
    return updater._trusted_set


def set_reference_time(updater: Updater, moment: datetime) -> None:
    """Expiry is judged at `moment`. Raises: AttributeError when python-tuf no longer has such a time."""
    inner = trusted_set(updater)
    if not isinstance(inner.reference_time, datetime):
        raise AttributeError("python-tuf's TrustedMetadataSet.reference_time is no time any more")
    inner.reference_time = moment


def signed_at(timestamp: Timestamp) -> datetime | None:
    """When the timestamp was signed, as its signer says."""
    text = timestamp.unrecognized_fields.get(SIGNED_AT)
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) if text else None
    except (TypeError, ValueError):
        return None


def root_version(data: bytes) -> int | None:
    """The version of root metadata that is signed by itself, or None for anything else."""
    try:
        metadata = Metadata[Root].from_bytes(data)
        if not isinstance(metadata.signed, Root):
            return None
        metadata.signed.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except (DeserializationError, exceptions.RepositoryError, ValueError):
        return None
    return metadata.signed.version


class _SchoolUpdater(Updater):
    """The updater with its files written for certain, and without links, which sticks and FAT disks do not have."""

    def __init__(
        self, folder: Path, fetcher: FetcherInterface, bootstrap: bytes, write: WriteFile, spare: Path | None
    ) -> None:
        self._write = write
        self._spare = spare
        super().__init__(str(folder), f"{_BASE}{METADATA_URI}", fetcher=fetcher, bootstrap=bootstrap)

    def _persist_file(self, filename: str, data: bytes) -> None:
        self._write(Path(filename), data)

    def _load_local_metadata(self, rolename: str) -> bytes:
        own = Path(self._dir, f"{Timestamp.type}.json")
        if rolename == Timestamp.type and self._spare and not self._is_timestamp(_content(own)):
            kept = _content(self._spare / TIMESTAMP)
            if self._is_timestamp(kept):
                self._persist_file(str(own), kept)
        return super()._load_local_metadata(rolename)

    def _is_timestamp(self, data: bytes) -> bool:
        """Whether it is signed by the keys of now. Keys that changed make both copies worthless, as they should."""
        try:
            timestamp = Metadata[Timestamp].from_bytes(data)
            trusted_set(self).root.verify_delegate(Timestamp.type, timestamp.signed_bytes, timestamp.signatures)
        except (DeserializationError, exceptions.RepositoryError, ValueError):
            return False
        return isinstance(timestamp.signed, Timestamp)

    def _update_root_symlink(self) -> None:
        """`root.json` is only read without a bootstrap, and there always is one."""


class _Fetcher(FetcherInterface):
    """A source, in the way that python-tuf asks.

    Attributes: last: what came last, to tell what of it was wrong.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.last = b""

    def download_bytes(self, url: str, max_length: int) -> bytes:
        """The file, without a way through the temporary folder, and never more of it than one byte too many."""
        uri = unquote(url[len(_BASE) :])
        try:
            data = self._patiently(uri, max_length + 1)
        except SourceMissing as error:
            raise exceptions.DownloadHTTPError(str(error), 404) from error
        if is_web_page(data):
            raise SourceOdd(self.source.name, uri, "a web page came instead of the file")
        if len(data) > max_length:
            raise exceptions.DownloadLengthMismatchError(f"{uri} is longer than {max_length} bytes")
        self.last = data
        return data

    def _patiently(self, uri: str, limit: int) -> bytes:
        for _ in range(_TRIES - 1 if self.source.is_remote else 0):
            with contextlib.suppress(SourceUnreachable):
                return read_up_to(self.source, uri, limit)
        return read_up_to(self.source, uri, limit)

    def _fetch(self, url: str) -> Iterator[bytes]:
        return iter((self.download_bytes(url, _LONGEST),))


class _refusals:
    """Turns what python-tuf and sources raise into MetadataRefusedError."""

    def __init__(self, fetcher: _Fetcher, updater: Updater) -> None:
        self._name = fetcher.source.name
        self._fetcher = fetcher
        self._updater = updater

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (exceptions.RepositoryError, exceptions.DownloadError, SourceError)):
            raise self._refused(error) from error

    def _refused(self, error: BaseException) -> MetadataRefusedError:
        cause = error.__cause__ if isinstance(error.__cause__, SourceError) else error
        reason = _reason(cause)
        if isinstance(cause, SourceMissing) and not cause.uri.endswith(f"/{TIMESTAMP}"):
            reason = Refusal.INCOMPLETE  # the timestamp is there and leads to something that is not
        expired_at = when = None
        if reason is Refusal.EXPIRED:
            inner = trusted_set(self._updater)
            if inner.root.is_expired(inner.reference_time):
                reason, expired_at = Refusal.ROOT_EXPIRED, _utc(inner.root.expires)
            else:
                roles = [inner[name] for name in ("timestamp", "snapshot") if name in inner]
                expired = [_utc(role.expires) for role in roles if role.is_expired(inner.reference_time)]
                # Targets that expired are not in the set: they are what came last.
                expired_at = min(expired) if expired else _expiry(self._fetcher.last)
                when = signed_at(inner.timestamp)
        return MetadataRefusedError(reason, self._name, str(error), expired_at=expired_at, signed_at=when)


_REASONS: tuple[tuple[type[BaseException], Refusal], ...] = (
    (SourceOdd, Refusal.WEB_PAGE),
    (SourceUnreachable, Refusal.UNREACHABLE),
    (SourceMissing, Refusal.NO_MIRROR),
    (exceptions.DownloadHTTPError, Refusal.NO_MIRROR),
    (exceptions.DownloadLengthMismatchError, Refusal.GARBLED),
    (exceptions.DownloadError, Refusal.UNREACHABLE),
    (exceptions.ExpiredMetadataError, Refusal.EXPIRED),
    (exceptions.BadVersionNumberError, Refusal.OLDER),
    (DeserializationError, Refusal.GARBLED),
    (exceptions.LengthOrHashMismatchError, Refusal.GARBLED),
)


def _reason(error: BaseException) -> Refusal:
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Refusal.BAD_SIGNATURE)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _expiry(data: bytes) -> datetime | None:
    """Until when metadata were meant to be good; their signatures were judged before."""
    try:
        return _utc(Metadata.from_bytes(data).signed.expires)
    except (DeserializationError, ValueError):
        return None


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
