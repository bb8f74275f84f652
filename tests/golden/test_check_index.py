"""What is kept of resources between checks never changes what a check finds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.assembly import rechecking
from kebao.assembly.check_cache import CheckResult, check_result, checked_project
from kebao.assembly.check_index import HeldIndex
from kebao.assembly.checking import check_project
from kebao.checks.dependents import affected_by, targets_of
from kebao.loading.kept_resources import KeptResource, kept_resources_from_json, kept_resources_to_json
from kebao.loading.project import LoadResult, load_project
from kebao.loading.tree import SourceTree

from .test_problems import CASES, MINIMAL_PROJECT, apply, case_of, copied_project, mend
from .test_since import committed

TODAY = date(2026, 1, 1)
PROJECT = Path(__file__).parents[2]
PACKAGE = "content/packages/demo"
CASE = f"{PACKAGE}/lesson-cases/fractions"
SECOND = f"{PACKAGE}/micro-cases/second"


def index(root: Path) -> Path:
    return root / ".kebao/cache/check/resources"


THIRD = f"{PACKAGE}/micro-stories/third"
#: Long enough to be compared with other texts.
STORY = "".join(chr(0x4E00 + 37 * number) for number in range(300))
AWARD = "award: {title: 一等奖, level: county, year: 2025, nominated: true}\nlesson:"


def project(folder: Path) -> Path:
    """Three resources: a nominated case, what is based on it, and much the same text that presumes that."""
    root = committed(folder)
    change(root, CASE, "lesson:", AWARD)
    change(root, SECOND, "{type: related, target: fractions}", "{type: based-on, target: fractions}")
    change(root, SECOND, "先对折", f"{STORY}\n\n先对折")
    shutil.copytree(root / SECOND, root / THIRD)
    change(root, THIRD, "{type: based-on, target: fractions}", "{type: prerequisite, target: second}")
    return root


def change(root: Path, folder: str, old: str, new: str) -> None:
    text = Path(root, folder, "index.md").read_text("utf-8")
    assert text.count(old) == 1
    Path(root, folder, "index.md").write_text(text.replace(old, new), "utf-8")


def exactly(result: CheckResult) -> str:
    """Where problems end counts too: that is left out when two places are compared."""
    return repr(result)


def the_same_with_the_index(root: Path) -> CheckResult:
    fresh = check_result(root, today=TODAY, use_cache=False)
    (root / ".kebao/cache/check/last.json").unlink(missing_ok=True)
    assert exactly(check_result(root, today=TODAY)) == exactly(fresh)
    return fresh


FOLDERS = (f"{PACKAGE}/courses/ethics-basics", CASE, SECOND, THIRD)
PLACES = (
    *FOLDERS,
    f"{PACKAGE}/courses/second",
    f"{PACKAGE}/bulletins/fractions",
    f"{PACKAGE}/micro-cases/new",
    "content/packages/other/courses/new",
)
NAMES = (
    "fractions",
    "ethics-basics",
    "second",
    "third",
    "hands-on-maths",
    "wang-lan",
    "zh",
    "2025",
    "demo",
    "prerequisite",
    "based-on",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
)
TEXTS = (
    *(f"{folder}/index.md" for folder in FOLDERS),
    f"{PACKAGE}/package.yml",
    f"{PACKAGE}/topics/hands-on-maths.md",
    "content/people.yml",
    "content/vocabularies/stages.yml",
    "site_config/policy.yml",
)


def move(root: Path, source: str, target: str) -> None:
    if (root / source).is_dir() and not (root / target).exists():
        shutil.move(root / source, root / target)


def double(root: Path, source: str, target: str) -> None:
    if (root / source).is_dir() and not (root / target).exists():
        shutil.copytree(root / source, root / target)


def remove(root: Path, source: str, _: str) -> None:
    shutil.rmtree(root / source, ignore_errors=True)


def attach(root: Path, source: str, target: str) -> None:
    """A file that no material names; the next time another one of the same name."""
    if (root / source).is_dir():
        (root / source / "added.png").write_bytes(target.encode())


def link(root: Path, source: str, target: str) -> None:
    if (root / source).is_dir() and not (root / source / "link.docx").is_symlink():
        (root / source / "link.docx").symlink_to(root / target)


FOLDER_EDITS: tuple[Callable[[Path, str, str], None], ...] = (move, double, remove, attach, link)


def rename(root: Path, path: str, name: str, _: int) -> None:
    text = (root / path).read_text("utf-8")
    (root / path).write_text(text.replace(name, f"{name}x"), "utf-8")


def exchange(root: Path, path: str, name: str, number: int) -> None:
    text = (root / path).read_text("utf-8")
    (root / path).write_text(text.replace(name, NAMES[number % len(NAMES)]), "utf-8")


def cut(root: Path, path: str, _: str, number: int) -> None:
    lines = (root / path).read_text("utf-8").split("\n")
    del lines[number % len(lines)]
    (root / path).write_text("\n".join(lines), "utf-8")


def unlink(root: Path, path: str, _: str, __: int) -> None:
    (root / path).unlink()


TEXT_EDITS: tuple[Callable[[Path, str, str, int], None], ...] = (rename, exchange, cut, unlink)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_after_any_edits_the_result_is_that_of_a_check_without_cache(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = project(tmp_path_factory.mktemp("indexed"))
    originals = {path: (root / path).read_bytes() for path in TEXTS if (root / path).is_file()}
    check_result(root, today=TODAY)
    for _ in range(data.draw(st.integers(2, 6))):
        path = data.draw(st.sampled_from(TEXTS))
        name, number = data.draw(st.sampled_from(NAMES)), data.draw(st.integers(0, 40))
        kind = data.draw(st.sampled_from(("text", "text", "folder", "repair")))
        if kind == "folder":
            places = data.draw(st.sampled_from(PLACES)), data.draw(st.sampled_from(PLACES))
            data.draw(st.sampled_from(FOLDER_EDITS))(root, *places)
        elif kind == "text" and (root / path).is_file():
            data.draw(st.sampled_from(TEXT_EDITS))(root, path, name, number)
        elif path in originals:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(originals[path])
        the_same_with_the_index(root)
    shutil.rmtree(root)


@pytest.mark.parametrize("case_path", CASES, ids=lambda path: path.stem)
def test_every_fault_is_found_when_it_comes_and_gone_when_it_is_mended(case_path: Path, tmp_path: Path) -> None:
    root, case = copied_project(tmp_path), case_of(case_path)
    check_result(root, today=TODAY)
    apply(case, root)
    the_same_with_the_index(root)
    if "good" in case:
        mend(case, root)
        the_same_with_the_index(root)


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("KB409", lambda root: change(root, SECOND, "based-on, target: fractions", "prerequisite, target: third")),
        ("KB607", lambda root: double(root, CASE, f"{PACKAGE}/lesson-cases/again")),
        ("KB608", lambda root: double(root, CASE, f"{PACKAGE}/lesson-cases/again")),
        ("KB614", lambda root: change(root, CASE, "licence: CC-BY-4.0", "licence: CC-BY-ND-4.0")),
        ("KB616", lambda root: double(root, SECOND, f"{PACKAGE}/micro-cases/new")),
    ],
)
def test_what_two_resources_do_together_is_found_when_one_of_them_changes(
    code: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    root = project(tmp_path)
    before = {problem.sort_key() for problem in check_result(root, today=TODAY).problems}
    make(root)
    after = the_same_with_the_index(root).problems
    assert code in {problem.code for problem in after if problem.sort_key() not in before}


def test_since_says_the_same_with_and_without_the_index(tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    page = root / CASE / "index.md"
    page.write_text(page.read_text("utf-8").replace("kebao:", "kebao:no-").replace("CC-BY-4.0", "CC-BY"), "utf-8")
    (root / SECOND / "index.md").unlink()
    changed = {f"{CASE}/index.md", f"{SECOND}/index.md"}
    told = []
    for result in (check_result(root, today=TODAY), check_result(root, today=TODAY, use_cache=False)):
        affected = affected_by(changed, result.named_in)
        told.append([repr(problem) for problem in result.problems if affected.concerns(problem)])
    assert told[0] == told[1] != []


def loads(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The folders of the resources that are loaded, check by check."""
    loaded: list[set[str]] = []

    def watched(tree: SourceTree) -> LoadResult:
        loaded.append({path.rpartition("/")[0] for path in tree.texts if path.endswith("/index.md")})
        return load_project(tree)

    monkeypatch.setattr(rechecking, "load_project", watched)
    return loaded


def test_only_what_changed_is_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path)
    loaded = loads(monkeypatch)
    check_result(root, today=TODAY)
    page = root / CASE / "index.md"
    page.write_text(page.read_text("utf-8").replace("CC-BY-4.0", "CC-BY"), "utf-8")
    check_result(root, today=TODAY)
    topic = root / PACKAGE / "topics/hands-on-maths.md"
    topic.write_text(topic.read_text("utf-8") + "\n另一段。\n", "utf-8")
    check_result(root, today=TODAY)
    people = root / "content/people.yml"
    people.write_text(people.read_text("utf-8") + "\n", "utf-8")
    check_result(root, today=TODAY)
    assert loaded == [set(FOLDERS), {CASE}, set(), set(FOLDERS)]


def test_who_names_what_is_gone_is_loaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    shutil.rmtree(root / SECOND)
    loaded = loads(monkeypatch)
    check_result(root, today=TODAY)
    assert loaded == [{THIRD}]


def test_a_resource_called_like_the_folder_of_topics_says_nothing_of_their_links(tmp_path: Path) -> None:
    root = project(tmp_path)
    home = shutil.copytree(root / SECOND, root / PACKAGE / "bulletins/topics")
    page = home / "index.md"
    materials = "materials:\n  - {file: plan.docx, role: picture, title: 教案}\nlicence:"
    page.write_text(page.read_text("utf-8").replace("licence:", materials), "utf-8")
    topic = root / PACKAGE / "topics/hands-on-maths.md"
    topic.write_text(topic.read_text("utf-8") + "\n见[教案](plan.docx)。\n", "utf-8")
    for _ in range(2):
        found = [p.code for p in the_same_with_the_index(root).problems if p.location.path.endswith("-maths.md")]
        assert found == ["KB404"]


def poisoned(entry: dict[str, object], how: str) -> dict[str, object]:
    problem = {
        "location": {"path": f"{CASE}/index.md"},
        "code": "KB301",
        "message": {"template": "{field.__class__}", "params": {"field": "x"}},
    }
    resource = entry["resource"]
    assert isinstance(resource, dict)
    changes: dict[str, dict[str, object]] = {
        "no resource": {"resource": None},
        "another resource": {"resource": {**resource, "folder": SECOND}},
        "another id": {"resource": {**resource, "id": "other"}},
        "a list for a text": {"resource": {**resource, "title": ["x"]}},
        "a problem that reaches into objects": {"problems": [problem]},
        "a problem that lacks a parameter": {
            "problems": [{**problem, "message": {"template": "{field}", "params": {}}}]
        },
        "a problem that fills the memory": {
            "problems": [{**problem, "message": {"template": "{field:>99999999999}", "params": {"field": "x"}}}]
        },
        "half a parameter": {"problems": [{**problem, "message": {"template": "{field", "params": {"field": "x"}}}]},
    }
    return {**entry, **changes[how]}


@pytest.mark.parametrize(
    "how",
    [
        "no resource",
        "another resource",
        "another id",
        "a list for a text",
        "a problem that reaches into objects",
        "a problem that lacks a parameter",
        "a problem that fills the memory",
        "half a parameter",
    ],
)
def test_a_poisoned_index_is_no_index(how: str, tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    for file in index(root).iterdir():
        key, _, written = file.read_bytes().partition(b"\n")
        entries = {home: poisoned(entry, how) for home, entry in json.loads(written).items() if home == CASE}
        file.write_bytes(key + b"\n" + json.dumps(entries).encode())
    the_same_with_the_index(root)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\n{}", b"\x80\x04]\x94.", b"[" * 100_000])
def test_a_damaged_index_is_no_index(damage: bytes, tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    for file in index(root).iterdir():
        key = file.read_bytes().partition(b"\n")[0]
        file.write_bytes(key + b"\n" + damage if damage.startswith(b"[") else damage)
    the_same_with_the_index(root)


def test_an_index_that_is_cut_off_is_no_index(tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    for file in index(root).iterdir():
        file.write_bytes(file.read_bytes()[:-40])
    the_same_with_the_index(root)


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-40], lambda data: data.replace(b"\n", b"")])
def test_damaged_texts_are_no_texts(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    root = project(tmp_path)
    found = check_result(root, today=TODAY)
    texts = root / ".kebao/cache/check/texts.bin"
    whole = texts.read_bytes()
    texts.write_bytes(damage(whole))
    assert exactly(the_same_with_the_index(root)) == exactly(found)
    assert texts.read_bytes() == whole


def test_texts_are_known_on_another_day_and_forgotten_when_they_are_gone(tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    texts = root / ".kebao/cache/check/texts.bin"
    whole = texts.read_bytes()
    check_result(root, today=date(2026, 1, 2))
    assert texts.read_bytes() == whole
    shutil.rmtree(root / THIRD)
    the_same_with_the_index(root)
    assert len(texts.read_bytes()) < len(whole)


def test_a_process_that_checks_again_finds_the_same(tmp_path: Path) -> None:
    root, held = project(tmp_path), HeldIndex()
    for old, new in (("先对折", "先对折"), ("先对折", "先再对折"), ("先再对折", "先对折")):
        change(root, SECOND, old, new)
        found = checked_project(root, today=TODAY, held=held)
        assert repr(found.problems) == repr(check_project(root, today=TODAY, use_cache=False).problems)
    assert held.texts is not None


def test_nothing_is_kept_of_what_is_gone(tmp_path: Path) -> None:
    root = project(tmp_path)
    check_result(root, today=TODAY)
    before = len(list(index(root).iterdir()))
    for folder in FOLDERS:
        assert any(folder.encode() in file.read_bytes() for file in index(root).iterdir())
    shutil.rmtree(root / SECOND)
    check_result(root, today=TODAY)
    assert not any(f'"{SECOND}":'.encode() in file.read_bytes() for file in index(root).iterdir())
    for folder in FOLDERS:
        shutil.rmtree(root / folder, ignore_errors=True)
    check_result(root, today=TODAY)
    assert before > 0
    assert list(index(root).iterdir()) == []


def test_a_file_whose_name_is_not_unicode_stops_nothing(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    try:
        Path(root, CASE, "\udcff.png").write_bytes(b"x")
    except OSError:
        pytest.skip("the file system knows Unicode names only")
    the_same_with_the_index(root)


@pytest.mark.parametrize("root", [PROJECT, MINIMAL_PROJECT], ids=["sample", "minimal"])
def test_resources_are_read_as_they_were_written(root: Path) -> None:
    checked = check_project(root, today=TODAY, use_cache=False)
    kept = {
        resource.folder: KeptResource(
            digest="0" * 64,
            resource=resource,
            targets=targets_of(package.id, resource),
            problems=tuple(p for p in checked.problems if p.location.path.startswith(f"{resource.folder}/")),
        )
        for package in checked.content.packages.values()
        for resource in package.resources.values()
    }
    assert kept
    assert kept_resources_from_json(kept_resources_to_json(kept)) == kept
