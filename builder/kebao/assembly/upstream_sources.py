"""A package's published sources in one archive, for packages that build on it: readers get it with the site.

It holds what the pages say anyway: no drafts, no internal resources, nobody who is not named on a page. Materials lie
beside it in ``_files``; the archive names them by digest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from kebao.assembly.code_digest import code_digest
from kebao.assembly.source_pack import Folder, KeptPieces, packed
from kebao.assembly.upstream_archive import MANIFEST
from kebao.assembly.upstream_yaml import building_on, entries_of, with_terms
from kebao.catalog.entries import is_published
from kebao.catalog.overlay import organisations_with_parents, people_of
from kebao.checks.dependents import resource_home_of
from kebao.loading.catalogue_files import ORGANISATIONS_PATH, PEOPLE_PATH, PROGRAMMES_FOLDER, VOCABULARIES_FOLDER
from kebao.loading.package_files import PACKAGES_FOLDER
from kebao.loading.site_files import LOCALES_FOLDER, SITE_PATH
from kebao.model.material import FileFacts
from kebao.model.package import Content, Package, Upstream
from kebao.model.resource import Resource
from kebao.model.shard import WORKING_EDITION
from kebao.model.site import Locale, SiteConfig

Found = TypeVar("Found")
_TEXT_NAMES = ("index.md", "index.*.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSources:
    """What an archive held of which a package builds on a part.

    Attributes:
        texts: YAML and Markdown files by path.
        facts: Facts of other files by path.
    """

    content: Content
    site: SiteConfig
    texts: Mapping[str, bytes]
    facts: Mapping[str, FileFacts]


class _Texts(Protocol):
    """The texts in a folder whose names match one of the patterns, by path; none of the paths in ``but``."""

    def __call__(self, folder: str, *patterns: str, but: Container[str] = ()) -> Mapping[str, bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """A package of the archive, and where all that it names is.

    Attributes:
        folders: See :func:`sources_archive`.
    """

    package: Package
    content: Content
    site: SiteConfig
    facts: Mapping[str, FileFacts]
    held: _Texts
    folders: Mapping[str, str]


def sources_archive(
    root: Path,
    content: Content,
    site: SiteConfig,
    package_id: str,
    facts: Mapping[str, FileFacts],
    taken: Mapping[str, TakenSources] | None = None,
    kept: KeptPieces | None = None,
    folders: Mapping[str, str] | None = None,
) -> bytes | None:
    """The archive (``.tar.gz``); None where a package that this one builds on is not there.

    Args:
        content: As authored, before packages were laid over others.
        taken: By the digest that ``extends`` names, archives that packages build on.
        kept: What was packed before.
        folders: A resource's folder in the project → digest of the files in it; only those that are known.
    """
    held = _on_disk(root)
    own = _Level(
        package=content.packages[package_id], content=content, site=site, facts=facts, held=held, folders=folders or {}
    )
    levels = _levels(own, taken or {})
    if levels is None:
        return None
    shown = list(_shown(levels, site.audience))
    materials = {path: level.facts[path] for level, r in shown for path in _files_of(r)}
    named = {path: {"sha256": f.sha256, "bytes": f.size_bytes} for path, f in sorted(materials.items())}
    ids = [level.package.id for level in levels]
    editions = dict(_editions(levels))
    entries: dict[str, bytes | Folder] = {
        MANIFEST: _json({"kebao_source": 1, "packages": ids, "editions": editions, "materials": named}),
        SITE_PATH: _yaml(_site(site, ids)),
        **{f"{LOCALES_FOLDER}/{i}.yml": _yaml(locale) for i, locale in _locales(site, levels).items()},
        **_ground(levels, [resource for _, resource in shown], kept),
    }
    for level in levels:
        folder, extends = f"{PACKAGES_FOLDER}/{level.package.id}", level.package.extends
        entries.update(level.held(folder, "package.yml", "overlay.yml"))
        entries.update(level.held(f"{folder}/topics", "*.md"))
        if extends and _is_outside(extends):
            path = f"{folder}/package.yml"
            entries[path] = building_on(level.held(folder, "package.yml")[path], extends.package)
    files = _by_home(facts)
    for level, resource in shown:
        entries[f"{resource.folder}/"] = _texts_of(level, resource.folder, files.get(resource.folder, {}))
    return packed(entries, kept)


def _by_home(facts: Mapping[str, FileFacts]) -> Mapping[str, Mapping[str, FileFacts]]:
    """The facts by path, for each resource's folder."""
    found: dict[str, dict[str, FileFacts]] = {}
    for path, known in facts.items():
        if home := resource_home_of(path):
            found.setdefault(home, {})[path] = known
    return found


def _texts_of(level: _Level, folder: str, files: Mapping[str, FileFacts]) -> Folder:
    digest = level.folders.get(folder)
    if digest is None:
        return Folder(None, lambda: level.held(folder, *_TEXT_NAMES))
    others = frozenset(path for path in files if not _is_text(path))
    read_digest = ""

    def read() -> Mapping[str, bytes]:
        nonlocal read_digest
        # All that is not known yet, though only some of it is asked for: so nothing is read twice.
        found = level.held(folder, "*", but=others)
        read_digest = _digest_of(found, files)
        return {path: text for path, text in found.items() if _is_text(path)}

    return Folder(f"{digest} {_TEXT_NAMES}", read, lambda: read_digest == digest)


def _is_text(path: str) -> bool:
    return _matches(path.rpartition("/")[2], _TEXT_NAMES)


def _digest_of(found: Mapping[str, bytes], files: Mapping[str, FileFacts]) -> str:
    """See :func:`kebao.assembly.rechecking.digests_of`; another one where a file is neither text nor known."""
    texts = ((path, text) for path, text in found.items() if path not in files)
    others = ((path, f"file {facts.sha256}".encode()) for path, facts in files.items())
    digest = hashlib.sha256()
    for path, data in (*texts, *others):
        name = path.encode("utf-8", "surrogateescape")
        digest.update(b"%d %d " % (len(name), len(data)) + name + data)
    return digest.hexdigest()


def _editions(levels: Sequence[_Level]) -> Iterator[tuple[str, str]]:
    for level in levels:
        extends = level.package.extends
        edition = (extends.taken_from or (extends.edition if _is_outside(extends) else "")) if extends else ""
        if extends and edition:
            yield extends.package, edition


def _on_disk(root: Path) -> _Texts:
    def texts(folder: str, *patterns: str, but: Container[str] = ()) -> Mapping[str, bytes]:
        try:
            with os.scandir(f"{root}/{folder}") as entries:
                files = sorted((entry.name, entry.path) for entry in entries if entry.is_file())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        wanted = ((f"{folder}/{name}", place) for name, place in files if _matches(name, patterns))
        return {path: _content(place) for path, place in wanted if path not in but}

    return texts


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(pattern == "*" or fnmatchcase(name, pattern) for pattern in patterns)


def _content(place: str) -> bytes:
    with open(place, "rb", buffering=0) as stream:
        return stream.read()


def _in_archive(held: Mapping[str, bytes]) -> _Texts:
    folders: dict[str, dict[str, bytes]] = {}
    for path, text in sorted(held.items()):
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, {})[name] = text

    def texts(folder: str, *patterns: str, but: Container[str] = ()) -> Mapping[str, bytes]:
        found = {f"{folder}/{name}": text for name, text in folders.get(folder, {}).items() if _matches(name, patterns)}
        return {path: text for path, text in found.items() if path not in but}

    return texts


def _is_outside(extends: Upstream) -> bool:
    return extends.edition != WORKING_EDITION or bool(extends.source)


def _levels(own: _Level, taken: Mapping[str, TakenSources]) -> list[_Level] | None:
    """The package, the one that it builds on, and so on; None where one is missing, or has another's id."""
    levels = [own]
    while extends := levels[-1].package.extends:
        below = levels[-1]
        if _is_outside(extends):
            found = taken.get(extends.digest)
            if found is None:
                return None
            texts = _in_archive(found.texts)
            below = replace(below, content=found.content, site=found.site, facts=found.facts, held=texts, folders={})
        package = below.content.packages.get(extends.package)
        if package is None or package.id in {level.package.id for level in levels}:
            return None
        levels.append(replace(below, package=package))
    return levels


def _shown(levels: Sequence[_Level], audience: str) -> Iterator[tuple[_Level, Resource]]:
    """The published resources; of those above, only what none below leaves out: the site may not have its files."""
    left_out: set[str] = set()
    for level in levels:
        published = (r for r in level.package.resources.values() if is_published(r, audience))
        yield from ((level, r) for r in published if r.id not in left_out)
        left_out |= level.package.overlay.removed


def _files_of(resource: Resource) -> Iterator[str]:
    for material in resource.materials:
        yield resource.path_of(material.file)
        if material.captions:
            yield resource.path_of(material.captions)


def _ground(levels: Sequence[_Level], resources: Sequence[Resource], pieces: KeptPieces | None) -> dict[str, bytes]:
    """People, organisations, terms and programmes that are named; where two levels say one, it is as the lower says."""
    people = {i for r in resources for i in people_of(r)}
    people |= {note.by for level in levels for note in level.package.overlay.annotate}
    organisations = {level.package.publisher for level in levels} | {r.organisation for r in resources}
    known = _lower_first(level.content.people for level in levels)
    organisations |= {known[i].organisation for i in people if i in known}
    kept = organisations_with_parents(organisations, _lower_first(level.content.organisations for level in levels))
    vocabularies = levels[0].held(VOCABULARIES_FOLDER, "*.yml")
    wanted = {f"{i}.yml" for level in levels for i in level.package.programmes}
    programmes = _lower_first(level.held(PROGRAMMES_FOLDER, "*.yml") for level in levels)
    return {
        PEOPLE_PATH: _entries_of(_lists(levels, PEOPLE_PATH), people, pieces),
        ORGANISATIONS_PATH: _entries_of(_lists(levels, ORGANISATIONS_PATH), set(kept), pieces),
        **vocabularies,
        **{
            path: with_terms(text, (level.held(VOCABULARIES_FOLDER, "*.yml").get(path, b"") for level in levels[1:]))
            for path, text in (vocabularies.items() if levels[1:] else ())
        },
        **{path: text for path, text in programmes.items() if path.rpartition("/")[2] in wanted},
    }


def _entries_of(texts: Sequence[bytes], wanted: set[str], pieces: KeptPieces | None) -> bytes:
    """See :func:`entries_of`: to read and to write so much YAML again takes longer than all the rest."""
    if pieces is None:
        return entries_of(texts, wanted)
    parts = (code_digest(), yaml.__version__, *sorted(wanted), *(hashlib.sha256(text).hexdigest() for text in texts))
    key = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()
    found = pieces.get(key)
    if found is None:
        found = entries_of(texts, wanted)
        pieces.put(key, found)
    return found


def _lower_first(levels: Iterable[Mapping[str, Found]]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for level in levels:
        found.update({i: each for i, each in level.items() if i not in found})
    return found


def _lists(levels: Sequence[_Level], path: str) -> list[bytes]:
    folder, _, name = path.rpartition("/")
    return [text for level in levels for text in level.held(folder, name).values()]


def _site(site: SiteConfig, packages: Sequence[str]) -> dict[str, Any]:
    return {
        "title": dict(site.title.by_locale),
        "default_package": packages[0],
        "default_locale": site.default_locale,
        "packages": list(packages),
        "audience": site.audience,
    }


def _locales(site: SiteConfig, levels: Sequence[_Level]) -> dict[str, dict[str, Any]]:
    """Those of the packages; one that this site does not have is as theirs has it."""
    wanted = {site.default_locale, *(locale for level in levels for locale in level.package.locales)}
    known = _lower_first(level.site.locales for level in levels)
    return {i: _locale(locale) for i, locale in known.items() if i in wanted}


def _locale(locale: Locale) -> dict[str, Any]:
    return {
        "language_tag": locale.language_tag,
        "name": locale.name,
        "direction": locale.direction,
        "babel": locale.babel,
    }


def _yaml(data: object) -> bytes:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode()


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
