"""The facts of many files: out of the cache where they are known, else probed in several processes at once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kebao.loading.facts_cache import KeptFacts, facts_name
from kebao.loading.kept_digests import KeptDigests
from kebao.loading.probe_pool import DigestedFile, probe_in_processes
from kebao.model.material import FileFacts

# Below both, starting processes takes longer than probing here.
_FEW_FILES = 16
_FEW_BYTES = 8 << 20
_READING_THREADS = 4

Progress = Callable[[int, int], None]


def facts_of(
    paths: Sequence[Path], *, cache: Path | None = None, on_progress: Progress | None = None
) -> tuple[FileFacts, ...]:
    """The facts of each file, in the order given; ``on_progress(done, total)`` is called once a file."""
    known: dict[str, FileFacts] = {}
    unknown: dict[str, DigestedFile] = {}
    keys: list[str] = []
    done = itertools.count(1)
    kept = KeptFacts(cache, _probed_again)
    for path, digest in zip(paths, _digests_of(paths, cache), strict=True):
        key = facts_name(path, digest)
        keys.append(key)
        facts = known.get(key) or kept.of(key, path)
        if facts is not None:
            known[key] = facts
        elif key not in unknown:
            unknown[key] = DigestedFile(path=path, digest=digest)
            continue
        # A copy of a file that is still to be probed is done, too.
        if on_progress:
            on_progress(next(done), len(paths))
    try:
        for file, facts in _probed(list(unknown.values())):
            known[facts_name(file.path, file.digest)] = facts
            kept.keep(file.path, facts)
            if on_progress:
                on_progress(next(done), len(paths))
    finally:
        # Who stops it has not waited for nothing.
        kept.save()
    return tuple(known[key] for key in keys)


def _digests_of(paths: Sequence[Path], cache: Path | None) -> Iterator[str]:
    """The digest of each file; those that are not known are read some at a time."""
    digests = KeptDigests(cache)
    known = [digests.known(path) for path in paths]
    unread = [path for path, digest in zip(paths, known, strict=True) if digest is None]
    with ThreadPoolExecutor(_READING_THREADS) as threads:
        read = threads.map(digests.sha256_of, unread)
        for digest in known:
            yield next(read) if digest is None else digest
    digests.save()


def _probed_again(path: Path, digest: str) -> FileFacts:
    _, facts = next(iter(_probed([DigestedFile(path=path, digest=digest)])))
    return facts


def _probed(files: Sequence[DigestedFile]) -> Iterator[tuple[DigestedFile, FileFacts]]:
    if not files:
        return iter(())
    # Where all is known nothing is probed, and what reads the files takes long to import.
    from kebao.loading.probing import is_pdf, probe

    # What reads a pdf can neither be stopped nor survive its own crash, so that none is read here.
    are_few = (
        len(files) < _FEW_FILES
        and sum(file.path.stat().st_size for file in files) < _FEW_BYTES
        and not any(is_pdf(file.path) for file in files)
    )
    if are_few:
        return ((file, probe(file.path, file.digest)) for file in files)
    return probe_in_processes(files, processes=max(os.cpu_count() or 1, 2))
