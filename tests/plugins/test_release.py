"""Releasing: what is frozen, that it never changes, and from what it can be made."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from kebao.cli.main import main
from kebao.editions.errors import EditionError
from kebao.editions.folder_lock import folder_lock
from kebao.editions.previous import appearances
from kebao.editions.release import ReleaseOptions, release
from kebao.editions.states import State, settled_states
from kebao.editions.store import EditionStore
from kebao.editions.verify import damages

from .edition_stores import FRACTIONS, LEAVING, MOVING, PACKAGE, Released, git, make_second, write_first
from .page_reading import different, read_page, tree_bytes
from .projects import environment, kebao_command

pytestmark = pytest.mark.site


def kebao(root: Path, *arguments: str | Path) -> int:
    return main(["-C", str(root), "--lang", "en", *map(str, arguments)])


def frozen(store: EditionStore, edition: str) -> Mapping[str, bytes]:
    return tree_bytes(store.folder("demo", edition))


# What is frozen


def test_the_record_names_every_file_with_digest_and_size(released: Released) -> None:
    for edition in released.store.editions("demo"):
        record = released.store.record("demo", edition)
        for file in record.files:
            data = released.store.path_of(record, file).read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size_bytes), file.path
        own = {file.path for file in record.files if not file.is_shared}
        assert own == set(frozen(released.store, edition)) - {"edition.json"}
        assert any(file.path.startswith("_assets/") for file in record.files)


def test_the_record_says_what_it_was_made_from_and_with(released: Released) -> None:
    data = json.loads((released.store.folder("demo", "2025.2") / "edition.json").read_bytes())
    assert (data["package"], data["edition"], data["previous"]) == ("demo", "2025.2", "2025.1")
    assert data["source"] == {"kind": "worktree"}
    assert set(data["built"]) >= {"kebao", "mkdocs", "material", "markdown", "pymdown", "python"}
    assert sorted(data["locales"]) == ["en", "zh"]
    assert data["released"] == "2025-04-01", "the newest resource's day, not the clock's"


def test_pages_are_listed_by_id(released: Released) -> None:
    first = released.store.pages("demo", "2025.1")["resources"]
    second = released.store.pages("demo", "2025.2")["resources"]
    assert first[MOVING]["locales"]["zh"]["path"] == f"micro-cases/{MOVING}.html"
    assert second[MOVING]["locales"]["zh"]["path"] == f"micro-stories/{MOVING}.html"
    assert LEAVING in first
    assert LEAVING not in second
    assert first["fractions"]["locales"]["zh"]["digest"] != second["fractions"]["locales"]["zh"]["digest"]
    assert first["ethics-basics"]["locales"]["zh"]["digest"] == second["ethics-basics"]["locales"]["zh"]["digest"]
    assert "hands-on-maths" in released.store.pages("demo", "2025.1")["topics"]


def test_pages_say_their_edition(released: Released) -> None:
    page = read_page(released.store.folder("demo", "2025.2") / "site/zh", "index.html")
    assert "2025.2" in page.text("//footer")


def facet_of_editions(store: EditionStore, edition: str) -> list[str]:
    """The editions that the catalog offers to filter by."""
    script = (store.folder("demo", edition) / "site/zh/search/facets.js").read_text("utf-8")
    payload = json.loads(script[script.index("{") : script.rindex("}") + 1])
    return [id_ for facet in payload["facets"] if facet["id"] == "edition" for id_, _ in facet["values"]]


def test_the_catalog_offers_the_edition_in_which_a_resource_appeared(released: Released, tmp_path: Path) -> None:
    mine = released.copy(tmp_path)
    assert facet_of_editions(mine.store, "2025.1") == facet_of_editions(mine.store, "2025.2") == []
    new = mine.project / PACKAGE / "micro-stories" / "second-day"
    shutil.copytree(mine.project / PACKAGE / "micro-stories" / MOVING, new)
    page = new / "index.md"
    text = page.read_text("utf-8").replace("title: 一张纸", "title: 第二天").replace("她发下去的白纸", "第二天的白纸")
    page.write_text(text, encoding="utf-8")
    release(mine.project, mine.store, ReleaseOptions(package="demo", edition="2026.10", jobs=2))
    assert facet_of_editions(mine.store, "2026.10") == ["2026.10", "2025.1"]
    assert appearances(mine.store, "demo", before="2027.1") == {
        "2025.1": sorted(mine.store.pages("demo", "2025.1")["resources"]),
        "2025.2": [],
        "2026.1": [],
        "2026.10": ["second-day"],
    }


def test_states_follow_the_order_of_editions(released: Released) -> None:
    states = {edition: entry.state for edition, entry in settled_states(released.store, "demo").items()}
    assert states == {"2025.1": State.SUPPORTED, "2025.2": State.SUPPORTED, "2026.1": State.CURRENT}


def test_what_editions_share_lies_in_the_store_once(released: Released) -> None:
    records = [released.store.record("demo", edition) for edition in released.store.editions("demo")]
    materials = [{file.path for file in record.files if file.path.startswith("_sources/")} for record in records]
    assert materials[0] == materials[1] == materials[2]
    assert len(materials[0]) >= 8
    published = [place for place in sorted(materials[0]) if (released.store.root / "_files" / place[9:]).is_dir()]
    assert len(published) >= 6
    for place in published:
        assert (released.store.root / place).stat().st_nlink > 1, "a published file is not kept twice"


# Again


def test_the_same_again_is_a_no_op(released: Released, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree_bytes(released.store.root)
    assert kebao(released.project, "release", "demo", "2026.1", "--store", released.store.root) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert different(before, tree_bytes(released.store.root)) == []


def test_other_sources_are_refused(released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = released.copy(tmp_path)
    with (mine.project / FRACTIONS / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n又加了一句。\n")
    before = tree_bytes(mine.store.root)
    assert kebao(mine.project, "release", "demo", "2026.1", "--store", mine.store.root) == 2
    said = capsys.readouterr().err
    assert "released from other sources" in said
    assert "choose a new id" in said
    assert different(before, tree_bytes(mine.store.root)) == []


@pytest.mark.parametrize(
    "edition, said",
    [
        ("next", "not been released yet"),
        ("latest", "always leads to the newest"),
        ("my-latest", "always leads to the newest"),
        ("en", "a language of the site"),
        ("2026/1", "cannot be an edition's id"),
        ("../2026.1", "cannot be an edition's id"),
        ("2026.1.", "cannot be an edition's id"),
        ("2026 1", "cannot be an edition's id"),
        ("V2026", "cannot be an edition's id"),
        ("con", "Windows"),
        ("2" * 33, "at most 32"),
    ],
)
def test_an_id_that_is_an_alias_or_a_path_is_refused(
    edition: str, said: str, released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kebao(released.project, "release", "demo", edition, "--store", tmp_path / "editions") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "editions").exists()


def test_an_unknown_package_is_refused(released: Released, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(released.project, "release", "damo", "2026.1") == 2
    said = capsys.readouterr().err
    assert "there is no package 'damo'" in said
    assert "the packages are: demo" in said


def test_content_with_errors_is_not_released(
    small_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = small_project / FRACTIONS / "index.md"
    page.write_text(page.read_text("utf-8").replace("subject: mathematics", "subject: maths"), "utf-8")
    assert kebao(small_project, "release", "demo", "2026.1", "--store", tmp_path / "editions") == 1
    printed = capsys.readouterr()
    assert "KB301" in printed.out
    assert "nothing was released" in printed.err
    assert not EditionStore(tmp_path / "editions").editions("demo")


def test_a_folder_of_somebody_else_is_no_store(
    released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert kebao(released.project, "release", "demo", "2027.1", "--store", tmp_path) == 2
    assert "not an edition store" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["letter.txt"]


# From a tag or an archive


def test_a_tag_an_archive_and_the_source_archive_give_the_working_trees_pages(
    released: Released, tmp_path: Path
) -> None:
    root = write_first(tmp_path)
    git(root, "init", "-q")
    git(root, "add", "content", "site_config", "mkdocs.yml")
    git(root, "commit", "-q", "-m", "first")
    git(root, "tag", "demo/2025.1")
    archive = tmp_path / "first.tar.gz"
    git(root, "archive", "--prefix=first/", f"--output={archive}", "HEAD")
    make_second(root)
    untouched = tree_bytes(root / "content")
    stores = {"demo/2025.1": EditionStore(tmp_path / "a"), str(archive): EditionStore(tmp_path / "b")}
    for source, store in stores.items():
        release(root, store, ReleaseOptions(package="demo", edition="2025.1", source=source, jobs=2))
    own = released.store.folder("demo", "2025.1") / "source.tar.gz"
    again = release(root, stores[str(archive)], ReleaseOptions(package="demo", edition="2025.1", source=str(own)))
    assert not again.is_new, "the source archive holds what it was made from"
    assert different(untouched, tree_bytes(root / "content")) == []
    expected = released.store.record("demo", "2025.1")
    for store in stores.values():
        record = store.record("demo", "2025.1")
        assert (record.inputs_digest, record.files_digest) == (expected.inputs_digest, expected.files_digest)
    assert stores["demo/2025.1"].record("demo", "2025.1").source == {
        "kind": "git",
        "ref": "demo/2025.1",
        "commit": git(root, "rev-parse", "HEAD").strip(),
    }


def test_a_release_from_its_source_archive_gives_the_same_files(released: Released, tmp_path: Path) -> None:
    mine = released.copy(tmp_path)
    source = mine.store.folder("demo", "2025.1") / "source.tar.gz"
    expected = mine.store.record("demo", "2025.1")
    shutil.copyfile(source, tmp_path / "source.tar.gz")
    shutil.rmtree(mine.store.folder("demo", "2025.1"))
    options = ReleaseOptions(package="demo", edition="2025.1", source=str(tmp_path / "source.tar.gz"), jobs=2)
    report = release(mine.project, mine.store, options)
    assert report.is_new
    assert report.record.files_digest == expected.files_digest


@pytest.mark.parametrize("ref", ["no-such-tag", "--output=stolen", "HEAD:content"])
def test_a_ref_that_git_does_not_know(
    ref: str, released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(released.project, tmp_path / "project"))
    git(root, "init", "-q")
    assert kebao(root, "release", "demo", "2027.1", f"--from={ref}") == 2
    assert "git does not know" in capsys.readouterr().err
    assert not (root / "stolen").exists()


def _tar(path: Path, *entries: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for entry in entries:
            archive.addfile(entry, io.BytesIO(b"x" * entry.size) if entry.isreg() else None)
    return path


def _entry(name: str, *, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.size = kind, target, size
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        _entry("../out.txt", size=1),
        _entry("/tmp/out.txt", size=1),
        _entry("content/../../out.txt", size=1),
        _entry("content\\..\\out.txt", size=1),
        _entry("C:/out.txt", size=1),
        _entry("content/link", kind=tarfile.SYMTYPE, target="/etc/passwd"),
        _entry("content/link", kind=tarfile.LNKTYPE, target="../out.txt"),
        _entry("content/pipe", kind=tarfile.FIFOTYPE),
        _entry("content/device", kind=tarfile.CHRTYPE),
    ],
)
def test_an_archive_cannot_lead_out(
    entry: tarfile.TarInfo, released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = _tar(tmp_path / "bad.tar.gz", entry)
    assert kebao(released.project, "release", "demo", "2027.1", "--from", archive, "--store", tmp_path / "s") == 2
    assert "in a way that no archive should" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == ["bad.tar.gz"]


def test_an_archive_that_swells_is_refused(
    released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("content/x", "w") as stream:
        for _ in range(300):
            stream.write(bytes(1 << 20))
    assert kebao(released.project, "release", "demo", "2027.1", "--from", archive, "--store", tmp_path / "s") == 2
    assert "more than can be meant" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["broken.tar.gz", "broken.zip", "missing.zip"])
def test_an_archive_that_cannot_be_read(
    name: str, released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 this is no archive")
    assert kebao(released.project, "release", "demo", "2027.1", "--from", tmp_path / name) == 2
    assert "archive" in capsys.readouterr().err


# Elsewhere, interrupted, at once, damaged


def test_two_environments_give_the_same_digests(released: Released, tmp_path: Path) -> None:
    first = write_first(tmp_path / "one")
    other = Path(shutil.copytree(first, tmp_path / "another folder" / "另一处"))
    surroundings = {
        first: (environment(PYTHONHASHSEED="1", TZ="Asia/Urumqi", LANG="zh_CN.UTF-8", KEBAO_LANG="en"), "022"),
        other: (environment(PYTHONHASHSEED="7", TZ="America/Anchorage", LANG="C", KEBAO_LANG="en"), "077"),
    }
    for root, (env, umask) in surroundings.items():
        command = kebao_command("release", "demo", "2025.1", "--jobs", "1")
        done = subprocess.run(
            command, cwd=root, env=env, umask=int(umask, 8), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    trees = [tree_bytes(root / "editions") for root in surroundings]
    assert different(*trees) == []
    record = EditionStore(first / "editions").record("demo", "2025.1")
    assert record.files_digest == released.store.record("demo", "2025.1").files_digest


@pytest.mark.parametrize("seconds", [0.4, 1.5, 3.0])
def test_a_killed_release_is_mended_by_the_next(seconds: float, released: Released, tmp_path: Path) -> None:
    root = write_first(tmp_path)
    command = kebao_command("release", "demo", "2025.1")
    process = subprocess.Popen(command, cwd=root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    store = EditionStore(root / "editions")
    if store.root.exists():
        assert store.editions("demo") in ((), ("2025.1",))
    release(root, store, ReleaseOptions(package="demo", edition="2025.1", jobs=2))
    assert list(damages(store, [("demo", "2025.1")])) == []
    assert store.record("demo", "2025.1").files_digest == released.store.record("demo", "2025.1").files_digest
    assert [path.name for path in (store.root / "demo").iterdir() if path.name.startswith(".")] == []
    assert list(settled_states(store, "demo")) == ["2025.1"]


def test_two_releases_at_once_are_one_too_many(released: Released, tmp_path: Path) -> None:
    store = EditionStore(tmp_path / "editions")
    options = ReleaseOptions(package="demo", edition="2027.1")
    with folder_lock(store.lock_path), pytest.raises(EditionError, match="another kebao is at work"):
        release(released.project, store, options)
    assert not store.editions("demo")


@pytest.mark.skipif(os.name == "nt", reason="needs fork")
def test_a_lock_ends_with_its_process_though_one_that_was_split_off_lives_on(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    answers, tell = os.pipe()
    test_goes_on, test_ends = os.pipe()
    holder = os.fork()
    if holder == 0:
        os.close(test_ends)
        with folder_lock(path):
            if os.fork() == 0:
                os.read(test_goes_on, 1)
                os._exit(0)
            os.write(tell, b"!")
            os._exit(0)
    assert os.read(answers, 1) == b"!"
    os.waitpid(holder, 0)
    with folder_lock(path):
        pass
    for descriptor in (answers, tell, test_goes_on, test_ends):
        os.close(descriptor)


def test_a_flipped_byte_and_a_missing_file_are_found(
    released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = released.copy(tmp_path)
    assert kebao(mine.project, "edition", "verify", "--store", mine.store.root) == 0
    page = mine.store.folder("demo", "2025.1") / "site/zh/index.html"
    data = bytearray(page.read_bytes())
    data[len(data) // 2] ^= 1
    page.write_bytes(data)
    gone = mine.store.folder("demo", "2025.2") / "snapshot.json"
    gone.unlink()
    capsys.readouterr()
    assert kebao(mine.project, "edition", "verify", "--store", mine.store.root) == 1
    said = capsys.readouterr().err
    assert f"'{page}' is not what was frozen" in said
    assert f"'{gone}' is missing" in said
    assert "restore the file from a backup" in said
    assert kebao(mine.project, "edition", "verify", "demo", "2026.1", "--store", mine.store.root) == 0


@pytest.mark.parametrize("name", ["edition.json", "../states.json", "pages.json"])
def test_a_broken_list_of_the_store_is_named(
    name: str, released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = released.copy(tmp_path)
    path = (mine.store.folder("demo", "2025.1") / name).resolve()
    path.write_bytes(path.read_bytes()[:-20])
    assert kebao(mine.project, "publish", "--store", mine.store.root, "--out", tmp_path / "public") == 2
    assert str(path) in capsys.readouterr().err


def test_editions_are_listed_with_their_states(released: Released, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(released.project, "edition", "list", "--store", released.store.root) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["demo 2026.1", "demo 2025.2", "demo 2025.1"]
    assert "current edition" in lines[0]


def test_links_to_another_package_lead_to_its_latest_once_it_is_released(tmp_path: Path) -> None:
    root = write_first(tmp_path)
    other = root / "content/packages/base"
    shutil.copytree(root / PACKAGE, other)
    site = root / "site_config/site.yml"
    site.write_text(site.read_text("utf-8").replace("packages: [demo]", "packages: [demo, base]"), "utf-8")
    page = root / FRACTIONS / "index.md"
    page.write_text(page.read_text("utf-8") + "\n另见[那一课](kebao:base/every-type)。\n", "utf-8")
    store = EditionStore(tmp_path / "editions")
    target = "base/zh/latest/micro-lessons/every-type.html"

    def links(edition: str) -> list[str]:
        folder = store.folder("demo", edition) / "site/zh"
        shown = tmp_path / "shown" / "demo/zh" / edition
        shutil.copytree(folder, shown)
        return read_page(tmp_path / "shown", f"demo/zh/{edition}/lesson-cases/fractions.html").links()

    release(root, store, ReleaseOptions(package="demo", edition="2025.1", jobs=2))
    assert [link for link in links("2025.1") if link.startswith("base/")] == []
    release(root, store, ReleaseOptions(package="base", edition="1", jobs=2))
    release(root, store, ReleaseOptions(package="demo", edition="2025.2", jobs=2))
    assert [link for link in links("2025.2") if link.startswith("base/")] == [target]
