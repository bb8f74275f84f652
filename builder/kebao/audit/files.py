"""The files of a finished site, and the ones it keeps under their digests (KBA12, KBA13)."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from kebao.problems import Location, Message, Problem, Severity

#: The folder of files kept once (DESIGN §1.6). What it holds is material: its HTML is not read as pages.
STORE = "_files"
ASSETS = "_assets"
_CHUNK = 1 << 20
_PREFIX = re.compile(r"[0-9a-f]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """Every file and folder, as exact POSIX paths relative to the site's root (the root itself is ``""``)."""

    files: frozenset[str]
    folders: frozenset[str]

    def ending(self, *suffixes: str) -> tuple[str, ...]:
        """Files of the site itself with one of these suffixes (in lower case), sorted."""
        return tuple(
            sorted(uri for uri in self.files if uri.lower().endswith(suffixes) and not is_stored(uri)),
        )

    @property
    def pages(self) -> tuple[str, ...]:
        return self.ending(".html", ".htm")

    @property
    def stored(self) -> tuple[str, ...]:
        return tuple(sorted(filter(is_stored, self.files)))


def list_files(root: Path) -> SiteFiles:
    """What lies below ``root``. Links to folders are not followed."""
    files: set[str] = set()
    folders: set[str] = set()
    for folder, _, names in os.walk(root, onerror=_raise):
        uri = Path(folder).relative_to(root).as_posix().removeprefix(".")
        folders.add(uri)
        files.update(posixpath.join(uri, name) for name in names)
    return SiteFiles(frozenset(files), frozenset(folders))


def is_stored(uri: str) -> bool:
    return STORE in uri.split("/")[:-1]


def check_stored_file(root: Path, uri: str) -> Iterator[Problem]:
    """KBA12: the file is what the digest in its path says."""
    place = Location(path=uri)
    hint = Message("build or copy the file again; a stored file is never changed in place")
    parts = uri.split("/")
    below = parts[parts.index(STORE) + 1 :]
    if len(below) != 3 or not _PREFIX.fullmatch(below[0]) or not _SHA256.fullmatch(below[1]):
        message = Message("the file does not lie at _files/<first 2 digits>/<SHA-256>/<name>")
        yield Problem(location=place, code="KBA12", message=message, hint=hint)
        return
    prefix, expected, _ = below
    if not expected.startswith(prefix):
        message = Message("the folder '{prefix}' does not begin its SHA-256", {"prefix": prefix})
        yield Problem(location=place, code="KBA12", message=message, hint=hint)
    found = sha256_of(root / uri)
    if found != expected:
        message = Message("the file is damaged: its SHA-256 is {found}", {"found": found})
        yield Problem(location=place, code="KBA12", message=message, hint=hint)


def check_unlinked_files(site: SiteFiles, linked: Collection[str]) -> Iterator[Problem]:
    """KBA13: every stored file is linked from somewhere."""
    for uri in site.stored:
        if uri not in linked:
            yield Problem(
                location=Location(path=uri),
                code="KBA13",
                message=Message("no page links to this file"),
                severity=Severity.NOTICE,
                hint=Message("it may be left over from an earlier build; a fresh build leaves it out"),
            )


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _raise(error: OSError) -> None:
    raise error
