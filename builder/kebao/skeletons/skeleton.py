"""The files of a new resource, planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from string import Template

from kebao.loading.authored_resource import AUTHORED_BY_KIND
from kebao.model.package import Content, Package
from kebao.model.resource import Kind
from kebao.skeletons.allowed_values import allowed_values, one_line, value_lines
from kebao.skeletons.chosen_values import chosen_values, sources_of, yaml_scalar
from kebao.skeletons.prompts import Prompts, SectionPrompt, prompts_in


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonFile:
    """A file to be written; ``path`` is a POSIX path relative to the project root."""

    path: str
    data: bytes


def plan_skeleton(
    kind: Kind, resource_id: str, *, package: Package, content: Content, language: str, today: date
) -> tuple[SkeletonFile, ...]:
    """The files of a new draft, explained in ``language``; in a project without problems they have none.

    Only for what :func:`kebao.skeletons.skeleton_problems` finds nothing wrong with.
    """
    prompts = prompts_in(language)
    sources = sources_of(kind, package, content)
    values = chosen_values(kind, sources, package=package, content=content, today=today)
    values["sections"] = "\n".join(_course_sections(content, language))
    lines = ["---", *_comment(prompts.intro)]
    for name in _field_names(kind):
        prompt = prompts.field(kind, name)
        lines += ["", *_comment(prompt.about)]
        if sources.programme:
            path, allowed = allowed_values(name, sources.programme, package=package, content=content, language=language)
            lines += [f"# {line}" for line in value_lines(path, allowed, prompts)]
        lines.append(Template(prompt.write).substitute(values).rstrip("\n"))
    lines += ["---", *_body(kind, prompts, content, language)]
    path = f"content/packages/{package.id}/{kind.value}/{resource_id}/index.md"
    return (SkeletonFile(path=path, data=("\n".join(lines) + "\n").encode("utf-8")),)


def _field_names(kind: Kind) -> tuple[str, ...]:
    """The fields in the order of the authored model: what every kind has, then the kind's own."""
    fields = AUTHORED_BY_KIND[kind].model_fields
    return tuple(info.alias or name for name, info in fields.items())


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.rstrip("\n").split("\n")]


def _course_parts(content: Content, language: str) -> Iterator[tuple[str, str]]:
    for term in content.vocabularies["course-parts"].terms.values():
        yield term.id, one_line(term.label.in_locale((language, "zh")))


def _course_sections(content: Content, language: str) -> Iterator[str]:
    for part, label in _course_parts(content, language):
        yield f"  - {{part: {yaml_scalar(part)}, title: {yaml_scalar(label)}}}"


def _body(kind: Kind, prompts: Prompts, content: Content, language: str) -> Iterator[str]:
    sections = prompts.body[kind]
    if kind is Kind.COURSE:
        abouts = {section.anchor: section.about for section in sections}
        sections = tuple(
            SectionPrompt(anchor=part, heading=label, about=abouts.get(part, abouts["other"]))
            for part, label in _course_parts(content, language)
        )
    for section in sections:
        yield ""
        if section.anchor:
            yield f"## {section.heading} {{#{section.anchor}}}"
            yield ""
        yield section.about
