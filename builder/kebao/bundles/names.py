"""File and folder names that read well and open everywhere: Windows, macOS, Linux, BagIt manifests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import count
from urllib.parse import quote

#: Longest name of a file or folder, in UTF-16 units as Windows counts; at most 180 bytes of UTF-8.
LONGEST_NAME = 60
#: Longest name of a ZIP and its top folder: unpacked as ``<name>/<name>/data/<folder>/<file>`` below
#: ``C:\Users\…\Downloads`` the path stays under Windows' 260.
LONGEST_TOP = 40

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_FORBIDDEN = frozenset('<>:"/\\|?*')
_RESERVED = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{device}{digit}" for device in ("COM", "LPT") for digit in "0123456789¹²³"]
)


def safe_name(text: str, *, fallback: str, longest: int = LONGEST_NAME) -> str:
    """The text as a name without suffix; ``fallback`` (an id) where nothing of it can stand in a name."""
    safe = "".join(map(_safe_character, unicodedata.normalize("NFC", text)))
    name = unicodedata.normalize("NFC", " ".join(safe.split())).strip(" .")
    name = _cut(name, longest) or _cut(fallback, longest)
    if name.partition(".")[0].rstrip().upper() in _RESERVED:
        return _cut(f"_{name}", longest)
    return name


def unique_stems(
    wanted: Iterable[tuple[str, tuple[str, ...]]], *, longest: int = LONGEST_NAME, taken: Iterable[str] = ()
) -> tuple[str, ...]:
    """A stem for each wanted ``(stem, suffixes)``, in order, so that no two names are equal in any case.

    Args:
        wanted: Safe names, each with the suffixes of the files that share it (a video and its captions).
        longest: Of stem and suffix together.
        taken: Names that stand there already.
    """
    used = {_folded(name) for name in taken}
    stems: list[str] = []
    for stem, suffixes in wanted:
        room = longest - max(len(suffix) for suffix in suffixes)
        for number in count(1):
            mark = f"-{number}" if number > 1 else ""
            candidate = _cut(stem, room - len(mark)) + mark
            names = {_folded(candidate + suffix) for suffix in suffixes}
            if used.isdisjoint(names):
                break
        used |= names
        stems.append(candidate)
    return tuple(stems)


def quoted_path(path: str) -> str:
    """The path as it stands in a link."""
    return "/".join(map(_quoted, path.split("/")))


# A resource's folder stands in each link that leads to it.
_quoted = lru_cache(maxsize=1 << 14)(quote)


@cache
def _safe_character(character: str) -> str:
    if character.isspace():
        return " "
    if character in _FORBIDDEN:
        return "_"
    if character == "%":
        # RFC 8493 §2.1.3 wants it encoded in manifests, which not every validator undoes.
        return "％"
    # Control, format (they reorder and hide text), surrogate, private and unassigned characters.
    return "" if unicodedata.category(character).startswith("C") else character


def _cut(name: str, longest: int) -> str:
    if 2 * len(name) <= longest:
        return name
    units = 0
    for position, character in enumerate(name):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > longest:
            return name[:position].rstrip(" .")
    return name


# A resource's folder has the same name in each bundle.
@lru_cache(maxsize=1 << 14)
def _folded(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    return unicodedata.normalize("NFKC", name).upper().casefold()
