"""Texts of different resources that are the same but for a few words (KB616)."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from kebao.checks.context import CheckContext, problem
from kebao.checks.cycles import target_key
from kebao.checks.licences import REMIX_RELATIONS
from kebao.model.package import Package
from kebao.model.resource import Resource
from kebao.problems import Location, Message, Problem, Severity

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
#: Characters of a shingle, and shingles of a sketch: those with the lowest hashes (Broder's bottom-k sketch).
_SHINGLE = 8
_SKETCH = 64
#: Only shingles that begin with one character in sixteen (by its low byte) are hashed; where these are few, in four.
#: Tables for bytes.translate: 1 for the low bytes that begin one.
_ANCHORS = tuple(bytes(low % step == 0 for low in range(256)) for step in (16, 4))
_FEW_ANCHORS = 48
#: Two texts share a piece when it has this many characters: shorter than a shingle, so that a word changed in
#: every line does not hide what was copied.
_PIECE = 4
#: Shorter texts are alike by chance.
LEAST_CHARACTERS = 60
#: What stands in more texts than this is a form that all fill in; it links each to the one before only.
_COMMON = 8
#: Texts are compared when one hash in so many of a sketch is shared: less is chance, even in a text whose every
#: tenth character was changed.
_LEAST_SHARED = 32
#: How many of the likeliest texts are compared in full.
_COMPARED = 3

#: The lowest hashes of a text, each once, sorted.
Sketch = tuple[int, ...]


def check_near_duplicates(context: CheckContext) -> Iterator[Problem]:
    """KB616: each text once, with the earlier one that is most like it; what is said to be a rework is exempt."""
    for package in context.content.packages.values():
        yield from _in_package(context, package)


def _in_package(context: CheckContext, package: Package) -> Iterator[Problem]:
    resources = tuple(package.resources.values())
    sketches = [context.sketches.get(resource.folder) or sketch_of(resource.body) for resource in resources]
    least = context.site.policy.near_duplicate_percent / 100
    for later, candidates in likely_pairs(sketches):
        others = [c for c in candidates if not _is_rework(package, resources[later], resources[c])][:_COMPARED]
        text = han_of(resources[later].body)
        shares = [(share_of(han_of(resources[other].body), text), -other) for other in others]
        if shares and max(shares)[0] >= least:
            share, other = max(shares)
            yield _problem(resources[later], resources[-other], share)


def _problem(resource: Resource, other: Resource, share: float) -> Problem:
    params = {"share": f"{int(share * 100)}", "place": f"{other.path_of('index.md')}:{other.body_line}"}
    message = Message("{share} % of the text stands in {place} as well", params)
    hint = Message("keep one of the two, or say with a relation 'based-on' or 'polished-from' what it was made from")
    place = Location(path=resource.path_of("index.md"), line=resource.body_line, column=1)
    return problem(place, "KB616", message, hint=hint, severity=Severity.WARNING)


def _is_rework(package: Package, one: Resource, other: Resource) -> bool:
    return any(
        relation.type in REMIX_RELATIONS and target_key(package.id, relation.target) == (package.id, target.id)
        for source, target in ((one, other), (other, one))
        for relation in source.relations
    )


def han_of(text: str) -> str:
    """Its Han characters."""
    return "".join(_HAN.findall(text))


def likely_pairs(sketches: Sequence[Sketch]) -> Iterator[tuple[int, list[int]]]:
    """Each text (the position of its sketch) that shares hashes with earlier ones, and those, likeliest first.

    The time grows with the hashes, not with the pairs.
    """
    holders: defaultdict[int, list[int]] = defaultdict(list)
    # Nearly all hashes stand in one sketch only: they need no holder.
    repeated = _repeated(sketches)
    for position, sketch in enumerate(sketches):
        shared: Counter[int] = Counter()
        for value in repeated.intersection(sketch):
            earlier = holders[value]
            if earlier:
                shared.update(earlier)
            if len(earlier) < _COMMON:
                earlier.append(position)
            else:
                earlier[-1] = position
        alike = [other for other, count in shared.items() if count * _LEAST_SHARED >= len(sketch)]
        if alike:
            yield position, sorted(alike, key=lambda other: (-shared[other], other))


def _repeated(sketches: Iterable[Sketch]) -> set[int]:
    seen: set[int] = set()
    repeated: set[int] = set()
    for sketch in sketches:
        repeated.update(seen.intersection(sketch))
        seen.update(sketch)
    return repeated


def sketch_of(body: str) -> Sketch:
    """The lowest hashes of the shingles of a text's Han characters; none when there are too few to tell."""
    text = han_of(body)
    if len(text) < LEAST_CHARACTERS:
        return ()
    # Local names: the last line but one runs a million times over a province's texts.
    encoded, crc32, width = text.encode("utf-16-le"), zlib.crc32, 2 * _SHINGLE
    last = 2 * (len(text) - _SHINGLE)
    low_bytes = encoded[: last + 1 : 2]
    starts: Iterable[int] = range(0, last + 1, 2)
    for begins in _ANCHORS:
        chosen = low_bytes.translate(begins)
        if chosen.count(1) >= _FEW_ANCHORS:
            starts = compress(starts, chosen)
            break
    hashes = {crc32(encoded[start : start + width]) for start in starts}
    return tuple(sorted(hashes)[:_SKETCH])


def share_of(one: str, other: str) -> float:
    """How much of the shorter text stands, in pieces of some characters, in the longer one: 0 to 1."""
    shorter, longer = sorted((one, other), key=len)
    pieces = {longer[i : i + _PIECE] for i in range(len(longer) - _PIECE + 1)}
    covered = reached = 0
    for start in range(len(shorter) - _PIECE + 1):
        if shorter[start : start + _PIECE] in pieces:
            covered += start + _PIECE - max(start, reached)
            reached = start + _PIECE
    return covered / len(shorter) if shorter else 0.0
