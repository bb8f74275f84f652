"""Digests of what a translation was made from, so that it is known when the source has moved on."""

from __future__ import annotations

import hashlib
import json
import unicodedata

from kebao.model.package import Topic
from kebao.model.resource import CourseDetails, LessonCaseDetails, Resource, SchoolSummaryDetails


def source_digest(source: Resource | Topic) -> str:
    """SHA-256 (hex) of the texts that a translator translates, normalized.

    Only those count: a new keyword order or a corrected date does not make a translation stale,
    while line ends, trailing blanks and Unicode composition do not matter (NFC).
    """
    texts: dict[str, object] = {"title": source.title, "summary": source.summary, "body": source.body}
    if isinstance(source, Resource):
        texts["keywords"] = sorted(source.keywords)
        texts["materials"] = {material.file: material.title for material in source.materials}
        texts["details"] = _translated_details(source)
    canonical = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    normalized = "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", canonical).split("\\n"))
    return hashlib.sha256(normalized.strip().encode()).hexdigest()


def _translated_details(resource: Resource) -> list[str]:
    details = resource.details
    if isinstance(details, CourseDetails):
        return [*(section.title for section in details.sections), *(item.item for item in details.assessment)]
    if isinstance(details, LessonCaseDetails):
        return [details.unit, details.lesson, details.award.title if details.award else ""]
    if isinstance(details, SchoolSummaryDetails):
        return [*(f"{number.label}|{number.unit}" for number in details.numbers), *details.next_plan]
    return []
