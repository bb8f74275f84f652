"""Files are probed in several processes with what one process would say; a file that ends its process ends no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kebao.loading import probe_files
from kebao.loading.facts_cache import sha256_of
from kebao.loading.probe_files import facts_of
from kebao.loading.probe_pool import WORKER, DigestedFile, probe_in_processes
from kebao.loading.probing import probe
from kebao.loading.tree import read_tree
from kebao.model.material import FileFacts, HazardKind

MATERIALS = Path(__file__).parents[1] / "golden" / "minimal_project" / "content"
#: A worker that has met a file which its libraries cannot cope with.
FRAGILE = """
import os, sys, time
from kebao.loading import probe_worker
def probe(path, digest, whole=probe_worker.probe):
    if "hangs" in path.name: time.sleep(1000)
    if "crashes" in path.name: os.abort()
    if "allocates" in path.name: bytearray(8 << 30)
    if "prints" in path.name: print("noise", flush=True); os.write(1, b"noise")
    if "writes" in path.name: path.with_name("written").write_bytes(b"x")
    return whole(path, digest)
probe_worker.probe = probe
probe_worker.main()
"""

Deal = Callable[..., list[Path]]


@pytest.fixture
def files(tmp_path: Path) -> Deal:
    """Copies of one whole material under these names, each with a content of its own."""
    material = next(path for path in sorted(MATERIALS.rglob("*.png")))

    def written(*names: str) -> list[Path]:
        for number, name in enumerate(names):
            # What stands after the end of a PNG is no part of the picture.
            (tmp_path / name).write_bytes(material.read_bytes() + bytes([number]))
        return [tmp_path / name for name in names]

    return written


def asked(paths: list[Path]) -> list[DigestedFile]:
    return [DigestedFile(path=path, digest=sha256_of(path)) for path in paths]


def answers(paths: list[Path], *, seconds: float = 60.0, processes: int = 2) -> dict[str, FileFacts]:
    worker = (sys.executable, "-P", "-c", FRAGILE)
    found = probe_in_processes(asked(paths), processes=processes, worker=worker, seconds=seconds)
    return {file.path.name: facts for file, facts in found}


def is_exhausting(facts: FileFacts) -> bool:
    return [hazard.kind for hazard in facts.hazards] == [HazardKind.EXHAUSTING] and facts.is_withheld


def test_several_processes_say_what_one_says_in_the_same_order(files: Deal) -> None:
    paths = files(*(f"{number:02}.png" for number in range(40)))
    # The same content twice, and the same content under another type's name.
    paths += [Path(shutil.copy(paths[3], paths[0].with_name(name))) for name in ("copy.png", "copy.docx")]
    assert facts_of(paths) == tuple(probe(path, sha256_of(path)) for path in paths)


def test_progress_counts_every_file_once_known_or_not(files: Deal, tmp_path: Path) -> None:
    paths = files(*(f"{number:02}.png" for number in range(20)))
    paths.append(Path(shutil.copy(paths[0], tmp_path / "copy.png")))
    facts_of(paths[:5], cache=tmp_path / "cache")
    told: list[tuple[int, int]] = []
    facts_of(paths, cache=tmp_path / "cache", on_progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 21) for done in range(1, 22)]


@pytest.mark.parametrize("few_or_known", ["few", "known"])
def test_few_or_known_files_start_no_process(
    few_or_known: str, files: Deal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files(*(f"{number:02}.png" for number in range(4 if few_or_known == "few" else 40)))
    if few_or_known == "known":
        facts_of(paths, cache=tmp_path / "cache")
    monkeypatch.setattr(probe_files, "probe_in_processes", None)
    assert all(facts.width for facts in facts_of(paths, cache=tmp_path / "cache"))


def test_a_file_that_crashes_its_process_costs_no_other_file(files: Deal) -> None:
    found = answers(files("a.png", "crashes.png", "b.png", "crashes2.png", "c.png", "d.png"))
    assert {name for name, facts in found.items() if is_exhausting(facts)} == {"crashes.png", "crashes2.png"}
    assert all(facts.width for name, facts in found.items() if "crashes" not in name)


def test_a_file_that_hangs_is_ended_when_its_time_is_over(files: Deal) -> None:
    found = answers(files("a.png", "hangs.png", "b.png"), seconds=2.0)
    assert {name for name, facts in found.items() if is_exhausting(facts)} == {"hangs.png"}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no limit of memory there")
def test_a_file_that_takes_all_memory_is_told(files: Deal) -> None:
    found = answers(files("a.png", "allocates.png", "b.png"), processes=1)
    assert {name for name, facts in found.items() if is_exhausting(facts)} == {"allocates.png"}


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of written bytes there")
def test_a_process_cannot_write_into_a_file(files: Deal, tmp_path: Path) -> None:
    answers(files("writes.png"))
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_what_a_library_prints_is_no_answer(files: Deal) -> None:
    found = answers(files("prints.png", "a.png"), processes=1)
    assert all(facts.width for facts in found.values())


@pytest.mark.parametrize(
    "worker", [("no-such-programme",), (sys.executable, "-c", ""), (sys.executable, "-c", "print('another version')")]
)
def test_where_no_process_can_be_started_files_are_probed_here(worker: tuple[str, ...], files: Deal) -> None:
    paths = files("a.png", "b.png", "c.png")
    found = dict(probe_in_processes(asked(paths), processes=2, worker=worker))
    assert len(found) == 3
    assert all(facts == probe(file.path, file.digest) for file, facts in found.items())


def test_what_a_limit_cut_short_is_not_kept(files: Deal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(path: Path) -> None:
        raise MemoryError

    paths = files("a.png")
    with monkeypatch.context() as patched:
        patched.setattr("kebao.loading.probing.inspect", lambda path, *_: out_of_memory(path))
        assert is_exhausting(facts_of(paths, cache=tmp_path / "cache")[0])
    assert facts_of(paths, cache=tmp_path / "cache")[0].width


def test_a_file_that_is_gone_is_an_error_here_and_not_a_hazard(files: Deal, tmp_path: Path) -> None:
    gone = DigestedFile(path=tmp_path / "gone.png", digest="0" * 64)
    with pytest.raises(FileNotFoundError):
        list(probe_in_processes([gone], processes=1))


def test_leaving_in_the_middle_ends_the_processes(files: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)
    paths = files("a.png", *(f"hangs{number}.png" for number in range(5)))
    found = probe_in_processes(asked(paths), processes=2, worker=(sys.executable, "-P", "-c", FRAGILE), seconds=600)
    next(found)
    with pytest.raises(KeyboardInterrupt):
        found.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert started
    assert all(process.returncode is not None for process in started)


def test_a_worker_ends_when_nobody_asks_any_more() -> None:
    process = subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_tree_is_the_same_with_a_cache_and_without(tmp_path: Path) -> None:
    root = MATERIALS.parent
    assert read_tree(root).facts == read_tree(root, cache=tmp_path).facts == read_tree(root, cache=tmp_path).facts


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_a_pipe_is_no_file_of_a_tree(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    os.mkfifo(tmp_path / "content" / "plan.docx")
    assert read_tree(tmp_path).under("content") == ()
