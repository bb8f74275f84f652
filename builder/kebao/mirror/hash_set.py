"""Which hashes were met already, in some 20 bytes each: a set of Python's own takes 100, ten megabytes for 100,000."""

from __future__ import annotations

import threading
from array import array

_FIRST_SLOTS = 1024
_ALL_BITS = (1 << 64) - 1


class HashSet:
    """Hashes, by their first 64 bits: two of a million files are taken for one in one of 40 million cases.

    Several threads may use it at once.
    """

    def __init__(self) -> None:
        self._slots = _empty(_FIRST_SLOTS)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, sha256: str) -> bool:
        """Whether the hash (hexadecimal) is new."""
        return self._add(int(sha256[:16], 16))

    def add_text(self, text: str) -> bool:
        """Whether the text is new, a path for instance; asked for by `has_text`."""
        return self._add(hash(text) & _ALL_BITS)

    def has_text(self, text: str) -> bool:
        return self._has(hash(text) & _ALL_BITS)

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and self._has(int(sha256[:16], 16))

    def __len__(self) -> int:
        return self._count

    def _has(self, key: int) -> bool:
        key = key or 1
        with self._lock:
            return self._slots[self._place_of(key)] == key

    def _add(self, key: int) -> bool:
        key = key or 1  # zero is an empty slot
        with self._lock:
            place = self._place_of(key)
            if self._slots[place]:
                return False
            self._slots[place] = key
            self._count += 1
            if 3 * self._count > 2 * len(self._slots):
                self._grow()
        return True

    def _place_of(self, key: int) -> int:
        """Where it is, or would be."""
        slots = self._slots
        mask = len(slots) - 1
        place = key & mask
        while slots[place] and slots[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        old = self._slots
        self._slots = _empty(2 * len(old))
        for key in old:
            if key:
                self._slots[self._place_of(key)] = key


def _empty(slots: int) -> array[int]:
    return array("Q", (0,)) * slots
