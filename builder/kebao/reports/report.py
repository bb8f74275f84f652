"""What every format makes its text of."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kebao.model.personal_data import without_personal_data
from kebao.problems import Message, Problem, Severity
from kebao.words import Words

SEVERITY_WORDS: Mapping[Severity, Message] = {
    Severity.ERROR: Message("error"),
    Severity.WARNING: Message("warning"),
    Severity.NOTICE: Message("notice"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The problems that were found, and where they were looked for.

    Attributes:
        problems: In the order in which they are told.
        checked_files: POSIX paths of all files that were looked at; those with problems need not be named.
        words: The reader's language, for formats that have room for one only.
    """

    problems: tuple[Problem, ...]
    checked_files: tuple[str, ...] = ()
    words: Words

    def __post_init__(self) -> None:
        object.__setattr__(self, "problems", tuple(map(_without_personal_field, self.problems)))

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that was looked at, with problems or without, sorted."""
        return tuple(sorted({*self.checked_files, *(problem.location.path for problem in self.problems)}))

    def by_file(self) -> dict[str, tuple[Problem, ...]]:
        """The problems of each file that has any, files sorted."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.location.path, []).append(problem)
        return {path: tuple(found[path]) for path in sorted(found)}

    def count(self, severity: Severity) -> int:
        return sum(problem.severity is severity for problem in self.problems)


def _without_personal_field(problem: Problem) -> Problem:
    """The sentences of a problem are masked where they are said; the name of a field may be somebody's address too."""
    field = without_personal_data(problem.location.pointer)
    if field == problem.location.pointer:
        return problem
    return replace(problem, location=replace(problem.location, pointer=field))


def counts_in_words(problems: Iterable[Problem], words: Words) -> str:
    """How many of each severity, ``error × 2, notice × 1``; empty when there are none."""
    found = Counter(problem.severity for problem in problems)
    separator = "、" if words.language == "zh" else ", "
    return separator.join(
        f"{words.say(SEVERITY_WORDS[severity])} × {found[severity]}" for severity in Severity if found[severity]
    )


def fingerprints(problems: Iterable[Problem]) -> tuple[str, ...]:
    """A digest for each problem, all different; it stays when lines are put in above.

    It is made of file, code, field, and the number among problems that are equal in these.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    digests = []
    for problem in problems:
        same = (problem.location.path, problem.code, problem.location.pointer)
        seen[same] += 1
        # A path may hold bytes that are not UTF-8 (surrogates); NUL stands in no path.
        text = "\0".join((*same, str(seen[same])))
        digests.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return tuple(digests)
