"""What an earlier check knows of a package's texts: their sketches, and how much of them stands in others.

Both take most of a check to tell, and nearly all texts stay what they are from check to check.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: The lowest hashes of a text, each once, sorted.
Sketch = tuple[int, ...]
#: The hashes of a text that others in its package had too, and those that no other had; as the machine has them.
SplitSketch = tuple[bytes, bytes]
#: The shares of one text that stand in some others: 0 to 1.
Shares = tuple[float, ...]
_HASH = "I"
HASH_BYTES = array(_HASH).itemsize


@dataclass(slots=True)
class KnownTexts:
    """Sketches and shares by the :func:`text_digest` of the texts that they were made from.

    Attributes:
        sketches, shares: What the last check knew: ``sketches`` are those of all its texts, and of no others.
        used_sketches, used_shares: What this one asked for.
    """

    sketches: Mapping[bytes, SplitSketch] = field(default_factory=dict)
    shares: Mapping[bytes, Shares] = field(default_factory=dict)
    used_sketches: dict[bytes, SplitSketch] = field(default_factory=dict)
    used_shares: dict[bytes, Shares] = field(default_factory=dict)

    def after(self) -> KnownTexts:
        """What the next check knows."""
        return KnownTexts(self.used_sketches, self.used_shares)

    def has_changed(self) -> bool:
        """Whether the next check knows something else than this one did."""
        return (self.used_sketches, self.used_shares) != (self.sketches, self.shares)

    def shares_of(self, how: bytes, digests: Iterable[bytes], make: Callable[[], Shares]) -> Shares:
        """The shares of the first text with each of the others.

        Args:
            how: What else decides them.
            digests: Of all these texts.
        """
        key = hashlib.sha256(how + b"\n" + b"".join(digests)).digest()
        known = self.used_shares.get(key) or self.shares.get(key) or make()
        self.used_shares[key] = known
        return known

    def repeated_hashes(
        self, digests: Sequence[bytes], make: Callable[[int], Sketch]
    ) -> list[tuple[int, Sequence[int]]]:
        """Of each text of a package how many hashes its sketch has, and those that stand in other sketches too.

        Of two texts that were there before it is known what they share; only the others' hashes are looked for.
        ``make`` gives the sketch of the text at a position.
        """
        times = Counter(digests)
        # A text that is there twice now may have been there once.
        kept = [self.sketches.get(digest) if times[digest] == 1 else None for digest in digests]
        fresh = {position: make(position) for position, split in enumerate(kept) if split is None}
        new = {value for sketch in fresh.values() for value in sketch}
        # Mostly there are none.
        now_shared = new.intersection(_hashes(b"".join(split[1] for split in kept if split))) if new else new
        candidates = [
            _may_be_shared(split, now_shared) if split else fresh[position] for position, split in enumerate(kept)
        ]
        repeated = _repeated(candidates)
        found: list[tuple[int, Sequence[int]]] = []
        for position, (digest, split, some) in enumerate(zip(digests, kept, candidates, strict=True)):
            shared = some if repeated.issuperset(some) else tuple(repeated.intersection(some))
            if split is None or now_shared or shared is not some:
                whole = _hashes(b"".join(split)) if split else fresh[position]
                split = _packed(shared), _packed(set(whole) - repeated)
            self.used_sketches[digest] = split
            found.append(((len(split[0]) + len(split[1])) // HASH_BYTES, shared))
        return found


def text_digest(package: str, text: str) -> bytes:
    """SHA-256, as bytes, of a text in a package."""
    # Of Chinese this is the form that is made fastest.
    return hashlib.sha256(f"{package}\n{text}".encode("utf-16-le", "surrogatepass")).digest()


def _hashes(packed: bytes) -> array[int]:
    return array(_HASH, packed)


def _packed(hashes: Iterable[int]) -> bytes:
    return array(_HASH, sorted(hashes)).tobytes()


def _may_be_shared(split: SplitSketch, now_shared: set[int]) -> Sequence[int]:
    before = _hashes(split[0])
    return (*before, *now_shared.intersection(_hashes(split[1]))) if now_shared else before


def _repeated(sketches: Iterable[Sequence[int]]) -> set[int]:
    """The hashes that stand in more than one of them."""
    seen: set[int] = set()
    repeated: set[int] = set()
    for sketch in sketches:
        repeated.update(seen.intersection(sketch))
        seen.update(sketch)
    return repeated
