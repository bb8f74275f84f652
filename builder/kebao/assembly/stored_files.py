"""Stores a package's materials, previews and bundles, and says where each is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.assembly.file_store import FileStore
from kebao.assembly.kept_values import KeptValues
from kebao.assembly.stored_bundles import BundleStorer, Later, at_once
from kebao.assembly.stored_previews import StoredPreviews
from kebao.assembly.upstream_places import sources_name
from kebao.assembly.upstream_sources import sources_archive
from kebao.bundles.names import safe_name
from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.entries import is_published
from kebao.model.files_index import FilesIndex, Picture
from kebao.model.material import FileFacts, suffix_of
from kebao.model.package import Package
from kebao.model.resource import Resource
from kebao.model.shard import Shard, StoredFile
from kebao.pages.cards import cover_material
from kebao.pages.texts import texts_for
from kebao.previews.own_preview import OwnPreviews
from kebao.previews.preview import LONGEST_SIDE

THUMBNAIL_SIDE = 480
POSTER_SIDE = LONGEST_SIDE

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileStorer:
    """Stores the files of a checked project's packages.

    Attributes:
        cache: Folder for previews and bundles that were made before.
        on_progress: Told the name of each file as it is stored.
        jobs: In how many processes previews and bundles are made.
        later: What to do with work that no page waits for: to keep what was stored, for the next build.
    """

    project: CheckedProject
    store: FileStore
    cache: Path
    on_progress: Progress
    jobs: int = 1
    later: Later = at_once

    def store_package(self, package_id: str, *, downloads: FilesIndex | None = None) -> FilesIndex:
        """Stores everything a package's sites need; what is stored already is left alone.

        ``downloads`` has the bundles and the sources of a moment ago, where those will do: they are not made then.
        """
        package = self.project.content.packages[package_id]
        materials: dict[str, StoredFile] = {}
        thumbnails: dict[str, Picture] = {}
        posters: dict[str, Picture] = {}
        captions: dict[str, str] = {}
        resources = published(self.project, package)
        previews = StoredPreviews(self.project, self.store, self.cache, package_id)
        own = OwnPreviews(self.project.root, self.project.facts)

        def picture(path: str, side: int) -> Picture | None:
            return own.picture(path, side, materials[path]) or previews.picture(path, side)

        previews.prepare((each for each in _pictured(resources, previews) if not own.has(*each)), self.jobs)
        for resource in resources:
            for path, title in material_titles(resource):
                materials[path] = stored_material(self.project.facts[path], path, title)
                if poster := picture(path, POSTER_SIDE):
                    posters[path] = poster
                if path.endswith(".vtt"):
                    captions[path] = (self.project.root / path).read_text(encoding="utf-8-sig")
            cover = cover_material(resource, posters)
            if cover and (thumbnail := picture(resource.path_of(cover.file), THUMBNAIL_SIDE)):
                thumbnails[resource.path_of(cover.file)] = thumbnail
        previews.save()
        index = FilesIndex(materials=materials, thumbnails=thumbnails, posters=posters, captions=captions)
        if downloads is not None:
            self._store_materials(resources, materials)
            return replace(index, bundles=downloads.bundles, sources=downloads.sources)
        catalog = source_catalog(self.project, package)
        folders = self.project.folder_digests
        storer = BundleStorer(
            self.project.root, catalog, self.store, self.cache, self.jobs, self.on_progress, folders, self.later
        )
        # The disk is busy with materials while the processors are with bundles.
        with storer.begun(index, texts_for(catalog.site, package.source_locale)) as stored:
            self._store_materials(resources, materials)
            sources = self._sources(package_id)
            bundles = {(bundle.scope, bundle.subject): bundle for bundle in stored()}
        return replace(index, bundles=bundles, sources=sources)

    def _store_materials(self, resources: Iterable[Resource], materials: Mapping[str, StoredFile]) -> None:
        for resource in resources:
            for path, title in material_titles(resource):
                self.on_progress(title)
                self.store.put_material(f"{self.project.root}/{path}", materials[path])
        self.later(self.store.settle)

    def _sources(self, package_id: str) -> StoredFile | None:
        """The archive for packages that build on this one."""
        project = self.project
        authored = project.upstreams.authored if project.upstreams else project.content
        taken = project.upstreams.taken if project.upstreams else {}
        kept = KeptValues(self.cache / "sources" / f"{package_id}.pieces", is_packed=True)
        archive = sources_archive(
            project.root,
            authored,
            project.sound_site(),
            package_id,
            project.facts,
            taken,
            kept,
            project.folder_digests,
        )
        kept.save()
        return self.store.put_bytes(archive, sources_name(package_id)) if archive else None


def published(project: CheckedProject, package: Package) -> list[Resource]:
    """The resources of a package that the site's audience may have."""
    audience = project.sound_site().audience
    return [resource for resource in package.resources.values() if is_published(resource, audience)]


def stored_material(facts: FileFacts, path: str, title: str) -> StoredFile:
    """Where the material at a project path is stored; its name says what it is."""
    suffix = suffix_of(path)
    name = f"{safe_name(title, fallback=path.rpartition('/')[2].removesuffix(suffix))}{suffix}"
    return StoredFile(sha256=facts.sha256, size_bytes=facts.size_bytes, name=name)


def source_catalog(project: CheckedProject, package: Package) -> Catalog:
    """A package in its source locale, in which bundles are made."""
    shard = Shard(package=package.id, locale=package.source_locale)
    return build_catalog(
        project.content, project.sound_site(), shard=shard, facts=project.facts, digests=project.digests
    )


def _pictured(resources: Iterable[Resource], previews: StoredPreviews) -> Iterator[tuple[str, int]]:
    """The pictures that will be asked for, if they can be made."""
    for resource in resources:
        paths = [path for path, _ in material_titles(resource) if previews.may_have(path)]
        yield from ((path, POSTER_SIDE) for path in paths)
        if cover := cover_material(resource, paths):
            yield resource.path_of(cover.file), THUMBNAIL_SIDE


def material_titles(resource: Resource) -> Iterator[tuple[str, str]]:
    """Project path and title of every file of a resource, captions after their video."""
    for material in resource.materials:
        yield resource.path_of(material.file), material.title
        if material.captions:
            yield resource.path_of(material.captions), material.title
