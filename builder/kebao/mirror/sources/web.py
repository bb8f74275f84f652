"""A web server as a source. Any server will do; one that knows ranges lets interrupted files go on."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

import urllib3

from kebao.mirror.layout import METADATA
from kebao.mirror.sources.source import Body, SourceMissing, SourceOdd, SourceUnreachable

_CHUNK = 1 << 18
_GONE = {403, 404, 410}
_LOG_IN_FIRST = 511
"""Network Authentication Required (RFC 6585 §6): the network's login page says so itself."""
_METADATA_FOLDER = f"{METADATA}/"
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]+/(?:[0-9]+|\*)")


class WebSource:
    """Reads below `url`. Proxies are taken from the environment, as every other program does."""

    is_remote = True

    def __init__(self, url: str, *, timeout: float = 30.0, connections: int = 8) -> None:
        self.name = url
        self._base = url if url.endswith("/") else url + "/"
        self._pool = _pool_for(self._base, connections)
        self.delay = timeout
        self._timeout = urllib3.Timeout(connect=min(timeout, 10.0), read=timeout)

    def address(self, uri: str) -> str:
        """The URL of a file. Metadata lie in one flat folder, and a role's name may hold anything, even a slash."""
        if uri.startswith(_METADATA_FOLDER):
            return self._base + _METADATA_FOLDER + quote(uri[len(_METADATA_FOLDER) :], safe="")
        return self._base + quote(uri)

    def open(self, uri: str, start: int = 0) -> Body:
        # Asking for the plain bytes: a range of compressed bytes could not be continued.
        headers = {"Accept-Encoding": "identity", "User-Agent": "kebao-mirror"}
        if start:
            headers["Range"] = f"bytes={start}-"
        asked = time.monotonic()
        try:
            response = self._pool.request(
                "GET",
                self.address(uri),
                headers=headers,
                preload_content=False,
                timeout=self._timeout,
                retries=urllib3.Retry(total=0, redirect=3, raise_on_redirect=False),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SourceUnreachable(self.name, uri, str(error)) from error
        self.delay = min(self.delay, time.monotonic() - asked)
        status = response.status
        if status == 206:
            began = _range_start(response.headers)
            if start and began == start and not response.headers.get("Content-Encoding"):
                return Body(start, self._chunks(response, uri))
            response.close()
            if start:  # a range that was not asked for: the whole file, from its start
                return self.open(uri)
            raise SourceOdd(self.name, uri, "a part of the file although the whole was asked for")
        if status == 200:
            return Body(0, self._chunks(response, uri))
        response.close()
        if status == 416 and start:
            return self.open(uri)
        if status in _GONE:
            raise SourceMissing(self.name, uri, f"HTTP {status}")
        if (status >= 500 and status != _LOG_IN_FIRST) or status == 429:
            raise SourceUnreachable(self.name, uri, f"HTTP {status}")
        raise SourceOdd(self.name, uri, f"HTTP {status}")

    def _chunks(self, response: urllib3.BaseHTTPResponse, uri: str) -> Iterator[bytes]:
        # A proxy that compresses although it was asked not to is undone here; the length it states is then not the
        # file's.
        unpacked = bool(response.headers.get("Content-Encoding"))
        finished = False
        try:
            # read1 hands over what has come: a line that breaks every few seconds still gets on.
            while chunk := response.read1(_CHUNK, decode_content=unpacked):
                yield chunk
            finished = True
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SourceUnreachable(self.name, uri, str(error)) from error
        finally:
            with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
                if finished:
                    response.release_conn()
                else:
                    response.close()


def _range_start(headers: Mapping[str, str]) -> int | None:
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
    return int(found[1]) if found else None


def _pool_for(base: str, connections: int) -> urllib3.PoolManager:
    parts = urlsplit(base)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and parts.hostname and not urllib.request.proxy_bypass(parts.hostname):
        return urllib3.ProxyManager(proxy, maxsize=connections, block=False)
    return urllib3.PoolManager(maxsize=connections, block=False)
