"""An index that is changed for a few documents is the one that is made of all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.model.resource import Kind
from kebao.search import shards, text_blocks
from kebao.search.document import Document, Part, ResourceRow
from kebao.search.document_marks import DocumentMarks
from kebao.search.index import made_index
from kebao.search.kept_index import KeptIndex, from_bytes, to_parts, whole_of
from kebao.search.patching import patched_index
from kebao.search.postings import TokenLists
from kebao.search.repeated_lines import count_lines
from kebao.search.root import Labels

SUBJECTS = {"chinese": "语文", "mathematics": "数学", "art": "美术"}
STAGES = {"primary": "小学", "junior": "初中", "senior": "高中"}
LABELS = Labels(
    kinds={"lesson-cases": "课例", "micro-stories": "微故事", "docx": "Word"}, subjects=SUBJECTS, stages=STAGES
)
_CHARACTERS = "山水田林路桥河村春夏秋冬學abcd efgh ж\n\n"


class Tokens(dict[bytes, TokenLists]):
    """Where token lists are kept."""

    def put(self, key: bytes, lists: TokenLists) -> None:
        self[key] = lists


def document(number: int, text: str, title: str = "", names: tuple[str, ...] = ()) -> Document:
    kind = (Kind.LESSON_CASE, Kind.MICRO_STORY)[number % 2]
    page = f"{kind.value}/{number:03}.html"
    if number % 5 == 4:
        parent = (f"{Kind.MICRO_STORY.value}/001.html", 0)
        order = (f"{parent[0]}#file-001", number)
        return Document(kind=Part.DOCX, title=title or "教案", uri="x", order=order, text=text, parent=parent)
    row = ResourceRow(language="zh", bundle_size=len(text))
    return Document(
        kind=kind,
        title=title or f"第{number}课",
        uri=page,
        order=(page, 0),
        facts=f"{number % 3} · {title}",
        names=names,
        strong=(text[:9], title[:3]),
        text=text,
        resource=row,
    )


def made(documents: Sequence[Document], tokens: Tokens) -> KeptIndex:
    return made_index(documents, LABELS, tokens, lines=count_lines(documents))


def text(choose: random.Random) -> str:
    words = "".join(choose.choice(_CHARACTERS) for _ in range(choose.randrange(80)))
    return words if choose.random() < 0.7 else f"{words}\n这一行在许多文档里都有而且相当长\n"


def title(choose: random.Random) -> str:
    """Of several readings (重, 长, 乐), traditional, Latin, of two lines, or none."""
    return "".join(choose.choice("重长乐庆要大音山水一學長樂𠀀aB 7\nи") for _ in range(choose.randrange(7)))


def groups(choose: random.Random) -> dict[str, Any]:
    """Subject and stages; some have no label."""
    stages = choose.sample([*STAGES, "unknown"], choose.randrange(3))
    return {"subject": choose.choice([*SUBJECTS, "unknown", ""]), "stages": tuple(stages)}


def chosen(choose: random.Random, number: int) -> Document:
    names = tuple(title(choose) for _ in range(choose.randrange(3)))
    return replace(document(number, text(choose), title(choose), names), **groups(choose))


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that every edge is met: many files, and characters with too many entries."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 150)
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 300)


@given(st.integers(0, 10**9))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_changed_documents_make_the_index_of_all_of_them(seed: int) -> None:
    choose = random.Random(seed)
    tokens = Tokens()
    documents = [chosen(choose, number) for number in range(choose.randrange(12, 50))]
    kept = made(documents, tokens)
    patches = 0
    for _ in range(5):
        changed = {number: changed_one(choose, documents[number]) for number in choose.sample(range(len(documents)), 3)}
        documents = [changed.get(number, each) for number, each in enumerate(documents)]
        patched = patched_index(kept, list(changed.values()), LABELS, tokens)
        whole = made(documents, tokens)
        if patched is not None:
            patches += 1
            assert_same(patched, whole)
        kept = patched or whole
    # Seen with this seed: most changes are of this kind.
    assert patches or seed != 0


def changed_one(choose: random.Random, before: Document) -> Document:
    """The document with another text, another title, other names, or all of them."""
    number = int(before.order[0].partition("/")[2][:3]) if before.resource else before.order[1]
    after = chosen(choose, number)
    changes: dict[str, Any] = {
        "text": {"text": after.text},
        "title": {"title": after.title, "facts": after.facts},
        "names": {"names": after.names},
        "groups": groups(choose),
        "all": {"text": after.text, "title": after.title, "names": after.names, "strong": after.strong}
        | groups(choose),
    }
    return replace(before, **changes[choose.choice(list(changes))])


def assert_same(patched: KeptIndex, whole: KeptIndex) -> None:
    assert patched.scripts == whole.scripts
    assert (patched.marks, dict(patched.hidden)) == (whole.marks, dict(whole.hidden))
    assert list(patched.block_counts) == list(whole.block_counts)
    assert (patched.spoken, patched.characters) == (whole.spoken, whole.characters)


@given(st.integers(0, 10**9))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_titles_and_names_of_many_documents_are_always_patched(seed: int) -> None:
    choose = random.Random(seed)
    tokens = Tokens()
    documents = [chosen(choose, number) for number in range(choose.randrange(65, 90))]
    kept = made(documents, tokens)
    for count in (1, 9, 64):
        for number in choose.sample(range(len(documents)), count):
            new = title(choose)
            documents[number] = replace(
                documents[number],
                title=new,
                names=(new[::-1], *documents[number].names[:1]),
                strong=(new,),
                facts=new,
                **groups(choose),
            )
        patched = patched_index(kept, others_than(kept, documents), LABELS, tokens)
        assert patched is not None
        assert_same(patched, made(documents, tokens))
        found = from_bytes(b"".join(to_parts(patched, None)))
        assert found is not None
        kept = found[0]


def others_than(kept: KeptIndex, documents: Sequence[Document]) -> list[Document]:
    whole = {mark.order: mark.whole for mark in kept.marks}
    return [document for document in documents if whole[document.order] != whole_of(document)]


def test_most_changes_are_patched() -> None:
    choose = random.Random(7)
    tokens = Tokens()
    documents = [document(number, text(choose).replace("學", "")) for number in range(60)]
    kept = made(documents, tokens)
    patched = patched_index(kept, [document(3, "春夏秋冬\n新的一行")], LABELS, tokens)
    assert patched is not None
    assert patched.scripts != kept.scripts


@pytest.mark.parametrize(
    "changed",
    [
        replace(document(3, "春夏秋冬"), kind=Kind.BULLETIN),
        document(99, "不在索引里的一份"),
    ],
    ids=["kind", "new"],
)
def test_what_concerns_other_files_is_not_patched(changed: Document) -> None:
    tokens = Tokens()
    kept = made([document(number, "山水田林") for number in range(40)], tokens)
    assert patched_index(kept, [changed], LABELS, tokens) is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(document(3, "春夏秋冬"), title="另一个题目"),
        replace(document(3, "春夏秋冬"), names=("重庆", "长乐")),
        replace(document(3, "春夏秋冬"), subject="art", stages=("primary",)),
        document(3, "從來沒有的繁體字"),
    ],
    ids=["title", "names", "stage", "traditional"],
)
def test_what_is_counted_in_all_documents_is_patched_there_and_back(changed: Document) -> None:
    tokens = Tokens()
    documents = [document(number, "山水田林") for number in range(40)]
    kept = made(documents, tokens)
    patched = patched_index(kept, [changed], LABELS, tokens)
    assert patched is not None
    assert_same(patched, made([changed if number == 3 else each for number, each in enumerate(documents)], tokens))
    back = patched_index(patched, [documents[3]], LABELS, tokens)
    assert back is not None
    assert back.scripts == kept.scripts


def test_a_changed_text_is_patched_without_the_dictionaries_of_sounds_and_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = Tokens()
    documents = [document(number, "山水田林") for number in range(40)]
    changed = document(3, "從來沒有的繁體字")
    kept = made(documents, tokens)
    whole = made([changed if number == 3 else each for number, each in enumerate(documents)], Tokens())
    for name in ("pinyin.readings", "pinyin.character_readings", "postings.pinyin_tokens"):
        monkeypatch.setattr(f"kebao.search.{name}", None)
    monkeypatch.setattr("kebao.search.simplified.simplified_characters", None)
    patched = patched_index(kept, [changed], LABELS, tokens)
    assert patched is not None
    assert_same(patched, whole)


def test_changed_titles_do_not_use_up_the_changes_of_lines() -> None:
    tokens = Tokens()
    kept = made([document(number, "山水田林") for number in range(40)], tokens)
    for turn in range(20):
        patched = patched_index(kept, [document(3, "山水田林", f"第{turn}个题目")], LABELS, tokens)
        assert patched is not None
        kept = patched
    assert kept.lines.changed == 0


def test_without_the_tokens_of_before_nothing_is_patched() -> None:
    kept = made([document(number, "山水田林") for number in range(40)], Tokens())
    assert patched_index(kept, [document(3, "春夏")], LABELS, Tokens()) is None


def test_a_line_that_nearly_all_have_stops_being_left_out_only_when_all_is_made_anew() -> None:
    line = "这一行在许多文档里都有而且相当长"
    documents = [document(number, f"{line}\n春{number}") for number in range(9)]
    tokens = Tokens()
    kept = made([*documents, *(document(number, "山水田林") for number in range(9, 40))], tokens)
    assert patched_index(kept, [document(3, "春夏")], LABELS, tokens) is None


def test_marks_are_read_as_they_were_given() -> None:
    choose = random.Random(3)
    tokens = Tokens()
    documents = [chosen(choose, number) for number in range(30)]
    marks = made(documents, tokens).marks
    assert DocumentMarks.of(list(marks)) == marks
    assert [marks.order(n) for n in range(30)] == [mark.order for mark in marks]
    assert marks.numbers([marks[7].order, ("nowhere.html", 0)]) == {marks[7].order: 7}
    assert [key.hex() for key in marks.token_keys()] == [mark.tokens for mark in marks]
    whole = {document.order: whole_of(document) for document in documents}
    assert {mark.order: mark.whole for mark in marks} == whole
    other = replace(marks[3], subject="art", stages=("primary", "senior"), length=9, text="0" * 32)
    assert list(marks.after({3: other})) == [*marks[:3], other, *marks[4:]]


def test_columns_of_different_lengths_are_no_marks() -> None:
    with pytest.raises(ValueError, match="lengths"):
        DocumentMarks(["0 a.html"], [""], b"", [1])


def test_a_document_is_another_one_with_any_other_field() -> None:
    one = document(3, "春夏", "题", ("名",))
    others: list[dict[str, Any]] = [
        {"kind": Kind.BULLETIN},
        {"title": "山"},
        {"uri": "y"},
        {"order": ("z.html", 0)},
        {"facts": "事"},
        {"names": ("名", "字")},
        {"strong": ("强",)},
        {"text": "春秋"},
        {"subject": "art"},
        {"stages": ("primary",)},
        {"parent": ("z.html", 0)},
        {"resource": ResourceRow(language="zh", bundle_size=8)},
    ]
    assert {name for each in others for name in each} == {field.name for field in fields(Document)}
    assert len({whole_of(one), *(whole_of(replace(one, **each)) for each in others)}) == 1 + len(others)


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
