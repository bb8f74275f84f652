"""Why a new resource cannot be made: its id, its package, or what the project still lacks."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from kebao.loading.documents import DocumentReader
from kebao.loading.resource_files import check_id
from kebao.loading.tree import SourceTree
from kebao.model.package import Content, Package
from kebao.model.resource import Kind
from kebao.problems import Location, Message, Problem, sorted_problems
from kebao.skeletons.chosen_values import REQUIRED_VOCABULARIES, REQUIRED_VOCABULARIES_OF, sources_of

_SHOWN_CANDIDATES = 7


def skeleton_problems(
    kind: Kind, resource_id: str, *, package_id: str, content: Content, folders: Collection[str] = ()
) -> tuple[Problem, ...]:
    """All that stands against a new resource; empty when a skeleton can be planned.

    Args:
        folders: POSIX paths of the resource folders on the disk, relative to the project root; those of
            resources that could not be read are not in ``content``.
    """
    package = content.packages.get(package_id)
    if package is None:
        return (_no_package(package_id, content),)
    found = [*_of_id(kind, resource_id, package, folders), *_lacking(kind, package, content)]
    return sorted_problems(found)


def _no_package(package_id: str, content: Content) -> Problem:
    known = sorted(content.packages)
    near = difflib.get_close_matches(package_id, known, n=1, cutoff=0.6)
    hint = None
    if near:
        hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
    elif 0 < len(known) <= _SHOWN_CANDIDATES:
        hint = Message("use one of: {candidates}", {"candidates": ", ".join(known)})
    message = Message("there is no package '{id}'", {"id": package_id})
    return Problem(location=Location(path="content/packages"), code="KB401", message=message, hint=hint)


def _of_id(kind: Kind, resource_id: str, package: Package, folders: Collection[str]) -> Iterator[Problem]:
    parent = f"content/packages/{package.id}"
    folder = f"{parent}/{kind.value}/{resource_id}"
    reader = DocumentReader(SourceTree(texts={}))
    check_id(reader, folder, resource_id)
    if reader.problems:
        yield from reader.problems
        return
    # Windows and macOS do not tell 'Fractions' from 'fractions'.
    used = {path.rstrip("/").casefold(): path.rstrip("/") for path in folders}
    used |= {resource.folder: resource.folder for resource in package.resources.values()}
    of_this_id = (f"{parent}/{other.value}/{resource_id}" for other in Kind)
    there = next((used[path] for path in of_this_id if path in used), None)
    if there is not None:
        message = Message("the id '{id}' is taken", {"id": resource_id})
        hint = Message("{path} has it; choose another id, or edit that resource", {"path": there})
        yield Problem(location=Location(path=folder), code="KB402", message=message, hint=hint)


def _lacking(kind: Kind, package: Package, content: Content) -> Iterator[Problem]:
    """What every resource names and the project does not have yet."""
    sources = sources_of(kind, package, content)
    if sources.topic is None:
        yield _nothing_in(f"content/packages/{package.id}/topics")
    if sources.programme is None:
        yield _nothing_in(package.path if kind is not Kind.COURSE else "content/programmes")
    if sources.person is None:
        yield _nothing_in("content/people.yml")
    for vocabulary in (*REQUIRED_VOCABULARIES, *REQUIRED_VOCABULARIES_OF.get(kind, ())):
        if not content.vocabularies[vocabulary].terms:
            yield _nothing_in(f"content/vocabularies/{vocabulary}.yml")


def _nothing_in(path: str) -> Problem:
    message = Message("there is nothing here yet that the new resource could name")
    hint = Message("add what is missing, or let 'kebao check' say what is wrong with it")
    return Problem(location=Location(path=path), code="KB401", message=message, hint=hint)
