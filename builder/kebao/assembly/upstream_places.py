"""Where the editions of other packages lie: an edition store, a published site, an archive."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kebao.assembly.upstream_archive import UpstreamArchive, UpstreamError, is_inside
from kebao.assembly.upstream_bundles import Bundles, is_bundle
from kebao.loading.facts_cache import sha256_of
from kebao.model.package import Upstream
from kebao.problems import Message

#: Where the files of taken packages lie, relative to the project's root.
UPSTREAM_FOLDER = ".kebao/upstream"
#: Scope of the stored archive with a package's sources, for packages that build on it; also its key in pages.json.
SOURCES_SCOPE = "sources"
DEFAULT_STORE = "editions"
_SOURCES, _PAGES = "source.tar.gz", "pages.json"
_EDITION = re.compile(r"[0-9a-z][0-9a-z.-]{0,31}")
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundArchive:
    """An archive of sources, and the folder that holds the files that it only names.

    They lie in ``_sources`` or ``_files`` there, or in bundles.
    """

    path: Path
    shared: Path


def find_archive(root: Path, store: Path, upstream: Upstream) -> FoundArchive:
    """The archive of an edition; UpstreamError where there is none."""
    params = {"package": upstream.package, "edition": upstream.edition, "place": upstream.source or DEFAULT_STORE}
    if upstream.source and not is_inside(upstream.source):
        raise UpstreamError(
            Message("'{place}' leads out of the project", params),
            Message("put the archive or the published site into a folder of the project, or link it there"),
        )
    place = root / upstream.source if upstream.source else store
    if upstream.source.endswith(_ARCHIVES):
        return FoundArchive(path=_sources_of(place, upstream), shared=place.parent)
    if not _EDITION.fullmatch(upstream.edition):
        raise UpstreamError(
            Message("'{edition}' is not the id of an edition", params),
            Message("name it as its publisher does, such as 2026.1; next is the package of this project as it is now"),
        )
    stored = place / upstream.package / upstream.edition
    if (stored / _SOURCES).is_file():
        return FoundArchive(path=stored / _SOURCES, shared=place)
    published = _published(place, upstream)
    if published is not None:
        return FoundArchive(path=published, shared=place)
    raise UpstreamError(
        Message("'{place}' has no edition {edition} of '{package}'", params),
        Message("put that edition there (a copy of the store or of the published site), or name another with 'from'"),
    )


def sources_name(package: str) -> str:
    """What the archive of a package's published sources is called where readers download it."""
    return f"{package}-{SOURCES_SCOPE}.tar.gz"


def _sources_of(archive: Path, upstream: Upstream) -> Path:
    """The archive itself; of a download bundle, which holds what readers need, the sources that lie beside it."""
    if not archive.name.endswith(".zip") or not is_bundle(archive):
        return archive
    sources = archive.with_name(sources_name(upstream.package))
    if sources.is_file():
        return sources
    params = {"bundle": archive.name, "sources": sources.name}
    raise UpstreamError(
        Message("'{bundle}' is a package for readers: it holds no sources", params),
        Message("put '{sources}' beside it; the downloads page that the bundle is from offers it too", params),
    )


def watched_paths(root: Path, store: Path, upstream: Upstream) -> tuple[str, ...]:
    """Files and folders whose change may mean another archive, or one at last."""
    place = root / upstream.source if upstream.source else store
    if upstream.source.endswith(_ARCHIVES):
        # Its folder too: a bundle or the sources may be put beside it.
        return (str(place), str(place.parent))
    return (str(place), str(place / upstream.package), str(place / upstream.package / upstream.edition))


def _published(site: Path, upstream: Upstream) -> Path | None:
    """The archive that a published shard's ``pages.json`` names."""
    for pages in sorted((site / upstream.package).glob(f"*/{upstream.edition}/{_PAGES}")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            uri = str(json.loads(pages.read_bytes())[SOURCES_SCOPE])
            if is_inside(uri) and (site / uri).is_file():
                return site / uri
    return None


def editions_at(root: Path, store: Path, upstream: Upstream) -> tuple[str, ...]:
    """Ids of the package's editions at the place that ``extends`` names, in no order; none in an archive."""
    place = root / upstream.source if upstream.source else store
    if upstream.source.endswith(_ARCHIVES):
        return ()
    stored = {path.parent.name for path in (place / upstream.package).glob(f"*/{_SOURCES}")}
    published = {path.parent.name for path in (place / upstream.package).glob(f"*/*/{_PAGES}")} - {"latest"}
    return tuple(sorted(stored | published))


def lay_out(root: Path, found: FoundArchive, archive: UpstreamArchive, packages: frozenset[str]) -> str:
    """Puts the files of these packages where a build reads them; gives that folder relative to ``root``.

    They are shared with the place that they come from (hard links) where the file system can do that.
    """
    folder = f"{UPSTREAM_FOLDER}/{archive.sha256[:16]}"
    bundles = Bundles(found.shared)
    for path, sha256 in sorted(archive.named.items()):
        target = root / folder / path
        if not _is_of(path, packages) or (target.is_file() and sha256_of(target) == sha256):
            continue
        shared = _shared(found.shared, sha256)
        if shared is not None:
            _put(shared, target, sha256)
        elif not _unpacked(bundles, target, sha256):
            raise _missing_file(path, sha256)
    for path, data in sorted(archive.files.items()):
        target = root / folder / path
        if _is_of(path, packages) and not (target.is_file() and target.read_bytes() == data):
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(target, partial(_write, data))
    return folder


def _is_of(path: str, packages: frozenset[str]) -> bool:
    parts = path.split("/")
    return parts[:2] == ["content", "packages"] and parts[2] in packages


def _shared(base: Path, sha256: str) -> Path | None:
    folders = (base / "_sources" / sha256[:2] / sha256, base / "_files" / sha256[:2] / sha256)
    for place in folders:
        if place.is_file():
            return place
        for file in sorted(place.glob("*")):
            return file
    return None


def _missing_file(path: str, sha256: str) -> UpstreamError:
    return UpstreamError(
        Message("the file '{path}' of the upstream package is missing ({sha256})", {"path": path, "sha256": sha256}),
        Message(
            "copy the whole edition store, or the whole published site with its folder _files; beside an archive of "
            "sources, put the full package (ZIP) of the same downloads page"
        ),
    )


def _unpacked(bundles: Bundles, target: Path, sha256: str) -> bool:
    """Whether a bundle had the file, which then is at ``target``."""
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("wb") as stream:
            is_whole = bundles.copy(sha256, stream)
        if is_whole:
            temporary.replace(target)
        return is_whole
    finally:
        temporary.unlink(missing_ok=True)


def _put(source: Path, target: Path, sha256: str) -> None:
    if sha256_of(source) != sha256:
        raise UpstreamError(
            Message("the file '{path}' of the upstream package is damaged", {"path": str(source)}),
            Message("restore it from a backup, or take another copy from those who publish the package"),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    _replace(target, partial(_link_or_copy, source))


def _write(data: bytes, target: Path) -> None:
    target.write_bytes(data)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Another disk, or a file system without hard links: the file is kept twice.
        shutil.copyfile(source, target)


def _replace(target: Path, make: Callable[[Path], None]) -> None:
    """Makes the file under another name first: several builds may lay out the same package at once."""
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    temporary.unlink(missing_ok=True)
    make(temporary)
    # POSIX leaves both names when they are the same file already.
    temporary.replace(target)
    temporary.unlink(missing_ok=True)


def signatures(paths: Iterable[str]) -> dict[str, str]:
    """What the file system says of files outside of the project: path → size and times, empty when it is missing."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            facts = os.stat(path)
        except (OSError, ValueError):
            found[path] = ""
        else:
            found[path] = f"{facts.st_size} {facts.st_mtime_ns}"
    return found
