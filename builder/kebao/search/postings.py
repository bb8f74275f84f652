"""Which documents have which token, and how strongly."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from kebao.search.coding import posting
from kebao.search.document import Document
from kebao.search.pinyin import pinyin_tokens
from kebao.search.tokens import Normaliser, count_tokens

#: A token that stands so often in a text is what the text is about.
_OFTEN = 3


@dataclass(frozen=True, slots=True)
class TokenLists:
    """The tokens of one document.

    Attributes:
        by_class: Tokens of class 1, 2 and 3; each token once, in its highest class.
        length: How many tokens the text has.
    """

    by_class: tuple[Sequence[str], Sequence[str], Sequence[str]]
    length: int


def token_lists(document: Document, normalise: Normaliser, first: Sequence[str] | None = None) -> TokenLists:
    """The tokens of a document; ``first``: those of its title and names, where they are known."""
    counts = count_tokens(document.text, normalise)
    length = sum(counts.values())
    if first is None:
        titles = "\n".join((document.title, *document.names))
        first = [*count_tokens(titles, normalise), *dict.fromkeys(pinyin_tokens(normalise(titles)))]
    above = set(first)
    strong = [token for token in count_tokens("\n".join(document.strong), normalise) if token not in above]
    above.update(strong)
    # They are few, and those of the text are many.
    for token in above:
        counts.pop(token, None)
    often = [token for token, count in counts.items() if count >= _OFTEN]
    for token in often:
        del counts[token]
    return TokenLists((list(counts), strong + often, first), length)


class Postings:
    """Tokens of all documents, added one document after the other.

    Four bytes a posting: lists of tuples would take six times the memory.
    """

    def __init__(self) -> None:
        self.by_token: defaultdict[str, array[int]] = defaultdict(_no_postings)

    def add(self, document: int, lists: TokenLists) -> None:
        for weight_class, found in enumerate(lists.by_class, start=1):
            value = posting(document, weight_class)
            # Millions of times: kept out of Python's own loop. append gives None, so any() goes on to the end.
            any(map(_APPEND, map(self.by_token.__getitem__, found), repeat(value)))


_APPEND = array.append


def _no_postings() -> array[int]:
    return array("I")


def united(lists: Iterable[Sequence[int]], documents: int) -> array[int]:
    """All documents of several tokens, each with its highest class."""
    classes = bytearray(documents)
    for values in lists:
        for value in values:
            if value & 3 > classes[value >> 2]:
                classes[value >> 2] = value & 3
    return array("I", (posting(number, found) for number, found in enumerate(classes) if found))


def in_key_order(keys: Mapping[str, object]) -> list[str]:
    """Keys as JavaScript compares them: by UTF-16 code units, which differs from code points above U+FFFF."""
    if max("".join(keys), default="") > "\uffff":
        return sorted(keys, key=key_order)
    return sorted(keys)


def key_order(key: str) -> bytes:
    """What keys are sorted by."""
    return key.encode("utf-16-be")
