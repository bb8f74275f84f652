"""What a translator translates, part by part, with short digests; and which parts a translation no longer matches."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kebao.model.package import Topic, TopicTranslation
from kebao.model.resource import CourseDetails, LessonCaseDetails, Resource, SchoolSummaryDetails, Translation

#: The fields of a translation that hold texts, in the order in which authors write them.
FIELDS = (
    *("title", "summary", "keywords", "unit", "lesson", "award_title", "materials"),
    *("sections", "assessment", "numbers", "number_units", "next_plan", "body"),
)
#: Hex digits of a part's digest: 2^32 states are enough to see that one text has changed.
DIGEST_LENGTH = 8
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}]*\}[ \t]*#*$")


class TextState(StrEnum):
    """Where a translated text stands against its source."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A part of a field: the whole of it, an entry of a list, a section of a body.

    Attributes:
        name: A section's heading, a material's file, an entry's number from 1; empty where the part needs none.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldState:
    """One field of a translation.

    Attributes:
        parts: Names of the parts that are stale or missing; empty where the whole field is meant, or where parts
            were only moved or taken out.
        count: How many parts the source has.
    """

    field: str
    state: TextState
    parts: tuple[str, ...] = ()
    count: int = 1


def source_texts(source: Resource | Topic) -> Mapping[str, tuple[SourceText, ...]]:
    """Field → the parts that a translator translates; fields in which the source says nothing are left out."""
    texts = {**_short_texts(source), "body": tuple(_sections(source.body))}
    return {field: texts[field] for field in FIELDS if texts.get(field)}


def text_counts(source: Resource | Topic) -> Mapping[str, int]:
    """Field → how many parts :func:`source_texts` has of it."""
    if any(fence in source.body for fence in ("```", "~~~")):
        return {field: len(parts) for field, parts in source_texts(source).items()}
    # They are counted, not cut out: a site asks this of every resource that is not translated.
    body = f"\n{source.body}"
    sections = body.count("\n## ")
    start = body[: body.index("\n## ")] if sections else body
    counts = {"title": _is_said(source.title), "summary": _is_said(source.summary)}
    if isinstance(source, Resource):
        counts["keywords"] = _is_said("".join(source.keywords))
        counts["materials"] = len(source.materials)
        if source.details is not None:
            counts.update({field: len(parts) for field, parts in _details(source).items()})
    counts["body"] = sections + _is_said(start)
    return {field: counts[field] for field in FIELDS if counts.get(field)}


def _is_said(text: str) -> int:
    return 0 if not text or text.isspace() else 1


def _short_texts(source: Resource | Topic) -> Mapping[str, tuple[SourceText, ...]]:
    """All but the body; empty where the source says nothing."""
    texts: dict[str, tuple[SourceText, ...]] = {"title": _whole(source.title), "summary": _whole(source.summary)}
    if isinstance(source, Resource):
        # In another order they say the same.
        texts["keywords"] = _whole("\n".join(sorted(source.keywords)))
        titles = sorted((material.file, material.title) for material in source.materials)
        texts["materials"] = tuple(SourceText(name=file, text=title) for file, title in titles)
        texts.update(_details(source))
    return texts


def _whole(text: str) -> tuple[SourceText, ...]:
    return (SourceText(name="", text=text),) if text.strip() else ()


def _listed(texts: Sequence[str]) -> tuple[SourceText, ...]:
    return tuple(SourceText(name=str(n), text=text) for n, text in enumerate(texts, start=1) if text)


def _details(resource: Resource) -> Mapping[str, tuple[SourceText, ...]]:
    match resource.details:
        case CourseDetails() as course:
            return {
                "sections": _listed([section.title for section in course.sections]),
                "assessment": _listed([item.item for item in course.assessment]),
            }
        case LessonCaseDetails() as lesson:
            award = lesson.award.title if lesson.award else ""
            return {"unit": _whole(lesson.unit), "lesson": _whole(lesson.lesson), "award_title": _whole(award)}
        case SchoolSummaryDetails() as summary:
            return {
                "numbers": _listed([number.label for number in summary.numbers]),
                "number_units": _listed([number.unit for number in summary.numbers]),
                "next_plan": _listed(summary.next_plan),
            }
    return {}


def _sections(body: str) -> Iterator[SourceText]:
    """What stands before the first heading of level 2, then each of these with what is below it."""
    name, lines, fence = "", list[str](), ""
    for line in body.split("\n"):
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        if not fence and line.startswith("## "):
            yield from _section(name, lines)
            name, lines = _ATTRIBUTES.sub("", line[3:]).strip(), []
        lines.append(line)
    yield from _section(name, lines)


def _section(name: str, lines: list[str]) -> Iterator[SourceText]:
    if any(line.strip() for line in lines):
        yield SourceText(name=name, text="\n".join(lines))


def source_digests(source: Resource | Topic) -> Mapping[str, tuple[str, ...]]:
    """Field → the digests of its parts, in order: what a translation keeps of its source."""
    return {field: tuple(map(_digest, parts)) for field, parts in source_texts(source).items()}


def _digest(part: SourceText) -> str:
    """Of the text in NFC; line ends, trailing blanks and blank lines around it do not count."""
    # A file's name tells whose title it is; a heading stands in its section's text.
    named = f"{part.name}: {part.text}" if "." in part.name and "\n" not in part.text else part.text
    lines = unicodedata.normalize("NFC", named).replace("\r\n", "\n").split("\n")
    text = "\n".join(line.rstrip() for line in lines).strip()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def field_states(
    source: Resource | Topic, translation: Translation | TopicTranslation, source_digest: str
) -> tuple[FieldState, ...]:
    """The state of every field that the source has, in the order of :data:`FIELDS`, then of those it no longer has.

    ``source_digest`` is that of the whole source: what translations without digests of fields are compared with.
    """
    texts, kept = source_texts(source), translation.digests
    is_current_as_a_whole = bool(translation.digest) and not kept and translation.digest == source_digest
    states = []
    for field, parts in texts.items():
        missing = _missing(field, parts, translation)
        digests = tuple(map(_digest, parts))
        if missing is not None:
            state, named = TextState.MISSING, missing
        elif is_current_as_a_whole or kept.get(field) == digests:
            state, named = TextState.CURRENT, ()
        else:
            state, named = TextState.STALE, _changed(parts, digests, kept[field]) if field in kept else ()
        states.append(FieldState(field=field, state=state, parts=named, count=len(parts)))
    gone = (field for field in FIELDS if field in kept and field not in texts)
    return (*states, *(FieldState(field=field, state=TextState.STALE, count=0) for field in gone))


def is_stale(source: Resource | Topic, translation: Translation | TopicTranslation, source_digest: str) -> bool:
    """Whether a text has changed since it was translated."""
    if not translation.digests:
        return not translation.digest or translation.digest != source_digest
    return dict(translation.digests) != dict(source_digests(source))


def _changed(parts: Sequence[SourceText], digests: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    """Names of the parts that the translation has not seen, wherever they stand."""
    seen = Counter(kept)
    changed = []
    for part, digest in zip(parts, digests, strict=True):
        if seen[digest]:
            seen[digest] -= 1
        else:
            changed.append(part.name)
    return tuple(name for name in changed if name)


def _missing(
    field: str, parts: Sequence[SourceText], translation: Translation | TopicTranslation
) -> tuple[str, ...] | None:
    """Names of the parts without a translation, where that is not even begun or not finished; else None."""
    if field in ("title", "summary", "body"):
        return None if str(getattr(translation, field)).strip() else ()
    if isinstance(translation, TopicTranslation):
        return None
    if field in ("keywords", "unit", "lesson", "award_title"):
        return None if getattr(translation, field) else ()
    if field == "materials":
        names = tuple(part.name for part in parts if not translation.material_titles.get(part.name))
        return names or None
    texts = translation.lists.get(field, ())
    places = ((part, int(part.name) - 1) for part in parts)
    # Of units only words need translating: "%" is said everywhere.
    wanted = ((part, place) for part, place in places if field != "number_units" or any(map(str.isalpha, part.text)))
    names = tuple(part.name for part, place in wanted if place >= len(texts) or not texts[place])
    return names or None
