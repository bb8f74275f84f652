"""Office files as small ZIP archives whose bytes depend on their content only."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from sample_makers.imprint import made_at

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
CORE_PROPERTIES = "docProps/core.xml"
# A theme names a font for each of thirty scripts; Latin and Chinese are set by name.
OTHER_SCRIPTS = re.compile(rb'<a:font script="[^>]*/>')
W3C_DATE = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def pack_again(office_file: bytes) -> bytes:
    """The same parts in the same order, with fixed dates and the strongest compression."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(office_file)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == CORE_PROPERTIES:
                part = fix_dates(part, made_at())
            if "/theme/" in name:
                part = OTHER_SCRIPTS.sub(b"", part)
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, part, compresslevel=9)
    return packed.getvalue()


def fix_dates(core_properties: bytes, made: datetime) -> bytes:
    stamp = made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return W3C_DATE.sub(lambda match: match[1] + stamp + match[3], core_properties)
