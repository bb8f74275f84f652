"""Circles in a graph of references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", str, tuple[str, str])


def circles(edges: Mapping[Node, Sequence[Node]]) -> Iterator[tuple[Node, ...]]:
    """The nodes of each circle in the order of their edges; the last leads back to the first.

    Each starts at the node that is first in ``edges``. Two circles that share a way back are one. Takes time in
    proportion to the edges, and no recursion: a chain may be as long as the content.
    """
    finished: set[Node] = set()
    for start in edges:
        if start in finished:
            continue
        way: list[Node] = [start]
        open_nodes = {start}
        choices = [iter(edges[start])]
        while way:
            following = next(choices[-1], None)
            if following is None:
                choices.pop()
                finished.add(way[-1])
                open_nodes.discard(way.pop())
            elif following in open_nodes:
                yield tuple(way[way.index(following) :])
            elif following not in finished and following in edges:
                way.append(following)
                open_nodes.add(following)
                choices.append(iter(edges[following]))
