"""Which paths a site may have, so that every school's disk, stick and CD can hold them (research/02_offline.md §4.7).

Two rules: *safe* – the path stays in its folder on any system, which a school demands of every manifest – and
*portable* – Windows, FAT32 and Joliet can hold it, which a publisher demands before signing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

MAX_NAME_UNITS = 64
"""UTF-16 units of one name: Joliet's limit, where mastering tools cut without saying so; a SHA-256 just fits."""
MAX_PATH_UNITS = 200
"""UTF-16 units of a whole path; Windows allows 260 with the folder that the mirror lies in."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DRIVE = re.compile(r"[A-Za-z]:")
# Windows reserves these with any ending, and the superscript digits too (learn.microsoft.com, "Naming Files").
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)


class NameFault(str, Enum):
    """What is wrong with a path; the value is the id of its message."""

    EMPTY = "name-empty"
    ESCAPES = "name-escapes"
    ABSOLUTE = "name-absolute"
    BACKSLASH = "name-backslash"
    CONTROL = "name-control"
    NOT_TEXT = "name-not-text"
    CHARACTER = "name-character"
    RESERVED = "name-reserved"
    TRAILING = "name-trailing"
    NAME_TOO_LONG = "name-too-long"
    PATH_TOO_LONG = "path-too-long"
    NOT_NFC = "name-not-nfc"
    TWINS = "name-twins"
    FILE_AND_FOLDER = "name-file-and-folder"


@dataclass(frozen=True)
class NameProblem:
    """A path that must not be published.

    Attributes:
        other: the path that it collides with; empty when it is wrong by itself.
    """

    fault: NameFault
    path: str
    other: str = ""


def safety_fault(path: str) -> NameFault | None:
    """Why a path could leave its folder or mean something else on another system; None when it cannot.

    A colon is refused anywhere: it names a drive or an NTFS stream.
    """
    if not path:
        return NameFault.EMPTY
    if "\\" in path:
        return NameFault.BACKSLASH
    if path.startswith("/") or _DRIVE.match(path):
        return NameFault.ABSOLUTE
    if _CONTROL.search(path):
        return NameFault.CONTROL
    if not _is_text(path):
        return NameFault.NOT_TEXT
    if ":" in path:
        return NameFault.CHARACTER
    for name in path.split("/"):
        if not name:
            return NameFault.EMPTY
        # Windows drops trailing dots and spaces: ".. " and "..." would be "..".
        if not name.rstrip(". "):
            return NameFault.ESCAPES
        if _DEVICE.fullmatch(name):
            return NameFault.RESERVED
    return None


def is_safe(path: str) -> bool:
    """Whether the path stays in its folder on any system."""
    return safety_fault(path) is None


def portability_fault(path: str) -> NameFault | None:
    """Why some school's disk could not hold the path as it is; None when all can."""
    if fault := safety_fault(path):
        return fault
    if _FORBIDDEN.search(path):
        return NameFault.CHARACTER
    if unicodedata.normalize("NFC", path) != path:
        return NameFault.NOT_NFC
    for name in path.split("/"):
        if name[-1] in ". ":
            return NameFault.TRAILING
        if _utf16_units(name) > MAX_NAME_UNITS:
            return NameFault.NAME_TOO_LONG
    return NameFault.PATH_TOO_LONG if _utf16_units(path) > MAX_PATH_UNITS else None


def name_problems(paths: Iterable[str]) -> Iterator[NameProblem]:
    """All that is wrong with the files of one tree, by path: each by itself, then names that collide."""
    ordered = sorted(paths)
    for path in ordered:
        if fault := portability_fault(path):
            yield NameProblem(fault, path)
    yield from collisions(ordered)


def collisions(paths: Iterable[str]) -> Iterator[NameProblem]:
    """Names that a case-blind or normalising file system takes for one, and files that are folders too."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        key = folded(path)
        other = files.setdefault(key, path)
        if other != path:
            yield NameProblem(NameFault.TWINS, path, other)
        if key in folders:
            yield NameProblem(NameFault.FILE_AND_FOLDER, path, folders[key])
        yield from _folder_collisions(path, files, folders)


def _folder_collisions(path: str, files: dict[str, str], folders: dict[str, str]) -> Iterator[NameProblem]:
    end = path.rfind("/")
    while end > 0:
        folder = path[:end]
        key = folded(folder)
        known = folders.get(key)
        if known == folder:
            return  # and so are its parents
        if known is not None:
            yield NameProblem(NameFault.TWINS, folder, known)
            return
        if key in files:
            yield NameProblem(NameFault.FILE_AND_FOLDER, files[key], folder)
        folders[key] = folder
        end = folder.rfind("/")


def folded(path: str) -> str:
    """The same for all names that some file system takes for the same."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:  # a lone surrogate: bytes on the disk that are no UTF-8
        return False
    return True


def _utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
