"""Which documents have which token, against reading their texts token by token."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kebao.model.resource import Kind
from kebao.search.coding import EntryCoder, documents_of
from kebao.search.document import Document
from kebao.search.pinyin import pinyin_tokens
from kebao.search.postings import Postings, key_order, settled, token_lists, united
from kebao.search.tokens import PLAIN, Tokeniser, tokens

#: Tokens come again in a text, in several fields, and beside characters beyond U+FFFF.
WORDS = st.text(st.sampled_from("分数学学， 𠮷々aあ་བ"), max_size=12)
DOCUMENTS = st.builds(
    lambda title, names, strong, text: Document(
        kind=Kind.BULLETIN, title=title, uri="", order=("", 0), names=names, strong=strong, text=text
    ),
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
    st.lists(WORDS, max_size=2).map(tuple),
    st.lists(WORDS, max_size=6).map("\n".join),
)


def classes_by_reading(document: Document) -> dict[str, int]:
    titles = "\n".join((document.title, *document.names))
    found = {token: 2 if count >= 3 else 1 for token, count in Counter(tokens(document.text)).items()}
    found |= dict.fromkeys(tokens("\n".join(document.strong)), 2)
    return found | dict.fromkeys([*tokens(titles), *pinyin_tokens(PLAIN(titles))], 3)


@given(st.lists(DOCUMENTS, max_size=5))
def test_a_token_has_its_documents_each_in_its_highest_class(documents: list[Document]) -> None:
    tokenise, postings = Tokeniser(PLAIN), Postings()
    expected: dict[str, dict[int, int]] = {}
    for number, document in enumerate(documents):
        lists = token_lists(document, tokenise)
        assert lists.classes() == classes_by_reading(document)
        assert lists.length == len([*tokens(document.text)])
        postings.add(number, lists)
        for token, weight_class in classes_by_reading(document).items():
            expected.setdefault(token, {})[number] = weight_class
    keys = postings.in_order()
    assert keys == sorted(expected, key=key_order)
    for key, found in zip(keys, postings.taken(keys), strict=True):
        classes = settled(found)
        assert {d: c for c, of_it in enumerate(classes, start=1) for d in of_it} == expected[key]
        assert all(list(of_it) == sorted(of_it) for of_it in classes)


SETS = st.lists(st.integers(0, 3), min_size=20, max_size=20)


@given(st.lists(SETS, min_size=1, max_size=4))
def test_united_documents_have_their_highest_class(lists: list[list[int]]) -> None:
    of_each = [tuple([d for d, c in enumerate(each) if c == wanted] for wanted in (1, 2, 3)) for each in lists]
    highest = [max(classes) for classes in zip(*lists, strict=True)]
    found = united([(text, strong, first) for text, strong, first in of_each])
    assert found == tuple([d for d, c in enumerate(highest) if c == wanted] for wanted in (1, 2, 3))


@given(SETS.filter(any))
def test_an_entry_of_a_text_is_that_of_class_1_unless_a_document_is_there_twice(classes: list[int]) -> None:
    coder, documents = EntryCoder(20), [document for document, c in enumerate(classes) if c]
    entry = coder.entry_of_text(documents)
    assert entry == coder.entry_of(documents, (), ())
    assert documents_of(entry, 20) == (documents, [], [])
    assert coder.entry_of_text([*documents, documents[-1]]) == ""
