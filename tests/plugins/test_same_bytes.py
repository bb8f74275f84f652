"""Same input, same bytes: whatever the folder, clock zone, language, hash seed and order of files."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from .page_reading import different, tree_bytes
from .projects import environment, kebao_command, write_small_project

pytestmark = pytest.mark.site


def copied_file_by_file(source: Path, target: Path, *, backwards: bool) -> Path:
    """A copy whose files were created in, or against, the order of their names."""
    for path in sorted((p for p in source.rglob("*") if p.is_file()), reverse=backwards):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return target


@pytest.fixture(scope="module")
def two_sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    folder = tmp_path_factory.mktemp("same")
    original = write_small_project(folder)
    one = copied_file_by_file(original, folder / "one", backwards=False)
    other = copied_file_by_file(original, folder / "a much longer folder" / "另一处", backwards=True)
    surroundings = {
        one: environment(PYTHONHASHSEED="1", TZ="Asia/Urumqi", LANG="zh_CN.UTF-8"),
        other: environment(PYTHONHASHSEED="2", TZ="America/Anchorage", LANG="C"),
    }
    command = kebao_command("build", "--no-cache", "--jobs", "1", "--out", "site")
    builds = [
        subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for root, env in surroundings.items()
    ]
    for build in builds:
        said, _ = build.communicate()
        assert build.returncode == 0, said.decode("utf-8", "replace")
    return tree_bytes(one / "site"), tree_bytes(other / "site")


def test_two_builds_give_the_same_bytes(two_sites: tuple[Mapping[str, bytes], Mapping[str, bytes]]) -> None:
    one, other = two_sites
    assert different(one, other) == []


def test_the_compared_site_has_every_type_of_file(
    two_sites: tuple[Mapping[str, bytes], Mapping[str, bytes]],
) -> None:
    suffixes = {Path(path).suffix for path in two_sites[0]}
    assert suffixes >= {".html", ".json", ".css", ".js", ".zip"}
    assert suffixes >= {".docx", ".pptx", ".xlsx", ".pdf", ".png", ".jpg", ".mp4", ".vtt"}
    previews = [path for path in two_sites[0] if path.rpartition("/")[2].startswith("preview.")]
    assert len(previews) >= 4


def test_a_changed_word_changes_bytes(two_sites: tuple[Mapping[str, bytes], Mapping[str, bytes]]) -> None:
    one = two_sites[0]
    path = next(path for path in one if path.endswith(".html"))
    assert different(one, {**one, path: one[path] + b" "}) == [path]
    assert different(one, {**one, "more": b""}) == ["more"]


def test_a_build_with_the_cache_gives_the_bytes_of_one_without(small_project: Path) -> None:
    env = environment()
    for name, options in (("filling", []), ("using", []), ("without", ["--no-cache"])):
        command = kebao_command("build", "--locale", "zh", "--out", name, *options)
        done = subprocess.run(command, cwd=small_project, env=env, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    trees = [tree_bytes(small_project / name) for name in ("filling", "using", "without")]
    assert different(trees[0], trees[1]) == []
    assert different(trees[0], trees[2]) == []
