"""A files index as JSON, to hand it from the build to the shards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kebao.model.files_index import FilesIndex, Picture, StoredBundle
from kebao.model.shard import StoredFile


def dump_files_indexes(indexes: Mapping[str, FilesIndex]) -> str:
    """Package → index, as JSON."""
    data = {
        package: {
            "materials": {path: asdict(file) for path, file in index.materials.items()},
            "thumbnails": {path: asdict(picture) for path, picture in index.thumbnails.items()},
            "posters": {path: asdict(picture) for path, picture in index.posters.items()},
            "captions": dict(index.captions),
            "sources": asdict(index.sources) if index.sources else None,
            "bundles": [asdict(bundle) for bundle in index.bundles.values()],
        }
        for package, index in indexes.items()
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def load_files_index(text: str, package: str) -> FilesIndex:
    """The index of one package out of :func:`dump_files_indexes`' JSON."""
    data = json.loads(text)[package]
    bundles = [StoredBundle(**{**bundle, "file": StoredFile(**bundle["file"])}) for bundle in data["bundles"]]
    return FilesIndex(
        materials={path: StoredFile(**file) for path, file in data["materials"].items()},
        thumbnails=_pictures(data["thumbnails"]),
        posters=_pictures(data["posters"]),
        captions=data["captions"],
        sources=StoredFile(**data["sources"]) if data["sources"] else None,
        bundles={(bundle.scope, bundle.subject): bundle for bundle in bundles},
    )


def _pictures(data: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Picture]:
    return {
        path: Picture(file=StoredFile(**picture["file"]), width=picture["width"], height=picture["height"])
        for path, picture in data.items()
    }
