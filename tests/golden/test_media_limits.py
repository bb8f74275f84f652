"""Bit rates, lengths and sound of videos, of files that say what they are and hold nothing."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project

from .test_far_reaching import story
from .test_problems import MINIMAL_PROJECT, apply, case_of, copied_project

SECONDS = 16
LESSON = "content/packages/demo/lesson-cases/fractions/lesson.mp4"


def lasting(seconds: int) -> bytes:
    """whole-lesson.mp4, as long as is said."""
    whole = bytearray((MINIMAL_PROJECT / "files/whole-lesson.mp4").read_bytes())
    header = whole.index(b"mvhd") + 4
    (scale,) = struct.unpack_from(">I", whole, header + 12)
    struct.pack_into(">I", whole, header + 16, scale * seconds)
    return bytes(whole)


def video_of(size_bytes: int) -> bytes:
    """The same of SECONDS, filled up with what is no picture."""
    whole = lasting(SECONDS)
    filling = size_bytes - len(whole)
    return whole + struct.pack(">I4s", filling, b"free") + bytes(filling - 8)


@pytest.mark.parametrize(
    "megabits, said",
    [
        (0.44, "'lesson.mp4' has 0.4 megabits a second, not 0.5–1"),
        (0.46, ""),
        (1.04, ""),
        (1.06, "'lesson.mp4' has 1.1 megabits a second, not 0.5–1"),
    ],
)
def test_a_bit_rate_is_held_against_its_limits_as_it_is_shown(tmp_path: Path, megabits: float, said: str) -> None:
    root = copied_project(tmp_path)
    apply(case_of(MINIMAL_PROJECT.parent / "problems/bit-rate-too-low.yml"), root)
    (root / LESSON).write_bytes(video_of(round(megabits * SECONDS * 1_000_000 / 8)))
    assert [problem.message.in_english() for problem in check_project(root).problems] == ([said] if said else [])


def test_without_a_word_in_the_policy_recordings_have_half_to_one_megabit(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    apply(case_of(MINIMAL_PROJECT.parent / "problems/recording-too-short.yml"), root)
    policy = root / "site_config/policy.yml"
    policy.write_text(
        policy.read_text("utf-8").replace("bit_rates: {lesson-cases.recording: {maximum: 1}}\n", ""), "utf-8"
    )
    assert [problem.code for problem in check_project(root).problems] == ["KB509", "KB515"]


@pytest.mark.parametrize("minutes, codes", [(29, ["KB509"]), (30, []), (45, []), (46, ["KB509"])])
def test_a_recording_has_thirty_to_forty_five_minutes(tmp_path: Path, minutes: int, codes: list[str]) -> None:
    root = copied_project(tmp_path)
    apply(case_of(MINIMAL_PROJECT.parent / "problems/recording-too-short.yml"), root)
    (root / LESSON).write_bytes(lasting(minutes * 60))
    assert [problem.code for problem in check_project(root).problems] == codes


@pytest.mark.parametrize(
    "stage, minutes, codes",
    [
        ("primary", 9, ["KB509"]),
        ("primary", 12, []),
        ("primary", 18, ["KB509"]),
        ("junior-secondary", 12, ["KB509"]),
        ("junior-secondary", 18, []),
        ("kindergarten", 3, []),
    ],
)
def test_a_micro_lesson_is_as_long_as_its_stage_asks(
    tmp_path: Path, stage: str, minutes: int, codes: list[str]
) -> None:
    root = copied_project(tmp_path)
    materials = "materials: [{file: fold.mp4, role: micro-video, title: 折一折}]"
    case = story("content/packages/demo/micro-lessons/fold/index.md", materials, f"minutes: {minutes}")
    apply(case | {"text": case["text"].replace("stages: [primary]", f"stages: [{stage}]")}, root)
    for vocabulary, term in (("material-roles", "micro-video"), ("stages", stage)):
        path = root / f"content/vocabularies/{vocabulary}.yml"
        if f"id: {term}," not in path.read_text("utf-8"):
            added = f"  - {{id: {term}, label: {{zh: 词, en: Term}}}}\n"
            path.write_text(path.read_text("utf-8") + added, "utf-8")
    (root / "content/packages/demo/micro-lessons/fold/fold.mp4").write_bytes(lasting(minutes * 60))
    assert [problem.code for problem in check_project(root).problems] == codes


def test_sound_is_aac(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    apply(case_of(MINIMAL_PROJECT.parent / "problems/recording-too-short.yml"), root)
    (root / LESSON).write_bytes(lasting(40 * 60).replace(b"mp4a", b"ac-3"))
    assert [problem.message.in_english() for problem in check_project(root).problems] == [
        "'lesson.mp4' is not H.264 with AAC sound, but avc1 + ac-3"
    ]
