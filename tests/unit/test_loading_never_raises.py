"""Whatever bytes authors hand in, loading gives values and problems: it never raises, nor writes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.loading.front_matter import read_markdown_page
from kebao.loading.project import load_project
from kebao.loading.tree import SourceTree, read_tree
from kebao.loading.yaml_text import decode_utf8, read_yaml

PROJECT = Path(__file__).parents[1] / "golden" / "minimal_project"
GOOD_TEXTS = {
    path.relative_to(PROJECT).as_posix(): path.read_bytes()
    for path in sorted(PROJECT.rglob("*"))
    if path.suffix in (".yml", ".md") and ".kebao" not in path.parts
}
PAGES = sorted(path for path in GOOD_TEXTS if path.endswith(".md"))
PATHS = sorted(GOOD_TEXTS)

quick = settings(max_examples=150, deadline=None, derandomize=True)
slow = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

#: What YAML and authors make trouble with.
PIECES = st.sampled_from(
    [
        *(
            "---\n",
            "...\n",
            ": ",
            ":",
            "：",
            "- ",
            "-\t",
            "? ",
            "\t",
            "\n",
            "\n  ",
            "#",
            "&a ",
            "*a",
            "<<: ",
            "!x ",
        ),
        *(
            "!!binary ",
            "!!python/name:os.system ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "，",
            '"',
            "'",
            "|\n",
            ">-\n",
            "%YAML 1.1\n",
        ),
        *(
            "null",
            "~",
            "yes",
            "2025-03-18",
            "1:30",
            "0x1F",
            ".nan",
            "title",
            "materials",
            "分数",
            "\ufeff",
            "\x85",
        ),
        *("\u2028", "\x00", "\r", "\\", "@", "`", "=", "\U0001f600", "\ud7ff", " " * 40),
    ]
)
YAML_LIKE = st.lists(PIECES, max_size=40).map("".join)
# A line end between quotation marks is folded to a blank, as YAML says.
ONE_LINE = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")
VALUES = st.recursive(
    st.none() | st.text(ONE_LINE, max_size=8) | st.sampled_from(["true", "3", "2025-03-18", "zh"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(ONE_LINE, max_size=6), inner, max_size=4),
    max_leaves=12,
)


def flow_yaml(value: object) -> str:
    """The value as YAML between brackets, texts in quotation marks."""
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_yaml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow_yaml(key)}: {flow_yaml(inner)}" for key, inner in value.items()) + "}"
    return "'" + str(value).replace("'", "''") + "'"


def mutated(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for position, length, patch in cuts:
        start = position % (len(data) + 1)
        data = data[:start] + patch + data[start + length :]
    return data


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 30), st.binary(max_size=6) | YAML_LIKE.map(str.encode)),
    min_size=1,
    max_size=4,
)


@quick
@given(st.binary(max_size=400))
def test_reading_a_page_never_raises_on_random_bytes(data: bytes) -> None:
    page = read_markdown_page("index.md", data)
    assert page.front.value is not None or page.front.problems


@quick
@given(YAML_LIKE)
def test_reading_a_page_never_raises_on_yaml_like_front_matter(text: str) -> None:
    page = read_markdown_page("index.md", f"---\n{text}\n---\n\n正文\n".encode())
    assert page.front.value is not None or page.front.problems


@quick
@given(st.text(max_size=200) | YAML_LIKE)
def test_reading_yaml_never_raises_on_text_that_decodes(text: str) -> None:
    decoded, problems = decode_utf8("a.yml", text.encode("utf-8", "surrogatepass"))
    if problems:
        return
    document = read_yaml("a.yml", decoded)
    assert all(problem.location.line >= 1 for problem in document.problems)
    assert all("\n" not in problem.message.in_english() for problem in document.problems)


@quick
@given(
    st.sampled_from(["[", "{", "- ", "? ", "-\n ", "{a: ", "[[", "!!x [", "&a [", "- - ", "a:\n  "]),
    st.integers(1, 5000),
)
def test_reading_yaml_never_raises_on_deep_nesting(piece: str, times: int) -> None:
    document = read_yaml("a.yml", piece * times)
    assert document.value is not None or document.problems


@quick
@given(st.integers(1, 400))
def test_reading_yaml_never_raises_on_stairs_of_indentation(steps: int) -> None:
    read_yaml("a.yml", "".join(" " * step + f"k{step}:\n" for step in range(steps)))


@quick
@given(VALUES)
def test_nested_structures_come_back_as_they_were_written(value: object) -> None:
    decoded, problems = decode_utf8("a.yml", flow_yaml(value).encode())
    if not problems:
        assert read_yaml("a.yml", decoded).value == value


@slow
@given(st.sampled_from(PATHS), MUTATIONS)
def test_loading_a_project_never_raises_on_a_mutated_file(path: str, mutations: list[tuple[int, int, bytes]]) -> None:
    load_project(SourceTree(texts=GOOD_TEXTS | {path: mutated(GOOD_TEXTS[path], mutations)}))


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the project, the folder we are in, and the one for temporary files: all that loading knows of."""
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns(".kebao"))
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


@settings(slow, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), mutations=MUTATIONS)
def test_loading_a_mutated_file_writes_no_file(
    path: str, mutations: list[tuple[int, int, bytes]], places: Path
) -> None:
    file = places / "project" / path
    file.write_bytes(mutated(GOOD_TEXTS[path], mutations))
    before = snapshot(places)
    load_project(read_tree(places / "project"))
    assert snapshot(places) == before
    file.write_bytes(GOOD_TEXTS[path])


@slow
@given(st.sampled_from(PATHS), VALUES)
def test_loading_a_project_never_raises_on_a_well_formed_file_of_the_wrong_shape(path: str, value: object) -> None:
    text = flow_yaml(value)
    data = f"---\n{text}\n---\n".encode() if path in PAGES else text.encode()
    result = load_project(SourceTree(texts=GOOD_TEXTS | {path: data}))
    assert all(problem.message.in_english() for problem in result.problems)


@slow
@given(st.dictionaries(st.sampled_from(PATHS) | st.text(max_size=30), st.binary(max_size=60), max_size=12))
def test_loading_a_project_never_raises_on_random_trees(texts: dict[str, bytes]) -> None:
    assert load_project(SourceTree(texts=texts)).problems


@slow
@given(st.sets(st.sampled_from(PATHS), max_size=4))
def test_loading_a_project_never_raises_when_files_are_missing(missing: set[str]) -> None:
    load_project(SourceTree(texts={path: data for path, data in GOOD_TEXTS.items() if path not in missing}))
