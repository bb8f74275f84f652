"""Which unit (package and locale) a file belongs to, so that a school that takes one package gets what it needs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from kebao.mirror.layout import SITE_LOCALE, SITE_PACKAGE, UNIT_WORD
from kebao.mirror.manifest import FileEntry


@dataclass(frozen=True, slots=True, order=True)
class UnitKey:
    """A package in a locale."""

    package: str
    locale: str


@dataclass(frozen=True, slots=True, order=True)
class SharedGroup:
    """A folder that several units may link to: one stored file, or one edition of the theme's assets.

    Attributes:
        key: what a reference to it is recognised by.
    """

    key: str


SITE_UNIT = UnitKey(SITE_PACKAGE, SITE_LOCALE)
"""What belongs to no package; always pulled."""

_MARKER = re.compile(r"([^/]+)/([^/]+)/(?:versions\.json|[^/]+/pages\.json)")
_STORED_FILE = re.compile(r"_files/[0-9a-f]{2}/([0-9a-f]{64})/")
_ASSETS = re.compile(r"(_assets/[0-9A-Za-z._-]+)/")
_REFERENCE = re.compile(rb"_assets/[0-9A-Za-z._-]+|[0-9a-f]{64}")


def units_in(paths: Iterable[str]) -> frozenset[UnitKey]:
    """The units of a published Kebao tree; none for any other tree."""
    matches = (match for path in paths if (match := _MARKER.fullmatch(path)))
    return frozenset(UnitKey(m[1], m[2]) for m in matches if UNIT_WORD.fullmatch(m[1]) and UNIT_WORD.fullmatch(m[2]))


def owner_of(path: str, units: Collection[UnitKey]) -> UnitKey | SharedGroup:
    """What a file belongs to by its place."""
    if not units:
        return SITE_UNIT
    parts = path.split("/", 2)
    if len(parts) == 3 and (unit := UnitKey(parts[0], parts[1])) in units:
        return unit
    if match := _STORED_FILE.match(path) or _ASSETS.match(path):
        return SharedGroup(match[1])
    return SITE_UNIT


def references_in(text: bytes) -> set[SharedGroup]:
    """What a page, script or data file names of the shared folders; a stored file is known by its hash alone."""
    return {SharedGroup(name.decode()) for name in set(_REFERENCE.findall(text))}


def assign(
    files: Iterable[FileEntry],
    units: Set[UnitKey],
    references: Mapping[UnitKey | SharedGroup, Set[SharedGroup]],
) -> dict[UnitKey, list[FileEntry]]:
    """The files of each unit, by path; a shared file stands in every unit that leads to it, else in the site's."""
    wanted = {unit: _reachable(unit, references) for unit in (*units, SITE_UNIT)}
    takers: dict[SharedGroup, list[UnitKey]] = defaultdict(list)
    for unit, groups in wanted.items():
        for group in groups:
            takers[group].append(unit)
    assigned: dict[UnitKey, list[FileEntry]] = {unit: [] for unit in sorted({*units, SITE_UNIT})}
    for file in sorted(files, key=lambda file: file.path):
        owner = owner_of(file.path, units)
        owners = (takers.get(owner) or [SITE_UNIT]) if isinstance(owner, SharedGroup) else [owner]
        for unit in owners:
            assigned[unit].append(file)
    return assigned


def _reachable(start: UnitKey, references: Mapping[UnitKey | SharedGroup, Set[SharedGroup]]) -> set[SharedGroup]:
    found: set[SharedGroup] = set()
    queue = list(references.get(start, ()))
    while queue:
        group = queue.pop()
        if group not in found:
            found.add(group)
            queue.extend(references.get(group, ()))
    return found
