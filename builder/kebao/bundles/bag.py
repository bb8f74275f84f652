"""The bag's own files: declaration, metadata and manifests (RFC 8493, BagIt 1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from kebao.bundles.bundle_plan import Member, Part, made_member

MANIFEST = "manifest-sha256.txt"
_TAG_MANIFEST = "tagmanifest-sha256.txt"


def bag_members(
    manifest: bytes, parts: Sequence[Part], tag_files: Iterable[Member], *, bagging_date: date, info: Mapping[str, str]
) -> tuple[Member, ...]:
    """The bag's own files, then the other tag files in the order given; ``manifest`` lists the payload."""
    # RFC 8493 §2.1.1: these two lines, in this order.
    declaration = made_member("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    metadata = made_member("bag-info.txt", _bag_info(parts, bagging_date, info))
    listed = made_member(MANIFEST, manifest)
    others = tuple(tag_files)
    tag_manifest = made_member(_TAG_MANIFEST, manifest_lines((declaration, metadata, listed, *others)))
    return (declaration, metadata, listed, tag_manifest, *others)


def manifest_lines(members: Iterable[Member]) -> bytes:
    """§2.1.3; no path has ``%``, CR or LF (see :mod:`kebao.bundles.names`), so none needs encoding."""
    lines = sorted((member.path, member.sha256) for member in members)
    return "".join(f"{sha256}  {path}\n" for path, sha256 in lines).encode()


def _bag_info(payload: Sequence[Part], bagging_date: date, info: Mapping[str, str]) -> bytes:
    octets, streams = sum(part.octets for part in payload), sum(part.member_count for part in payload)
    fields = {
        **{label: " ".join(value.split()) for label, value in info.items()},
        "Bagging-Date": bagging_date.isoformat(),
        # §2.2.2: ``OctetCount.StreamCount``.
        "Payload-Oxum": f"{octets}.{streams}",
    }
    return "".join(f"{label}: {fields[label]}\n" for label in sorted(fields) if fields[label]).encode()
