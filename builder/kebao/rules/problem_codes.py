"""The problem codes (``codes/*.yml``): what each means, why it matters, how to mend it, a bad and a good example."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from kebao.model.text import LocalizedText
from kebao.problems import Severity
from kebao.rules.examples import Example, example_of
from kebao.rules.strict_mapping import strict, strict_text
from kebao.words import LANGUAGES

#: Codes of findings about a finished site; policy.yml is about the content and cannot change them.
AUDIT_PREFIX = "KBA"
#: Similarity (difflib) from which a mistyped code is taken for another.
NEAR_ENOUGH = 0.7
_CODE = re.compile(r"KB([1-9][0-9]{2}|A[0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Codes about the same thing; one file of ``codes/``."""

    id: str
    title: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCode:
    """What a code means, in every language of :data:`kebao.words.LANGUAGES`.

    Attributes:
        severity: As emitted, before a policy changes it.
        title: The fault in a few words, without a full stop.
        why: What happens when it stays.
        mend: What to do.
        waivable: False when a build relies on it: a policy can neither lower nor waive it.
    """

    code: str
    group: Group
    severity: Severity
    title: LocalizedText
    why: LocalizedText
    mend: LocalizedText
    bad: Example
    good: Example
    waivable: bool = True


@cache
def problem_codes() -> Mapping[str, ProblemCode]:
    """All codes, in the order in which they are explained: by number, those of the audit last."""
    files = sorted((resources.files("kebao") / "rules" / "codes").iterdir(), key=lambda file: file.name)
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".yml")]
    return codes_in(texts)


def codes_in(texts: Sequence[tuple[str, str]]) -> Mapping[str, ProblemCode]:
    """The codes of these files (name, YAML); ValueError at the first thing that is not as it must be."""
    found: dict[str, ProblemCode] = {}
    for name, text in texts:
        for code in _codes_of_file(name, yaml.load(text, yaml.CSafeLoader)):
            if code.code in found:
                raise ValueError(f"{name}: {code.code} stands twice")
            found[code.code] = code
    return found


def _codes_of_file(name: str, written: Any) -> Iterator[ProblemCode]:
    fields = strict(written, name, required=("group", "title", "codes"))
    group = Group(id=strict_text(fields["group"], f"{name}: group"), title=_localized(fields["title"], name))
    for code, entry in strict(fields["codes"], f"{name}: codes", required=()).items():
        yield _code(str(code), entry, group, f"{name}: {code}")


def _code(code: str, written: Any, group: Group, where: str) -> ProblemCode:
    if not _CODE.fullmatch(code):
        raise ValueError(f"{where}: not a code")
    required = ("severity", "title", "why", "mend", "bad", "good")
    fields = strict(written, where, required=required, optional=("waivable",))
    return ProblemCode(
        code=code,
        group=group,
        severity=Severity(fields["severity"]),
        title=_localized(fields["title"], f"{where}: title"),
        why=_localized(fields["why"], f"{where}: why"),
        mend=_localized(fields["mend"], f"{where}: mend"),
        bad=example_of(fields["bad"], f"{where}: bad"),
        good=example_of(fields["good"], f"{where}: good"),
        waivable=fields.get("waivable", True) is True,
    )


def _localized(written: Any, where: str) -> LocalizedText:
    texts = strict(written, where, required=LANGUAGES)
    return LocalizedText({locale: strict_text(text, f"{where}: {locale}") for locale, text in texts.items()})
