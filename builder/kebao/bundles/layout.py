"""Where each resource and file stands in a bundle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.names import safe_name, unique_stems
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex
from kebao.model.material import Material, suffix_of
from kebao.model.resource import Kind, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFile:
    """A material or a video's captions.

    Attributes:
        path: POSIX path inside the top folder.
        source_path: POSIX path relative to the project root.
    """

    path: str
    source_path: str
    title: str
    is_captions: bool
    sha256: str
    size_bytes: int

    @property
    def type_name(self) -> str:
        return suffix_of(self.path).lstrip(".").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedResource:
    """A resource in a bundle.

    Attributes:
        text_path: Its text, inside the top folder.
        left_out: Files that this bundle does without; they have a name but no place.
    """

    entry: Entry
    text_path: str
    files: tuple[PlacedFile, ...]
    left_out: tuple[PlacedFile, ...]


def stored_materials(resource: Resource, files: FilesIndex) -> tuple[Material, ...]:
    """The materials that the site offers; bundles hold no others."""
    return tuple(m for m in resource.materials if resource.path_of(m.file) in files.materials)


def text_paths(texts: EntryTexts, entries: Sequence[Entry]) -> Mapping[str, str]:
    """Where each resource's text stands in a bundle of these: by resource id."""
    by_id = sorted({entry.id: entry for entry in entries}.items())
    folders = unique_stems((texts.folder_name(entry), ("",)) for _, entry in by_id)
    return {its_id: f"data/{folder}/{texts.text_name}" for (its_id, _), folder in zip(by_id, folders, strict=True)}


def by_kind(entries: Sequence[Entry]) -> list[Entry]:
    """The resources by kind, in the order given."""
    kinds = {kind: place for place, kind in enumerate(Kind)}
    return sorted(entries, key=lambda entry: kinds[entry.resource.kind])


def lay_out(
    texts: EntryTexts, files: FilesIndex, *, entry: Entry, text_path: str, without: Collection[str]
) -> PlacedResource:
    """A resource's files beside its text; those whose suffix is in ``without`` are left out."""
    folder = text_path.rpartition("/")[0]
    materials = stored_materials(entry.resource, files)
    wanted = [(safe_name(entry.material_title(m.file), fallback=m.file), _suffixes(m)) for m in materials]
    stems = unique_stems(wanted, taken=(texts.text_name,))
    inside: list[PlacedFile] = []
    left_out: list[PlacedFile] = []
    for material, stem in zip(materials, stems, strict=True):
        placed = tuple(_files_of(texts.catalog, texts.words, entry, material, f"{folder}/{stem}"))
        if suffix_of(material.file) in without:
            left_out.append(placed[0])
        else:
            inside.extend(file for file in placed if suffix_of(file.path) not in without)
    return PlacedResource(entry=entry, text_path=text_path, files=tuple(inside), left_out=tuple(left_out))


def _suffixes(material: Material) -> tuple[str, ...]:
    names = (material.file, material.captions) if material.captions else (material.file,)
    return tuple(suffix_of(name) for name in names)


def _files_of(catalog: Catalog, words: Words, entry: Entry, material: Material, path: str) -> Iterator[PlacedFile]:
    """The material, then its captions under the same name, where players look for them."""
    title = entry.material_title(material.file)
    titles = {material.file: title}
    if material.captions:
        titles[material.captions] = words("bundle.captions", title=title)
    for file, file_title in titles.items():
        source_path = entry.resource.path_of(file)
        facts = catalog.facts[source_path]
        yield PlacedFile(
            path=path + suffix_of(file),
            source_path=source_path,
            title=file_title,
            is_captions=file != material.file,
            sha256=facts.sha256,
            size_bytes=facts.size_bytes,
        )
