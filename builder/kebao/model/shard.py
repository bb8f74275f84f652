"""The unit of building: one package in one locale and one edition, and where its pages lie (DESIGN §1.3, §1.5)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

#: The edition that is not released yet.
WORKING_EDITION = "next"
#: The name under which a site always has the current edition.
LATEST_EDITION = "latest"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shard:
    package: str
    locale: str
    edition: str = WORKING_EDITION

    @property
    def uri(self) -> str:
        """The shard's folder in the site, without slashes at the ends."""
        return f"{self.package}/{self.locale}/{self.edition}"

    def page(self, uri: str) -> str:
        """Site URI of one of its pages."""
        return f"{self.uri}/{uri}"

    def latest(self, uri: str) -> str:
        """Site URI under which the current edition has the page."""
        return f"{self.package}/{self.locale}/{LATEST_EDITION}/{uri}"

    @property
    def is_released(self) -> bool:
        return self.edition != WORKING_EDITION

    @property
    def neighbours_edition(self) -> str:
        """The edition in which links lead to other packages: theirs go their own way, so a frozen page names none."""
        return LATEST_EDITION if self.is_released else WORKING_EDITION

    def in_locale(self, locale: str) -> Shard:
        return Shard(package=self.package, locale=locale, edition=self.edition)


def shard_at(uri: str) -> Shard:
    """The shard whose folder is ``<package>/<locale>/<edition>``."""
    package, locale, edition = uri.split("/")
    return Shard(package=package, locale=locale, edition=edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file kept once for all locales and editions, under its digest (DESIGN §1.6).

    Attributes:
        name: Readable file name, Chinese kept.
    """

    sha256: str
    size_bytes: int
    name: str

    @property
    def uri(self) -> str:
        """Site URI, percent-encoded: ``_files/<first 2 hex>/<sha256>/<name>``."""
        return f"_files/{self.sha256[:2]}/{self.sha256}/{_quoted(self.name)}"

    @property
    def path_parts(self) -> tuple[str, str, str]:
        """Folders and name below ``_files``."""
        return self.sha256[:2], self.sha256, self.name


# Materials of many resources have the same names.
_quoted = lru_cache(maxsize=1 << 12)(quote)

#: Folders, each with the slash after it: neither absolute nor with a step that is empty or leads up.
_PLAIN_FOLDERS = re.compile(r"(?:[^/.][^/]*/)*\Z")


def relative_uri(from_page: str, target: str) -> str:
    """``target`` as a link from ``from_page``; both are site URIs. A fragment is kept."""
    path, mark, fragment = target.partition("#")
    if path == from_page:
        return f"#{fragment}" if mark else posixpath.basename(path)
    return f"{_relative_path(path, _folder_of(from_page))}{mark}{fragment}"


def _relative_path(path: str, folder: str) -> str:
    """What :func:`posixpath.relpath` gives, which takes ten times as long: a page has fifty links."""
    cut = path.rfind("/") + 1
    way, name = _way(path[:cut], folder), path[cut:]
    if way is None or not name or name[0] == "." or f"{folder}/".startswith(f"{path}/"):
        return posixpath.relpath(path or ".", folder or ".")
    return way + name


# Of thousands of pages there are some dozen folders.


@lru_cache(maxsize=1 << 10)
def _way(to: str, folder: str) -> str | None:
    """The way from one folder to another, with the slash after it; None for those that are not plain."""
    if not (_PLAIN_FOLDERS.match(to) and _PLAIN_FOLDERS.match(f"{folder}/" if folder else "")):
        return None
    steps, here = to.split("/")[:-1], folder.split("/") if folder else []
    common = 0
    for one, other in zip(steps, here, strict=False):
        if one != other:
            break
        common += 1
    return "../" * (len(here) - common) + "".join(f"{step}/" for step in steps[common:])


_folder_of = lru_cache(maxsize=1 << 10)(posixpath.dirname)
