"""Which paths may travel (faults 31 to 35 of the design's list)."""

from __future__ import annotations

import posixpath
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.mirror.names import NameFault, collisions, is_safe, name_problems, portability_fault, safety_fault


@pytest.mark.parametrize(
    "path, fault",
    [
        ("", NameFault.EMPTY),
        ("a//b", NameFault.EMPTY),
        ("a/", NameFault.EMPTY),
        ("../x", NameFault.ESCAPES),
        ("a/../../x", NameFault.ESCAPES),
        ("a/.. /x", NameFault.ESCAPES),
        ("a/.../x", NameFault.ESCAPES),
        ("./x", NameFault.ESCAPES),
        ("/etc/passwd", NameFault.ABSOLUTE),
        ("//server/share", NameFault.ABSOLUTE),
        ("C:/x", NameFault.ABSOLUTE),
        ("c:x", NameFault.ABSOLUTE),
        ("a\\b", NameFault.BACKSLASH),
        ("\\\\server\\share", NameFault.BACKSLASH),
        ("a\0b", NameFault.CONTROL),
        ("a\nb", NameFault.CONTROL),
        ("a/x.txt:stream", NameFault.CHARACTER),
        ("a/NUL", NameFault.RESERVED),
        ("aux.html", NameFault.RESERVED),
        ("a/com1 .txt", NameFault.RESERVED),
        ("COM².txt", NameFault.RESERVED),
        ("a\udcffb", NameFault.NOT_TEXT),
    ],
)
def test_a_school_takes_no_path_that_could_leave_its_folder(path: str, fault: NameFault) -> None:
    assert safety_fault(path) is fault


@pytest.mark.parametrize(
    "path, fault",
    [
        ("a?.html", NameFault.CHARACTER),
        ("a*b", NameFault.CHARACTER),
        ("dir./x", NameFault.TRAILING),
        ("x ", NameFault.TRAILING),
        ("课" * 85, NameFault.NAME_TOO_LONG),
        ("😀" * 33, NameFault.NAME_TOO_LONG),
        ("/".join(["a" * 60] * 4), NameFault.PATH_TOO_LONG),
        (unicodedata.normalize("NFD", "é.html"), NameFault.NOT_NFC),
    ],
)
def test_a_publisher_signs_no_name_that_some_disk_cannot_hold(path: str, fault: NameFault) -> None:
    assert is_safe(path)
    assert portability_fault(path) is fault


@pytest.mark.parametrize("path", ["a b/#1 100%.html", "课" * 64, "a" * 64, "console.html", ".nojekyll", "com10.txt"])
def test_ordinary_names_are_fine(path: str) -> None:
    assert portability_fault(path) is None


@pytest.mark.parametrize(
    "one, other, fault",
    [
        ("a.txt", "A.txt", NameFault.TWINS),
        ("x/é", "x/é", NameFault.TWINS),
        ("Dir/a", "dir/b", NameFault.TWINS),
        ("straße", "STRASSE", NameFault.TWINS),
        ("a", "a/b", NameFault.FILE_AND_FOLDER),
        ("A", "a/b", NameFault.FILE_AND_FOLDER),
    ],
)
def test_names_that_a_disk_takes_for_one_are_found_in_any_order(one: str, other: str, fault: NameFault) -> None:
    if one == other:
        other = unicodedata.normalize("NFD", other)
    assert {found.fault for found in collisions([one, other])} == {fault}
    assert {found.fault for found in collisions([other, one])} == {fault}


_PATHS = st.text(st.sampled_from("ab./\\: \0CON课é~"), max_size=12)


@given(_PATHS)
def test_a_safe_path_stays_in_its_folder(path: str) -> None:
    if is_safe(path):
        joined = posixpath.normpath(posixpath.join("/site", path))
        assert joined == f"/site/{path}"
        assert not any(mark in path for mark in ("\\", ":", "\0"))


@given(_PATHS)
def test_what_is_portable_is_safe(path: str) -> None:
    assert portability_fault(path) is not None or is_safe(path)


@given(st.lists(_PATHS, max_size=8))
def test_names_without_problems_stay_apart_on_a_case_blind_disk(paths: list[str]) -> None:
    if not list(name_problems(set(paths))):
        assert len({path.casefold() for path in paths}) == len(set(paths))
