"""What is kept of files says the same as looking into them again, whatever became of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from PIL import Image

from kebao.loading import facts_cache, probe_files
from kebao.loading.facts_cache import sha256_of
from kebao.loading.later_blocks import LaterBlocks
from kebao.loading.probe_files import facts_of
from kebao.loading.probing import probe
from kebao.model.material import FileFacts, TextBlock

BLOCKS = (TextBlock(kind="heading", text="一"), TextBlock(kind="paragraph", text="二"))


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    document = docx.Document()
    document.add_heading("一课", 1)
    document.add_paragraph("先对折，再对折。")
    document.core_properties.author = "某老师"
    document.save(str(tmp_path / "plan.docx"))
    Image.new("RGB", (40, 30), "red").save(tmp_path / "board.png")
    return [tmp_path / "plan.docx", tmp_path / "board.png"]


def anew(paths: list[Path]) -> tuple[FileFacts, ...]:
    return tuple(probe(path, sha256_of(path)) for path in paths)


def entry(cache: Path) -> Path:
    return next(cache.glob("facts/*/all.json"))


def text_entry(cache: Path) -> Path:
    return next(cache.glob("facts/*/*/*.docx.json"))


def test_facts_that_are_kept_are_those_that_were_told(paths: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert facts_of(paths, cache=cache) == facts_of(paths, cache=cache) == anew(paths)
    assert list(cache.glob("facts/*/*/*")) == [text_entry(cache)], "only what has a text has a file for it"


def test_nothing_is_probed_where_all_is_known_and_texts_are_read_when_they_are_asked_for(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    told = facts_of(paths, cache=cache)
    text = text_entry(cache).read_bytes()
    text_entry(cache).write_bytes(b"")
    monkeypatch.setattr(probe_files, "DigestedFile", None)
    plan, _ = facts_of(paths, cache=cache)
    assert len(plan.blocks) == 2
    assert plan.makers == told[0].makers
    text_entry(cache).write_bytes(text)
    assert plan.blocks == told[0].blocks


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-9],
        lambda data: data.replace(b"heading", b"Heading").replace(b"plan", b"Plan").replace(b"1", b"2"),
        lambda data: b"{}",
        lambda data: b"[" * 100_000,
        lambda data: b"\xff" * 20,
    ],
    ids=["empty", "cut off", "changed", "not ours", "deep", "no text"],
)
@pytest.mark.parametrize("which", [entry, text_entry], ids=["facts", "text"])
def test_what_is_damaged_is_told_again(
    which: Callable[[Path], Path], damage: Callable[[bytes], bytes], paths: list[Path], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    facts_of(paths, cache=cache)
    whole = which(cache).read_bytes()
    assert damage(whole) != whole
    which(cache).write_bytes(damage(whole))
    facts = facts_of(paths, cache=cache)
    assert facts == anew(paths)
    assert tuple(facts[0].blocks) == tuple(anew(paths)[0].blocks)
    assert which(cache).read_bytes() == whole


@pytest.mark.parametrize(
    "poison",
    [
        '{"%s": 1}',
        '{"%s": [2, {}]}',
        '{"%s": [2, {"sha256": "0", "size_bytes": 1}]}',
        '{"%s": [2, []]}',
        "[]",
        '{"%s": ["x", 1, 2]}',
    ],
)
def test_facts_of_another_form_are_none(poison: str, paths: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    facts_of(paths, cache=cache)
    digest = sha256_of(paths[0])
    # Not even the beginning of the right digest is enough.
    written = poison.replace("%s", f"{digest}.docx").replace('"0"', f'"{digest[:1]}"')
    facts_cache._write(entry(cache), written)
    assert facts_of(paths, cache=cache) == anew(paths)


def test_a_file_under_another_name_has_its_own_facts(paths: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    facts_of(paths, cache=cache)
    text_entry(cache).unlink()
    copy = Path(shutil.copy(paths[0], tmp_path / "copy.docx"))
    other = Path(shutil.copy(paths[0], tmp_path / "copy.png"))
    assert facts_of([copy, other, *paths], cache=cache) == anew([copy, other, *paths])


def test_a_folder_that_cannot_be_written_costs_only_time(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    assert facts_of(paths, cache=tmp_path / "cache") == anew(paths)


def test_facts_that_nobody_asks_for_go_when_there_are_many(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    facts_of(paths[:1], cache=cache)
    digest = sha256_of(paths[0])
    facts_of(paths[1:], cache=cache)
    assert digest in entry(cache).read_text(), "of another part of the project"
    monkeypatch.setattr(facts_cache, "_MOST_UNUSED", 0)
    paths[0].write_bytes(paths[0].read_bytes() + b"\0")
    facts_of(paths[:1], cache=cache)
    assert digest not in entry(cache).read_text()


def test_later_blocks_are_as_a_tuple_and_read_once() -> None:
    read: list[int] = []

    def blocks() -> tuple[TextBlock, ...]:
        read.append(1)
        return BLOCKS

    later = LaterBlocks(2, blocks)
    assert (len(later), bool(later), read) == (2, True, [])
    assert later == BLOCKS
    assert later != BLOCKS[:1]
    assert later != LaterBlocks(2, lambda: BLOCKS[::-1])
    assert (list(later), later[0], later[1:], hash(later)) == (list(BLOCKS), BLOCKS[0], BLOCKS[1:], hash(BLOCKS))
    facts, same = (FileFacts(sha256="", size_bytes=1, blocks=each) for each in (later, BLOCKS))
    assert facts == same
    assert same == facts
    assert read == [1]
