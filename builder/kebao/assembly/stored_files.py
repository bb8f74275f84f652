"""Stores a package's materials, previews and bundles, and says where each is."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.assembly.file_store import FileStore, atomic_writer
from kebao.assembly.kept_values import KeptValues
from kebao.assembly.stored_bundles import BundleStorer
from kebao.assembly.upstream_places import sources_name
from kebao.assembly.upstream_sources import sources_archive
from kebao.bundles.names import safe_name
from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.entries import is_published
from kebao.model.files_index import FilesIndex, Picture, StoredBundle
from kebao.model.material import suffix_of
from kebao.model.package import Package
from kebao.model.resource import Resource
from kebao.model.shard import Shard, StoredFile
from kebao.pages.cards import cover_material
from kebao.pages.texts import texts_for
from kebao.previews.preview import PREVIEW_VERSION, Preview, preview_of

THUMBNAIL_SIDE = 480
POSTER_SIDE = 1080

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileStorer:
    """Stores the files of a checked project's packages.

    Attributes:
        cache: Folder for previews and bundles that were made before.
        on_progress: Told the name of each file as it is stored.
        jobs: In how many processes bundles are made.
    """

    project: CheckedProject
    store: FileStore
    cache: Path
    on_progress: Progress
    jobs: int = 1

    def store_package(self, package_id: str, *, downloads: FilesIndex | None = None) -> FilesIndex:
        """Stores everything a package's sites need; what is stored already is left alone.

        ``downloads`` has the bundles and the sources of a moment ago, where those will do: they are not made then.
        """
        package = self.project.content.packages[package_id]
        materials: dict[str, StoredFile] = {}
        thumbnails: dict[str, Picture] = {}
        posters: dict[str, Picture] = {}
        captions: dict[str, str] = {}
        for resource in self._published(package):
            for path, title in material_titles(resource):
                self.on_progress(title)
                materials[path] = self._material(path, title)
                self._add_picture(path, POSTER_SIDE, posters)
                if path.endswith(".vtt"):
                    captions[path] = (self.project.root / path).read_text(encoding="utf-8-sig")
            cover = cover_material(resource, posters)
            if cover:
                self._add_picture(resource.path_of(cover.file), THUMBNAIL_SIDE, thumbnails)
        index = FilesIndex(materials=materials, thumbnails=thumbnails, posters=posters, captions=captions)
        if downloads is not None:
            return replace(index, bundles=downloads.bundles, sources=downloads.sources)
        bundles = {(b.scope, b.subject): b for b in self._bundles(package, index)}
        return replace(index, bundles=bundles, sources=self._sources(package_id))

    def _sources(self, package_id: str) -> StoredFile | None:
        """The archive for packages that build on this one."""
        project = self.project
        authored = project.upstreams.authored if project.upstreams else project.content
        taken = project.upstreams.taken if project.upstreams else {}
        kept = KeptValues(self.cache / "sources" / f"{package_id}.pieces")
        archive = sources_archive(project.root, authored, project.sound_site(), package_id, project.facts, taken, kept)
        kept.save()
        return self.store.put_bytes(archive, sources_name(package_id)) if archive else None

    def _published(self, package: Package) -> list[Resource]:
        audience = self.project.sound_site().audience
        return [resource for resource in package.resources.values() if is_published(resource, audience)]

    def _material(self, path: str, title: str) -> StoredFile:
        facts = self.project.facts[path]
        suffix = suffix_of(path)
        name = f"{safe_name(title, fallback=path.rpartition('/')[2].removesuffix(suffix))}{suffix}"
        stored = StoredFile(sha256=facts.sha256, size_bytes=facts.size_bytes, name=name)
        return self.store.put_material(self.project.root / path, stored)

    def _add_picture(self, path: str, side: int, pictures: dict[str, Picture]) -> None:
        preview = self._preview(path, side)
        if preview is not None:
            stored = self.store.put_bytes(preview.data, f"preview{preview.suffix}")
            pictures[path] = Picture(file=stored, width=preview.width, height=preview.height)

    def _preview(self, path: str, side: int) -> Preview | None:
        facts = self.project.facts[path]
        folder = self.cache / "previews" / f"v{PREVIEW_VERSION}" / facts.sha256[:2]
        entry = folder / f"{facts.sha256}-{side}.json"
        with contextlib.suppress(OSError, ValueError, KeyError):
            data = json.loads(entry.read_text(encoding="utf-8"))
            picture = entry.with_suffix(data["suffix"]).read_bytes()
            return Preview(data=picture, suffix=data["suffix"], width=data["width"], height=data["height"])
        preview = preview_of(self.project.root / path, facts.media_type, longest_side=side)
        if preview is not None:
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                with atomic_writer(entry.with_suffix(preview.suffix)) as stream:
                    stream.write(preview.data)
                facts_of_it = {"suffix": preview.suffix, "width": preview.width, "height": preview.height}
                with atomic_writer(entry) as stream:
                    stream.write(json.dumps(facts_of_it).encode())
        return preview

    def _bundles(self, package: Package, index: FilesIndex) -> Iterator[StoredBundle]:
        catalog = self._source_catalog(package)
        folders = self.project.folder_digests
        storer = BundleStorer(self.project.root, catalog, self.store, self.cache, self.jobs, self.on_progress, folders)
        yield from storer.store_bundles(index, texts_for(catalog.site, package.source_locale))

    def _source_catalog(self, package: Package) -> Catalog:
        shard = Shard(package=package.id, locale=package.source_locale)
        return build_catalog(
            self.project.content,
            self.project.sound_site(),
            shard=shard,
            facts=self.project.facts,
            digests=self.project.digests,
        )


def material_titles(resource: Resource) -> Iterator[tuple[str, str]]:
    """Project path and title of every file of a resource, captions after their video."""
    for material in resource.materials:
        yield resource.path_of(material.file), material.title
        if material.captions:
            yield resource.path_of(material.captions), material.title
