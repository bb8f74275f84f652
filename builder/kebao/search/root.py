"""The file that is loaded first: where everything is, and one digit a document of what filters and ranks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kebao.search.coding import DIGITS, number, run_column
from kebao.search.data_file import DataFile, data_file
from kebao.search.document import DOCUMENT_KINDS, Document
from kebao.search.shards import ShardFiles

FORMAT_VERSION = 1
_MOST_VALUES = len(DIGITS) - 1
#: Lengths are told apart by doubling, from 80 tokens on; two documents share a digit.
_SHORTEST = 40
_LENGTHS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Words for what is filtered by, in the shard's language; ids in the order in which they are listed."""

    kinds: Mapping[str, str]
    subjects: Mapping[str, str]
    stages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootParts:
    """What ``root`` is made of beside the documents.

    Attributes:
        lengths: Tokens of each document.
        blocks: Which documents begin a text block.
        others: All other files of the index.
        fold: See :func:`kebao.search.simplified.fold_text`.
    """

    labels: Labels
    lengths: Sequence[int]
    shards: ShardFiles
    blocks: str
    others: Sequence[DataFile]
    fold: str
    synonyms: Sequence[Sequence[str]]


def root_file(documents: Sequence[Document], parts: RootParts, numbers: Mapping[tuple[str, int], int]) -> DataFile:
    kinds = [kind.value for kind in DOCUMENT_KINDS if any(d.kind is kind for d in documents if d.parent is None)]
    return data_file(
        "root",
        {
            "v": FORMAT_VERSION,
            "id": index_id(parts.others),
            "n": len(documents),
            "r": len(numbers),
            "dir": " ".join(parts.shards.starts),
            "hash": "".join(shard.short_hash for shard in parts.shards.files),
            "len": length_column(parts.lengths),
            "kind": run_column(_rank(kinds, d.kind.value) if d.parent is None else 0 for d in documents),
            "kinds": [[kind, parts.labels.kinds[kind]] for kind in kinds],
            "parts": _parts(documents, numbers),
            "t": parts.blocks,
            "one": parts.shards.explicit,
            "fold": parts.fold,
            "synonyms": parts.synonyms,
        },
    )


def filters_file(resources: Sequence[tuple[str, Sequence[str]]], labels: Labels) -> DataFile:
    """Subject and stages of every resource: what results are narrowed by, beside their kind."""
    subjects = _used(labels.subjects, (subject for subject, _ in resources))
    stages = _used(labels.stages, (stage for _, of_it in resources for stage in of_it))
    places = [_places(stages, of_it) for _, of_it in resources]
    stage_sets = sorted(set(places) - {()})[:_MOST_VALUES]
    payload = [
        [
            "subject",
            [[each, labels.subjects[each]] for each in subjects],
            [[], *([each] for each in subjects)],
            "".join(DIGITS[_rank(subjects, subject)] for subject, _ in resources),
        ],
        [
            "stage",
            [[each, labels.stages[each]] for each in stages],
            [[], *([stages[n] for n in each] for each in stage_sets)],
            "".join(DIGITS[_rank(stage_sets, each)] for each in places),
        ],
    ]
    return data_file("filters", payload)


def length_column(lengths: Sequence[int]) -> str:
    """Two lengths a digit."""
    steps = [min(_LENGTHS - 1, max(0, (tokens // _SHORTEST).bit_length() - 1)) for tokens in lengths]
    pairs = zip(steps[::2], [*steps[1::2], 0], strict=False)
    return "".join(DIGITS[_LENGTHS * first + second] for first, second in pairs)


def index_id(files: Iterable[DataFile]) -> str:
    written = "".join([f"{file.name} {file.hash}\n" for file in files])
    return hashlib.sha256(written.encode()).hexdigest()[:8]


def _used(labels: Mapping[str, str], values: Iterable[str]) -> list[str]:
    used = set(values)
    return [value for value in labels if value in used][:_MOST_VALUES]


def _rank(values: Sequence[object], value: object) -> int:
    """Its place from 1; 0 where it is not there."""
    return values.index(value) + 1 if value in values else 0


def _places(stages: Sequence[str], of_resource: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(stages.index(stage) for stage in of_resource if stage in stages))


def _parts(documents: Sequence[Document], numbers: Mapping[tuple[str, int], int]) -> str:
    """How many documents each resource's files have; these stand in the order of their resources."""
    counts = [0] * len(numbers)
    for document in documents:
        if document.parent is not None:
            counts[numbers[document.parent]] += 1
    return "".join(map(number, counts))
