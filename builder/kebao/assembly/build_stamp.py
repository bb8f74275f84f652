"""Whether a site is still what a build would make: then `kebao build` only looks at files' times and sizes."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from kebao.assembly.cache_place import cache_folder

#: What a build reads of a project.
_SOURCES = ("content", "site_config", "files", "mkdocs.yml")
# A file written within this time of being looked at may be written again without its times showing it
# (FAT counts in steps of two seconds).
_UNSETTLED_NS = 2_000_000_000
_LEADING_ELSEWHERE = ("hooks", "INHERIT", "!relative", "!!python")
_METADATA = (".dist-info", ".egg-info", ".egg-link", ".pth")
#: Variables that steer a build.
STEERING = ("KEBAO_", "SOURCE_DATE_EPOCH")


def inputs_stamp(root: Path, *, today: date, options: str, also: Iterable[Path] = ()) -> tuple[str, int]:
    """The digest of a build's inputs, and when the last of them was changed.

    Args:
        options: How it is built, as text.
        also: Files and folders outside of the project that the build reads.
    """
    steering = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(STEERING))
    how = "\n".join((platform.python_version(), today.isoformat(), options, *installed(), *steering))
    digest = hashlib.sha256(how.encode("utf-8", "surrogateescape"))
    newest = 0
    for place in (*(root / name for name in _SOURCES), *_code(), *also):
        for line, changed in _signatures(place):
            digest.update(line)
            newest = max(newest, changed)
    return digest.hexdigest(), newest


def installed() -> list[str]:
    """Name and version of all that is installed, as folders beside the code are called after them."""
    found: set[str] = set()
    for place in sys.path:
        # Their metadata say the same, but reading those takes as long as all else here.
        with contextlib.suppress(OSError):
            found.update(name for name in os.listdir(place or ".") if name.endswith(_METADATA))
    return sorted(found)


def can_tell(root: Path) -> bool:
    """Whether everything that a build reads is known: MkDocs' settings may name files anywhere."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
        return not any(word in settings for word in _LEADING_ELSEWHERE)
    return False


def _code() -> Iterator[Path]:
    for package in ("kebao", "mkdocs_kebao"):
        found = importlib.util.find_spec(package)
        if found is not None and found.origin:
            yield Path(found.origin).parent


def code_stamp() -> str:
    """The digest of what the file system says of our own code."""
    return hashlib.sha256(b"".join(line for place in _code() for line, _ in _signatures(place))).hexdigest()


def site_stamp(site: Path) -> str:
    """The digest of what the file system says of a site's files."""
    digest = hashlib.sha256()
    for line, _ in _signatures(site):
        digest.update(line)
    return digest.hexdigest()


def _signatures(place: Path) -> Iterator[tuple[bytes, int]]:
    """Each file at or below a place with its size and times, sorted by path."""
    pending = [(str(place), place.name)]
    while pending:
        path, name = pending.pop()
        try:
            found = os.lstat(path)
        except OSError:
            yield f"{name} missing\n".encode("utf-8", "surrogateescape"), 0
            continue
        if stat.S_ISDIR(found.st_mode):
            names = sorted(entry for entry in os.listdir(path) if entry != "__pycache__")
            pending.extend((os.path.join(path, entry), f"{name}/{entry}") for entry in names)
            continue
        numbers = f"{found.st_size} {found.st_mtime_ns} {found.st_mode}"
        yield f"{name} {numbers}\n".encode("utf-8", "surrogateescape"), max(found.st_mtime_ns, found.st_ctime_ns)


def _stamp_path(root: Path, out: Path) -> Path:
    return cache_folder(root) / "build" / f"{place_digest(out)}.json"


def place_digest(folder: Path) -> str:
    """A name for what is noted of a folder."""
    return hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]


def read_stamp(root: Path, out: Path) -> tuple[str, str, tuple[str, ...]]:
    """Inputs, site and the lines that the build ended with; empty when nothing is kept of it."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(_stamp_path(root, out).read_text(encoding="utf-8"))
        return str(kept["inputs"]), str(kept["site"]), tuple(map(str, kept["said"]))
    return "", "", ()


def write_stamp(root: Path, out: Path, inputs: str, *, site: str, said: Iterable[str]) -> None:
    """``site``: the :func:`site_stamp` of ``out``."""
    write_note(_stamp_path(root, out), {"inputs": inputs, "site": site, "said": list(said)})


def write_note(path: Path, data: Mapping[str, object]) -> None:
    """Writes JSON into the cache."""
    # Whoever only reads stamps is done before this is imported.
    from kebao.assembly.file_store import atomic_writer

    # A read-only or full disk only costs the time of building again.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as stream:
            stream.write(json.dumps(data, sort_keys=True).encode())


def is_settled(newest_ns: int, looked_at_ns: int) -> bool:
    """Whether files that had last been changed when one looked cannot have changed since without it showing."""
    return newest_ns + _UNSETTLED_NS < looked_at_ns
