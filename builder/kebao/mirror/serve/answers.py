"""What HTTP asks of a server of files (RFC 9110): conditions, ranges and encodings, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_ENCODING = re.compile(r"\s*([a-z*]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?")


@dataclass(frozen=True)
class Span:
    """A part of a file: from byte `start` up to and without `end`."""

    start: int
    end: int


def asked_span(headers: Mapping[str, str], size: int, etag: str, modified: float) -> Span | None:
    """The one range that is asked for (RFC 9110 §14.2); None for the whole file.

    Raises: ValueError when the range lies outside of the file. Several ranges and unknown units are ignored, as
    allowed.
    """
    found = _RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    if not found or found[1] == found[2] == "" or not _range_holds(headers.get("If-Range"), etag, modified):
        return None
    if len(found[1]) > 18 or len(found[2]) > 18:
        raise ValueError("out of range")
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
        if int(found[2]) == 0:
            raise ValueError("out of range")
    else:
        start = int(found[1])
        end = min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None  # malformed: to be ignored
    if start >= size:
        raise ValueError("out of range")
    return Span(start, end)


def _range_holds(condition: str | None, etag: str, modified: float) -> bool:
    """Whether what the client has a part of is still the same (RFC 9110 §13.1.5)."""
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag
    try:
        return int(parsedate_to_datetime(condition).timestamp()) == int(modified)
    except (TypeError, ValueError):
        return False


def is_unchanged(headers: Mapping[str, str], etag: str, modified: float) -> bool:
    """Whether the client has this already (RFC 9110 §13.2.2); a tag counts more than a date."""
    tags = headers.get("If-None-Match")
    if tags is not None:
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return int(modified) <= int(parsedate_to_datetime(since).timestamp())
    except (TypeError, ValueError):
        return False


def accepted_encodings(header: str) -> Collection[str]:
    """The encodings that a client takes, by name (RFC 9110 §12.5.3)."""
    accepted = set()
    for part in header.lower().split(","):
        found = _ENCODING.fullmatch(part)
        if found and _weight(found[2]) > 0:
            accepted.add(found[1])
    return accepted


def _weight(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0
