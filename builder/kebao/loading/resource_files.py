"""One resource: its index.md, its translations, as a typed value."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kebao.loading import authored_resource as authored
from kebao.loading.documents import DocumentReader
from kebao.loading.front_matter import MarkdownPage
from kebao.model.material import Material
from kebao.model.resource import (
    Approval,
    AssessmentItem,
    Award,
    BulletinDetails,
    Consent,
    Contribution,
    CourseDetails,
    CourseSection,
    Details,
    Kind,
    LessonCaseDetails,
    MicroLessonDetails,
    Period,
    Relation,
    Resource,
    Review,
    SchoolSummaryDetails,
    SummaryNumber,
    Translation,
)
from kebao.problems import Location, Message, Problem

_TRANSLATION = re.compile(r"index\.([A-Za-z-]+)\.md")
_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")
# Pages of lists are called index.html, index-2.html … in the same folder of the site; Windows keeps no con.html.
_RESERVED_ID = re.compile(r"index(-[0-9]+)?|con|prn|aux|nul|com[0-9]|lpt[0-9]")


def check_id(reader: DocumentReader, path: str, written_id: str) -> None:
    """Reports a folder's or file's name that cannot be part of a permanent address."""
    if not _ID.fullmatch(written_id) or _RESERVED_ID.fullmatch(written_id):
        message = Message("'{id}' cannot be an id", {"id": written_id})
        hint = Message("name it with small letters a-z, digits and hyphens; not 'index', nor a name Windows keeps")
        reader.problems.append(Problem(location=Location(path=path), code="KB206", message=message, hint=hint))


def load_resource(reader: DocumentReader, kind: Kind, folder: str) -> Resource | None:
    """The resource in a folder, or None when it cannot be read; what is wrong goes to the reader's problems."""
    path = f"{folder}/index.md"
    resource_id = folder.rpartition("/")[2]
    if path not in reader.tree.texts:
        message = Message("the folder '{id}' has no index.md", {"id": resource_id})
        hint = Message("every resource is a folder with an index.md and its materials; 'kebao new' makes one")
        reader.problems.append(Problem(location=Location(path=path), code="KB109", message=message, hint=hint))
        return None
    check_id(reader, path, resource_id)
    written, page = reader.markdown(path, authored.AUTHORED_BY_KIND[kind])
    translations = _load_translations(reader, folder)
    if written is None:
        return None
    return _resource(written, page, kind=kind, folder=folder, translations=translations)


def _resource(
    written: authored.AuthoredResource,
    page: MarkdownPage,
    *,
    kind: Kind,
    folder: str,
    translations: Mapping[str, Translation],
) -> Resource:
    consent = written.consent
    return Resource(
        id=folder.rpartition("/")[2],
        kind=kind,
        folder=folder,
        title=written.title,
        summary=written.summary,
        topics=tuple(written.topics),
        subject=written.subject,
        stages=tuple(written.stages),
        grades=tuple(written.grades),
        programme=written.programme,
        phase=written.phase,
        contributors=tuple(Contribution(person=c.person, role=c.role) for c in written.contributors),
        organisation=written.organisation,
        date=written.date,
        licence=written.licence,
        keywords=tuple(written.keywords),
        materials=tuple(
            Material(
                file=m.file,
                role=m.role,
                title=m.title,
                language=m.language,
                captions=m.captions,
                minutes=m.minutes,
            )
            for m in written.materials
        ),
        relations=tuple(Relation(type=r.type, target=r.target) for r in written.relations),
        review=Review(state=written.review.state, by=written.review.by, on=written.review.on),
        lifecycle=written.lifecycle.state,
        replaced_by=written.lifecycle.replaced_by,
        ai_generated=written.ai_generated,
        consent=Consent(who=consent.who, scope=consent.scope, until=consent.until) if consent else None,
        details=_details(written),
        body=page.body,
        body_line=page.body_line,
        translations=translations,
    )


def _details(written: authored.AuthoredResource) -> Details | None:
    match written:
        case authored.AuthoredCourse():
            return CourseDetails(
                module=written.module,
                required=written.required,
                hours=written.hours,
                credits=written.credits,
                delivery=written.delivery,
                sections=tuple(CourseSection(part=s.part, title=s.title) for s in written.sections),
                assessment=tuple(AssessmentItem(item=a.item, weight=a.weight) for a in written.assessment),
                approval=Approval(by=written.approval.by, on=written.approval.on),
            )
        case authored.AuthoredLessonCase():
            award = written.award
            return LessonCaseDetails(
                textbook=written.textbook,
                unit=written.unit,
                lesson=written.lesson,
                minutes=written.minutes,
                level=written.level,
                award=Award(title=award.title, level=award.level, year=award.year, nominated=award.nominated)
                if award
                else None,
                guiding_teachers=tuple(written.guiding_teachers),
            )
        case authored.AuthoredMicroLesson():
            return MicroLessonDetails(minutes=written.minutes)
        case authored.AuthoredSchoolSummary():
            return SchoolSummaryDetails(
                period=_period(written.period),
                numbers=tuple(SummaryNumber(label=n.label, value=n.value, unit=n.unit or "") for n in written.numbers),
                next_plan=tuple(written.next_plan),
            )
        case authored.AuthoredBulletin():
            return BulletinDetails(issue=written.issue, period=_period(written.period))
    return None


def _period(written: authored.AuthoredPeriod) -> Period:
    return Period(start=written.start, end=written.end)


def _load_translations(reader: DocumentReader, folder: str) -> Mapping[str, Translation]:
    found: dict[str, Translation] = {}
    for path in reader.tree.under(folder):
        match = _TRANSLATION.fullmatch(path, len(folder) + 1)
        if not match or path not in reader.tree.texts:
            continue
        written, page = reader.markdown(path, authored.AuthoredTranslation)
        if written is not None:
            found[match.group(1)] = _translation(written, page)
    return found


def _translation(written: authored.AuthoredTranslation, page: MarkdownPage) -> Translation:
    return Translation(
        of=written.translation.of,
        digest=written.translation.digest or "",
        digests=written.translation.parts(),
        state=written.translation.state,
        by=written.translation.by,
        title=written.title,
        summary=written.summary,
        body=page.body,
        body_line=page.body_line,
        keywords=tuple(written.keywords),
        unit=written.unit or "",
        lesson=written.lesson or "",
        award_title=written.award_title or "",
        material_titles=dict(written.materials),
        lists={
            "sections": tuple(written.sections),
            "assessment": tuple(written.assessment),
            "numbers": tuple(written.numbers),
            "number_units": tuple(unit or "" for unit in written.number_units),
            "next_plan": tuple(written.next_plan),
        },
    )
