"""Files that run, load or hide something are kept out (KB801–KB806)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kebao.checks.context import CheckContext, problem
from kebao.model.material import HazardKind
from kebao.problems import Location, Message, Problem, Severity


@dataclass(frozen=True, slots=True)
class _Words:
    """How a hazard is told, and what to do about it; ``{place}`` and ``{detail}`` stand for where and what."""

    code: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR


_WITHOUT_MACROS = "save it as docx, pptx or xlsx without macros"
_AS_PICTURE = "delete the object, or paste it again as a picture or a table"
_PRINT = "export the pdf anew from the original, or print it into a pdf"
_WORDS: Mapping[HazardKind, _Words] = {
    HazardKind.MACRO: _Words("KB801", "the file holds macros ({place})", _WITHOUT_MACROS),
    HazardKind.COMMAND: _Words(
        "KB801", "a field or formula starts a programme ({place})", "delete the field or formula and type its value in"
    ),
    HazardKind.EMBEDDED: _Words("KB802", "another file or object is embedded ({place})", _AS_PICTURE),
    HazardKind.EXTERNAL: _Words(
        "KB803",
        "the file loads something from elsewhere: {detail} ({place})",
        "break the link, put pictures and videos into the file, and use the usual template",
    ),
    HazardKind.SCRIPT: _Words("KB804", "the pdf holds a script", _PRINT),
    HazardKind.LAUNCH: _Words("KB804", "the pdf starts or sends something by itself", _PRINT),
    HazardKind.ATTACHED_FILE: _Words("KB804", "another file is hidden in the pdf", _PRINT),
    HazardKind.BOMB: _Words(
        "KB805",
        "the file unpacks to far more than it should: {detail}",
        "check where it comes from; open it, copy its content into a new file, and save that",
    ),
    HazardKind.ENTITIES: _Words(
        "KB805",
        "a part of the file declares its own XML entities ({place})",
        "check where it comes from; open it, copy its content into a new file, and save that",
    ),
    HazardKind.EXHAUSTING: _Words(
        "KB805",
        "reading the file takes too much time or memory, or brings its reader down",
        "check where it comes from; open it, copy its content into a new file, and save that",
    ),
    HazardKind.ENCRYPTED: _Words(
        "KB805",
        "the file asks for a password",
        "save it without a password: readers have none, and nobody can check it",
    ),
    HazardKind.SCANNED: _Words(
        "KB806",
        "the pdf holds pictures of pages, no text",
        "export it from the original, or have its text recognised: it cannot be searched, nor read aloud",
        Severity.NOTICE,
    ),
}


def check_file_safety(context: CheckContext) -> Iterator[Problem]:
    """KB801–KB806 for every file; one problem a kind and place."""
    for path, facts in context.facts.items():
        for hazard in facts.hazards:
            words = _WORDS.get(hazard.kind)
            if words is not None:
                location = Location(path=path, pointer=hazard.place)
                params = {"place": hazard.place, "detail": hazard.detail}
                told = {name: value for name, value in params.items() if f"{{{name}}}" in words.message}
                message = Message(words.message, told)
                yield problem(location, words.code, message, hint=Message(words.hint), severity=words.severity)
