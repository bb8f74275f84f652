"""An index that is changed for a few documents is the one that is made of all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.model.resource import Kind
from kebao.search import shards, text_blocks
from kebao.search.document import Document, Part, ResourceRow
from kebao.search.index import made_index
from kebao.search.kept_index import KeptIndex, from_bytes, to_parts
from kebao.search.patching import patched_index
from kebao.search.postings import TokenLists
from kebao.search.repeated_lines import count_lines
from kebao.search.root import Labels

LABELS = Labels(kinds={"lesson-cases": "课例", "micro-stories": "微故事", "docx": "Word"}, subjects={}, stages={})
_CHARACTERS = "山水田林路桥河村春夏秋冬學abcd efgh ж\n\n"


class Tokens(dict[bytes, TokenLists]):
    """Where token lists are kept."""

    def put(self, key: bytes, lists: TokenLists) -> None:
        self[key] = lists


def document(number: int, text: str) -> Document:
    kind = (Kind.LESSON_CASE, Kind.MICRO_STORY)[number % 2]
    page = f"{kind.value}/{number:03}.html"
    if number % 5 == 4:
        parent = (f"{Kind.MICRO_STORY.value}/001.html", 0)
        order = (f"{parent[0]}#file-001", number)
        return Document(kind=Part.DOCX, title="教案", uri="x", order=order, text=text, parent=parent)
    row = ResourceRow(language="zh", bundle_size=len(text))
    return Document(kind=kind, title=f"第{number}课", uri=page, order=(page, 0), text=text, resource=row)


def made(documents: Sequence[Document], tokens: Tokens) -> KeptIndex:
    return made_index(documents, LABELS, tokens, lines=count_lines(documents))


def text(choose: random.Random) -> str:
    words = "".join(choose.choice(_CHARACTERS) for _ in range(choose.randrange(80)))
    return words if choose.random() < 0.7 else f"{words}\n这一行在许多文档里都有而且相当长\n"


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that every edge is met: many files, and characters with too many entries."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 150)
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 300)


@given(st.integers(0, 10**9))
@settings(max_examples=120, deadline=None)
def test_changed_documents_make_the_index_of_all_of_them(seed: int) -> None:
    choose = random.Random(seed)
    tokens = Tokens()
    documents = [document(number, text(choose)) for number in range(choose.randrange(12, 50))]
    kept = made(documents, tokens)
    patches = 0
    for _ in range(4):
        changed = {number: document(number, text(choose)) for number in choose.sample(range(len(documents)), 2)}
        documents = [changed.get(number, each) for number, each in enumerate(documents)]
        patched = patched_index(kept, list(changed.values()), tokens)
        whole = made(documents, tokens)
        if patched is not None:
            patches += 1
            assert patched.scripts == whole.scripts
            assert (patched.marks, dict(patched.hidden)) == (whole.marks, dict(whole.hidden))
            assert list(patched.block_counts) == list(whole.block_counts)
        kept = patched or whole
    # Seen with this seed: most changes are of this kind.
    assert patches or seed != 0


def test_most_changes_are_patched() -> None:
    choose = random.Random(7)
    tokens = Tokens()
    documents = [document(number, text(choose).replace("學", "")) for number in range(60)]
    kept = made(documents, tokens)
    patched = patched_index(kept, [document(3, "春夏秋冬\n新的一行")], tokens)
    assert patched is not None
    assert patched.scripts != kept.scripts


@pytest.mark.parametrize(
    "changed",
    [
        replace(document(3, "春夏秋冬"), title="另一个题目"),
        replace(document(3, "春夏秋冬"), stages=("primary",)),
        document(99, "不在索引里的一份"),
        document(3, "從來沒有的繁體字"),
    ],
    ids=["title", "stage", "new", "traditional"],
)
def test_what_concerns_other_files_is_not_patched(changed: Document) -> None:
    tokens = Tokens()
    kept = made([document(number, "山水田林") for number in range(40)], tokens)
    assert patched_index(kept, [changed], tokens) is None


def test_without_the_tokens_of_before_nothing_is_patched() -> None:
    kept = made([document(number, "山水田林") for number in range(40)], Tokens())
    assert patched_index(kept, [document(3, "春夏")], Tokens()) is None


def test_a_line_that_nearly_all_have_stops_being_left_out_only_when_all_is_made_anew() -> None:
    line = "这一行在许多文档里都有而且相当长"
    documents = [document(number, f"{line}\n春{number}") for number in range(9)]
    tokens = Tokens()
    kept = made([*documents, *(document(number, "山水田林") for number in range(9, 40))], tokens)
    assert patched_index(kept, [document(3, "春夏")], tokens) is None


def test_an_index_is_written_and_read() -> None:
    tokens = Tokens()
    kept = made([document(number, f"山水田林\n{number}") for number in range(40)], tokens)
    data = b"".join(to_parts(kept, {"about": 1}))
    found = from_bytes(data)
    assert found is not None
    assert (found[0].scripts, found[1]) == (kept.scripts, {"about": 1})
    assert found[0].marks == kept.marks
    assert from_bytes(data[:-1]) is None
    assert from_bytes(b"") is None
