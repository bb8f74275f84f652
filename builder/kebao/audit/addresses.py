"""Where an address in a finished page leads."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote

from kebao.audit.files import SiteFiles

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_WEB_SCHEMES = frozenset({"http", "https", "ftp", "ws", "wss"})
_IGNORED = str.maketrans("", "", "\t\r\n")


class Reach(Enum):
    """What kind of place an address leads to."""

    SITE = "a path relative to the page"
    MACHINE = "a path of the server or computer"
    WEB = "another host"
    NOWHERE = "no file: mailto:, data:, javascript: …"


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; path and fragment are decoded, and empty unless it leads into the site."""

    reach: Reach
    path: str = ""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What lies where a relative address leads.

    Attributes:
        uri: The file; empty when there is none.
        is_folder: The address names a folder; ``uri`` is then its index.html.
    """

    uri: str
    is_folder: bool = False


@lru_cache(maxsize=1 << 16)
def parse_address(url: str) -> Address:
    """The parts of an address as browsers read it (https://url.spec.whatwg.org/#url-parsing)."""
    url = url.strip(" \t\r\n\f").translate(_IGNORED)
    if url.startswith("//"):
        return Address(Reach.WEB)
    if url.startswith(("/", "\\")):
        return Address(Reach.MACHINE)
    scheme = _SCHEME.match(url)
    if scheme:
        name = scheme[0].lower()
        if name in _WEB_SCHEMES:
            return Address(Reach.WEB)
        return Address(Reach.MACHINE if name == "file" or len(name) == 1 else Reach.NOWHERE)
    path, _, fragment = url.partition("#")
    path = path.partition("?")[0]
    return Address(Reach.SITE, unquote(path), unquote(fragment.partition(":~:")[0]))


class Targets:
    """Finds what addresses lead to, and remembers it: every page's navigation holds the same links."""

    def __init__(self, site: SiteFiles) -> None:
        self._site = site
        self._by_folded_uri: dict[str, str] | None = None
        self.find = lru_cache(maxsize=1 << 16)(self._find)

    def _find(self, folder: str, path: str) -> Target:
        """What ``path`` leads to from a page in ``folder``."""
        uri = resolve(folder, path)
        if uri in self._site.files and not path.endswith(("/", "/.")):
            return Target(uri)
        if uri in self._site.folders:
            index = posixpath.join(uri, "index.html")
            return Target(index if index in self._site.files else "", is_folder=True)
        return Target("")

    def with_other_case(self, folder: str, path: str) -> str:
        """The file that would be found if case did not matter; empty when there is none."""
        if self._by_folded_uri is None:
            self._by_folded_uri = {uri.casefold(): uri for uri in sorted(self._site.files)}
        return self._by_folded_uri.get(resolve(folder, path).casefold(), "")


def resolve(folder: str, path: str) -> str:
    """A site URI, ``""`` for the root; begins with ``..`` when it leads out of the site."""
    uri = posixpath.normpath(posixpath.join(folder, path))
    return "" if uri == "." else uri
