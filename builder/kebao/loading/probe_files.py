"""The facts of many files: out of the cache where they are known, else probed in several processes at once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kebao.loading.facts_cache import keep_facts, kept_facts
from kebao.loading.kept_digests import KeptDigests
from kebao.loading.probe_pool import DigestedFile, probe_in_processes
from kebao.loading.probing import is_pdf, probe
from kebao.model.material import FileFacts

# Below both, starting processes takes longer than probing here.
_FEW_FILES = 16
_FEW_BYTES = 8 << 20
_READING_THREADS = 4

Progress = Callable[[int, int], None]
_Key = tuple[str, str]


def facts_of(
    paths: Sequence[Path], *, cache: Path | None = None, on_progress: Progress | None = None
) -> tuple[FileFacts, ...]:
    """The facts of each file, in the order given; ``on_progress(done, total)`` is called once a file."""
    known: dict[_Key, FileFacts] = {}
    unknown: dict[_Key, DigestedFile] = {}
    keys: list[_Key] = []
    done = itertools.count(1)
    with ThreadPoolExecutor(_READING_THREADS) as threads:
        digests = KeptDigests(cache)
        looked_up = threads.map(lambda path: _look_up(path, digests, cache), paths)
        for path, (digest, facts) in zip(paths, looked_up, strict=True):
            key = _key(path, digest)
            keys.append(key)
            if facts is not None:
                known[key] = facts
            elif key not in unknown:
                unknown[key] = DigestedFile(path=path, digest=digest)
                continue
            # A copy of a file that is still to be probed is done, too.
            if on_progress:
                on_progress(next(done), len(paths))
    digests.save()
    for file, facts in _probed(list(unknown.values())):
        known[_key(file.path, file.digest)] = facts
        keep_facts(file.path, facts, cache)
        if on_progress:
            on_progress(next(done), len(paths))
    return tuple(known[key] for key in keys)


def _key(path: Path, digest: str) -> _Key:
    # The name decides how a file is read.
    return digest, path.suffix.lower()


def _look_up(path: Path, digests: KeptDigests, cache: Path | None) -> tuple[str, FileFacts | None]:
    digest = digests.sha256_of(path)
    return digest, kept_facts(path, digest, cache)


def _probed(files: Sequence[DigestedFile]) -> Iterator[tuple[DigestedFile, FileFacts]]:
    if _are_few(files):
        return ((file, probe(file.path, file.digest)) for file in files)
    return probe_in_processes(files, processes=max(os.cpu_count() or 1, 2))


def _are_few(files: Sequence[DigestedFile]) -> bool:
    # What reads a pdf can neither be stopped nor survive its own crash, so that none is read here.
    return (
        len(files) < _FEW_FILES
        and sum(file.path.stat().st_size for file in files) < _FEW_BYTES
        and not any(is_pdf(file.path) for file in files)
    )
