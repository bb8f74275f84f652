"""What every source gives: the bytes behind a relative URI, from a place on, or a clear reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SourceError(Exception):
    """The source did not give what was asked.

    Attributes: source: its name; uri: what was asked; detail: the reason, for the log.
    """

    def __init__(self, source: str, uri: str, detail: str) -> None:
        super().__init__(f"{source}: {uri}: {detail}")
        self.source = source
        self.uri = uri
        self.detail = detail


class SourceMissing(SourceError):
    """The source answers, and does not have it."""


class SourceUnreachable(SourceError):
    """The source does not answer, or stopped in the middle; asking again may help."""


class SourceOdd(SourceError):
    """Something answers in place of the source: a login page of the network, a proxy, a search page."""


@dataclass(frozen=True)
class Body:
    """An answer.

    Attributes:
        start: the place in the file of the first byte that `chunks` gives; may be 0 although more was asked.
        chunks: raises SourceUnreachable when the rest does not come. Close it when not read to its end.
    """

    start: int
    chunks: Iterator[bytes]


class Source(Protocol):
    """A publisher's site, a neighbour school or a stick."""

    @property
    def name(self) -> str:
        """The address or the folder, as a person wrote it."""
        ...

    @property
    def is_remote(self) -> bool:
        """Whether asking costs time and data of a line."""
        ...

    @property
    def delay(self) -> float:
        """Seconds from a question to the beginning of its answer, the shortest so far; 0 for a folder."""
        ...

    def open(self, uri: str, start: int = 0) -> Body:
        """The bytes of the file at `uri` ('/'-separated, not percent-encoded) from `start` on, if the source can."""
        ...


def read_up_to(source: Source, uri: str, limit: int) -> bytes:
    """The first `limit` bytes of the file, or all of it."""
    body = source.open(uri)
    data = bytearray()
    try:
        for chunk in body.chunks:
            data += chunk
            if len(data) >= limit:
                break
    finally:
        close_body(body)
    return bytes(data[:limit])


def read_small(source: Source, uri: str, limit: int) -> bytes:
    """The whole file, of at most `limit` bytes; SourceOdd when it is longer."""
    data = read_up_to(source, uri, limit + 1)
    if len(data) > limit:
        raise SourceOdd(source.name, uri, f"more than {limit} bytes")
    return data


def is_web_page(data: bytes) -> bool:
    """Whether a file starts like a web page: what a network's login page answers to everything."""
    return data.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"<"


def close_body(body: Body) -> None:
    """Lets go of the file or connection of a body that is not read any further."""
    close = getattr(body.chunks, "close", None)
    if close:
        close()
