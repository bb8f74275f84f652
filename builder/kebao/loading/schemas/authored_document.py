"""The documents that authors write, what each is made of and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kebao.loading import authored_catalogue as catalogue
from kebao.loading import authored_resource as resource
from kebao.loading.catalogue_files import ORGANISATIONS_PATH, PEOPLE_PATH, PROGRAMMES_FOLDER, VOCABULARIES_FOLDER
from kebao.loading.overlay_files import OVERLAY_FILE
from kebao.loading.package_files import PACKAGES_FOLDER
from kebao.loading.site_files import LOCALES_FOLDER, POLICY_PATH, SITE_PATH
from kebao.model.resource import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoredDocument:
    """One sort of document.

    Attributes:
        name: Names its schema: ``lesson-case``, ``package``.
        form: What pydantic validates it as.
        place: Glob of its files, relative to the project.
        is_front_matter: Whether it is the front matter of a Markdown page, or else a whole YAML file.
    """

    name: str
    form: Any
    place: str
    is_front_matter: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}.schema.json"


def kind_name(kind: Kind) -> str:
    """The kind in the singular: ``lesson-case``."""
    return kind.name.lower().replace("_", "-")


def _documents() -> Iterator[AuthoredDocument]:
    for kind, form in resource.AUTHORED_BY_KIND.items():
        place = f"{PACKAGES_FOLDER}/*/{kind.value}/*/index.md"
        yield AuthoredDocument(name=kind_name(kind), form=form, place=place, is_front_matter=True)
    pages: tuple[tuple[str, Any, str], ...] = (
        ("translation", resource.AuthoredTranslation, f"{PACKAGES_FOLDER}/*/*/*/index.*.md"),
        ("topic", resource.AuthoredTopic, f"{PACKAGES_FOLDER}/*/topics/*.md"),
        ("topic-translation", resource.AuthoredTopicTranslation, f"{PACKAGES_FOLDER}/*/topics/*.*.md"),
    )
    for name, page, place in pages:
        yield AuthoredDocument(name=name, form=page, place=place, is_front_matter=True)
    files: tuple[tuple[str, Any, str], ...] = (
        ("package", catalogue.AuthoredPackage, f"{PACKAGES_FOLDER}/*/package.yml"),
        ("overlay", catalogue.AuthoredOverlay, f"{PACKAGES_FOLDER}/*/{OVERLAY_FILE}"),
        ("programme", catalogue.AuthoredProgramme, f"{PROGRAMMES_FOLDER}/*.yml"),
        ("vocabulary", catalogue.AuthoredVocabulary, f"{VOCABULARIES_FOLDER}/*.yml"),
        ("organisations", list[catalogue.AuthoredOrganisation], ORGANISATIONS_PATH),
        ("people", list[catalogue.AuthoredPerson], PEOPLE_PATH),
        ("site", catalogue.AuthoredSite, SITE_PATH),
        ("policy", catalogue.AuthoredPolicy, POLICY_PATH),
        ("locale", catalogue.AuthoredLocale, f"{LOCALES_FOLDER}/*.yml"),
    )
    for name, file, place in files:
        yield AuthoredDocument(name=name, form=file, place=place)


DOCUMENTS = {document.name: document for document in _documents()}
