"""What ``kebao check --fix`` makes of a text: more readable, never anything else."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.loading.front_matter import read_markdown_page
from kebao.loading.yaml_text import decode_utf8, read_yaml
from kebao.mending.mend import mended

ROOT = Path(__file__).parents[2]
PAGE = "content/packages/demo/micro-cases/a/index.md"
PEOPLE = "content/people.yml"
GOOD = "---\ntitle: 折纸\ntopics: [a]\nreview: {state: submitted}\nai_generated: none\n---\n\n正文\n"


def text_of(text: str, path: str = PAGE) -> str:
    return mended(path, text.encode()).decode()


@pytest.mark.parametrize(
    "written, wanted",
    [
        (GOOD, GOOD),
        (GOOD.replace("\n", "\r\n"), GOOD),
        (f"\ufeff{GOOD}", GOOD),
        (GOOD.removesuffix("\n"), GOOD),
        (GOOD.replace("title: 折纸", "title: 折纸  \t"), GOOD),
        (GOOD.replace("---\n", "--- \n"), GOOD),
        (GOOD.replace("title: ", "title："), GOOD),
        (GOOD.replace("title: ", "title：\u3000"), GOOD),
        (GOOD.replace("title: ", "title:\u3000"), GOOD),
        (GOOD.replace("title: ", "title:"), GOOD),
        (GOOD.replace("title: ", "title：").replace("topics: ", "topics:"), GOOD),
        (GOOD.replace("topics: [a]", "topics:\n\t- a"), GOOD.replace("topics: [a]", "topics:\n  - a")),
        (
            GOOD.replace("review: {state: submitted}", "review:\n\tstate：submitted\n\tby: a"),
            GOOD.replace("review: {state: submitted}", "review:\n  state: submitted\n  by: a"),
        ),
        (GOOD.replace("折纸", "cafe\u0301"), GOOD.replace("折纸", "caf\xe9")),
        (GOOD.replace("正文", "cafe\u0301"), GOOD.replace("正文", "caf\xe9")),
        (
            GOOD.replace("title: 折纸\ntopics: [a]\n", "topics: [a]\ntitle: 折纸\n"),
            GOOD,
        ),
    ],
)
def test_what_is_safe_is_mended(written: str, wanted: str) -> None:
    assert text_of(written) == wanted


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD.replace("正文", "一行  \n两行\ttitle：x"), id="blanks that break a line of the body"),
        pytest.param(GOOD.replace("topics", "# 专题\ntopics").replace("title: 折纸\n", ""), id="comments"),
        pytest.param(
            "---\n# 先写专题\ntopics: [a]\ntitle: 折纸\n---\n\n正文\n",
            id="order where there are comments",
        ),
        pytest.param(GOOD.replace("折纸", "|\n  title：纸  \n  二"), id="blanks and colons inside a text"),
        pytest.param(GOOD.replace("折纸", "冒号：后面"), id="a colon in a value"),
        pytest.param(GOOD.replace("topics: [a]", "topics: {file: cafe\u0301.docx}"), id="a file's name on the disk"),
        pytest.param(GOOD.replace("正文", "![图](cafe\u0301.png)"), id="a file's name in a link"),
        pytest.param(GOOD.replace("title: 折纸", "unknown：折纸"), id="a key that is none of ours"),
        pytest.param("没有字段\n", id="no front matter"),
    ],
)
def test_the_rest_is_left_alone(text: str) -> None:
    assert text_of(text) == text


def test_a_file_in_gbk_is_left_alone() -> None:
    data = GOOD.replace("\n", "\r\n").encode("gb18030")
    assert mended(PAGE, data) == data


def test_other_files_are_left_alone() -> None:
    assert mended("content/packages/demo/micro-cases/a/notes.vtt", b"WEBVTT\r\n") == b"WEBVTT\r\n"


def test_only_the_colons_in_the_way_are_changed() -> None:
    broken = GOOD.replace("title: 折纸", "title：折纸").replace("topics: [a]", "summary: |\n  title：这是正文")
    assert text_of(broken) == broken.replace("title：折纸", "title: 折纸")


@pytest.mark.parametrize("project", [ROOT, ROOT / "tests/golden/minimal_project", ROOT / "tests/golden/minimal_site"])
def test_all_sample_files_stay_as_they_are(project: Path) -> None:
    files = [file for top in ("content", "site_config") for file in (project / top).rglob("*") if file.is_file()]
    changed = [f for f in files if mended(f.relative_to(project).as_posix(), f.read_bytes()) != f.read_bytes()]
    assert changed == []


PIECES = st.sampled_from(
    [
        *(
            "---\n",
            "title: ",
            "title：",
            "topics:",
            "review：\u3000",
            "date:2025",
            "person: a",
            "by：b",
            "file: e\u0301",
        ),
        *("\n", "\r\n", "\r", "\n\t", "\n  ", "\t", "  ", " ", "- ", "[", "]", "{", "}", ",", "|\n", ">-\n", "|+\n"),
        *(
            "# x",
            '"',
            "'",
            "折纸",
            "cafe\u0301",
            "\u212b",
            "\ufeff",
            "\u2028",
            "&a ",
            "*a",
            "!x ",
            "...\n",
            "--- ",
            "x: ",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)
PAGES = st.builds(lambda front, body: f"---\n{front}\n---\n{body}", TEXTS, TEXTS)
CASES = st.one_of(
    st.tuples(st.just(PAGE), st.one_of(PAGES, TEXTS)),
    st.tuples(st.just(PEOPLE), TEXTS),
)
many = settings(max_examples=400, deadline=None, derandomize=True)


@many
@given(CASES)
def test_mending_twice_is_mending_once(case: tuple[str, str]) -> None:
    path, text = case
    once = mended(path, text.encode())
    assert mended(path, once) == once


def nfc(value: Any) -> Any:
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): nfc(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [nfc(entry) for entry in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def meaning(path: str, data: bytes) -> object:
    """What is read out of a file; None when it cannot be read."""
    if path == PAGE:
        page = read_markdown_page(path, data)
        return None if page.front.problems else (nfc(page.front.value), nfc(page.body))
    text, problems = decode_utf8(path, data)
    document = read_yaml(path, text)
    return None if problems or document.problems else nfc(document.value)


@many
@given(CASES)
def test_mending_never_changes_what_was_read_before(case: tuple[str, str]) -> None:
    path, text = case
    before = meaning(path, text.encode())
    if before is not None:
        assert meaning(path, mended(path, text.encode())) == before


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=80))
def test_bytes_that_are_no_text_are_left_alone(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert mended(PEOPLE, data) == data
    else:
        mended(PEOPLE, data)
