"""Which documents have which token, and how strongly."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat

from kebao.search.document import Document
from kebao.search.pinyin import pinyin_tokens
from kebao.search.tokens import Tokeniser, TokenStream, pair_keys

#: A token that stands so often in a text is what the text is about.
_OFTEN = 3


@dataclass(frozen=True, slots=True)
class TokenLists:
    """The tokens of one document; each counts in the highest class that it is in.

    Attributes:
        text: Class 1, or 2 where it stands there often.
        strong: Class 2.
        first: Class 3: title and names, and how they sound.
    """

    text: TokenStream
    strong: TokenStream
    first: TokenStream

    @property
    def length(self) -> int:
        """How many tokens the text has."""
        return self.text.length

    def classes(self) -> dict[str, int]:
        """Token → its class."""
        postings = Postings()
        postings.add(0, self)
        keys = postings.in_order()
        found = map(settled, postings.taken(keys))
        return {key: 1 if text else 2 if strong else 3 for key, (text, strong, _) in zip(keys, found, strict=True)}


def token_lists(document: Document, tokenise: Tokeniser, first: TokenStream | None = None) -> TokenLists:
    """The tokens of a document; ``first``: those of its title and names, where they are known."""
    if first is None:
        titles = "\n".join((document.title, *document.names))
        found = tokenise(titles)
        first = replace(found, others=(*found.others, *dict.fromkeys(pinyin_tokens(tokenise.normalise(titles)))))
    return TokenLists(tokenise(document.text), tokenise("\n".join(document.strong)), first)


#: The documents that have a token in class 1, 2 and 3, rising; and as they are gathered.
Classes = tuple[Sequence[int], Sequence[int], Sequence[int]]
Documents = tuple["array[int]", "array[int]", "array[int]"]


class Postings:
    """Tokens of all documents, added one document after the other in their order.

    Four bytes a posting: lists would take twice the memory.
    """

    def __init__(self) -> None:
        # A document is there as often as the token is in it: to count that is less work when all are there.
        self._pairs = [defaultdict[int | str, "array[int]"](_no_documents) for _ in range(3)]
        self._others = [defaultdict[str, "array[int]"](_no_documents) for _ in range(3)]
        self._codes: dict[str, int | str] = {}

    def add(self, document: int, lists: TokenLists) -> None:
        streams = (lists.text, lists.strong, lists.first)
        for stream, of_pairs, of_others in zip(streams, self._pairs, self._others, strict=True):
            # Millions of times: as few steps as there can be.
            for pair in stream.pairs():
                of_pairs[pair].append(document)
            for token in stream.others:
                of_others[token].append(document)

    def in_order(self) -> list[str]:
        """All tokens in the order of their keys; nothing may be added afterwards."""
        codes = [code for code in set().union(*self._pairs) if isinstance(code, int)]
        for key, code in zip(pair_keys(codes), codes, strict=True):
            if key:
                self._codes[key] = code
            else:
                for of_pairs in self._pairs:
                    of_pairs.pop(code, None)
        for of_pairs, of_others in zip(self._pairs, self._others, strict=True):
            for key, documents in of_others.items():
                # Some pairs stand beside characters beyond U+FFFF as well.
                place = self._codes.setdefault(key, key)
                of_pairs[place] = array("I", sorted([*of_pairs.pop(place, ()), *documents]))
            of_others.clear()
        return in_key_order(self._codes)

    def taken(self, keys: Iterable[str]) -> Iterator[Documents]:
        """The documents with each token in the text, in what is strong, in title and names; they are forgotten here.

        Each as often as the token stands there.
        """
        codes = [self._codes[key] for key in keys]
        text, strong, first = (map(of_pairs.pop, codes, repeat(_NOTHING)) for of_pairs in self._pairs)
        return zip(text, strong, first, strict=True)


_no_documents = partial(array, "I")
_NOTHING = array("I")


def settled(documents: Documents) -> Classes:
    """Each document once, in the highest class that the token has in it; 2 where it is often in the text."""
    text, strong, first = documents
    in_text, highest = {*text}, {*first}
    second = {*strong}
    if len(in_text) < len(text):
        second.update(document for document, count in Counter(text).items() if count >= _OFTEN)
    second -= highest
    return sorted(in_text - second - highest), sorted(second), sorted(highest)


def united(lists: Sequence[Classes]) -> Classes:
    """All documents of several tokens that are settled, each with its highest class."""
    text, strong, first = (set[int]().union(*documents) for documents in zip(*lists, strict=True))
    return sorted(text - strong - first), sorted(strong - first), sorted(first)


def in_key_order(keys: Collection[str]) -> list[str]:
    """Keys as JavaScript compares them: by UTF-16 code units, which differs from code points above U+FFFF."""
    written = "".join(keys)
    is_wide = len(written.encode("utf-16-le")) > 2 * len(written)
    return sorted(keys, key=key_order) if is_wide else sorted(keys)


def key_order(key: str) -> bytes:
    """What keys are sorted by."""
    return key.encode("utf-16-be")
