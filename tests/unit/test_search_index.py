"""The files of an index, read as a browser reads them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.model.resource import Kind
from kebao.search.coding import DIGITS, classes_of, numbers
from kebao.search.document import Document, Part, ResourceRow
from kebao.search.index import build_index
from kebao.search.root import Labels
from kebao.search.shards import SHARD_BYTES, read_shard
from kebao.search.simplified import simplified_characters
from kebao.search.text_blocks import BLOCK_BYTES
from kebao.search.tokens import Normaliser, query_terms

LABELS = Labels(
    kinds={"lesson-cases": "课例", "micro-stories": "微故事", "docx": "Word 文档", "topic": "专题"},
    subjects={"chinese": "语文", "mathematics": "数学"},
    stages={"primary": "小学", "junior": "初中"},
)


def lesson(name: str, text: str = "", **changes: Any) -> Document:
    uri = f"lesson-cases/{name}.html"
    document = Document(
        kind=Kind.LESSON_CASE,
        title=name,
        uri=uri,
        order=(uri, 0),
        text=text,
        resource=ResourceRow(language="zh"),
    )
    return replace(document, **changes)


def attachment(name: str, part: int, text: str) -> Document:
    page = f"lesson-cases/{name}.html"
    return Document(
        kind=Part.DOCX,
        title="教案",
        uri=f"{page}#file-1",
        order=(f"{page}#file-001", part),
        text=text,
        parent=(page, 0),
    )


@dataclass(frozen=True)
class Index:
    """An index that was written."""

    files: Mapping[str, bytes]

    def payload(self, name: str) -> Any:
        text = self.files[f"{name}.js"].decode()
        head, digest, payload = text.split(",", 2)
        payload = payload.removesuffix(");\n")
        assert head == f'Kebao.put("{name}"'
        assert digest == f'"{hashlib.sha256(payload.encode()).hexdigest()[:8]}"'
        return json.loads(payload)

    def payloads(self, folder: str) -> list[Any]:
        count = sum(path.startswith(f"{folder}/") for path in self.files)
        return [self.payload(f"{folder}/{number}") for number in range(count)]

    @cached_property
    def root(self) -> Any:
        return self.payload("root")

    @cached_property
    def entries(self) -> Mapping[str, str]:
        return {key: entry for shard in self.payloads("s") for key, entry in read_shard(shard)}

    def found(self, term: str) -> set[int]:
        """What a term finds, as docs/search-format.md says."""
        how, key = term[0], term[1:]
        if how == "=" or (how == "?" and key in self.root["one"]):
            keys = [key]
        else:
            keys = [each for each in self.entries if each.startswith(key)]
        return {
            document
            for each in keys
            for document, c in enumerate(classes_of(self.entries.get(each, ""), self.root["n"]))
            if c
        }

    def found_all(self, query: str) -> set[int]:
        fold = self.root["fold"]
        normalise = Normaliser(dict(zip(fold[::2], fold[1::2], strict=True)))
        sets = [self.found(term) for term in query_terms(query, normalise)]
        return set.intersection(*sets) if sets else set()


def index_of(*documents: Document) -> Index:
    return Index(build_index(documents, LABELS))


# What is found


@settings(max_examples=60)
@given(
    st.lists(st.text(st.sampled_from("教学设计数臺台 ，\n"), max_size=60), min_size=1, max_size=12),
    st.text(st.sampled_from("教学设计数臺台"), min_size=2, max_size=8),
)
def test_no_document_with_a_phrase_of_two_to_eight_characters_is_lost(texts: list[str], phrase: str) -> None:
    index = index_of(*(lesson(f"d{number:02}", text) for number, text in enumerate(texts)))
    simplified = Normaliser(simplified_characters())
    wanted = {number for number, text in enumerate(texts) if simplified(phrase) in simplified(text)}
    assert wanted <= index.found_all(phrase)


def test_no_document_is_lost_among_many() -> None:
    """Enough of them for dense entries, several shards, and characters with an entry of their own."""
    choose = random.Random(3)
    alphabet = [chr(0x4E00 + place) for place in range(180)]
    texts = ["教学" + "".join(choose.choices(alphabet, k=500)) for _ in range(300)]
    simplified = Normaliser(simplified_characters())
    texts = [simplified(text + "的".join(choose.choices(alphabet, k=90))) for text in texts]
    index = index_of(*(lesson(f"d{number:03}", text) for number, text in enumerate(texts)))
    assert any(entry.startswith("#") for entry in index.entries.values())
    assert len(index.payloads("s")) > 3
    assert index.root["one"]
    for length in (1, 2, 3, 5, 8):
        for _ in range(12):
            text = choose.choice(texts)
            start = choose.randrange(len(text) - length)
            phrase = text[start : start + length]
            wanted = {number for number, each in enumerate(texts) if phrase in each}
            found = index.found_all(phrase)
            assert wanted <= found
            if length <= 2:
                assert wanted == found


def test_one_character_is_found_in_the_middle_and_at_the_end_of_a_run() -> None:
    index = index_of(lesson("a", "分数"), lesson("b", "几分"), lesson("c", "分"), lesson("d", "没有"))
    assert index.found_all("分") == {0, 1, 2}
    assert index.found_all("数") == {0}


def test_the_beginning_of_a_word_finds_it() -> None:
    index = index_of(lesson("one", "geometry"), lesson("two", "geography"))
    assert index.found_all("geom") == {0}
    assert index.found_all("geo") == {0, 1}
    assert index.found_all("geo ") == set()


def test_simplified_and_traditional_characters_find_each_other() -> None:
    index = index_of(lesson("a", "教學設計"), lesson("b", "教学设计"))
    assert index.found_all("教学设计") == {0, 1}
    assert index.found_all("教學設計") == {0, 1}
    assert "學学" in index.root["fold"]


def test_a_title_weighs_more_than_a_heading_and_that_more_than_a_text() -> None:
    index = index_of(
        lesson("a", "分数"),
        lesson("b", "分数", strong=("分数",)),
        lesson("c", "分数", title="分数"),
        lesson("d", "分数，分数，分数"),
        lesson("e", names=("分数",)),
    )
    assert list(classes_of(index.entries["分数"], 5)) == [1, 2, 3, 2, 3]


def test_titles_are_found_by_their_sound() -> None:
    index = index_of(lesson("a", title="分数的意义"), lesson("b", "分数的意义", title="无"))
    for key in ("~fenshu", "~shude", "~yi", "|fsd", "|dyy", "|yy"):
        assert list(classes_of(index.entries[key], 2)) == [3, 0], key
    assert index.payload("pinyin")["数"] == "shu"


# How it is written


def test_resources_come_first_then_the_others_both_by_address() -> None:
    topic = Document(kind=Part.TOPIC, title="专题", uri="topics/x.html", order=("topics/x.html", 0))
    index = index_of(topic, attachment("b", 1, "二"), lesson("c"), attachment("b", 0, "一"), lesson("b"), lesson("a"))
    rows = [row for payload in index.payloads("m") for row in payload]
    assert [row[1].rpartition("/")[2] for row in rows] == [
        *("a.html", "b.html", "c.html"),
        *("b.html#file-1", "b.html#file-1", "x.html"),
    ]
    assert [row[4] for row in rows] == [-1, -1, -1, 1, 1, -1]
    assert [len(row) for row in rows] == [6, 6, 6, 5, 5, 5]
    assert [len(payload) for payload in index.payloads("b")] == [3]
    assert (index.root["n"], index.root["r"]) == (6, 3)
    assert list(numbers(index.root["parts"])) == [0, 2, 0]


def test_columns_say_kind_subject_and_stages() -> None:
    index = index_of(
        lesson("a", subject="mathematics", stages=("primary", "junior")),
        lesson("b", subject="unheard-of", stages=()),
        lesson("c", subject="mathematics", stages=("primary",)),
        attachment("c", 0, "文"),
    )
    root = index.root
    assert root["kinds"] == [["lesson-cases", "课例"]]
    runs = list(root["kind"])
    # A part of a file is of no kind.
    assert [DIGITS.index(digit) for digit in runs] == [1, 3, 0, 1]
    subject, stage = index.payload("filters")
    assert subject[:3] == ["subject", [["mathematics", "数学"]], [[], ["mathematics"]]]
    assert [DIGITS.index(digit) for digit in subject[3]] == [1, 0, 1]
    assert stage[:2] == ["stage", [["primary", "小学"], ["junior", "初中"]]]
    assert [stage[2][DIGITS.index(digit)] for digit in stage[3]] == [["primary", "junior"], [], ["primary"]]


def test_texts_follow_the_documents_in_blocks_of_limited_size() -> None:
    documents = [lesson(f"d{number:03}", "文" * (number * 37 % 900)) for number in range(60)]
    long = lesson("d999", "长" * 5_000)
    index = index_of(*documents, long)
    blocks = index.payloads("t")
    assert [row[0] for block in blocks for row in block] == list(range(61))
    assert [row[1] for block in blocks for row in block][-1] == long.text
    begins = "".join(f"{DIGITS.index(digit):06b}" for digit in index.root["t"])[:61]
    assert [number for number, bit in enumerate(begins) if bit == "1"] == [block[0][0] for block in blocks]
    sizes = [len(content) for path, content in index.files.items() if path.startswith("t/")]
    assert max(sizes[:-1]) <= BLOCK_BYTES < sizes[-1]


def test_shards_are_in_order_and_no_larger_than_they_may_be() -> None:
    choose = random.Random(5)
    letters = "abcdefghijklmnop中文字教学数语课本书"
    documents = [
        lesson(f"d{number:03}", " ".join("".join(choose.choices(letters, k=5)) for _ in range(150)))
        for number in range(200)
    ]
    index = index_of(*documents, lesson("z", "𠮷野 豈 한국 བོད་ཡིག"))
    shards = index.payloads("s")
    keys = [[key for key, _ in read_shard(shard)] for shard in shards]
    in_order = [key for of_shard in keys for key in of_shard]
    assert in_order == sorted(set(in_order), key=lambda key: key.encode("utf-16-be"))
    starts = index.root["dir"].split(" ")
    assert all(of_shard[0].startswith(start) for start, of_shard in zip(starts, keys, strict=True))
    # A key's shard is the last one whose start is not behind it.
    assert all(before[-1] < start for start, before in zip(starts[1:], keys, strict=False))
    sizes = [len(content) for path, content in index.files.items() if path.startswith("s/")]
    assert len(sizes) > 5
    assert max(sizes) <= SHARD_BYTES
    # Only the last one may be nearly empty.
    assert min(sizes[:-1]) > SHARD_BYTES * 0.9


def test_the_root_knows_the_shards_by_their_hashes() -> None:
    index = index_of(lesson("a", "分数"))
    heads = [index.files[f"s/{number}.js"].decode().split('"')[3] for number in range(len(index.payloads("s")))]
    places = [DIGITS.index(digit) for digit in index.root["hash"]]
    written = "".join(f"{place:06b}" for place in places)
    assert [f"{int(written[at : at + 24], 2):06x}" for at in range(0, len(written), 24)] == [h[:6] for h in heads]


def test_a_changed_text_leaves_the_other_files_as_they_were() -> None:
    documents = [lesson(f"d{number:03}", chr(0x4E00 + number) * 40 + "文" * 800) for number in range(40)]
    before = index_of(*documents)
    after = index_of(*documents[:-1], replace(documents[-1], text=documents[-1].text + "新词"))
    changed = {path for path in before.files if before.files[path] != after.files.get(path)}
    assert "root.js" in changed
    assert len([path for path in changed if path.startswith("t/")]) == 1
    assert before.root["id"] != after.root["id"]
    assert not any(path.startswith("m/") for path in changed)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_documents_give_the_same_bytes_in_any_order(seed: int) -> None:
    documents: Sequence[Document] = [
        *(lesson(f"d{number}", "分数的初步认识 abc" * number) for number in range(9)),
        attachment("d3", 0, "附件"),
        attachment("d3", 1, "附件"),
    ]
    shuffled = random.Random(seed).sample(documents, len(documents))
    assert build_index(shuffled, LABELS) == build_index(documents, LABELS)


def test_what_would_end_a_script_is_written_otherwise() -> None:
    title = "</script><!-- \u2028\u2029"
    index = index_of(lesson("a", title, title=title))
    for content in index.files.values():
        assert b"</" not in content
        assert "\u2028" not in content.decode()
        assert content.count(b"\n") == 1
    assert index.payload("m/0")[0][0] == title
    assert index.payload("t/0")[0][1] == title


def test_an_index_of_nothing_can_be_read() -> None:
    index = index_of()
    assert (index.root["n"], index.root["dir"], index.root["hash"]) == (0, "", "")
    assert index.payloads("s") == []
