"""How many current resources each value has, counted once a shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kebao.catalog.entries import Entry
from kebao.model.resource import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Value → number of current resources that have it; values without any are absent.

    Attributes:
        cells: ``(stage, subject)`` → number.
        phases: ``(programme, phase)`` → number.
    """

    kinds: Mapping[Kind, int]
    stages: Mapping[str, int]
    grades: Mapping[str, int]
    subjects: Mapping[str, int]
    topics: Mapping[str, int]
    cells: Mapping[tuple[str, str], int]
    programmes: Mapping[str, int]
    phases: Mapping[tuple[str, str], int]
    organisations: Mapping[str, int]


def count_entries(entries: Iterable[Entry]) -> Counts:
    resources = [entry.resource for entry in entries]
    return Counts(
        kinds=Counter(r.kind for r in resources),
        stages=Counter(stage for r in resources for stage in r.stages),
        grades=Counter(grade for r in resources for grade in r.grades),
        subjects=Counter(r.subject for r in resources if r.subject),
        topics=Counter(topic for r in resources for topic in r.topics),
        cells=Counter((stage, r.subject) for r in resources if r.subject for stage in r.stages),
        programmes=Counter(r.programme for r in resources),
        phases=Counter((r.programme, r.phase) for r in resources),
        organisations=Counter(r.organisation for r in resources),
    )
