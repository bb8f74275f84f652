"""What changes upstream, as a table, JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kebao.catalog.upstream_changes import OverlaidAs, UpstreamChange, UpstreamEvent
from kebao.words import Words

_EVENTS = {
    UpstreamEvent.NEW: "new upstream",
    UpstreamEvent.CHANGED: "changed upstream",
    UpstreamEvent.GONE: "gone upstream",
}
_OVERLAID = {
    OverlaidAs.NOTHING: "",
    OverlaidAs.HIDDEN: "you hide it",
    OverlaidAs.REPLACED: "you replace it",
    OverlaidAs.ANNOTATED: "you annotate it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamReport:
    """``old`` is empty where the edition that is used now cannot be read any more."""

    package: str
    upstream: str
    old: str
    new: str
    changes: tuple[UpstreamChange, ...]


def report_text(report: UpstreamReport, form: str, words: Words) -> str:
    if form == "json":
        return _json(report)
    if form == "markdown":
        return "".join(f"{line}\n" for line in _markdown(report, words))
    return "".join(f"{line}\n" for line in _table(report, words))


def _json(report: UpstreamReport) -> str:
    changes = [
        {
            "id": change.id,
            "title": change.title,
            "page": change.page,
            "event": change.event.value,
            "overlay": change.overlaid.value,
            "fields": list(change.fields),
            "same_id": change.collides,
            "needs_a_look": change.needs_a_look,
        }
        for change in report.changes
    ]
    data = {
        "package": report.package,
        "upstream": report.upstream,
        "old": report.old,
        "new": report.new,
        "changes": changes,
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _head(report: UpstreamReport, words: Words) -> str:
    if not report.old:
        template = "'{upstream}' {new}: the edition used by '{package}' now cannot be read, so nothing can be compared."
        return words(template, upstream=report.upstream, new=report.new, package=report.package)
    template = "'{package}' builds on '{upstream}' {old}; with {new}, this changes:"
    return words(template, package=report.package, upstream=report.upstream, old=report.old, new=report.new)


def _said(change: UpstreamChange, words: Words) -> Sequence[str]:
    overlaid = words(_OVERLAID[change.overlaid]) if change.overlaid is not OverlaidAs.NOTHING else ""
    if change.collides:
        overlaid = words("your own resource has the same id")
    return (words(_EVENTS[change.event]), change.id, change.title, overlaid, ", ".join(change.fields))


def _table(report: UpstreamReport, words: Words) -> Iterator[str]:
    yield _head(report, words)
    for change in report.changes:
        event, resource_id, title, overlaid, fields = _said(change, words)
        mark = "!" if change.needs_a_look else " "
        more = " · ".join(part for part in (overlaid, fields) if part)
        yield f"{mark} {event}  {resource_id}  {title}" + (f"  ({more})" if more else "")
    yield _sum(report, words)


def _sum(report: UpstreamReport, words: Words) -> str:
    count = sum(change.needs_a_look for change in report.changes)
    if not report.changes:
        return words("Nothing changes.")
    return words("{total} changes; {count} need a look at overlay.yml.", total=len(report.changes), count=count)


def _markdown(report: UpstreamReport, words: Words) -> Iterator[str]:
    yield _head(report, words)
    if report.changes:
        yield ""
        heads = ("What happens", "Resource", "Title", "In overlay.yml", "Fields")
        yield "| " + " | ".join(words(head) for head in heads) + " |"
        yield "|" + "---|" * len(heads)
        for change in report.changes:
            yield "| " + " | ".join(_cell(text) for text in _said(change, words)) + " |"
    yield ""
    yield _sum(report, words)


def _cell(text: str) -> str:
    """The text in a cell of a table: nothing in it may end the cell, or be read as Markdown or HTML."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>|#!" else c for c in text)
    return " ".join(escaped.split())
