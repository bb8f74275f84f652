"""Shards whose inputs are what they were when the site was built last: their folders are taken from it as they are.

A key stands for all that decides a shard's bytes: the sources of its package and of those that it names or builds on,
what belongs to no package, settings, code, and the files that its pages lead to. Where that is not known (a package of
another place, MkDocs' settings in other files) there is no key, and the shard is built.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.build_stamp import can_tell, code_stamp, installed, place_digest, site_stamp, write_note
from kebao.assembly.checking import CheckedProject
from kebao.assembly.entry_keys import digest_of
from kebao.assembly.file_copies import linked
from kebao.checks.dependents import namings
from kebao.loading.facts_cache import sha256_of
from kebao.model.package import Content, Package
from kebao.model.shard import WORKING_EDITION, Shard

_ASSETS = "_assets"
_ASSETS_NAME = re.compile(rb"_assets/([0-9a-f]{16})/")
#: What MkDocs reads of a project beside the content and what the check reads of the settings.
_SETTINGS = ("mkdocs.yml", "site_config/theme")


def shards_ground(project: CheckedProject, options: Iterable[str]) -> str:
    """The digest of all that decides every shard's bytes; empty where that is not known.

    ``options``: how the shards are built, as texts.
    """
    if not project.ground_digest or not can_tell(project.root):
        return ""
    settings = (line for name in _SETTINGS for line in _contents(project.root / name))
    return digest_of((project.ground_digest, code_stamp(), *installed(), *settings, *options))


def shard_keys(
    project: CheckedProject,
    ground: str,
    shards: Iterable[Shard],
    *,
    files: Mapping[str, str],
    previous: Mapping[str, Path],
) -> Mapping[Shard, str]:
    """The keys of shards; empty for one that has none.

    Args:
        project: As it was authored, before packages were laid over others.
        ground: See :func:`shards_ground`.
        files: Package → what its files index says.
        previous: Package → snapshot of its edition before.
    """
    packages, named = project.content.packages, _named_in(project.content)

    def key(shard: Shard) -> str:
        before, concerned = previous.get(shard.package), _concerned(shard.package, packages, named)
        if not ground or concerned is None or shard.edition != WORKING_EDITION:
            return ""
        # What is new since an edition may speak of any package that it named.
        places = tuple(f"content/packages/{name}/" for name in (packages if before else concerned))
        sources = (f"{folder} {digest}" for folder, digest in project.folder_digests.items())
        of_these = sorted(source for source in sources if source.startswith(places))
        return digest_of((ground, shard.uri, files[shard.package], sha256_of(before) if before else "", *of_these))

    return {shard: key(shard) for shard in shards}


def _concerned(
    name: str, packages: Mapping[str, Package], named: Mapping[str, AbstractSet[str]]
) -> AbstractSet[str] | None:
    """The packages that a package says something of, itself among them; None where it builds on one elsewhere."""
    found, pending = {name}, [name]
    while pending:
        package = packages[pending.pop()]
        others = named.get(package.id, set()) & packages.keys()
        if package.extends:
            upstream = package.extends
            if upstream.source or upstream.edition != WORKING_EDITION or upstream.package not in packages:
                return None
            others |= {upstream.package}
        pending.extend(others - found)
        found |= others
    return found


def _named_in(content: Content) -> Mapping[str, AbstractSet[str]]:
    """Package → those whose resources its texts, relations and topics name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, homes in namings(content).items():
        for home in homes:
            found[home.split("/")[2]].add(name.partition("/")[0])
    return found


def _contents(place: Path) -> Iterator[str]:
    """Path and digest of each file at or below a place."""
    paths = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    for path in paths:
        yield f"{path.relative_to(place.parent).as_posix()} {sha256_of(path)}"


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
        return cls(site, cache / "shards" / f"{place_digest(site)}.json")

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
        write_note(self.note, told)

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
