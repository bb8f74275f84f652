"""The bag's own files: declaration, metadata and manifests (RFC 8493, BagIt 1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from kebao.bundles.bundle_plan import Member, made_member

_MANIFEST = "manifest-sha256.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"


def bag_members(
    payload: Iterable[Member], tag_files: Iterable[Member], *, bagging_date: date, info: Mapping[str, str]
) -> tuple[Member, ...]:
    """All files of the bag: its own, the other tag files in the order given, then the payload by path."""
    contents = tuple(sorted(payload, key=lambda member: member.path))
    # RFC 8493 §2.1.1: these two lines, in this order.
    declaration = made_member("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    metadata = made_member("bag-info.txt", _bag_info(contents, bagging_date, info))
    manifest = made_member(_MANIFEST, _manifest(contents))
    others = tuple(tag_files)
    tag_manifest = made_member(_TAG_MANIFEST, _manifest((declaration, metadata, manifest, *others)))
    return (declaration, metadata, manifest, tag_manifest, *others, *contents)


def _bag_info(payload: tuple[Member, ...], bagging_date: date, info: Mapping[str, str]) -> bytes:
    octets = sum(member.size_bytes for member in payload)
    fields = {
        **{label: " ".join(value.split()) for label, value in info.items()},
        "Bagging-Date": bagging_date.isoformat(),
        # §2.2.2: ``OctetCount.StreamCount``.
        "Payload-Oxum": f"{octets}.{len(payload)}",
    }
    return "".join(f"{label}: {fields[label]}\n" for label in sorted(fields) if fields[label]).encode()


def _manifest(members: Iterable[Member]) -> bytes:
    """§2.1.3; no path has ``%``, CR or LF (see :mod:`kebao.bundles.names`), so none needs encoding."""
    lines = sorted((member.path, member.sha256) for member in members)
    return "".join(f"{sha256}  {path}\n" for path, sha256 in lines).encode()
