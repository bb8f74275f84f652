"""What changed between two editions: cases that a teacher could read, and laws."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.changes import Change, ChangeType, FieldChange, FieldKind, apply_changes, compare
from kebao.catalog.history import HistoryEntry, history_bucket, history_of, history_scripts
from kebao.catalog.snapshots import (
    MaterialSnapshot,
    ResourceSnapshot,
    Snapshot,
    SnapshotError,
    read_snapshot,
    snapshot_json,
    take_snapshot,
)
from kebao.catalog.text_difference import Mark, paragraphs_of, spans_between, text_difference

from .test_pages import tiny_catalog

GOLDEN = Path(__file__).parents[1] / "golden" / "editions"


def cases(name: str) -> list[Any]:
    read = yaml.safe_load((GOLDEN / name).read_text("utf-8"))
    return [pytest.param(case, id=case["name"]) for case in read]


def snapshot(edition: str, *resources: ResourceSnapshot) -> Snapshot:
    return Snapshot(
        package="county",
        edition=edition,
        source_locale="zh",
        locales=("zh", "en"),
        resources={resource.id: resource for resource in resources},
    )


def written(described: Mapping[str, Any]) -> ResourceSnapshot:
    kind = described.get("kind", "lesson-cases")
    texts = {"zh": {"title": described.get("title", "一节课"), "body": described.get("body", "过程。")}}
    if "english" in described:
        texts["en"] = {"title": described["english"], "body": "How."}
    fields = {"lifecycle": (described.get("lifecycle", "current"),), "stages": ("primary",)}
    if "grades" in described:
        fields["grades"] = tuple(described["grades"])
    if "replaced_by" in described:
        fields["replaced_by"] = (described["replaced_by"],)
    files = described.get("files", {})
    return ResourceSnapshot(
        id="one",
        kind=kind,
        page=f"{kind}/one.html",
        fields=fields,
        texts=texts,
        materials={f: MaterialSnapshot(role="x", sha256=d, size_bytes=1, titles={"zh": f}) for f, d in files.items()},
    )


def said(change: FieldChange) -> str:
    """A changed field as the golden file writes it."""
    happened = "replaced" if change.old and change.new else "added" if change.new else "removed"
    if change.kind is FieldKind.TRANSLATION:
        return f"translation {change.locale}: {happened}"
    if change.kind is FieldKind.MATERIAL:
        return f"material {change.name}: {happened}"
    name = f"{change.name} {change.locale}".strip()
    return f"{name}: {' '.join(change.old)} → {' '.join(change.new)}"


def lines_of(change: Change) -> list[str]:
    see = [f"see {change.replaced_by}"] if change.replaced_by else []
    return [change.type.value, *map(said, change.fields), *see]


@pytest.mark.parametrize("case", cases("changes.yml"))
def test_what_happened_to_a_resource(case: Mapping[str, Any]) -> None:
    editions = [
        snapshot(edition, *([] if case[when] == "none" else [written(case[when])]))
        for edition, when in (("2025.1", "before"), ("2026.1", "after"))
    ]
    assert [line for change in compare(*editions).changes for line in lines_of(change)] == case["expect"]


@pytest.mark.parametrize("case", cases("text_differences.yml"))
def test_where_texts_differ(case: Mapping[str, str]) -> None:
    marks = {Mark.SAME: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "{{+{}+}}"}
    lines = [
        "".join(marks[span.mark].format(span.text) for span in paragraph.spans)
        for paragraph in text_difference(case["before"], case["after"])
    ]
    assert "\n".join(lines) == case["expect"]


# Laws

ids = st.sampled_from(["a", "b", "c", "d"])
texts = st.text(alphabet="一二三。，\nab \u2028.<", max_size=30)
described = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["lesson-cases", "micro-lessons"]),
        "title": texts.filter(str.strip),
        "body": texts,
        "english": texts,
        "lifecycle": st.sampled_from(["current", "retired"]),
        "grades": st.lists(st.sampled_from(["grade-1", "grade-2"]), min_size=1, unique=True),
        "files": st.dictionaries(st.sampled_from(["a.docx", "b.pdf"]), st.sampled_from(["00", "11"])),
    },
)


@st.composite
def snapshots(draw: st.DrawFn, edition: str) -> Snapshot:
    found = draw(st.dictionaries(ids, described))
    resources = [written(each) for each in found.values()]
    named = {
        i: ResourceSnapshot(id=i, kind=r.kind, page=r.page, fields=r.fields, texts=r.texts, materials=r.materials)
        for i, r in sorted(zip(found, resources, strict=True))
    }
    return snapshot(edition, *named.values())


OLD, NEW = snapshots("2025.1"), snapshots("2026.1")


@given(OLD)
def test_an_edition_compared_with_itself_has_no_changes(edition: Snapshot) -> None:
    assert compare(edition, edition).changes == ()


@given(OLD, NEW)
def test_added_one_way_is_retired_the_other_way(old: Snapshot, new: Snapshot) -> None:
    there, back = compare(old, new), compare(new, old)
    mirrored = {ChangeType.ADDED: ChangeType.RETIRED, ChangeType.RETIRED: ChangeType.ADDED}
    assert {(c.id, mirrored.get(c.type, c.type)) for c in there.changes} == {(c.id, c.type) for c in back.changes}


@given(OLD, NEW)
def test_applying_the_changes_to_the_old_edition_gives_the_new_one(old: Snapshot, new: Snapshot) -> None:
    assert apply_changes(old, compare(old, new)) == new


@given(OLD, NEW)
def test_a_changed_or_moved_resource_differs_and_an_unnamed_one_does_not(old: Snapshot, new: Snapshot) -> None:
    changed = {change.id for change in compare(old, new).changes}
    same = {i for i in old.resources if new.resources.get(i) == old.resources[i]}
    assert not changed & same
    assert changed | same == {*old.resources, *new.resources}


@given(NEW)
def test_a_snapshot_is_read_as_it_was_written(edition: Snapshot) -> None:
    assert read_snapshot(snapshot_json(edition)) == edition


@given(NEW)
def test_resources_have_the_same_digest_exactly_when_they_are_the_same(edition: Snapshot) -> None:
    resources = list(edition.resources.values())
    for one in resources:
        for other in resources:
            alike = (one.kind, one.page, one.fields, one.texts, one.materials) == (
                *(other.kind, other.page, other.fields, other.texts, other.materials),
            )
            assert (one.digest == other.digest) is alike


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1, "resources": 3}', "\x00"])
def test_what_is_no_snapshot_is_refused_by_name(broken: str) -> None:
    with pytest.raises(SnapshotError):
        read_snapshot(broken)


@given(texts, texts)
def test_a_difference_holds_both_texts_whole(old: str, new: str) -> None:
    found = text_difference(old, new)
    assert [p.old for p in found if p.old] == list(paragraphs_of(old))
    assert [p.new for p in found if p.new] == list(paragraphs_of(new))
    assert all(span.text for paragraph in found for span in paragraph.spans)


@given(texts)
def test_a_text_compared_with_itself_has_no_differences(text: str) -> None:
    assert all(paragraph.is_same for paragraph in text_difference(text, text))


@given(texts.filter(lambda t: "\n" not in t), texts.filter(lambda t: "\n" not in t))
def test_neighbouring_spans_have_different_marks(old: str, new: str) -> None:
    marks = [span.mark for span in spans_between(old, new)]
    assert all(a is not b for a, b in pairwise(marks))


def test_a_change_in_a_book_of_ten_thousand_paragraphs_is_found_where_it_is() -> None:
    old = [f"第 {n} 段，说第 {n * 7} 件事。" for n in range(10_000)]
    new = [*old[:5000], "新添的一段。", *old[5000:]]
    new[20], new[9000] = "第 20 段，改说别的事。", "完全另一回事"
    changed = [p for p in text_difference("\n".join(old), "\n".join(new)) if not p.is_same]
    assert [(p.old, p.new) for p in changed] == [
        (old[20], new[20]),
        ("", "新添的一段。"),
        (old[8999], ""),
        ("", "完全另一回事"),
    ]


def test_what_is_too_long_to_compare_piece_by_piece_is_shown_as_taken_out_and_put_in() -> None:
    old, new = "甲乙" * 20_000, "甲丙" * 20_000
    (paragraph,) = text_difference(old, new)
    assert (paragraph.old, paragraph.new) == (old, new)
    assert len(paragraph.spans) <= 3


# Snapshots of real resources, and histories


def test_a_snapshot_holds_what_is_published_in_every_language_and_nothing_else() -> None:
    catalog = tiny_catalog()
    taken = take_snapshot(catalog.package, edition="2026.1", audience="public", facts={})
    assert list(taken.resources) == ["fractions", "minus-nine", "old"]
    assert list(taken.resources["fractions"].texts) == ["zh", "en"]
    assert taken.resources["old"].is_retired
    assert taken.resources["old"].replaced_by == "fractions"
    assert read_snapshot(snapshot_json(taken)) == taken


def test_a_history_says_in_which_editions_a_resource_stood_and_where() -> None:
    first = written({"kind": "lesson-cases", "title": "分数"})
    changed = written({"kind": "lesson-cases", "title": "分数的认识"})
    moved = written({"kind": "micro-lessons", "title": "分数的认识"})
    editions = [
        snapshot("2025.1", first),
        snapshot("2025.2", first),
        snapshot("2026.1", changed),
        snapshot("2026.2", moved),
        snapshot("2027.1"),
        snapshot("2027.2"),
    ]
    here, there = "lesson-cases/one.html", "micro-lessons/one.html"
    assert history_of(editions, "zh")["one"] == tuple(
        HistoryEntry(edition=edition, change=change, page=page, title=title)
        for edition, change, page, title in (
            ("2025.1", "added", here, "分数"),
            ("2025.2", "same", here, "分数"),
            ("2026.1", "changed", here, "分数的认识"),
            ("2026.2", "moved", there, "分数的认识"),
            ("2027.1", "retired", "", "分数的认识"),
        )
    )
    assert history_of(editions, "en") == {}


def test_histories_are_in_sixteen_files_each_resource_in_its_own() -> None:
    files = history_scripts(history_of([snapshot("2025.1", written({"title": "</script>\u2028"}))], "zh"))
    assert sorted(files) == [f"history/{digit}.js" for digit in "0123456789abcdef"]
    holding = [name for name, script in files.items() if '"one"' in script]
    assert holding == [f"history/{history_bucket('one')}.js"]
    assert all("</" not in script and "\u2028" not in script for script in files.values())
