"""``kebao i18n``: how far the translations are, and what a translator has looked at."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from kebao.assembly.checking import CheckedProject, check_project
from kebao.assembly.file_store import atomic_writer
from kebao.catalog.translation_json import translations_json
from kebao.catalog.translation_status import (
    TranslationStatus,
    package_status,
    shared_status,
    translation_locales,
)
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.cli.mend_files import diff_lines
from kebao.cli.translation_report import csv_report, table_lines
from kebao.mending.accepted_translation import Acceptance, NotATranslationError, accepted
from kebao.model.package import Package, Topic
from kebao.model.resource import Resource, TranslationState
from kebao.model.translated_texts import source_digests
from kebao.reports.safe_text import encodable
from kebao.skeletons.translation import translation_skeleton

_TRANSLATION = re.compile(r"(?P<stem>.+)\.(?P<locale>[A-Za-z][A-Za-z-]*)\.md")
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def i18n(options: argparse.Namespace, console: Console) -> int:
    """``kebao i18n status|accept|new``."""
    commands: Mapping[str, Callable[[argparse.Namespace, Console, CheckedProject], int]] = {
        "status": _status,
        "accept": _accept,
        "new": _new,
    }
    if not (options.root / "site_config").is_dir() and not (options.root / "content").is_dir():
        console.fault("{path} is not a Kebao project; go to its folder, or name it with -C.", path=options.root)
        return COULD_NOT_RUN
    with console.progress("Reading") as step:
        project = check_project(options.root, on_progress=lambda done, total: step("", total))
    package, locale = getattr(options, "package", None), getattr(options, "locale", None)
    if package is not None and package not in project.content.packages:
        packages = ", ".join(project.content.packages)
        console.fault("There is no package '{package}'; use one of: {packages}", package=package, packages=packages)
        return COULD_NOT_RUN
    if locale is not None and project.site is not None and locale not in project.site.locales:
        locales = ", ".join(project.site.locales)
        console.fault("There is no language '{locale}'; use one of: {locales}", locale=locale, locales=locales)
        return COULD_NOT_RUN
    return commands[options.i18n_command](options, console, project)


def _status(options: argparse.Namespace, console: Console, project: CheckedProject) -> int:
    statuses = tuple(_statuses(project, options.package, options.locale))
    text = {"json": translations_json, "csv": csv_report}.get(options.format)
    lines = None if text else tuple(table_lines(statuses, console.words))
    if options.output:
        data = text(statuses) if text else "\n".join((*(lines or ()), ""))
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(options.output) as stream:
            stream.write(encodable(data).encode("utf-8"))
        console.aside("Written: {path}", path=options.output)
    elif text:
        console.document(text(statuses))
    else:
        for line in lines or ():
            console.out.print(Text(encodable(line)), soft_wrap=True)
    return ALL_WELL


def _statuses(project: CheckedProject, package_id: str | None, locale: str | None) -> Iterator[TranslationStatus]:
    packages = [p for p in project.content.packages.values() if package_id in (None, p.id)]
    for package in packages:
        for each in translation_locales(package):
            if locale in (None, each):
                yield from package_status(package, each)
    if project.site is None:
        return
    for each in project.site.locales:
        if locale in (None, each):
            yield from (
                s for s in shared_status(project.content, project.site, each) if package_id in (None, s.package)
            )


def _accept(options: argparse.Namespace, console: Console, project: CheckedProject) -> int:
    if options.by is not None and options.by not in project.content.people:
        console.fault("There is nobody '{person}' in content/people.yml.", person=options.by)
        return COULD_NOT_RUN
    sources = _translations(project)
    paths = _named(options, console, sources)
    if paths is None:
        return COULD_NOT_RUN
    state = TranslationState(options.state) if options.state else None
    changes: dict[str, tuple[bytes, bytes]] = {}
    refused = False
    for path in paths:
        acceptance = Acceptance(digests=source_digests(sources[path]), by=options.by, state=state)
        before = (options.root / path).read_bytes()
        try:
            after = accepted(path, before, acceptance)
        except NotATranslationError:
            console.fault("{path} cannot be read: run 'kebao check' first.", path=path)
            refused = True
            continue
        if after != before:
            changes[path] = before, after
    if refused:
        return COULD_NOT_RUN
    _write_or_show(options, console, changes)
    return ALL_WELL


def _write_or_show(options: argparse.Namespace, console: Console, changes: Mapping[str, tuple[bytes, bytes]]) -> None:
    for path, (before, after) in changes.items():
        if options.dry_run:
            for line in diff_lines(path, before, after):
                console.out.print(Text(line, style=_STYLES.get(line[0], "")), soft_wrap=True)
            continue
        place = options.root / path
        mode = place.stat().st_mode & 0o7777
        with atomic_writer(place) as stream:
            stream.write(after)
        place.chmod(mode)
        console.result("Accepted: {path}", path=path)
    if not changes:
        console.result("Nothing to accept: these translations already say what they were made from.")
    elif options.dry_run:
        console.result("{count} translations would be accepted; nothing was written.", count=len(changes))


def _translations(project: CheckedProject) -> Mapping[str, Resource | Topic]:
    """Path of each translation → its source."""
    found: dict[str, Resource | Topic] = {}
    for package in project.content.packages.values():
        for topic in package.topics.values():
            stem = topic.path.removesuffix(".md")
            found.update((f"{stem}.{locale}.md", topic) for locale in topic.translations)
        for resource in package.resources.values():
            found.update((resource.path_of(f"index.{locale}.md"), resource) for locale in resource.translations)
    return found


def _named(
    options: argparse.Namespace, console: Console, sources: Mapping[str, Resource | Topic]
) -> Sequence[str] | None:
    """The translations that the options name; None (and said why) when something named is none."""
    if not options.paths:
        if options.package is None or options.locale is None:
            console.fault("Name the translations, or a package and a language with --package and --locale.")
            return None
        folder, end = f"content/packages/{options.package}/", f".{options.locale}.md"
        return sorted(path for path in sources if path.startswith(folder) and path.endswith(end))
    named: list[str] = []
    for given in options.paths:
        path = Path(given).resolve()
        uri = path.relative_to(options.root).as_posix() if path.is_relative_to(options.root) else ""
        below = sorted(each for each in sources if each.startswith(f"{uri}/"))
        if uri not in sources and not (uri and below and path.is_dir()):
            console.fault("{path} is not a translation that can be read; 'kebao check' says why.", path=given)
            return None
        named.extend([uri] if uri in sources else below)
    return list(dict.fromkeys(named))


def _new(options: argparse.Namespace, console: Console, project: CheckedProject) -> int:
    path = Path(options.path).resolve()
    uri = path.relative_to(options.root).as_posix() if path.is_relative_to(options.root) else ""
    found = _source(project, uri)
    if found is None:
        console.fault("{path} is neither a resource nor a topic.", path=options.path)
        return COULD_NOT_RUN
    package, source, source_path = found
    if options.locale not in translation_locales(package):
        locales = ", ".join(translation_locales(package))
        template = "The package is not translated into '{locale}'; its languages are in package.yml: {locales}"
        console.fault(template, locale=options.locale, locales=locales)
        return COULD_NOT_RUN
    target = f"{source_path.removesuffix('.md')}.{options.locale}.md"
    if (options.root / target).exists():
        console.fault("{path} is there already.", path=target)
        return PROBLEMS
    skeleton = translation_skeleton(source, of=package.source_locale, language=console.words.language)
    with atomic_writer(options.root / target) as stream:
        stream.write(skeleton.encode("utf-8"))
    console.result("Written: {path}", path=target)
    console.result("Fill it in, then run: kebao check {path}", path=target)
    return ALL_WELL


def _source(project: CheckedProject, uri: str) -> tuple[Package, Resource | Topic, str] | None:
    """What a path names: a topic's file, a resource's folder or its index.md."""
    for package in project.content.packages.values():
        for topic in package.topics.values():
            if uri == topic.path:
                return package, topic, topic.path
        for resource in package.resources.values():
            if uri in (resource.folder, resource.path_of("index.md")):
                return package, resource, resource.path_of("index.md")
    return None
