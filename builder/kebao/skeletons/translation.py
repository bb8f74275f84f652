"""The skeleton of a translation: empty fields below the texts of the source, and the source's body to write over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kebao.model.package import Topic
from kebao.model.resource import Resource
from kebao.model.translated_texts import SourceText, source_digests, source_texts
from kebao.skeletons.chosen_values import yaml_scalar
from kebao.words import words_in

_LISTS = ("sections", "assessment", "numbers", "number_units", "next_plan")


def translation_skeleton(source: Resource | Topic, *, of: str, language: str) -> str:
    """The text of the file, explained in ``language``.

    Fields that must not be empty are, so that a check names what is still to be done. The headings of the body stay in
    their order: links to sections are the same in every language.
    """
    words = words_in(language)
    digests = ", ".join(f"{field}: {' '.join(parts)}" for field, parts in source_digests(source).items())
    intro = words("Translate behind the colons; the source stands above each field. Do not write the digests by hand.")
    lines = [
        "---",
        f"# {intro}",
        f"translation: {{of: {of}, digests: {{{digests}}}}}",
    ]
    for field, parts in source_texts(source).items():
        if field != "body":
            lines.extend(_field(field, parts, source))
    heading = words("Write over the text below, and keep its headings in their order.")
    return "\n".join((*lines, f"# {heading}", "---", "", source.body))


def _field(field: str, parts: Sequence[SourceText], source: Resource | Topic) -> Iterator[str]:
    if field == "keywords" and isinstance(source, Resource):
        yield f"# {', '.join(source.keywords)}"
        yield "keywords: []"
    elif field == "materials":
        yield "materials:"
        for part in parts:
            yield f"  # {_one_line(part.text)}"
            yield f"  {yaml_scalar(part.name)}:"
    elif field in _LISTS:
        yield f"{field}:"
        for part in parts:
            yield f"  # {_one_line(part.text)}"
            yield "  -"
    else:
        yield f"# {_one_line(parts[0].text)}"
        yield f"{field}:"


def _one_line(text: str) -> str:
    return " ".join(text.split())
