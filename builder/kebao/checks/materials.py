"""Materials are there, are named, are what their names say, and stay inside the package (KB5xx)."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator

from kebao.checks.context import CheckContext, Place, problem
from kebao.checks.dependents import resource_home_of
from kebao.model.material import MEDIA_TYPE_BY_SUFFIX, MediaType, suffix_of
from kebao.model.resource import Resource
from kebao.problems import Location, Message, Problem

# Reserved device names and characters of Windows (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_WINDOWS_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_WINDOWS_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f]')
# Controls, marks of direction, joiners, private characters, lone surrogates: such a name is not what it seems.
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
_MEBIBYTE = 1 << 20
_NEAR_ENOUGH = 0.75


def check_materials(context: CheckContext) -> Iterator[Problem]:
    """KB501–KB508 for every resource, and links in the tree (KB506)."""
    for path in context.links:
        hint = Message("put the file itself there")
        yield problem(Location(path=path), "KB506", Message("symbolic links are not allowed"), hint=hint)
    for package in context.content.packages.values():
        for resource in package.resources.values():
            yield from _named_files(context, resource)
            yield from _translated_titles(context, resource)
    yield from _unnamed_files(context)


def _named_files(context: CheckContext, resource: Resource) -> Iterator[Problem]:
    path = resource.path_of("index.md")
    seen: dict[str, str] = {}
    for index, material in enumerate(resource.materials):
        place = context.place(path, "materials", index, "file")
        same_name = name_on_disk(material.file)
        other = seen.get(same_name)
        seen.setdefault(same_name, material.file)
        if other == material.file:
            yield problem(place, "KB503", Message("'{file}' is named twice", {"file": material.file}))
        elif other is not None:
            params = {"file": material.file, "other": other}
            message = Message("'{file}' and '{other}' are one name on Windows or macOS", params)
            yield problem(place, "KB503", message, hint=Message("give one of the two files another name"))
        yield from _file(context, resource, material.file, place)
        known = f"site_config/locales/{material.language}.yml" in context.text_paths
        if material.language and material.language not in context.site.locales and not known:
            message = Message("there is no locale '{id}'", {"id": material.language})
            yield problem(context.at(path, "materials", index, "language"), "KB401", message)
        if material.captions:
            captions_place = context.place(path, "materials", index, "captions")
            yield from _file(context, resource, material.captions, captions_place, must_be=MediaType.VTT)


def name_on_disk(name: str) -> str:
    """The same for names that Windows or macOS keep as one: small and capital letters, é and e with an accent."""
    if name.isascii():
        return name.casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _file(
    context: CheckContext, resource: Resource, name: str, place: Place, must_be: MediaType | None = None
) -> Iterator[Problem]:
    if "/" in name or name in (".", "..") or _WINDOWS_CHARACTERS.search(name):
        hint = Message("name a file in the resource's own folder, without / \\ : * ? \" < > |")
        yield problem(place, "KB502", Message("'{file}' leads out of the folder", {"file": name}), hint=hint)
        return
    if _WINDOWS_RESERVED.fullmatch(name) or name != name.strip(" ."):
        yield problem(place, "KB502", Message("Windows cannot keep a file called '{file}'", {"file": name}))
        return
    if not name.isascii() and _UNSEEN_CATEGORIES.intersection(map(unicodedata.category, name)):
        hint = Message("call the file by another name and type that anew; a copied name may hold such characters")
        message = Message("the name '{file}' holds characters that cannot be seen", {"file": name})
        yield problem(place, "KB502", message, hint=hint)
        return
    facts = context.facts.get(resource.path_of(name))
    expected = must_be or MEDIA_TYPE_BY_SUFFIX.get(suffix_of(name))
    if expected is None:
        message = Message("files of the type '{suffix}' cannot be materials", {"suffix": suffix_of(name) or name})
        hint = Message("use docx, pptx, xlsx, pdf, png, jpg or mp4")
        yield problem(place, "KB507", message, hint=hint)
    elif facts is None:
        if resource.path_of(name) not in context.links:
            hint = _meant_file(context, resource, name) or Message(
                "put the file into {folder}, or take the entry out", {"folder": resource.folder}
            )
            yield problem(place, "KB501", Message("the file '{file}' is missing", {"file": name}), hint=hint)
    elif facts.size_bytes == 0:
        yield problem(place, "KB505", Message("the file '{file}' is empty", {"file": name}))
    elif facts.is_withheld:
        # What it is instead is told once, by check_file_safety.
        return
    elif facts.unreadable or facts.media_type is not expected:
        hint = Message("open it, save it again in the right format, and check that it arrived whole")
        suffix = ".vtt" if must_be is MediaType.VTT else suffix_of(name)
        message = Message("'{file}' cannot be read as {suffix}", {"file": name, "suffix": suffix})
        yield problem(place, "KB504", message, hint=hint)
    elif facts.size_bytes > context.site.policy.material_megabytes * _MEBIBYTE:
        limit = f"{context.site.policy.material_megabytes:g}"
        yield problem(place, "KB508", Message("'{file}' is larger than {limit} MB", {"file": name, "limit": limit}))


def _translated_titles(context: CheckContext, resource: Resource) -> Iterator[Problem]:
    files = {material.file for material in resource.materials}
    for locale, translation in resource.translations.items():
        for file in translation.material_titles:
            if file not in files:
                place = context.at(resource.path_of(f"index.{locale}.md"), "materials", file, at_key=True)
                yield problem(place, "KB501", Message("the file '{file}' is missing", {"file": file}))


def _meant_file(context: CheckContext, resource: Resource, name: str) -> Message | None:
    """The file that has nearly this name and that no material names."""
    prefix = f"{resource.folder}/"
    named = {material.file for material in resource.materials}
    there = {path.removeprefix(prefix) for path in context.facts if path.startswith(prefix)} - named
    same = [other for other in sorted(there) if name_on_disk(other) == name_on_disk(name)]
    near = same or difflib.get_close_matches(name, sorted(there), n=1, cutoff=_NEAR_ENOUGH)
    if not near:
        return None
    if unicodedata.normalize("NFC", near[0]) == unicodedata.normalize("NFC", name):
        return Message("the file is there, its name in another Unicode form (NFD): rename it, typing the name anew")
    return Message("did you mean '{candidate}'?", {"candidate": near[0]})


def _unnamed_files(context: CheckContext) -> Iterator[Problem]:
    named: set[str] = set()
    missing: set[str] = set()
    folders: set[str] = set()
    for package in context.content.packages.values():
        for resource in package.resources.values():
            folders.add(resource.folder)
            for material in resource.materials:
                path = resource.path_of(material.file)
                named.add(path)
                if path not in context.facts:
                    missing.add(resource.path_of(name_on_disk(material.file)))
                if material.captions:
                    named.add(resource.path_of(material.captions))
    for path in context.facts:
        home = resource_home_of(path)
        # A file that is named in other capitals is told as the one that is missing.
        is_meant = missing and f"{home}/{name_on_disk(path[len(home) + 1 :])}" in missing
        if path not in named and home in folders and not is_meant:
            message = Message("no material names this file")
            hint = Message("name it under 'materials' in index.md, or delete it")
            yield problem(Location(path=path), "KB503", message, hint=hint)
