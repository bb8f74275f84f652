"""Everything that content refers to by id is there (KB401), and links in texts lead somewhere (KB403, KB404)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from itertools import islice
from urllib.parse import unquote, urlsplit

from kebao.checks.authored_pages import MOST_FAULTS
from kebao.checks.context import CheckContext, problem
from kebao.checks.raw_html import LINK_SCHEMES, refused, without_indented_code
from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink, markdown_links
from kebao.model.markdown_prose import without_code
from kebao.model.package import Package
from kebao.model.resource import CourseDetails, LessonCaseDetails, Lifecycle, Resource
from kebao.model.shard import WORKING_EDITION
from kebao.model.source_map import Pointer
from kebao.problems import Location, Message, Problem, Severity

_SHOWN_CANDIDATES = 7
_NO_DESCRIPTION = frozenset(("图", "图片", "照片", "截图", "插图", "image", "picture", "photo", "img", "screenshot"))
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|svg|bmp)", re.IGNORECASE)
# A target that stands apart from the text of its link (CommonMark §4.7); [^1]: is a footnote.
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]+\]:[ \t]*<?(\S+?)>?(?=[ \t\n]|$)", re.MULTILINE)


def check_references(context: CheckContext) -> Iterator[Problem]:
    """KB401: people, organisations, topics, programmes, modules, phases and resources named exist."""
    content = context.content
    organisations = content.organisations
    for organisation in organisations.values():
        if organisation.parent:
            pointer: Pointer = (organisation.position, "parent")
            yield from known_id(context, "content/organisations.yml", pointer, organisation.parent, organisations)
    for person in content.people.values():
        pointer = (person.position, "organisation")
        yield from known_id(context, "content/people.yml", pointer, person.organisation, organisations)
    for index, package_id in enumerate(context.site.packages):
        file, known = _package_file(package_id), content.packages
        yield from known_id(context, "site_config/site.yml", ("packages", index), package_id, known, file=file)
    default = context.site.default_package
    yield from known_id(context, "site_config/site.yml", ("default_package",), default, context.site.packages)
    for package in content.packages.values():
        yield from _of_package(context, package)
        for resource in package.resources.values():
            yield from _of_resource(context, package, resource)


def _of_package(context: CheckContext, package: Package) -> Iterator[Problem]:
    content, path = context.content, package.path
    yield from known_id(context, path, ("publisher",), package.publisher, content.organisations)
    for index, programme in enumerate(package.programmes):
        file = f"content/programmes/{programme}.yml"
        yield from known_id(context, path, ("programmes", index), programme, content.programmes, file=file)
    for index, locale in enumerate(package.locales):
        file = f"site_config/locales/{locale}.yml"
        yield from known_id(context, path, ("locales", index), locale, context.site.locales, file=file)
    yield from known_id(context, path, ("source_locale",), package.source_locale, package.locales)
    # What is not of this project is looked for where it is read (KB415).
    if package.extends and package.extends.edition == WORKING_EDITION and not package.extends.source:
        upstream = package.extends.package
        file = _package_file(upstream)
        yield from known_id(context, path, ("extends", "package"), upstream, content.packages, file=file)
    ids = context.found_ids[package.id]
    for index, featured in enumerate(package.featured):
        yield from known_id(context, path, ("featured", index, "resource"), featured.resource, ids)
    for topic in package.topics.values():
        for index, suggested in enumerate(topic.suggested):
            yield from known_id(context, topic.path, ("suggested", index), suggested, ids)


def _of_resource(context: CheckContext, package: Package, resource: Resource) -> Iterator[Problem]:
    content, path, topics = context.content, resource.path_of("index.md"), context.topics_of(package)
    for index, topic in enumerate(resource.topics):
        file = f"content/packages/{package.id}/topics/{topic}.md"
        yield from known_id(context, path, ("topics", index), topic, topics, file=file)
    yield from known_id(context, path, ("organisation",), resource.organisation, content.organisations)
    for index, contribution in enumerate(resource.contributors):
        yield from known_id(context, path, ("contributors", index, "person"), contribution.person, content.people)
    if resource.review.by:
        yield from known_id(context, path, ("review", "by"), resource.review.by, content.people)
    if isinstance(resource.details, LessonCaseDetails):
        for index, teacher in enumerate(resource.details.guiding_teachers):
            yield from known_id(context, path, ("guiding_teachers", index), teacher, content.people)
    yield from known_id(context, path, ("programme",), resource.programme, package.programmes)
    programme = content.programmes.get(resource.programme)
    if programme:
        phases = [phase.phase for phase in programme.phases]
        # A value that is no phase at all is reported as such (KB301).
        if resource.phase in context.vocabulary("phases").terms:
            yield from known_id(context, path, ("phase",), resource.phase, phases)
        if isinstance(resource.details, CourseDetails):
            modules = [module.id for module in programme.modules]
            yield from known_id(context, path, ("module",), resource.details.module, modules)
    yield from _of_related(context, package, resource)


def _of_related(context: CheckContext, package: Package, resource: Resource) -> Iterator[Problem]:
    path, ids = resource.path_of("index.md"), context.found_ids[package.id]
    for index, relation in enumerate(resource.relations):
        package_id, _, target = relation.target.rpartition("/")
        elsewhere = context.found_ids.get(package_id, frozenset())
        # What a package holds whose package.yml cannot be read is not known here.
        file = _package_file(package_id) if package_id not in context.content.packages else ""
        known: frozenset[str] = frozenset(f"{package_id}/{i}" for i in elsewhere) if package_id else ids
        yield from known_id(context, path, ("relations", index, "target"), relation.target, known, file=file)
        if target == resource.id and package_id in ("", package.id):
            message = Message("the resource names itself")
            yield problem(context.at(path, "relations", index, "target"), "KB405", message)
    if resource.replaced_by:
        yield from known_id(context, path, ("lifecycle", "replaced_by"), resource.replaced_by, ids)
        if resource.lifecycle is not Lifecycle.RETIRED:
            message = Message("only a retired resource is replaced by another")
            yield problem(context.at(path, "lifecycle", "replaced_by"), "KB406", message)


def _package_file(package_id: str) -> str:
    return f"content/packages/{package_id}/package.yml"


def known_id(
    context: CheckContext, path: str, pointer: Pointer, target: str, known: Collection[str], *, file: str = ""
) -> Iterator[Problem]:
    """KB401 where ``known`` does not hold the target.

    ``file`` would hold it: when that is there but could not be read, it is its own problem.
    """
    if target in known or file in context.text_paths or (not known and _is_unreadable_list(context, known)):
        return
    near = difflib.get_close_matches(target, list(known), n=1, cutoff=0.6)
    hint = Message("did you mean '{candidate}'?", {"candidate": near[0]}) if near else None
    if not near and 0 < len(known) <= _SHOWN_CANDIDATES:
        hint = Message("use one of: {candidates}", {"candidates": ", ".join(known)})
    message = Message("'{target}' does not exist", {"target": target})
    yield problem(context.at(path, *pointer), "KB401", message, hint=hint)


def _is_unreadable_list(context: CheckContext, known: Collection[str]) -> bool:
    """One fault in people.yml or organisations.yml must not make every name in the content another."""
    if known is context.content.people:
        return "content/people.yml" not in context.source_maps
    return known is context.content.organisations and "content/organisations.yml" not in context.source_maps


def check_text_links(context: CheckContext) -> Iterator[Problem]:
    """KB403–KB404: links and images in the texts lead to resources and files that are there."""
    for package in context.content.packages.values():
        for topic in package.topics.values():
            folder = topic.path.rpartition("/")[0]
            yield from _links_of(context, package, topic.path, folder, topic.body, topic.body_line)
            for locale, topic_translation in topic.translations.items():
                path = f"{topic.path.removesuffix('.md')}.{locale}.md"
                body, line = topic_translation.body, topic_translation.body_line
                yield from _links_of(context, package, path, folder, body, line)
        for resource in package.resources.values():
            path = resource.path_of("index.md")
            yield from _links_of(context, package, path, resource.folder, resource.body, resource.body_line)
            for locale, translation in resource.translations.items():
                path = resource.path_of(f"index.{locale}.md")
                body, line = translation.body, translation.body_line
                yield from _links_of(context, package, path, resource.folder, body, line)


def _links_of(
    context: CheckContext, package: Package, path: str, folder: str, body: str, body_line: int
) -> Iterator[Problem]:
    yield from _defined_links(path, body, body_line)
    for link in markdown_links(body):
        line, end_column = link.line + body_line - 1, link.column + len(link.target)
        place = Location(path=path, line=line, column=link.column, end_line=line, end_column=end_column)
        if link.is_image:
            yield from _description(place, link)
        if link.target.startswith(RESOURCE_SCHEME):
            yield from _resource_link(context, package, place, link.target)
        elif not link.target.startswith("#"):
            yield from _other_link(context, package, place, folder, link)


def _description(place: Location, picture: MarkdownLink) -> Iterator[Problem]:
    text = picture.text.strip()
    hint = Message("say in a few words what is to be seen, for those who cannot see it")
    if not text:
        yield problem(place, "KB407", Message("the picture has no description"), hint=hint)
    elif text.casefold() in _NO_DESCRIPTION or _FILE_NAME.fullmatch(text):
        message = Message("'{text}' does not say what is to be seen on the picture", {"text": text})
        yield problem(place, "KB407", message, hint=hint, severity=Severity.WARNING)


def _defined_links(path: str, body: str, body_line: int) -> Iterator[Problem]:
    """KB404, KB408: only addresses of other sites may stand apart from their links: the site turns no others."""
    if "]:" not in body:
        return
    text = without_indented_code(without_code(body))
    for match in islice(_DEFINITION.finditer(text), MOST_FAULTS):
        target = match[1]
        line = text.count("\n", 0, match.start(1))
        column = match.start(1) - text.rfind("\n", 0, match.start(1))
        line += body_line
        end_column = column + len(target)
        place = Location(path=path, line=line, column=column, end_line=line, end_column=end_column)
        scheme = target.partition(":")[0].lower() if re.match("[A-Za-z][A-Za-z0-9+.-]*:", target) else ""
        if scheme and scheme not in (*LINK_SCHEMES, RESOURCE_SCHEME.rstrip(":")):
            yield refused(place, scheme, is_image=False)
        elif scheme not in LINK_SCHEMES and not target.startswith("#"):
            message = Message("'{target}' stands apart from its link and leads nowhere on the site", {"target": target})
            hint = Message("write the link and where it leads together: [text](target)")
            yield problem(place, "KB404", message, hint=hint)


def _resource_link(context: CheckContext, package: Package, place: Location, target: str) -> Iterator[Problem]:
    resource_id = target.removeprefix(RESOURCE_SCHEME).partition("#")[0]
    package_id, _, last = resource_id.rpartition("/")
    if package_id not in context.content.packages and _package_file(package_id) in context.text_paths:
        return
    known = context.found_ids.get(package_id or package.id, frozenset())
    if last not in known:
        near = difflib.get_close_matches(last, known, n=1, cutoff=0.6)
        hint = Message("did you mean '{candidate}'?", {"candidate": near[0]}) if near else None
        message = Message("the link leads to '{target}', which does not exist", {"target": resource_id})
        yield problem(place, "KB403", message, hint=hint)


def _other_link(
    context: CheckContext, package: Package, place: Location, folder: str, link: MarkdownLink
) -> Iterator[Problem]:
    target = link.target
    try:
        parts = urlsplit(target)
    except ValueError:
        yield problem(place, "KB404", Message("'{target}' is not a link", {"target": target}))
        return
    if parts.scheme or target.startswith("//"):
        if link.is_image or parts.scheme not in LINK_SCHEMES:
            yield refused(place, parts.scheme or "//", is_image=link.is_image)
        return
    file = unquote(parts.path)
    if ".." in file.split("/") or file.startswith("/"):
        hint = Message("link another resource with kebao:its-id")
        yield problem(place, "KB502", Message("'{file}' leads out of the folder", {"file": file}), hint=hint)
    elif f"{folder}/{file}" not in context.facts and not _is_material(package, folder, file):
        hint = Message("put the file into the folder and name it under 'materials', or correct the link")
        message = Message("the link leads to '{target}', which does not exist", {"target": file})
        yield problem(place, "KB404", message, hint=hint)


def _is_material(package: Package, folder: str, file: str) -> bool:
    """A missing file that is named as a material is reported once, there (KB501)."""
    resource = package.resources.get(folder.rpartition("/")[2])
    # A resource may be called like the folder of the topics.
    if resource is None or resource.folder != folder:
        return False
    return any(material.file == file for material in resource.materials)
