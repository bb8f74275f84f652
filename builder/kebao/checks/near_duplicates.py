"""Texts of different resources that are the same but for a few words (KB616)."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, compress, islice

from kebao.checks.context import CheckContext, problem
from kebao.checks.cycles import target_key
from kebao.checks.known_texts import Shares, Sketch, text_digest
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
MOST_COMPARED = 3
#: Texts of which the pieces are held in memory.
_HELD_TEXTS = 256


def check_near_duplicates(context: CheckContext) -> Iterator[Problem]:
    """KB616: each text once, with the earlier one that is most like it; what is said to be a rework is exempt."""
    for package in context.content.packages.values():
        yield from _in_package(context, package)


def _in_package(context: CheckContext, package: Package) -> Iterator[Problem]:
    resources = tuple(package.resources.values())
    least = context.site.policy.near_duplicate_percent / 100
    bodies = [resource.body for resource in resources]
    digests = [text_digest(package.id, body) for body in bodies]
    hashes = context.known_texts.repeated_hashes(digests, lambda position: sketch_of(bodies[position]))
    sources = [_reworked(package, resource) for resource in resources]
    # A form's first texts are compared with all that follow.
    text_at = lru_cache(maxsize=_HELD_TEXTS)(lambda position: HanText.of(bodies[position]))
    for later, candidates in likely_pairs(hashes):
        own, reworked = resources[later].id, sources[later]
        unrelated = (c for c in candidates if resources[c].id not in reworked and own not in sources[c])
        others = tuple(islice(unrelated, MOST_COMPARED))
        if not others:
            continue
        compared = [digests[position] for position in (later, *others)]
        make = partial(_shares, text_at, later, others, least)
        shares = context.known_texts.shares_of(repr(least).encode(), compared, make)
        share, other = max(zip(shares, (-other for other in others), strict=True))
        if share >= least:
            yield _problem(resources[later], resources[-other], share)


def _shares(text_at: Callable[[int], HanText], later: int, others: tuple[int, ...], least: float) -> Shares:
    return tuple(share_of(text_at(other), text_at(later), least=least) for other in others)


def _problem(resource: Resource, other: Resource, share: float) -> Problem:
    params = {"share": f"{int(share * 100)}", "place": f"{other.path_of('index.md')}:{other.body_line}"}
    message = Message("{share} % of the text stands in {place} as well", params)
    hint = Message("keep one of the two, or say with a relation 'based-on' or 'polished-from' what it was made from")
    place = Location(path=resource.path_of("index.md"), line=resource.body_line, column=1)
    return problem(place, "KB616", message, hint=hint, severity=Severity.WARNING)


def _reworked(package: Package, resource: Resource) -> frozenset[str]:
    """The ids of what a resource is said to be a rework of, in its package."""
    targets = [relation.target for relation in resource.relations if relation.type in REMIX_RELATIONS]
    if not targets:
        return frozenset()
    keys = (target_key(package.id, target) for target in targets)
    return frozenset(resource_id for package_id, resource_id in keys if package_id == package.id)


def han_of(text: str) -> str:
    """Its Han characters."""
    return "".join(_HAN.findall(text))


def likely_pairs(hashes: Sequence[tuple[int, Sequence[int]]]) -> Iterator[tuple[int, list[int]]]:
    """Each text that shares hashes with earlier ones, and those, likeliest first; all by their positions.

    ``hashes`` are, of each text, those of its sketch that stand in other sketches too, and how many it has in all. The
    time grows with them, not with the pairs.
    """
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for position, (count, repeated) in enumerate(hashes):
        found = [holders[value] for value in repeated]
        shared: dict[int, int] = {}
        for other in chain.from_iterable(found):
            shared[other] = shared.get(other, 0) + 1
        for earlier in found:
            if len(earlier) < _COMMON:
                earlier.append(position)
            else:
                earlier[-1] = position
        alike = [other for other, times in shared.items() if times * _LEAST_SHARED >= count]
        if alike:
            yield position, sorted(alike, key=lambda other: (-shared[other], other))


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


@dataclass(frozen=True, slots=True)
class HanText:
    """All pieces of some Han characters in a row of a text, in order and as a set, each as a number."""

    in_order: Sequence[int]
    pieces: frozenset[int]

    @classmethod
    def of(cls, body: str) -> HanText:
        in_order = _pieces_of(han_of(body))
        return cls(in_order, frozenset(in_order))

    @property
    def size(self) -> int:
        """How many characters it has; 0 when they are fewer than a piece."""
        return len(self.in_order) + _PIECE - 1 if self.in_order else 0


def _pieces_of(text: str) -> list[int]:
    # Han characters have two bytes each, and four of them are a number: read at once, not cut one after another.
    encoded = text.encode("utf-16-le")
    found = [0] * max(len(text) - _PIECE + 1, 0)
    for first in range(_PIECE if found else 0):
        count = (len(text) - first) // _PIECE
        numbers = memoryview(encoded)[2 * first : 2 * (first + count * _PIECE)].cast("Q")
        found[first::_PIECE] = numbers.tolist()
    return found


def share_of(one: HanText, other: HanText, *, least: float = 0.0) -> float:
    """How much of the shorter text stands, in pieces, in the longer one: 0 to 1; 0 when it is less than ``least``."""
    shorter, longer = sorted((one, other), key=lambda text: text.size)
    size = shorter.size
    if not size or _most_covered(shorter, longer) / size < least:
        return 0.0
    covered = reached = 0
    for start, piece in enumerate(shorter.in_order):
        if piece in longer.pieces:
            covered += start + _PIECE - max(start, reached)
            reached = start + _PIECE
    share = covered / size
    return share if share >= least else 0.0


def _most_covered(shorter: HanText, longer: HanText) -> int:
    """More characters cannot be covered: told at once, and less than is asked for in nearly all pairs of texts."""
    elsewhere = len(shorter.pieces) - len(shorter.pieces & longer.pieces)
    return _PIECE * (len(shorter.in_order) - elsewhere)
