"""A file of a bundle that is put together out of what it says of each resource."""

from __future__ import annotations

from collections.abc import Mapping


class Sheet:
    """Pieces of a file, and where those that speak of resources begin."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._places: dict[str, int] = {}
        self._size = 0

    def add(self, *pieces: bytes) -> None:
        self._pieces += pieces
        self._size += sum(map(len, pieces))

    def add_part(self, resource_id: str, piece: bytes) -> None:
        self._places[resource_id] = self._size
        self._pieces.append(piece)
        self._size += len(piece)

    @property
    def places(self) -> Mapping[str, int]:
        """Resource id → where its piece begins."""
        return self._places

    def content(self) -> bytes:
        return b"".join(self._pieces)
