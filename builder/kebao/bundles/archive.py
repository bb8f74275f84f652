"""Writes a planned bundle as a ZIP: the same plan gives the same bytes, in constant memory."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kebao.bundles.bundle_plan import BundlePlan, Member

# The first date that a ZIP can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_REGULAR_FILE_0644 = 0o100644 << 16
_CHUNK_BYTES = 1 << 20


class BundleError(Exception):
    """A file is not what the plan says: it was changed or removed while the site was being built."""


def write_bundle(plan: BundlePlan, root: Path, stream: BinaryIO) -> None:
    """Writes the ZIP to ``stream``, which must be seekable; ``root`` is the project's folder.

    Members are stored, not deflated: the bytes must not depend on a zlib, and office files, pictures and
    videos are compressed already.

    Raises:
        BundleError: What is in ``stream`` by then is worthless.
    """
    if not stream.seekable():
        # zipfile would write data descriptors: other bytes for the same plan.
        raise ValueError("a bundle needs a seekable stream")
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for member in plan.members:
            with archive.open(_info(plan, member), "w") as target:
                for chunk in _chunks(member, root):
                    target.write(chunk)


def _info(plan: BundlePlan, member: Member) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{plan.top}/{member.path}", _DATE)
    info.compress_type = zipfile.ZIP_STORED
    info.create_system = _UNIX
    info.external_attr = _REGULAR_FILE_0644
    # From this zipfile decides on ZIP64 before the first byte.
    info.file_size = member.size_bytes
    return info


def _chunks(member: Member, root: Path) -> Iterator[bytes]:
    """The member's bytes; raises at their end, or once there are too many, when they are not as planned."""
    digest, size_bytes = hashlib.sha256(), 0
    with _opened(member, root) as source:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
            if size_bytes > member.size_bytes:
                break
            yield chunk
    if size_bytes != member.size_bytes or digest.hexdigest() != member.sha256:
        raise BundleError(f"{member.source_path or member.path} changed during the build")


def _opened(member: Member, root: Path) -> BinaryIO:
    if not member.source_path:
        return io.BytesIO(member.text)
    try:
        return root.joinpath(member.source_path).open("rb")
    except FileNotFoundError as error:
        raise BundleError(f"{member.source_path} was removed during the build") from error
