"""Pages in several processes; a failure in one ends the build as MkDocs' own do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import chain, zip_longest
from typing import TypeVar

from mkdocs.exceptions import BuildError

from kebao.assembly import processes

_Thing = TypeVar("_Thing")
_Parts = Sequence[Sequence[_Thing]]
#: Fewer things than these in all are done sooner than a process has started.
_FEW = 100
#: How much a process that was split off stands back while all processors are busy: the search index is made meanwhile,
#: by one process alone, and with it the longest work would be begun last.
_STANDS_BACK = 10
#: So many bytes go into a pipe that nobody reads from, on every system.
_MOST_PARTS = 4096


def in_processes(parts: _Parts[_Thing], hands: int, work: Callable[[Iterable[_Thing]], list[str]]) -> list[str]:
    """What the work on all things gives, in no order, by so many processes.

    Each takes part after part: two begin at the two ends of the same parts and go on until they meet, so that both are
    busy to the end, however long a part takes, and what stands together is seldom apart.

    Raises:
        BuildError: One of the processes failed; what it said.
    """
    if hands < 2 or sum(map(len, parts)) < _FEW or not processes.can_split():
        return work(chain.from_iterable(parts))
    while len(parts) > _MOST_PARTS:
        parts = [[*one, *other] for one, other in zip_longest(parts[::2], parts[1::2], fillvalue=())]
    this = os.getpid()

    def piece(things: Sequence[Iterable[_Thing]]) -> list[str]:
        if os.getpid() != this:
            with suppress(OSError):
                os.nice(_STANDS_BACK)
        try:
            return work(chain.from_iterable(things))
        except BaseException:
            # Nobody needs the others any more.
            for *_, leave in dealt:
                leave()
            raise

    with ExitStack() as stack:
        dealt = [stack.enter_context(_from_both_ends(share)) for share in _shares(parts, hands)]
        pairs = [(first,) for first, *_ in dealt] + [(second,) for _, second, _ in dealt]
        try:
            return processes.in_processes(pairs[:hands], piece)
        except processes.WorkError as error:
            raise BuildError(str(error)) from error


def _shares(parts: _Parts[_Thing], hands: int) -> list[_Parts[_Thing]]:
    """The parts for each two of the processes, in about equal numbers; what stands side by side stays so."""
    pairs = (hands + 1) // 2
    # The last may have one process only.
    things = sum(map(len, parts)) * 2 / hands
    shares: list[_Parts[_Thing]] = []
    share: list[Sequence[_Thing]] = []
    for part in parts:
        share.append(part)
        if len(shares) < pairs - 1 and sum(map(len, share)) >= things:
            shares.append(share)
            share = []
    return [*shares, share]


@contextmanager
def _from_both_ends(
    parts: _Parts[_Thing],
) -> Iterator[tuple[Iterator[_Thing], Iterator[_Thing], Callable[[], object]]]:
    """The things from the first part on, and those from the last part on: two processes that use one each have all.

    Also what leaves the parts that nobody has begun.
    """
    tokens, given = os.pipe()
    try:
        # Whoever wants a part takes a byte, of which there is one for each.
        os.write(given, bytes(len(parts)))
    finally:
        os.close(given)
    try:
        take = partial(os.read, tokens, 1)
        yield _taken(parts, take), _taken(parts[::-1], take), partial(os.read, tokens, len(parts))
    finally:
        os.close(tokens)


def _taken(parts: _Parts[_Thing], take: Callable[[], bytes]) -> Iterator[_Thing]:
    for part in parts:
        if not take():
            return
        yield from part
