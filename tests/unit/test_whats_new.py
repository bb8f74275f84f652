"""The page of what is new, and two designs side by side, as views."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.changes import EditionChanges
from kebao.catalog.snapshots import Snapshot
from kebao.catalog.text_difference import Mark, Span
from kebao.model.files_index import FilesIndex
from kebao.model.material import FileFacts, Material, TextBlock
from kebao.model.resource import Lifecycle, Relation, Resource, Translation
from kebao.model.shard import Shard, StoredFile
from kebao.pages.compare import CompareView, compare_pages
from kebao.pages.differences import difference
from kebao.pages.readable import readable
from kebao.pages.shard_pages import desk_for, edition_changes, shard_pages
from kebao.pages.site_page import SitePage, made_page
from kebao.pages.whats_new import ChangeView, WhatsNewView, whats_new_pages
from kebao.pages.whats_new_json import whats_new_json

from .test_pages import lesson_case, tiny_catalog


def catalog_of(
    *resources: Resource, locale: str = "zh", edition: str = "2026.1", facts: dict[str, FileFacts] | None = None
) -> Catalog:
    tiny = tiny_catalog()
    package = replace(tiny.package, resources={resource.id: resource for resource in resources})
    content = replace(tiny.content, packages={package.id: package})
    built = [Shard(package=package.id, locale=each, edition=edition) for each in package.locales]
    return build_catalog(
        content,
        tiny.site,
        shard=Shard(package=package.id, locale=locale, edition=edition),
        facts=facts or {},
        digests={},
        built=built,
    )


def snapshot_of(*resources: Resource, edition: str = "2025.1") -> Snapshot:
    return edition_changes(catalog_of(*resources, edition=edition), None).new


def made_pages(catalog: Catalog, changes: EditionChanges | None = None) -> list[SitePage]:
    files = FilesIndex()
    desk = desk_for(catalog, files)
    return [made_page(page, desk) for page in shard_pages(catalog, files, changes)]


def news(catalog: Catalog, previous: Snapshot | None) -> list[SitePage]:
    pages = made_pages(catalog, edition_changes(catalog, previous))
    return [page for page in pages if page.template == "whats-new.html"]


def only_view(catalog: Catalog, previous: Snapshot | None) -> WhatsNewView:
    (page,) = news(catalog, previous)
    view = page.view
    assert isinstance(view, WhatsNewView)
    return view


def told(view: WhatsNewView) -> dict[str, list[str]]:
    return {group.type.value: [change.title for change in group.changes] for group in view.groups}


def the_change(view: WhatsNewView) -> ChangeView:
    (group,) = view.groups
    (change,) = group.changes
    return change


def in_words(change: ChangeView) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    return [(each.word, each.removed, each.added, each.note) for each in change.fields]


def test_changes_are_told_by_what_happened() -> None:
    same, changed = lesson_case("same", "没变"), lesson_case("a", "分数")
    retired, gone = lesson_case("old", "旧课"), lesson_case("gone", "撤下的")
    before = snapshot_of(same, changed, retired, gone)
    after = catalog_of(
        same,
        replace(changed, title="分数的认识"),
        replace(retired, lifecycle=Lifecycle.RETIRED, replaced_by="a"),
        lesson_case("new", "新课"),
    )
    view = only_view(after, before)
    assert told(view) == {"added": ["新课"], "changed": ["分数的认识"], "retired": ["撤下的", "旧课"]}
    assert [(link.text, link.count) for link in view.counts] == [("新增", 1), ("修改", 1), ("停用", 2)]
    left, replaced = view.groups[2].changes
    assert (left.uri, left.note) == ("", "本版不再收入，页面只留在旧版里。")
    assert left.old_uri == "county/zh/2025.1/lesson-cases/gone.html"
    assert replaced.replaced_by is not None
    assert replaced.replaced_by.uri == "county/zh/2026.1/lesson-cases/a.html"


def test_fields_are_told_in_words() -> None:
    before = lesson_case("a", "分数", grades=())
    after = lesson_case("a", "分数的认识", grades=("grade-3",), date=date(2025, 9, 1))
    change = the_change(only_view(catalog_of(after), snapshot_of(before)))
    assert in_words(change) == [
        ("标题", ("分数",), ("分数的认识",), ""),
        ("年级", (), ("三年级",), ""),
        ("日期", ("2025年3月18日",), ("2025年9月1日",), ""),
    ]


def test_what_vocabularies_no_longer_hold_is_told_by_its_id() -> None:
    before = lesson_case("a", "分数", subject="calculus", organisation="closed-school")
    (subject, organisation) = in_words(the_change(only_view(catalog_of(lesson_case("a", "分数")), snapshot_of(before))))
    assert subject == ("学科", ("calculus",), ("数学",), "")
    assert organisation == ("单位", ("closed-school",), ("柳树小学",), "")


def test_a_file_that_was_replaced_added_or_taken_out_is_told_by_its_title() -> None:
    plan = Material(file="plan.docx", role="lesson-plan", title="教学设计")
    before = lesson_case("a", "分数", materials=(plan, replace(plan, file="old.pdf", title="旧练习")))
    after = lesson_case("a", "分数", materials=(plan, replace(plan, file="new.pdf", title="新练习")))
    path = before.path_of("plan.docx")
    old_facts = {path: FileFacts(sha256="aa", size_bytes=1)}
    old = edition_changes(catalog_of(before, edition="2025.1", facts=old_facts), None).new
    catalog = catalog_of(after, facts={path: FileFacts(sha256="bb", size_bytes=2048)})
    assert in_words(the_change(only_view_of(catalog, old))) == [
        ("lesson-plan", (), (), "“教学设计”换成了新文件（2 KB）"),
        ("lesson-plan", (), ("新练习",), ""),
        ("lesson-plan", ("旧练习",), (), ""),
    ]


def only_view_of(catalog: Catalog, old: Snapshot) -> WhatsNewView:
    """The page without the item pages, whose materials would have to lie in a store."""
    (page,) = whats_new_pages(desk_for(catalog, FilesIndex()), edition_changes(catalog, old))
    view = page.view
    assert isinstance(view, WhatsNewView)
    return view


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh", {"changed": ["分数"]}), ("en", {"changed": ["Fractions"]})], ids=["zh", "en"]
)
def test_readers_are_told_of_the_source_and_of_their_own_language(locale: str, expected: dict[str, list[str]]) -> None:
    english = Translation(of="zh", digest="", title="Fractions", summary="A lesson.", body="How.")
    before = lesson_case("a", "分数", translations={"en": english})
    after = replace(before, summary="改过的一节课。")
    view = only_view(catalog_of(after, locale=locale), snapshot_of(before))
    assert told(view) == expected
    note = the_change(view).note
    assert note == ("" if locale == "zh" else "The original has changed; the translation has not followed yet.")


def test_a_change_of_another_language_alone_is_not_told() -> None:
    english = Translation(of="zh", digest="", title="Fractions", summary="A lesson.", body="How.")
    before = lesson_case("a", "分数", translations={"en": english})
    after = replace(before, translations={"en": replace(english, title="First fractions")})
    assert told(only_view(catalog_of(after), snapshot_of(before))) == {}
    assert told(only_view(catalog_of(after, locale="en"), snapshot_of(before))) == {"changed": ["First fractions"]}


def test_a_first_edition_says_so_and_what_it_holds() -> None:
    view = only_view(catalog_of(lesson_case("a", "分数")), None)
    assert view.lead.startswith("2026.1 是第一版")
    assert [(link.text, link.count) for link in view.kinds] == [("课例", 1)]
    assert view.groups == ()


def test_the_working_edition_leads_to_no_page_of_a_released_one() -> None:
    before, after = lesson_case("a", "分数"), lesson_case("a", "分数的认识")
    change = the_change(only_view(catalog_of(after, edition="next"), snapshot_of(before)))
    assert (change.uri, change.old_uri) == ("county/zh/next/lesson-cases/a.html", "")


def test_many_changes_stand_on_several_pages_each_once() -> None:
    cases = [lesson_case(f"case-{n:03}", f"第 {n:03} 课") for n in range(100)]
    changed = [replace(case, body=f"{case.body}\n\n添了一段。" * 20) for case in cases]
    pages = news(catalog_of(*changed), snapshot_of(*cases))
    assert [page.uri for page in pages[:3]] == ["whats-new.html", "whats-new-2.html", "whats-new-3.html"]
    shown = [change.id for page in pages for group in page.view.groups for change in group.changes]
    assert shown == [case.id for case in cases]
    assert {group.count for page in pages for group in page.view.groups} == {100}
    assert [page.view.pager.first_row for page in pages] == [
        1 + sum(len(g.changes) for earlier in pages[:n] for g in earlier.view.groups) for n in range(len(pages))
    ]


def test_a_long_change_is_cut_and_leads_to_both_editions() -> None:
    before = lesson_case("a", "分数", body="\n\n".join(f"第 {n} 段原来的话。" for n in range(500)))
    after = replace(before, body="\n\n".join(f"第 {n} 段后来的话，长一些。" for n in range(500)))
    change = the_change(only_view(catalog_of(after), snapshot_of(before)))
    found = change.fields[0].difference
    assert found is not None
    assert found.is_cut
    assert sum(len(span.text) for line in found.lines for span in line.spans) < 1000
    assert change.old_uri == "county/zh/2025.1/lesson-cases/a.html"


def test_the_filter_offers_what_occurs_on_the_page() -> None:
    before = snapshot_of()
    view = only_view(catalog_of(lesson_case("a", "分数"), lesson_case("b", "图形", subject=None)), before)
    facets = {facet["id"]: facet["values"] for facet in view.data["facets"]}
    assert facets == {
        "kind": [("lesson-cases", "课例")],
        "subject": [("mathematics", "数学")],
        "stage": [("primary", "小学")],
        "school": [("school", "柳树小学")],
    }
    assert view.data["words"]["whatsnew.any"] == "不限"


def test_the_same_as_data_holds_whole_values() -> None:
    before, after = lesson_case("a", "分数"), lesson_case("a", "分数的认识")
    catalog = catalog_of(after)
    changes = edition_changes(catalog, snapshot_of(before))
    data = json.loads(whats_new_json(desk_for(catalog, FilesIndex()), changes))
    assert (data["edition"], data["previous"]) == ("2026.1", "2025.1")
    (change,) = data["changes"]
    assert change["fields"] == [
        {"kind": "text", "name": "title", "locale": "zh", "old": ["分数"], "new": ["分数的认识"]}
    ]


# Texts


def test_comparisons_read_what_is_said_not_how_it_is_marked() -> None:
    source = """## 过程 {#steps}

看[第一稿](kebao:first)，**动手**倒`三次`。

| 组 | 次数 |
|---|---|
| 一 | 3 |

- 第一条
> 引用
"""
    assert readable(source).split("\n") == [
        *("过程", "", "看第一稿，动手倒三次。", "", "组 | 次数", "", "一 | 3", "", "• 第一条", "引用", ""),
    ]


def test_what_only_changed_its_marks_has_no_differences() -> None:
    assert difference("看[这里](kebao:a)。", "看**这里**。").places == 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_difference_is_never_longer_than_what_is_asked_for(old: str, new: str) -> None:
    found = difference(old, new, most=40)
    # Each paragraph that is begun may end in an ellipsis.
    assert sum(len(span.text.rstrip("…")) for line in found.lines for span in line.spans) <= 40 + 2 * len(found.lines)


# Two designs of a lesson

BEFORE = lesson_case("first", "第一稿", body="## 目标\n\n知道公式。\n\n## 过程\n\n教师演示。\n", date=date(2025, 3, 1))
AFTER = lesson_case(
    "second",
    "第二稿",
    body="## 目标\n\n知道公式，说得清条件。\n\n## 器材\n\n六组沙子。\n",
    relations=(Relation(type="polished-from", target="first"),),
    date=date(2025, 4, 1),
)


def compared(*resources: Resource, locale: str = "zh", facts: dict[str, FileFacts] | None = None) -> list[SitePage]:
    pages = made_pages(catalog_of(*resources, locale=locale, facts=facts))
    return [page for page in pages if page.template == "compare.html"]


def test_a_polished_lesson_stands_beside_its_first_design_with_what_changed_marked() -> None:
    (page,) = compared(AFTER, BEFORE)
    view = page.view
    assert isinstance(view, CompareView)
    assert page.uri == "compare/first--second.html"
    assert (view.left.title, view.right.title) == ("第一稿", "第二稿")
    aims, others = view.sections
    (row,) = aims.rows
    assert (aims.left_heading, aims.right_heading) == ("目标", "目标")
    assert row.right == (Span(Mark.SAME, "知道公式"), Span(Mark.ADDED, "，说得清条件"), Span(Mark.SAME, "。"))
    assert [section.heading for section in others.left] == ["过程"]
    assert [section.heading for section in others.right] == ["器材"]


def test_a_retired_design_is_compared_too_and_both_items_lead_there() -> None:
    retired = replace(BEFORE, lifecycle=Lifecycle.RETIRED, replaced_by="second")
    pages = made_pages(catalog_of(retired, AFTER))
    links = {page.uri: page.view.comparisons for page in pages if page.template == "item.html"}
    texts = {uri: [link.text for link in found] for uri, found in links.items()}
    assert texts == {
        "lesson-cases/first.html": ["和后一稿对照（第二稿）"],
        "lesson-cases/second.html": ["和前一稿对照（第一稿）"],
    }
    assert {link.uri for found in links.values() for link in found} == {"county/zh/2026.1/compare/first--second.html"}


def test_two_designs_of_one_lesson_stand_beside_each_other_once_and_plain() -> None:
    one = lesson_case("b", "折纸", relations=(Relation(type="same-lesson", target="a"),), body="## 目标\n\n**折**。\n")
    other = lesson_case("a", "分饼", relations=(Relation(type="same-lesson", target="b"),), body="## 目标\n\n分。\n")
    (page,) = compared(one, other)
    view = page.view
    assert isinstance(view, CompareView)
    (row,) = view.sections
    assert (row.rows, row.left[0].html, row.right[0].html) == ((), "<p>分。</p>", "<p><strong>折</strong>。</p>")


def test_short_texts_are_compared_by_their_lesson_plans() -> None:
    plan = Material(file="plan.docx", role="lesson-plan", title="教学设计")
    first, second = replace(BEFORE, body="见教案。", materials=(plan,)), replace(AFTER, body="见。", materials=(plan,))
    facts = {
        resource.path_of("plan.docx"): FileFacts(
            sha256="aa",
            size_bytes=1,
            blocks=(TextBlock(kind="heading", text="目标"), TextBlock(kind="paragraph", text=said)),
        )
        for resource, said in ((first, "知道公式。"), (second, "知道公式的条件。"))
    }
    catalog = catalog_of(first, second, facts=facts)
    stored = StoredFile(sha256="aa", size_bytes=1, name="plan.docx")
    files = FilesIndex(materials=dict.fromkeys(facts, stored))
    (page,) = compare_pages(desk_for(catalog, files), edition_changes(catalog, None))
    view = page.view
    assert isinstance(view, CompareView)
    assert view.from_plan
    (row,) = view.sections
    assert row.rows[0].right == (Span(Mark.SAME, "知道公式"), Span(Mark.ADDED, "的条件"), Span(Mark.SAME, "。"))


def test_designs_that_are_not_translated_are_compared_in_their_own_language() -> None:
    english = Translation(of="zh", digest="", title="Second", summary="A lesson.", body="## Aims\n")
    translated = replace(AFTER, translations={"en": english})
    assert compared(BEFORE, translated, locale="en") == []
    pages = made_pages(catalog_of(BEFORE, translated, locale="en"))
    (item,) = [page for page in pages if page.template == "item.html"]
    assert [link.uri for link in item.view.comparisons] == ["county/zh/2026.1/compare/first--second.html"]


def test_a_relation_to_what_is_not_there_compares_nothing() -> None:
    alone = replace(AFTER, relations=(Relation(type="polished-from", target="nowhere"),))
    assert compared(alone) == []
