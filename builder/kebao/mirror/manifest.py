"""Manifests and the catalogue: the TUF targets. Strict when read, the same bytes for the same values when written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal, TypeVar

from kebao.mirror.errors import VerificationError
from kebao.mirror.layout import SHA256, UNIT_WORD
from kebao.mirror.names import is_safe

MANIFEST_FORMAT = "kebao-manifest/1"
CATALOG_FORMAT = "kebao-catalog/1"
MAX_VERSION_LENGTH = 100
_MAX_SIZE = (1 << 53) - 1
"""Nine petabytes: what every JSON reader takes for the same number (RFC 8259 §6), and no school has."""

PackKind = Literal["base", "delta"]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a release.

    Attributes:
        path: relative to the site's root, '/'-separated.
        size: in bytes.
        sha256: 64 hexadecimal digits, lower case.
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Many files in one request.

    Attributes:
        kind: "base": small files, whole; "delta": what changed since ``from_version``.
        from_version: empty for a base pack.
    """

    kind: PackKind
    from_version: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The files of one unit (a package in one locale) in one release, by path."""

    package: str
    locale: str
    version: str
    released: datetime
    files: tuple[FileEntry, ...]
    packs: tuple[Pack, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What the files take up together."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of the catalogue.

    Attributes:
        files: how many.
        size_bytes: what they take up together.
    """

    package: str
    locale: str
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What a release holds.

    Attributes:
        release: n of ``r/<n>``.
        released: when the content was released.
        signed_at: when this was made to be signed.
        packs: delta packs of the whole release, each with the manifests and all small changes since ``from_version``.
    """

    release: int
    version: str
    released: datetime
    signed_at: datetime
    units: tuple[Unit, ...]
    packs: tuple[Pack, ...] = ()


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is signed."""
    return canonical_bytes(
        {
            "format": MANIFEST_FORMAT,
            "package": manifest.package,
            "locale": manifest.locale,
            "version": manifest.version,
            "released": time_text(manifest.released),
            "files": [[file.path, file.size, file.sha256] for file in manifest.files],
            "packs": _pack_rows(manifest.packs),
        }
    )


def catalog_bytes(catalog: Catalog) -> bytes:
    """The catalogue as it is signed."""
    return canonical_bytes(
        {
            "format": CATALOG_FORMAT,
            "release": catalog.release,
            "version": catalog.version,
            "released": time_text(catalog.released),
            "signed_at": time_text(catalog.signed_at),
            "units": [
                {"package": unit.package, "locale": unit.locale, "files": unit.files, "bytes": unit.size_bytes}
                for unit in catalog.units
            ],
            "packs": _pack_rows(catalog.packs),
        }
    )


def canonical_bytes(data: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8 and a newline at the end."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_manifest(data: bytes, name: str = "") -> Manifest:
    """The manifest of its bytes; raises VerificationError ("manifest-unreadable") for anything else.

    Every path in it is safe (``names.is_safe``), and files stand in order, each once.
    """
    try:
        return _manifest(_object(json.loads(data, object_pairs_hook=_without_twins)))
    except (ValueError, TypeError, RecursionError) as error:
        raise VerificationError("manifest-unreadable", name=name, reason=_short(error)) from error


def read_catalog(data: bytes) -> Catalog:
    """The catalogue of its bytes; raises VerificationError ("catalog-unreadable") for anything else."""
    try:
        return _catalog(_object(json.loads(data, object_pairs_hook=_without_twins)))
    except (ValueError, TypeError, RecursionError) as error:
        raise VerificationError("catalog-unreadable", reason=_short(error)) from error


def time_text(time: datetime) -> str:
    """``2026-11-21T08:00:00Z``; the time must know its zone."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: object) -> datetime:
    """The time of ``2026-11-21T08:00:00Z``; raises ValueError for anything else."""
    time = datetime.strptime(_text(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    _require(time_text(time) == text, "a time not in the form 2026-11-21T08:00:00Z")
    return time


def _manifest(data: Mapping[str, Any]) -> Manifest:
    _require_keys(data, ("format", "package", "locale", "version", "released", "files", "packs"))
    _require(data["format"] == MANIFEST_FORMAT, f"format {data['format']!r}")
    return Manifest(
        package=_unit_word(data["package"]),
        locale=_unit_word(data["locale"]),
        version=_version(data["version"]),
        released=read_time(data["released"]),
        files=_files(_list(data["files"])),
        packs=_each(_list(data["packs"]), _pack),
    )


def _pack_rows(packs: Iterable[Pack]) -> list[dict[str, object]]:
    return [{"kind": pack.kind, "from": pack.from_version, "sha256": pack.sha256, "size": pack.size} for pack in packs]


def _files(rows: list[Any]) -> tuple[FileEntry, ...]:
    before = ""
    files = []
    for row in rows:
        _require(isinstance(row, list) and len(row) == 3, "a file that is not [path, size, sha256]")
        path = _text(row[0])
        _require(is_safe(path), f"the unsafe path {path[:100]!r}")
        _require(path > before, f"{path[:100]!r} is out of order or stands twice")
        files.append(FileEntry(path, _size(row[1]), _sha256(row[2])))
        before = path
    return tuple(files)


def _pack(data: Mapping[str, Any]) -> Pack:
    _require_keys(data, ("kind", "from", "sha256", "size"))
    kind: PackKind = "base" if data["kind"] == "base" else "delta"
    _require(data["kind"] == kind, f"a pack of kind {data['kind']!r}")
    from_version = _text(data["from"])
    _require((kind == "base") == (not from_version), "a pack's kind and 'from' do not agree")
    return Pack(kind, from_version and _version(from_version), _sha256(data["sha256"]), _size(data["size"]))


def _catalog(data: Mapping[str, Any]) -> Catalog:
    _require_keys(data, ("format", "release", "version", "released", "signed_at", "units", "packs"))
    _require(data["format"] == CATALOG_FORMAT, f"format {data['format']!r}")
    units = _each(_list(data["units"]), _unit)
    _require(len({(unit.package, unit.locale) for unit in units}) == len(units), "a unit that stands twice")
    release = _size(data["release"])
    _require(0 < release < 100_000, "a release number out of range")
    return Catalog(
        release=release,
        version=_version(data["version"]),
        released=read_time(data["released"]),
        signed_at=read_time(data["signed_at"]),
        units=units,
        packs=_each(_list(data["packs"]), _pack),
    )


def _unit(data: Mapping[str, Any]) -> Unit:
    _require_keys(data, ("package", "locale", "files", "bytes"))
    return Unit(_unit_word(data["package"]), _unit_word(data["locale"]), _size(data["files"]), _size(data["bytes"]))


_T = TypeVar("_T")


def _each(rows: Iterable[Any], read: Callable[[Mapping[str, Any]], _T]) -> tuple[_T, ...]:
    return tuple(read(_object(row)) for row in rows)


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _require_keys(data: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    _require(sorted(data) == sorted(keys), f"the fields are not {', '.join(keys)}")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    _require(len(data) == len(pairs), "a field that stands twice")
    return data


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _version(value: object) -> str:
    text = _text(value)
    _require(0 < len(text) <= MAX_VERSION_LENGTH and text.isprintable(), "not a version")
    return text


def _unit_word(value: object) -> str:
    text = _text(value)
    _require(UNIT_WORD.fullmatch(text) is not None, f"{text[:100]!r} cannot name a unit")
    return text


def _sha256(value: object) -> str:
    text = _text(value)
    _require(SHA256.fullmatch(text) is not None, "not a SHA-256")
    return text


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_SIZE:
        raise ValueError("not a size")
    return value


def _short(error: Exception) -> str:
    return str(error)[:200]
