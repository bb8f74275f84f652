"""Where things lie in a published tree, on a stick and in a school's mirror (research/02_offline.md §4.2).

All are URIs relative to the root, '/'-separated; every name that travels on the wire below ``.mirror`` is ASCII.
"""

from __future__ import annotations

import re

MIRROR = ".mirror"
METADATA = f"{MIRROR}/metadata"
MANIFESTS = f"{MIRROR}/m"
OBJECTS = f"{MIRROR}/o"
PACKS = f"{MIRROR}/p"
RELEASES = "r"
CHECKSUMS = f"{MIRROR}/manifest-sha256.txt"
STICK = f"{MIRROR}/stick.json"
PENDING = f"{MIRROR}/pending"
"""The publisher's own: what waits for signatures. Never published."""
STATE = f"{MIRROR}/publisher.json"
"""The publisher's own: releases so far. Never published."""
STUB = "index.html"
CATALOG = "catalog.json"
TIMESTAMP = "timestamp.json"

SITE_PACKAGE = "site"
"""The unit that is always pulled: what belongs to no package."""
SITE_LOCALE = "und"
"""BCP 47: undetermined."""

COMPRESSED = "zst"
"""Field of a target's custom data (signed): the size of its compressed form, where there is one."""
DELTAS = "deltas"
"""Field of a target's custom data (signed): SHA-256 of an older target → size of the delta from it."""

SHA256 = re.compile(r"[0-9a-f]{64}")
UNIT_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""What packages and locales may be called, so that a target's name is a file name everywhere."""


def release_folder(number: int) -> str:
    """``r/00042``."""
    return f"{RELEASES}/{number:05d}"


def object_uri(sha256: str) -> str:
    """``.mirror/o/ab/<sha256>``."""
    return f"{OBJECTS}/{sha256[:2]}/{sha256}"


def part_uri(sha256: str, part: int) -> str:
    """One part, from 0, of a file that is too big for FAT32; only on sticks."""
    return f"{object_uri(sha256)}.{part:03d}"


def pack_uri(kind: str, sha256: str) -> str:
    """A pack (``kebao.mirror.packs``); ``kind`` is "base" or "delta"."""
    return f"{PACKS}/{sha256}.{kind}.tar.zst"


def target_name(package: str, locale: str) -> str:
    """The TUF target of a unit: ``<package>.<locale>.json``; packages have no dot, so it is unambiguous."""
    return f"{package}.{locale}.json"


def target_uri(sha256: str, name: str) -> str:
    """A target under its consistent-snapshot name (TUF §6.2)."""
    return f"{MANIFESTS}/{sha256}.{name}"


def compressed_target_uri(sha256: str, name: str) -> str:
    """The same target, zstd-compressed."""
    return f"{target_uri(sha256, name)}.zst"


def target_delta_uri(sha256: str, name: str, old_sha256: str) -> str:
    """The target as a ``dcz`` delta against an older one."""
    return f"{target_uri(sha256, name)}.from-{old_sha256}.dcz"


def metadata_uri(file_name: str) -> str:
    """A metadata file of TUF."""
    return f"{METADATA}/{file_name}"
