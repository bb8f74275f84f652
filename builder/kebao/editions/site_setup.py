"""The site's set-up for publishing: the project's own, with the languages that only older editions still have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kebao.editions.errors import EditionError
from kebao.editions.packages_in_store import StoredPackage
from kebao.loading.documents import DocumentReader
from kebao.loading.site_files import load_site_config
from kebao.loading.tree import CONFIG_FOLDER, SourceTree
from kebao.model.site import Locale, SiteConfig
from kebao.problems import Message, has_errors


def read_site(root: Path, packages: Iterable[StoredPackage]) -> SiteConfig:
    """``site_config`` alone: publishing looks at no content."""
    folder = root / CONFIG_FOLDER
    texts = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yml"))}
    reader = DocumentReader(SourceTree(texts=texts))
    site = load_site_config(reader)
    if site is None or has_errors(reader.problems):
        raise EditionError(
            Message("the set-up of the site in '{folder}' has errors", {"folder": str(folder)}),
            Message("run 'kebao check' and mend what it says of site_config/"),
        )
    return replace(site, locales={**_older_locales(site, packages), **site.locales})


def _older_locales(site: SiteConfig, packages: Iterable[StoredPackage]) -> dict[str, Locale]:
    """Languages that the site has no longer; their texts are said in the default language."""
    default = site.locales[site.default_locale]
    return {
        id_: replace(
            default,
            id=id_,
            language_tag=locale["language_tag"],
            name=locale["name"],
            direction=locale["direction"],
            fallback=(default.id, *default.fallback),
        )
        for package in packages
        for edition in package.editions
        for id_, locale in edition.record.locales.items()
    }
