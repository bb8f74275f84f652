"""A site made in parts, on this machine and on a cluster: the same bytes as one that is built in one go."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from kebao.assembly.build_inputs import build_tools
from kebao.assembly.build_plan import Surroundings, plan_build
from kebao.assembly.executors.exchange import Exchange
from kebao.assembly.executors.remote_part import RemoteJob, RemotePart, build_remote_part, made_before
from kebao.assembly.site_parts import PartError
from kebao.assembly.tree_comparison import differences
from kebao.cli.main import main
from kebao.model.shard import Shard

from .projects import environment, kebao_command, run, write_small_project

pytestmark = pytest.mark.site

_PACKAGE = "content/packages"
_SECONDS = 240.0


def kebao(root: Path, *arguments: str | Path) -> int:
    return main(["-C", str(root), "--lang", "en", *map(str, arguments)])


@pytest.fixture(scope="module")
def two_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of four shards, with the site as one machine builds it in its folder ``site``."""
    root = write_small_project(tmp_path_factory.mktemp("parts"))
    shutil.copytree(root / _PACKAGE / "demo", root / _PACKAGE / "other")
    settings = root / "site_config" / "site.yml"
    settings.write_text(re.sub(r"(?m)^packages:.*$", "packages: [demo, other]", settings.read_text("utf-8")), "utf-8")
    assert run(kebao_command("build", "--out", "site"), cwd=root).returncode == 0
    return root


def plan_of(root: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert kebao(root, "build", "--plan") == 0
    parts = json.loads(capsys.readouterr().out)["parts"]
    assert isinstance(parts, list)
    return parts


def test_parts_made_one_by_one_and_joined_are_the_site(two_packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = two_packages
    parts = plan_of(root, capsys)
    assert [part["id"] for part in parts] == [
        "demo.files",
        "other.files",
        *(f"{package}.{locale}.next" for package in ("demo", "other") for locale in ("zh", "en")),
    ]
    for part in parts:
        # One takes the list of files over, the others make it again: both must do.
        files = ["--files", "parts/demo.files"] if part["id"] == "demo.en.next" else []
        assert kebao(root, "build", "--only", str(part["id"]), *files) == 0
        made = root / "parts" / str(part["id"]) / "site"
        outputs = part["outputs"]
        assert isinstance(outputs, list)
        written = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
        assert written
        assert all(path.startswith(tuple(outputs)) for path in written)
    assert kebao(root, "build", "--join", "parts", "--out", "joined") == 0
    assert list(differences(root / "site", root / "joined")) == []
    refuses_wrong_parts(root, capsys)


def refuses_wrong_parts(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each would give a site that is not the one of these sources."""
    capsys.readouterr()
    folders = sorted((root / "parts").iterdir())
    assert kebao(root, "build", "--join", *folders[1:], "--out", "refused") == 2
    assert f"parts are missing: {folders[0].name}" in capsys.readouterr().err
    assert kebao(root, "build", "--join", *folders, folders[0], "--out", "refused") == 2
    assert "is there twice" in capsys.readouterr().err
    assert kebao(root, "build", "--join", root / "site", "--out", "refused") == 2
    assert "not the folder of a part" in capsys.readouterr().err
    page = root / _PACKAGE / "demo/lesson-cases/fractions/index.md"
    text = page.read_text("utf-8")
    page.write_text(f"{text}\n再说一句。\n", "utf-8")
    try:
        assert kebao(root, "build", "--join", "parts", "--out", "refused") == 2
        assert "was made from other sources or tools" in capsys.readouterr().err
        assert kebao(root, "build", "--only", "demo.zh.next", "--files", "parts/demo.files") == 2
        assert "is not the part demo.files of the same sources" in capsys.readouterr().err
    finally:
        page.write_text(text, "utf-8")
    assert not (root / "refused").exists()


def test_a_part_that_is_not_in_the_plan_is_not_made(two_packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(two_packages, "build", "--only", "demo.fr.next") == 2
    assert "There is no part demo.fr.next; there are: demo.files" in capsys.readouterr().err


def test_a_cluster_needs_its_addresses(two_packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(two_packages, "build", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9") == 2
    assert "needs --scheduler and --exchange" in capsys.readouterr().err


def test_a_machine_with_other_tools_refuses_a_part(tmp_path: Path) -> None:
    (part,) = plan_build([Shard(package="demo", locale="zh")], Surroundings(generator="", files=(), tools={})).parts[1:]
    job = RemoteJob(
        exchange=str(tmp_path),
        part=part,
        sources="",
        files="",
        tools={**build_tools(), "mkdocs": "0.1"},
        package=None,
        locale=None,
        splice=True,
    )
    with pytest.raises(PartError, match=r"has mkdocs 1\.6\S*, and 0\.1 is needed"):
        build_remote_part(job, tmp_path, 1)


def test_a_part_that_was_made_before_is_known_as_long_as_it_is_there(tmp_path: Path) -> None:
    plan = plan_build([Shard(package="demo", locale="zh")], Surroundings(generator="", files=(), tools={}))
    job = RemoteJob(
        exchange=str(tmp_path),
        part=plan.parts[1],
        sources="",
        files="a",
        tools={},
        package=None,
        locale=None,
        splice=True,
    )
    exchange = Exchange(str(tmp_path))
    made = RemotePart(id=job.part.id, sha256="f" * 64, size_bytes=3)
    exchange.note(job.note, json.dumps(asdict(made)))
    assert made_before(job, exchange) is None, "noted, but not there"
    (tmp_path / "part").write_bytes(b"tar")
    exchange.put(tmp_path / "part", made.name)
    assert made_before(job, exchange) == made
    assert made_before(replace(job, files="b"), exchange) is None, "made with another list of files"
    exchange.note(job.note, '{"id": "de')
    assert made_before(job, exchange) is None, "the note was cut short"


def test_what_lies_outside_of_the_project_is_not_sent(
    two_packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = two_packages / "mkdocs.yml"
    text = settings.read_text("utf-8")
    settings.write_text(f"{text}\nhooks: [../hook.py]\n", "utf-8")
    try:
        where = ["--scheduler", "tcp://127.0.0.1:9", "--exchange", str(tmp_path)]
        assert kebao(two_packages, "build", "--executor", "dask", *where, "--out", tmp_path / "site") == 2
        assert "mkdocs.yml names files elsewhere" in capsys.readouterr().err
    finally:
        settings.write_text(text, "utf-8")


@contextmanager
def started(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=environment(), stdout=said, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(found: Callable[[], bool], what: str, log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while not found():
        assert time.monotonic() < end, f"{what}: {log.read_text('utf-8', 'replace')[-2000:]}"
        time.sleep(0.02)


def test_a_cluster_that_loses_a_worker_makes_the_same_site(two_packages: Path, tmp_path: Path) -> None:
    address, exchange = tmp_path / "scheduler.json", tmp_path / "exchange"
    dask = [sys.executable, "-m", "dask"]
    quiet = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(address)]
    with ExitStack() as stack:
        log = tmp_path / "scheduler.log"
        stack.enter_context(started([*dask, "scheduler", *quiet, "--port", "0"], log))
        wait_until(lambda: address.exists() and bool(address.read_text("utf-8").strip()), "the scheduler", log)
        scheduler = json.loads(address.read_text("utf-8"))["address"]
        workers = {}
        for number in range(3):
            own = tmp_path / f"worker-{number}"
            command = [*dask, "worker", *quiet, "--nthreads", "1", "--no-nanny", "--local-directory", str(own)]
            workers[own] = stack.enter_context(started(command, tmp_path / f"worker-{number}.log"))
        for own in workers:
            wait_until(lambda own=own: any(own.glob("*/*")), "a worker", own.with_suffix(".log"))  # type: ignore[misc]
        where = ["--scheduler", scheduler, "--exchange", str(exchange), "--out", str(tmp_path / "site")]
        log = tmp_path / "build.log"
        build = stack.enter_context(
            started([*kebao_command("build", "--executor", "dask", *where, "-C"), str(two_packages)], log)
        )
        busy: list[Path] = []

        def is_one_at_work() -> bool:
            assert build.poll() is None, log.read_text("utf-8", "replace")
            busy[:] = [own for own in workers if any(own.glob("*/*/kebao/kebao-*/.part.new-*/site"))]
            return bool(busy)

        wait_until(is_one_at_work, "no worker began", log)
        os.kill(workers[busy[0]].pid, signal.SIGKILL)
        assert len(list(exchange.glob("made/*.json"))) < 4, "the build was over already: nothing was killed in it"
        assert build.wait(_SECONDS) == 0, log.read_text("utf-8", "replace")
        assert workers[busy[0]].wait(10) == -signal.SIGKILL
        assert [worker.poll() for own, worker in workers.items() if own != busy[0]] == [None, None]
    assert list(differences(two_packages / "site", tmp_path / "site")) == []
    assert len(list(exchange.glob("made/*.json"))) == 4
