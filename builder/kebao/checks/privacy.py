"""Nobody's numbers, addresses or whereabouts get out unasked (KB701–KB709)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kebao.checks.context import CheckContext, problem
from kebao.checks.file_places import place_hint
from kebao.model.material import FileFacts, HazardKind, PlacedFinding, PlacedText
from kebao.model.personal_data import Confidence, DataKind, Finding, find_personal_data, is_public_contact
from kebao.model.resource import Lifecycle, Resource
from kebao.model.rosters import find_rosters
from kebao.model.source_map import Place, SourceMap, dotted
from kebao.problems import Location, Message, Problem, Severity


@dataclass(frozen=True, slots=True)
class _Words:
    """How a kind of personal data is told: in a text, inside of a file, and what to do about it."""

    code: str
    in_text: str
    in_file: str
    hint: str


_HIDE = "take it out, or leave the first and last characters and put stars between"
_CONTACT = "take it out; an office's own contact belongs into 'public_contacts' of site_config/policy.yml"
_WORDS: Mapping[DataKind, _Words] = {
    DataKind.IDENTITY: _Words(
        "KB701",
        "what looks like an identity number: {match}",
        "{place}: what looks like an identity number: {match}",
        _HIDE,
    ),
    DataKind.IDENTITY_AS_NUMBER: _Words(
        "KB701",
        "what looks like an identity number kept as a number: {match}",
        "{place}: what looks like an identity number kept as a number: {match}",
        _HIDE,
    ),
    DataKind.MOBILE: _Words(
        "KB702", "a mobile phone number: {match}", "{place}: a mobile phone number: {match}", _CONTACT
    ),
    DataKind.LANDLINE: _Words("KB702", "a telephone number: {match}", "{place}: a telephone number: {match}", _CONTACT),
    DataKind.BANK_CARD: _Words(
        "KB703",
        "what looks like a bank card number: {match}",
        "{place}: what looks like a bank card number: {match}",
        _HIDE,
    ),
    DataKind.EMAIL: _Words("KB704", "an e-mail address: {match}", "{place}: an e-mail address: {match}", _CONTACT),
    DataKind.MESSENGER: _Words(
        "KB704", "a QQ or WeChat account: {match}", "{place}: a QQ or WeChat account: {match}", _CONTACT
    ),
    DataKind.PLATE: _Words(
        "KB704", "what looks like a number plate: {match}", "{place}: what looks like a number plate: {match}", _HIDE
    ),
    DataKind.ROSTER: _Words(
        "KB705",
        "a list of people with the columns {match}",
        "{place}: a list of people with the columns {match}",
        "keep the list out of the package; show sums, or call the pupils 学生A, 学生B",
    ),
}
_SEVERITIES = {
    Confidence.HIGH: Severity.ERROR,
    Confidence.MEDIUM: Severity.WARNING,
    Confidence.LOW: Severity.NOTICE,
}


def check_personal_data(context: CheckContext) -> Iterator[Problem]:
    """KB701–KB705 in texts, with line and column, and in all parts of files."""
    contacts = context.site.policy.public_contacts
    for path, data in context.texts.items():
        text = data.decode("utf-8-sig", "replace")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        found = [
            finding
            for finding in (*find_personal_data(text), *find_rosters(text))
            if not is_public_contact(finding.kind, finding.value, contacts)
        ]
        if found:
            places = _places_in(path, text, context.source_maps.get(path))
            yield from (_in_text(places.location(finding), finding) for finding in found)
    for path, facts in context.facts.items():
        for placed in facts.personal:
            if not is_public_contact(placed.kind, placed.value, contacts):
                yield _in_file(path, placed)


def _in_text(location: Location, finding: Finding) -> Problem:
    words = _WORDS[finding.kind]
    message = Message(words.in_text, {"match": finding.masked})
    return problem(location, words.code, message, hint=Message(words.hint), severity=_SEVERITIES[finding.confidence])


def _in_file(path: str, finding: PlacedFinding) -> Problem:
    words = _WORDS[finding.kind]
    message = Message(words.in_file, {"match": finding.masked, "place": finding.place})
    hint = place_hint(finding.place) or Message(words.hint)
    location = Location(path=path, pointer=finding.place)
    return problem(location, words.code, message, hint=hint, severity=_SEVERITIES[finding.confidence])


@dataclass(frozen=True, slots=True)
class _Places:
    """Places in one text; made once for it, a text may hold thousands of findings.

    Attributes:
        line_starts: Index of the first character of each line.
        values: Where each value of its YAML starts, with its pointer, sorted.
        body_line: First line below the front matter; of a YAML file the line after the last.
    """

    path: str
    line_starts: Sequence[int]
    values: Sequence[tuple[Place, int, str]]
    body_line: int

    def location(self, finding: Finding) -> Location:
        line = bisect_right(self.line_starts, finding.start)
        column = finding.start - self.line_starts[line - 1] + 1
        end_column = column + finding.end - finding.start
        pointer = self._pointer_at((line, column)) if line < self.body_line else ""
        return Location(path=self.path, line=line, column=column, pointer=pointer, end_line=line, end_column=end_column)

    def _pointer_at(self, place: Place) -> str:
        """The field whose value starts last before the place; of those that start together the innermost."""
        at = bisect_right(self.values, place, key=lambda value: value[0])
        return self.values[at - 1][2] if at else ""


_FRONT_MATTER_END = re.compile(r"^---[ \t]*$", re.MULTILINE)


def _places_in(path: str, text: str, source_map: SourceMap | None) -> _Places:
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    end = _FRONT_MATTER_END.search(text, 4) if path.endswith(".md") else None
    body_line = bisect_right(starts, end.start()) + 1 if end else len(starts) + 1
    spans = source_map.spans if source_map is not None else {}
    values = sorted((span.value, len(pointer), dotted(pointer)) for pointer, span in spans.items())
    return _Places(path, starts, values, body_line)


# Names that say nothing of a person: what programmes and fresh computers write.
_NOBODY = re.compile(
    r"(?i)(?:python-docx|python-pptx|openpyxl|steve canny|microsoft(?: office)?(?: user| word)?|微软用户|windows ?用户"
    r"|administrator|admin|user|users?-pc|pc|lenovo|dell|hp|asus|acer|huawei|作者|author|wps(?: office)?(?:_\d+)?"
    r"|unknown|libreoffice|typst|china|中国|office|home|apple|apache poi|poi|un-named|unnamed|用户|个人用户|[\W\d_]*)"
)


def check_file_properties(context: CheckContext) -> Iterator[Problem]:
    """KB706 for authors, companies and devices that files name; KB707 for positions in photos and videos."""
    allowed = {author.casefold() for author in context.site.policy.document_authors}
    for path, facts in context.facts.items():
        makers = _told_makers(facts, allowed)
        if makers:
            names = "、".join(dict.fromkeys(_shown(maker.text) for maker in makers))
            message = Message("the file names its author or device: {names}", {"names": names})
            hint = Message(
                "remove the properties (in Office: File, Info, Inspect Document), or allow the name"
                " in 'document_authors' of site_config/policy.yml"
            )
            location = Location(path=path, pointer=makers[0].place)
            yield problem(location, "KB706", message, hint=hint, severity=Severity.NOTICE)
        for hazard in facts.hazards:
            if hazard.kind is HazardKind.POSITION:
                message = Message("the picture or video tells where it was taken")
                if hazard.place:
                    message = Message("{place}: the picture or video tells where it was taken", {"place": hazard.place})
                hint = Message(
                    "save it without its position: on a phone share it without location, on a computer re-save it"
                )
                yield problem(Location(path=path, pointer=hazard.place), "KB707", message, hint=hint)


def _told_makers(facts: FileFacts, allowed: set[str]) -> list[PlacedText]:
    return [
        maker for maker in facts.makers if maker.text.casefold() not in allowed and not _NOBODY.fullmatch(maker.text)
    ]


def _shown(name: str) -> str:
    """A name as a report may show it: authors know whose it is from its beginning."""
    return f"{name[:1]}{'*' * min(len(name) - 1, 8)}"


def check_consent(context: CheckContext) -> Iterator[Problem]:
    """KB708–KB709: who can be recognised has agreed, and still does. Drafts may wait for the paper."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            if resource.lifecycle is not Lifecycle.DRAFT:
                yield from _consent(context, resource)


def _consent(context: CheckContext, resource: Resource) -> Iterator[Problem]:
    path = resource.path_of("index.md")
    consent = resource.consent
    if consent is not None:
        if context.today is not None and consent.until < context.today:
            message = Message("the consent ended on {until}", {"until": consent.until.isoformat()})
            hint = Message("ask again and write the new date, or retire the resource and take its materials out")
            yield problem(context.at(path, "consent", "until"), "KB709", message, hint=hint)
        return
    for index, material in enumerate(resource.materials):
        if material.role in context.site.policy.consent_roles:
            message = Message(
                "'{file}' shows people or pupils' work, and nobody's consent is named", {"file": material.file}
            )
            hint = Message("add consent: {{who: the pupils' guardians, scope: what was agreed to, until: 2028-12-31}}")
            yield problem(context.at(path, "materials", index, "role"), "KB708", message, hint=hint)
            # The resource needs one consent block, however many of its materials do.
            return
