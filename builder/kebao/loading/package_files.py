"""One package: package.yml, its topics and its resources with their translations."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.loading.authored_catalogue import AuthoredPackage, AuthoredUpstream
from kebao.loading.authored_resource import AuthoredTopic, AuthoredTopicTranslation
from kebao.loading.catalogue_files import stem_of
from kebao.loading.documents import DocumentReader
from kebao.loading.overlay_files import OVERLAY_FILE, load_overlay
from kebao.loading.resource_files import check_id, load_resource
from kebao.model.package import BundleRules, Featured, Package, Topic, TopicTranslation, Upstream
from kebao.model.resource import Kind, Resource
from kebao.model.text import LocalizedText
from kebao.problems import Location, Message, Problem

PACKAGES_FOLDER = "content/packages"


def load_packages(reader: DocumentReader) -> Mapping[str, Package]:
    """All packages by id (the folder's name); a package that cannot be read is left out and reported."""
    paths = reader.tree.under(PACKAGES_FOLDER)
    ids = sorted({path.split("/")[2] for path in paths if path.count("/") >= 3})
    packages = (_load_package(reader, package_id) for package_id in ids)
    return {package.id: package for package in packages if package is not None}


def _load_package(reader: DocumentReader, package_id: str) -> Package | None:
    folder = f"{PACKAGES_FOLDER}/{package_id}"
    path = f"{folder}/package.yml"
    if path not in reader.tree.texts:
        message = Message("the package has no package.yml")
        reader.problems.append(Problem(location=Location(path=path), code="KB109", message=message))
        return None
    check_id(reader, path, package_id)
    written = reader.yaml(path, AuthoredPackage)
    topics = _load_topics(reader, f"{folder}/topics")
    resources = _load_resources(reader, folder)
    overlay = load_overlay(reader, f"{folder}/{OVERLAY_FILE}")
    if written is None:
        return None
    return Package(
        id=package_id,
        path=path,
        title=written.title,
        short_title=written.short_title,
        summary=written.summary,
        publisher=written.publisher,
        region=written.region,
        source_locale=written.source_locale,
        locales=tuple(written.locales),
        licence=written.licence,
        programmes=tuple(written.programmes),
        notice=written.notice or LocalizedText(),
        about=written.about or LocalizedText(),
        extends=_upstream(written.extends) if written.extends else None,
        overlay=overlay,
        bundles=BundleRules(light_without=tuple(written.bundles.light_without)),
        featured=tuple(Featured(resource=f.resource, reason=f.reason) for f in written.featured),
        topics=topics,
        resources=resources,
    )


def _upstream(written: AuthoredUpstream) -> Upstream:
    return Upstream(
        package=written.package,
        edition=written.edition,
        source=written.source or "",
        digest=written.digest or "",
    )


def _load_resources(reader: DocumentReader, folder: str) -> Mapping[str, Resource]:
    resources: dict[str, Resource] = {}
    for kind in Kind:
        prefix = f"{folder}/{kind.value}/"
        # A file beside the folders of the resources is none of them; that nothing reads it is said where files are.
        inside = (path.removeprefix(prefix).partition("/") for path in reader.tree.under(prefix))
        ids = sorted({resource_id for resource_id, slash, _ in inside if slash})
        for resource_id in ids:
            resource = load_resource(reader, kind, f"{folder}/{kind.value}/{resource_id}")
            if resource is None:
                continue
            if resource.id in resources:
                message = Message("the id '{id}' is used twice", {"id": resource.id})
                hint = Message(
                    "{path} has it too; ids are unique in a package", {"path": resources[resource.id].folder}
                )
                location = Location(path=f"{resource.folder}/index.md")
                reader.problems.append(Problem(location=location, code="KB402", message=message, hint=hint))
                continue
            resources[resource.id] = resource
    return resources


def _load_topics(reader: DocumentReader, folder: str) -> Mapping[str, Topic]:
    paths = [path for path in reader.tree.under(folder) if path in reader.tree.texts]
    topics: dict[str, Topic] = {}
    for path in paths:
        if path.rpartition("/")[2].count(".") != 1:
            continue
        written, page = reader.markdown(path, AuthoredTopic)
        if written is None:
            continue
        topic_id = stem_of(path)
        check_id(reader, path, topic_id)
        topics[topic_id] = Topic(
            id=topic_id,
            path=path,
            title=written.title,
            summary=written.summary,
            order=written.order,
            body=page.body,
            body_line=page.body_line,
            stages=tuple(written.stages),
            subjects=tuple(written.subjects),
            hours=written.hours,
            suggested=tuple(written.suggested),
            translations=_topic_translations(reader, path.removesuffix(".md")),
        )
    return topics


def _topic_translations(reader: DocumentReader, stem: str) -> Mapping[str, TopicTranslation]:
    found: dict[str, TopicTranslation] = {}
    for path in reader.tree.under(stem.rpartition("/")[0]):
        if path not in reader.tree.texts or not path.startswith(f"{stem}.") or path == f"{stem}.md":
            continue
        locale = path.removeprefix(f"{stem}.").removesuffix(".md")
        written, page = reader.markdown(path, AuthoredTopicTranslation)
        if written is not None:
            found[locale] = TopicTranslation(
                of=written.translation.of,
                digest=written.translation.digest or "",
                digests=written.translation.parts(),
                state=written.translation.state,
                by=written.translation.by,
                title=written.title,
                summary=written.summary,
                body=page.body,
                body_line=page.body_line,
            )
    return found
