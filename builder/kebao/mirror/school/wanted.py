"""The signed catalogue and manifests of the units that a school wants, each checked against its signature's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.mirror.errors import RefusedError, VerificationError
from kebao.mirror.layout import CATALOG, SITE_LOCALE, SITE_PACKAGE, target_name, target_uri
from kebao.mirror.manifest import Catalog, Manifest, Unit, read_catalog, read_manifest
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import write_all
from kebao.mirror.school.limits import Pace
from kebao.mirror.school.places import Places
from kebao.mirror.school.small_deltas import fetch_compressed
from kebao.mirror.school.state import Release, Subset
from kebao.mirror.school.transfer import Transfer, Wanted
from kebao.mirror.sources.source import Source
from kebao.mirror.trust import Target, TrustedRelease


@dataclass(frozen=True)
class WantedRelease:
    """What the publisher signed for, as far as this school wants it.

    Attributes: targets: of the wanted units, by name, sorted.
    """

    catalog: Catalog
    catalog_sha256: str
    targets: tuple[Target, ...]

    @property
    def manifests(self) -> dict[str, str]:
        return {target.name: target.sha256 for target in self.targets}

    def is_in(self, release: Release | None) -> bool:
        """Whether `release` has exactly this content."""
        return (
            release is not None
            and release.catalog_sha256 == self.catalog_sha256
            and dict(release.manifests) == self.manifests
        )


class TargetFetcher:
    """Brings signed files into `.mirror/m`; those that are there and right are not fetched again."""

    def __init__(
        self, school: School, transfer: Transfer, sources: Sequence[Source], pace: Pace, before: Release | None
    ) -> None:
        self._school = school
        self._transfer = transfer
        self._sources = sources
        self._pace = pace
        self._before = dict(before.manifests) if before else {}

    def fetch(self, target: Target) -> bytes:
        path = self._path(target)
        data = path.read_bytes() if path.exists() else b""
        if _is(data, target):
            return data
        shorter = fetch_compressed(self._sources, target, self._old(target.name), self._pace)
        if shorter is not None:
            self.keep(target, shorter)
        else:
            wanted = Wanted(target.sha256, target.size, (target_uri(target.sha256, target.name),), target.name)
            self._settle(self._transfer.fetch(wanted), path)
        return path.read_bytes()

    def has(self, target: Target) -> bool:
        """Whether it is here, and right."""
        path = self._path(target)
        return path.exists() and _is(path.read_bytes(), target)

    def keep(self, target: Target, data: bytes) -> None:
        """Puts a target there that came in another way, verified."""
        part = self._school.places.parts / f"{target.sha256}.part"
        disk = self._school.disk
        disk.remove(part)
        with disk.append_to(part) as file:
            write_all(file, data)
            disk.sync(file)
        self._settle(part, self._path(target))

    def _settle(self, part: Path, path: Path) -> None:
        disk = self._school.disk
        disk.make_folder(path.parent)
        disk.replace(part, path)
        disk.sync_folder(path.parent)

    def _path(self, target: Target) -> Path:
        return target_path(self._school.places, target.sha256, target.name)

    def _old(self, name: str) -> tuple[str, bytes] | None:
        sha256 = self._before.get(name)
        if sha256 is None:
            return None
        path = target_path(self._school.places, sha256, name)
        data = path.read_bytes() if path.exists() else b""
        return (sha256, data) if hashlib.sha256(data).hexdigest() == sha256 else None


def signed_catalog(release: TrustedRelease, fetcher: TargetFetcher) -> tuple[Catalog, str]:
    """The catalogue and its SHA-256. Raises: VerificationError when none was signed."""
    target = release.target(CATALOG)
    if target is None:
        raise VerificationError("school-no-catalog")
    return read_catalog(fetcher.fetch(target)), target.sha256


def wanted_release(release: TrustedRelease, catalog: Catalog, catalog_sha256: str, subset: Subset) -> WantedRelease:
    """What the school wants of it; manifests are only named here, not fetched.

    Raises: RefusedError for a package or locale that is not in it; VerificationError when a unit was not signed.
    """
    targets = []
    for name in sorted(target_name(unit.package, unit.locale) for unit in chosen_units(catalog.units, subset)):
        found = release.target(name)
        if found is None:
            raise VerificationError("school-unit-unsigned", name=name)
        targets.append(found)
    return WantedRelease(catalog, catalog_sha256, tuple(targets))


def chosen_units(units: Iterable[Unit], subset: Subset) -> list[Unit]:
    """The units of the chosen packages and locales; what belongs to the whole site is always among them."""
    given = list(units)
    packages = {unit.package for unit in given} - {SITE_PACKAGE}
    locales = {unit.locale for unit in given} - {SITE_LOCALE}
    if unknown := sorted(set(subset.packages) - packages):
        raise RefusedError("school-no-such-package", given=", ".join(unknown), known=", ".join(sorted(packages)))
    if unknown := sorted(set(subset.locales) - locales):
        raise RefusedError("school-no-such-locale", given=", ".join(unknown), known=", ".join(sorted(locales)))
    return [unit for unit in given if unit.package == SITE_PACKAGE or _is_chosen(unit, subset)]


def _is_chosen(unit: Unit, subset: Subset) -> bool:
    return (not subset.packages or unit.package in subset.packages) and (
        not subset.locales or unit.locale in subset.locales or unit.locale == SITE_LOCALE
    )


def target_path(places: Places, sha256: str, name: str) -> Path:
    """Where a manifest or catalogue is kept, under the name by which the next school asks for it."""
    return places.manifests / f"{sha256}.{name}"


def kept_manifest(places: Places, name: str, sha256: str) -> Manifest:
    """A manifest of a release that is here. Raises: VerificationError when it is missing or damaged."""
    path = target_path(places, sha256, name)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise VerificationError("school-manifest-lost", name=name) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise VerificationError("school-manifest-lost", name=name)
    return read_manifest(data, name)


def _is(data: bytes, target: Target) -> bool:
    return len(data) == target.size and hashlib.sha256(data).hexdigest() == target.sha256
