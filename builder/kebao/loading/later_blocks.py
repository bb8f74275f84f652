"""The text that a file holds, read when somebody asks: of thousands of files a build shows few anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from kebao.model.material import TextBlock


class LaterBlocks(Sequence[TextBlock]):
    """As the tuple that ``read`` gives, of which it is known how many there are."""

    __slots__ = ("_count", "_read", "_there")

    def __init__(self, count: int, read: Callable[[], tuple[TextBlock, ...]]) -> None:
        self._count, self._read = count, read
        self._there: tuple[TextBlock, ...] | None = None

    def _all(self) -> tuple[TextBlock, ...]:
        if self._there is None:
            self._there = self._read()
        return self._there

    @overload
    def __getitem__(self, at: int) -> TextBlock: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[TextBlock, ...]: ...

    def __getitem__(self, at: int | slice) -> TextBlock | tuple[TextBlock, ...]:
        return self._all()[at]

    def __iter__(self) -> Iterator[TextBlock]:
        return iter(self._all())

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | LaterBlocks) and len(self) == len(other) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())
