"""Shards whose inputs are what they were when the site was built last: their folders are taken from it as they are.

A key stands for all that decides a shard's bytes: the sources of its package and of those that it names or builds on,
what belongs to no package, settings, code, and the files that its pages lead to. Where that is not known (a package of
another place, MkDocs' settings in other files) there is no key, and the shard is built.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.build_stamp import can_tell, code_stamp, installed, site_stamp
from kebao.assembly.checking import CheckedProject
from kebao.assembly.entry_keys import digest_of
from kebao.assembly.file_copies import linked
from kebao.assembly.file_store import atomic_writer
from kebao.model.package import Package
from kebao.model.shard import WORKING_EDITION, Shard

_ASSETS = "_assets"
_ASSETS_NAME = re.compile(rb"_assets/([0-9a-f]{16})/")
#: What MkDocs reads of a project beside the content and what the check reads of the settings.
_SETTINGS = ("mkdocs.yml", "site_config/theme")


@dataclass(frozen=True, slots=True)
class ShardKeys:
    """The keys of shards of a project as it was authored, before packages were laid over others.

    Attributes:
        ground: Of all that decides every shard's bytes; empty where that is not known.
    """

    project: CheckedProject
    ground: str

    @classmethod
    def of(cls, project: CheckedProject, options: Sequence[str]) -> ShardKeys:
        """``options``: how the shards are built, as texts."""
        if not project.ground_digest or not can_tell(project.root):
            return cls(project, "")
        settings = (line for name in _SETTINGS for line in _contents(project.root / name))
        return cls(project, digest_of((project.ground_digest, code_stamp(), *installed(), *settings, *options)))

    def of_shard(self, shard: Shard, files: str, previous: Path | None) -> str:
        """The key of a shard; empty where there is none.

        ``files``: what its package's files index says; ``previous``: the snapshot of the edition before.
        """
        packages = self._read_by(shard.package)
        if not self.ground or packages is None or shard.edition != WORKING_EDITION:
            return ""
        before = hashlib.sha256(previous.read_bytes()).hexdigest() if previous else ""
        folders = self.project.folder_digests.items()
        places = tuple(f"content/packages/{name}/" for name in packages)
        sources = sorted(f"{folder} {digest}" for folder, digest in folders if folder.startswith(places))
        return digest_of((self.ground, shard.uri, files, before, *sources))

    def _read_by(self, name: str) -> frozenset[str] | None:
        """The packages that a package says something of, itself among them; None where one is of another place."""
        packages = self.project.content.packages
        found, pending = {name}, [name]
        while pending:
            package = packages[pending.pop()]
            named = set(_named_in(package, packages))
            if package.extends:
                if package.extends.source or package.extends.edition != WORKING_EDITION:
                    return None
                named.add(package.extends.package)
            if not named <= packages.keys():
                return None
            pending.extend(named - found)
            found |= named
        return frozenset(found)


def _named_in(package: Package, packages: Mapping[str, Package]) -> Iterator[str]:
    """The packages that may stand in links and relations: whatever looks like it counts."""
    others = {other for other in packages if other != package.id}
    for part in (*package.resources.values(), *package.topics.values()):
        if not others:
            return
        written = repr(part)
        for other in sorted(others):
            if f"{other}/" in written:
                others.discard(other)
                yield other


def _contents(place: Path) -> Iterator[str]:
    """Path and digest of each file at or below a place."""
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    for path in paths:
        yield f"{path.relative_to(place.parent).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class KeptShards:
    """The shards of the site that stands at ``site`` now.

    Attributes:
        note: File of the cache that says which keys they have, and what the file system said of their folders.
    """

    site: Path
    note: Path

    @classmethod
    def of_site(cls, cache: Path, site: Path) -> KeptShards:
        name = hashlib.sha256(os.fsencode(site.absolute())).hexdigest()[:16]
        return cls(site, cache / "shards" / f"{name}.json")

    def taken(self, keys: Mapping[Shard, str], staged: Path) -> frozenset[Shard]:
        """Puts into a new site what is as it was; gives the shards that are there now."""
        noted = self._noted()
        return frozenset(shard for shard, key in keys.items() if key and self._take(shard, key, noted, staged))

    def _take(self, shard: Shard, key: str, noted: Mapping[str, Sequence[str]], staged: Path) -> bool:
        if list(noted.get(shard.uri, ()))[:1] != [key]:
            return False
        places = _places(self.site, shard)
        if any(list(noted.get(place, ()))[-1:] != [site_stamp(self.site / place)] for place in places):
            return False
        try:
            for place in places:
                if not (staged / place).exists():
                    _link_all(self.site / place, staged / place)
        except OSError:
            # Somebody else is at work there: it is built instead.
            shutil.rmtree(staged / shard.uri, ignore_errors=True)
            return False
        return True

    def keep(self, keys: Mapping[Shard, str], staged: Path) -> None:
        """Notes the shards of a site that is complete; those without a key are built again the next time."""
        told: dict[str, Sequence[str]] = {}
        for shard, key in keys.items():
            own, *assets = _places(staged, shard)
            told[own] = (key, site_stamp(staged / own))
            told |= {place: (site_stamp(staged / place),) for place in assets if place not in told}
        # A read-only or full disk only costs the time of building again.
        with contextlib.suppress(OSError):
            self.note.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(self.note) as stream:
                stream.write(json.dumps(told, sort_keys=True).encode())

    def _noted(self) -> Mapping[str, Sequence[str]]:
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            return {str(place): list(map(str, said)) for place, said in json.loads(self.note.read_bytes()).items()}
        return {}


def _places(site: Path, shard: Shard) -> list[str]:
    """The folders of a site that a shard's pages need: its own first, then the theme's files that they load."""
    names: set[str] = set()
    with contextlib.suppress(OSError):
        names = {name.decode() for name in _ASSETS_NAME.findall((site / shard.uri / "index.html").read_bytes())}
    return [shard.uri, *(f"{_ASSETS}/{name}" for name in sorted(names))]


def _link_all(source: Path, target: Path) -> None:
    """Gives all files below a folder a second name; copies them where the file system has none."""
    for place, _, names in os.walk(source, onerror=_raise):
        there = target / Path(place).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in names:
            one, other = Path(place, name), there / name
            if not linked(one, other):
                shutil.copy2(one, other)


def _raise(error: OSError) -> None:
    raise error
