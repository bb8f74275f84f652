"""A package's published sources in one archive, for packages that build on it: readers get it with the site.

It holds what the pages say anyway: no drafts, no internal resources, nobody who is not named on a page. Materials lie
beside it in ``_files``; the archive names them by digest.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from kebao.assembly.upstream_archive import MANIFEST
from kebao.catalog.entries import is_published
from kebao.catalog.overlay import organisations_with_parents, people_of
from kebao.loading.catalogue_files import ORGANISATIONS_PATH, PEOPLE_PATH, PROGRAMMES_FOLDER, VOCABULARIES_FOLDER
from kebao.loading.package_files import PACKAGES_FOLDER
from kebao.loading.site_files import LOCALES_FOLDER, SITE_PATH
from kebao.model.material import FileFacts
from kebao.model.package import Content, Package
from kebao.model.resource import Resource
from kebao.model.shard import WORKING_EDITION
from kebao.model.site import SiteConfig


def sources_archive(
    root: Path, content: Content, site: SiteConfig, package_id: str, facts: Mapping[str, FileFacts]
) -> bytes | None:
    """The archive (``.tar.gz``); None where the package builds on one that is not of this project.

    Args:
        content: As authored, before packages were laid over others.
    """
    chain = _chain(content, package_id)
    if chain is None:
        return None
    resources = list(_shown(chain, site.audience))
    materials = {path: facts[path] for r in resources for path in _files_of(r)}
    named = {path: {"sha256": f.sha256, "bytes": f.size_bytes} for path, f in sorted(materials.items())}
    ids = [package.id for package in chain]
    entries = {
        MANIFEST: _json({"kebao_source": 1, "packages": ids, "materials": named}),
        SITE_PATH: _yaml(_site(site, ids)),
        **{f"{LOCALES_FOLDER}/{each}.yml": _yaml(_locale(site, each)) for each in _locales(site, chain)},
        **_ground(root, content, chain, resources),
    }
    for package in chain:
        entries.update(_texts(root, f"{PACKAGES_FOLDER}/{package.id}", ("package.yml", "overlay.yml", "topics/*.md")))
    for resource in resources:
        entries.update(_texts(root, resource.folder, ("index.md", "index.*.md")))
    return _packed(entries)


def _chain(content: Content, package_id: str) -> list[Package] | None:
    chain: list[Package] = []
    package: Package | None = content.packages[package_id]
    while package is not None and package not in chain:
        chain.append(package)
        extends = package.extends
        if extends and (extends.edition != WORKING_EDITION or extends.source):
            return None
        package = content.packages.get(extends.package) if extends else None
    return chain


def _shown(chain: Sequence[Package], audience: str) -> Iterator[Resource]:
    """The published resources; of those above, only what none below leaves out: the site may not have its files."""
    left_out: set[str] = set()
    for package in chain:
        published = (r for r in package.resources.values() if is_published(r, audience))
        yield from (r for r in published if r.id not in left_out)
        left_out |= package.overlay.removed


def _files_of(resource: Resource) -> Iterator[str]:
    for material in resource.materials:
        yield resource.path_of(material.file)
        if material.captions:
            yield resource.path_of(material.captions)


def _ground(root: Path, content: Content, chain: Sequence[Package], resources: Sequence[Resource]) -> dict[str, bytes]:
    people = {i for r in resources for i in people_of(r)} | {n.by for p in chain for n in p.overlay.annotate}
    organisations = {p.publisher for p in chain} | {r.organisation for r in resources}
    organisations |= {content.people[i].organisation for i in people if i in content.people}
    kept = organisations_with_parents(organisations, content.organisations)
    programmes = {i for package in chain for i in package.programmes}
    return {
        PEOPLE_PATH: _only(root / PEOPLE_PATH, people),
        ORGANISATIONS_PATH: _only(root / ORGANISATIONS_PATH, set(kept)),
        **_texts(root, VOCABULARIES_FOLDER, ("*.yml",)),
        **{
            path: data
            for path, data in _texts(root, PROGRAMMES_FOLDER, ("*.yml",)).items()
            if path.rpartition("/")[2].removesuffix(".yml") in programmes
        },
    }


def _texts(root: Path, folder: str, patterns: Sequence[str]) -> dict[str, bytes]:
    found = {path for pattern in patterns for path in (root / folder).glob(pattern) if path.is_file()}
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}


def _only(path: Path, ids: set[str]) -> bytes:
    """A list in YAML with the entries of these ids only; plain values stay texts."""
    entries = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    return _yaml([entry for entry in entries if entry.get("id") in ids])


def _site(site: SiteConfig, packages: Sequence[str]) -> dict[str, Any]:
    return {
        "title": dict(site.title.by_locale),
        "default_package": packages[0],
        "default_locale": site.default_locale,
        "packages": list(packages),
        "audience": site.audience,
    }


def _locales(site: SiteConfig, chain: Sequence[Package]) -> list[str]:
    wanted = {site.default_locale, *(locale for package in chain for locale in package.locales)}
    return [locale for locale in site.locales if locale in wanted]


def _locale(site: SiteConfig, locale_id: str) -> dict[str, Any]:
    locale = site.locales[locale_id]
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


def _packed(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        # No name and no time in the header: neither is a part of the sources.
        gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=9, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, data in sorted(entries.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, 0
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()
