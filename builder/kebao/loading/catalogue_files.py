"""Vocabularies, organisations, people and programmes: content/*.yml and the folders beside the packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import RootModel

from kebao.loading import authored_catalogue as authored
from kebao.loading.documents import DocumentReader
from kebao.model import programme as model
from kebao.model.organisation import Organisation, Person
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import VOCABULARIES, Term, Vocabulary
from kebao.problems import Location, Message, Problem

Named = TypeVar("Named", Organisation, Person, Term)

ORGANISATIONS_PATH = "content/organisations.yml"
PEOPLE_PATH = "content/people.yml"
VOCABULARIES_FOLDER = "content/vocabularies"
PROGRAMMES_FOLDER = "content/programmes"


class _Organisations(RootModel[list[authored.AuthoredOrganisation]]):
    pass


class _People(RootModel[list[authored.AuthoredPerson]]):
    pass


def stem_of(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def load_vocabularies(reader: DocumentReader) -> Mapping[str, Vocabulary]:
    """All vocabularies by id; one that the model needs and is not there is a problem."""
    found: dict[str, Vocabulary] = {}
    for path in reader.tree.under(VOCABULARIES_FOLDER):
        if path not in reader.tree.texts:
            continue
        written = reader.yaml(path, authored.AuthoredVocabulary)
        if written is None:
            found[stem_of(path)] = Vocabulary(id=stem_of(path), title=LocalizedText(), source="", terms={})
            continue
        terms = [Term(id=t.id, label=t.label, code=t.code, broader=t.broader) for t in written.terms]
        by_id = _by_id(reader, path, terms, "terms")
        found[stem_of(path)] = Vocabulary(id=stem_of(path), title=written.title, source=written.source, terms=by_id)
    for needed in sorted(set(VOCABULARIES) - set(found)):
        location = Location(path=f"{VOCABULARIES_FOLDER}/{needed}.yml")
        message = Message("the vocabulary '{id}' is missing", {"id": needed})
        reader.problems.append(Problem(location=location, code="KB302", message=message))
        found[needed] = Vocabulary(id=needed, title=LocalizedText(), source="", terms={})
    return found


def load_organisations(reader: DocumentReader) -> Mapping[str, Organisation]:
    written = _list(reader, ORGANISATIONS_PATH, _Organisations)
    organisations = [
        Organisation(
            id=o.id,
            name=o.name,
            type=o.type,
            parent=o.parent,
            county=o.county,
            stages=tuple(o.stages),
            position=position,
        )
        for position, o in enumerate(written)
    ]
    return _by_id(reader, ORGANISATIONS_PATH, organisations)


def load_people(reader: DocumentReader) -> Mapping[str, Person]:
    written = _list(reader, PEOPLE_PATH, _People)
    people = [
        Person(id=p.id, name=p.name, organisation=p.organisation, pseudonym=p.pseudonym, position=position)
        for position, p in enumerate(written)
    ]
    return _by_id(reader, PEOPLE_PATH, people)


_Root = TypeVar("_Root")


def _list(reader: DocumentReader, path: str, schema: type[RootModel[list[_Root]]]) -> list[_Root]:
    if path not in reader.tree.texts:
        message = Message("the file is missing")
        reader.problems.append(Problem(location=Location(path=path), code="KB109", message=message))
        return []
    written = reader.yaml(path, schema)
    if written is None:
        # Without its places the file counts as unread, so that no name in the content is reported for it.
        reader.source_maps.pop(path, None)
        return []
    return written.root


def _by_id(reader: DocumentReader, path: str, items: Iterable[Named], *pointer: str) -> Mapping[str, Named]:
    by_id: dict[str, Named] = {}
    for index, item in enumerate(items):
        if item.id in by_id:
            location = reader.source_maps[path].location(*pointer, index, "id")
            message = Message("the id '{id}' is used twice", {"id": item.id})
            reader.problems.append(Problem(location=location, code="KB402", message=message))
        by_id.setdefault(item.id, item)
    return by_id


def load_programmes(reader: DocumentReader) -> Mapping[str, model.Programme]:
    found: dict[str, model.Programme] = {}
    for path in reader.tree.under(PROGRAMMES_FOLDER):
        if path in reader.tree.texts:
            written = reader.yaml(path, authored.AuthoredProgramme)
            if written is not None:
                found[stem_of(path)] = _programme(stem_of(path), written)
    return found


_NONE = LocalizedText()


def _window(written: authored.AuthoredWindow | None) -> model.Window | None:
    return model.Window(start=written.start, end=written.end) if written else None


def _amount(written: authored.AuthoredAmount | None) -> model.Amount | None:
    if written is None:
        return None
    return model.Amount(minimum=written.minimum, maximum=written.maximum, note=written.note or _NONE)


def _assessment(written: authored.AuthoredAssessment) -> model.Assessment:
    parts = tuple(
        model.AssessmentPart(
            id=p.id,
            title=p.title,
            marks=p.marks,
            count=p.count,
            unit=p.unit or _NONE,
            marks_each=p.marks_each,
        )
        for p in written.parts
    )
    limit = written.threshold
    threshold = model.Threshold(parts=tuple(limit.parts), marks=limit.marks) if limit else None
    return model.Assessment(title=written.title, parts=parts, threshold=threshold, pass_marks=written.pass_marks)


def _programme(programme_id: str, written: authored.AuthoredProgramme) -> model.Programme:
    source = written.source
    return model.Programme(
        id=programme_id,
        title=written.title,
        short_title=written.short_title,
        region=written.region,
        organiser=written.organiser,
        audience=written.audience,
        summary=written.summary,
        source=model.SourceDocument(
            title=source.title, issuer=source.issuer, number=source.number, date=source.date, seed=source.seed
        ),
        period=_window(written.period),
        hours=_amount(written.hours),
        credits=_amount(written.credits),
        electives=_amount(written.electives),
        figures=tuple(model.Figure(label=f.label, value=f.value, unit=f.unit or _NONE) for f in written.figures),
        modules=tuple(
            model.Module(
                id=m.id,
                title=m.title,
                required=m.required,
                hours=_amount(m.hours),
                courses=m.courses,
                note=m.note or _NONE,
            )
            for m in written.modules
        ),
        phases=tuple(
            model.ProgrammePhase(phase=p.phase, summary=p.summary, window=_window(p.window)) for p in written.phases
        ),
        windows=tuple(
            model.NamedWindow(title=w.title, window=model.Window(start=w.start, end=w.end)) for w in written.windows
        ),
        rules=tuple(model.Rule(id=r.id, title=r.title, text=r.text) for r in written.rules),
        roles=tuple(model.Role(title=r.title, duties=tuple(r.duties)) for r in written.roles),
        assessments=tuple(_assessment(a) for a in written.assessments),
        awards=tuple(model.ProgrammeAward(title=a.title, share=a.share) for a in written.awards),
    )
