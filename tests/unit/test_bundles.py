"""Bundles: what is in them, what their files are called, and that the bytes are the same each time."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.bundles import archive as bundle_archive
from kebao.bundles.archive import BundleError, BundleWriter, write_bundle
from kebao.bundles.bundle_plan import BundlePlan, Member
from kebao.bundles.names import quoted_path, safe_name, unique_stems
from kebao.bundles.plan import BundlePlanner, plan_bundles
from kebao.catalog.catalog import Catalog, build_catalog
from kebao.loading.kept_digests import KeptSums, signature_of
from kebao.model.files_index import FilesIndex
from kebao.model.material import FileFacts, Material
from kebao.model.organisation import Organisation, Person
from kebao.model.package import Content, Package, Topic
from kebao.model.resource import AiUse, Contribution, Kind, Lifecycle, Resource
from kebao.model.shard import Shard, StoredFile
from kebao.model.site import Locale, SiteConfig
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import VOCABULARIES, Term, Vocabulary
from kebao.rendering import render_markdown, sanitize_html

FILES = {
    "plan.docx": b"PK plan",
    "lesson.mp4": b"\x00\x00\x00\x18ftyp film",
    "lesson.zh.vtt": b"WEBVTT\n",
    "board.png": b"\x89PNG board",
}
PLAN = Material(file="plan.docx", role="lesson-plan", title="教学设计")
VIDEO = Material(file="lesson.mp4", role="recording", title="课堂实录", captions="lesson.zh.vtt")
BOARD = Material(file="board.png", role="picture", title="板书")

TEXTS = {
    "bundle.name.resource": "{title}_材料",
    "bundle.name.topic": "专题_{title}",
    "bundle.name.school": "学校_{title}",
    "bundle.name.organisation": "单位_{title}",
    "bundle.name.full": "{title}_完整",
    "bundle.name.light": "{title}_轻量",
    "bundle.title.full": "{title}（完整版）",
    "bundle.title.light": "{title}（轻量版）",
    "bundle.text_name": "正文",
    "bundle.inventory_name": "清单",
    "bundle.list_separator": "、",
    "bundle.day": "{year}年{month}月{day}日",
    "bundle.captions": "{title}（字幕）",
    "kind.lesson-cases": "课例",
    "kind.lesson-cases.one": "课例",
    "kind.micro-stories": "微故事",
    "kind.micro-stories.one": "微故事",
}


class FewWords:
    """The interface texts that these tests need."""

    def __call__(self, key: str, **params: object) -> str:
        return TEXTS.get(key, key).format_map(params)

    def size(self, size_bytes: int) -> str:
        return f"{size_bytes} B"


words = FewWords()


def text(chinese: str) -> LocalizedText:
    return LocalizedText({"zh": chinese})


def resource(resource_id: str, title: str, *, kind: Kind = Kind.LESSON_CASE, **changes: object) -> Resource:
    made = Resource(
        id=resource_id,
        kind=kind,
        folder=f"content/packages/shulin/{kind.value}/{resource_id}",
        title=title,
        summary=f"{title}的简介",
        topics=("hands-on",),
        stages=("primary",),
        grades=("grade-3", "grade-4"),
        subject="mathematics",
        contributors=(Contribution(person="li-mei", role="teacher"),),
        organisation="no1-primary",
        date=date(2025, 4, 22),
        licence="CC-BY-4.0",
        programme="shulan-2017",
        phase="lesson-study",
        body="## 过程 {#process}\n\n分一分。",
        body_line=9,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def vocabularies() -> Mapping[str, Vocabulary]:
    terms = {
        "stages": {"primary": "小学"},
        "grades": {"grade-3": "三年级", "grade-4": "四年级"},
        "subjects": {"mathematics": "数学"},
        "licences": {"CC-BY-4.0": "署名 4.0"},
    }
    return {
        vocabulary: Vocabulary(
            id=vocabulary,
            title=text(vocabulary),
            source="",
            terms={i: Term(id=i, label=text(label)) for i, label in terms.get(vocabulary, {}).items()},
        )
        for vocabulary in VOCABULARIES
    }


def catalog_of(*resources: Resource, topic_title: str = "在操作中学数学", locale: str = "zh") -> Catalog:
    topic = Topic(id="hands-on", path="", title=topic_title, summary="动手", order=1, body="", body_line=1)
    package = Package(
        id="shulin",
        path="content/packages/shulin/package.yml",
        title=text("舒林县教师培训资源包"),
        short_title=text("舒林县资源包"),
        summary=text("简介"),
        publisher="centre",
        region=text("舒林县"),
        source_locale="zh",
        locales=("zh", "en"),
        licence="CC-BY-4.0",
        programmes=("shulan-2017",),
        topics={"hands-on": topic, "empty": replace(topic, id="empty", title="空专题", order=2)},
        resources={r.id: r for r in resources},
    )
    content = Content(
        vocabularies=vocabularies(),
        programmes={},
        organisations={
            "centre": Organisation(id="centre", name=text("教师发展中心"), type="centre"),
            "no1-primary": Organisation(id="no1-primary", name=text("舒林县第一小学"), type="school"),
        },
        people={"li-mei": Person(id="li-mei", name=text("李梅"), organisation="no1-primary")},
        packages={"shulin": package},
    )
    locales = {i: locale_of(i) for i in ("zh", "en")}
    site = SiteConfig(
        title=text("课包"),
        base_url="",
        default_package="shulin",
        default_locale="zh",
        packages=("shulin",),
        audience="public",
        locales=locales,
    )
    return build_catalog(
        content, site, shard=Shard(package="shulin", locale=locale), facts=facts_of(resources), digests={}
    )


def locale_of(locale_id: str) -> Locale:
    return Locale(
        id=locale_id,
        language_tag={"zh": "zh-CN"}.get(locale_id, locale_id),
        name=locale_id,
        direction="ltr",
        fallback=(),
        babel=locale_id,
        theme_language=locale_id,
        texts={},
    )


def paths_of(resources: Iterable[Resource]) -> dict[str, bytes]:
    return {
        r.path_of(file): FILES[file]
        for r in resources
        for material in r.materials
        for file in (material.file, material.captions)
        if file
    }


def facts_of(resources: Iterable[Resource]) -> dict[str, FileFacts]:
    return {
        path: FileFacts(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
        for path, data in paths_of(resources).items()
    }


def files_of(catalog: Catalog) -> FilesIndex:
    return FilesIndex(
        materials={
            path: StoredFile(sha256=facts.sha256, size_bytes=facts.size_bytes, name=path.rpartition("/")[2])
            for path, facts in catalog.facts.items()
        }
    )


def plans_of(*resources: Resource) -> dict[tuple[str, str], BundlePlan]:
    catalog = catalog_of(*resources)
    return {(plan.scope, plan.subject): plan for plan in plan_bundles(catalog, files_of(catalog), words)}


def member(plan: BundlePlan, suffix: str) -> Member:
    return next(m for m in plan.members if m.path.endswith(suffix))


def page(plan: BundlePlan, suffix: str) -> str:
    return member(plan, suffix).text.decode()


def put_sources(root: Path, resources: Iterable[Resource]) -> None:
    for path, data in paths_of(resources).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def zip_of(plan: BundlePlan, root: Path) -> bytes:
    stream = io.BytesIO()
    write_bundle(plan, root, stream)
    return stream.getvalue()


FRACTIONS = resource("fractions", "分数的初步认识", materials=(PLAN, VIDEO, BOARD))
STORY = resource("story", "最后一次作业", kind=Kind.MICRO_STORY, date=date(2025, 6, 1))


# What there are bundles of


def test_there_is_one_bundle_per_resource_with_materials_topic_organisation_and_two_of_the_package() -> None:
    names = {key: plan.name for key, plan in plans_of(FRACTIONS, STORY).items()}

    assert names == {
        ("resource", "fractions"): "分数的初步认识_材料.zip",
        ("topic", "hands-on"): "专题_在操作中学数学.zip",
        ("organisation", "no1-primary"): "学校_舒林县第一小学.zip",
        ("package", "full"): "舒林县资源包_完整.zip",
        ("package", "light"): "舒林县资源包_轻量.zip",
    }


def test_the_text_of_a_resource_without_materials_is_in_the_larger_bundles() -> None:
    plans = plans_of(FRACTIONS, STORY)

    for key in (("topic", "hands-on"), ("organisation", "no1-primary"), ("package", "light")):
        assert member(plans[key], "微故事_最后一次作业/正文.html").text


def test_a_retired_resource_is_in_its_own_bundle_only() -> None:
    retired = replace(FRACTIONS, lifecycle=Lifecycle.RETIRED)

    assert set(plans_of(retired)) == {("resource", "fractions")}
    assert "分数" not in page(plans_of(retired, STORY)[("package", "full")], "index.html")


def test_an_empty_package_has_no_bundles() -> None:
    assert plans_of() == {}


def test_a_material_that_is_not_stored_is_left_out() -> None:
    catalog = catalog_of(FRACTIONS)
    scopes = {plan.scope: plan for plan in plan_bundles(catalog, FilesIndex(), words)}

    assert set(scopes) == {"topic", "organisation", "package"}
    assert scopes["topic"].file_count == 0


def test_bundles_of_a_catalog_in_another_locale_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="made in 'zh', not 'en'"):
        plan_bundles(catalog_of(FRACTIONS, locale="en"), FilesIndex(), words)


def test_captions_stand_beside_their_video_under_its_name_and_are_not_counted() -> None:
    plan = plans_of(FRACTIONS)[("resource", "fractions")]

    assert [m.path for m in plan.members if m.path.startswith("data/")] == [
        "data/课例_分数的初步认识/教学设计.docx",
        "data/课例_分数的初步认识/板书.png",
        "data/课例_分数的初步认识/正文.html",
        "data/课例_分数的初步认识/课堂实录.mp4",
        "data/课例_分数的初步认识/课堂实录.vtt",
    ]
    assert plan.file_count == 3


def test_the_light_bundle_leaves_out_videos_with_their_captions_and_says_so() -> None:
    plan = plans_of(FRACTIONS)[("package", "light")]

    assert not [m.path for m in plan.members if m.path.endswith((".mp4", ".vtt"))]
    assert plan.file_count == 2
    assert "<li>课堂实录 " in page(plan, "index.html")
    assert "bundle.left_out" in page(plan, "index.html")


def test_a_light_bundle_may_leave_out_captions_alone_whatever_was_planned_before() -> None:
    catalog = catalog_of(FRACTIONS)
    package = replace(catalog.package, bundles=replace(catalog.package.bundles, light_without=(".vtt",)))
    planner = BundlePlanner(replace(catalog, package=package), files_of(catalog), words)
    scopes = {scope.subject: scope for scope in planner.scopes() if scope.scope == "package"}
    full, light = planner.plan(scopes["full"]), planner.plan(scopes["light"])

    assert {m.path for m in full.members} - {m.path for m in light.members} == {"data/课例_分数的初步认识/课堂实录.vtt"}
    assert light == BundlePlanner(replace(catalog, package=package), files_of(catalog), words).plan(scopes["light"])


# The bag


@pytest.mark.parametrize("key", list(plans_of(FRACTIONS, STORY)), ids="-".join)
def test_every_bundle_is_a_valid_bag_in_a_folder_named_like_it(tmp_path: Path, key: tuple[str, str]) -> None:
    plan = plans_of(FRACTIONS, STORY)[key]
    put_sources(tmp_path, (FRACTIONS, STORY))

    with zipfile.ZipFile(io.BytesIO(zip_of(plan, tmp_path))) as archive:
        archive.extractall(tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == [plan.top]
    bag = bagit.Bag(str(tmp_path / "out" / plan.top))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert set(bag.tagfile_entries()) >= {"bagit.txt", "bag-info.txt", "index.html", "清单.csv"}


def test_the_bagging_date_is_that_of_the_newest_resource() -> None:
    info = page(plans_of(FRACTIONS, STORY)[("package", "full")], "bag-info.txt")

    assert "Bagging-Date: 2025-06-01\n" in info
    assert "External-Identifier: shulin/package/full\n" in info


# The bytes


def test_same_catalog_same_bytes_whatever_the_order_of_its_dicts(tmp_path: Path) -> None:
    put_sources(tmp_path, (FRACTIONS, STORY))
    one, other = plans_of(FRACTIONS, STORY), plans_of(STORY, FRACTIONS)

    assert list(one) == list(other)
    for key, plan in one.items():
        assert plan.digest == other[key].digest
        assert zip_of(plan, tmp_path) == zip_of(other[key], tmp_path)


def test_another_text_gives_another_digest() -> None:
    changed = replace(FRACTIONS, body="另一段")

    assert len({plans_of(r)[("package", "full")].digest for r in (FRACTIONS, changed)}) == 2


def test_members_are_stored_with_fixed_dates_and_modes_the_bag_first(tmp_path: Path) -> None:
    put_sources(tmp_path, (FRACTIONS,))
    plan = plans_of(FRACTIONS)[("resource", "fractions")]

    with zipfile.ZipFile(io.BytesIO(zip_of(plan, tmp_path))) as archive:
        infos = archive.infolist()

    assert [info.filename.partition("/")[2] for info in infos[:6]] == [
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "index.html",
        "清单.csv",
    ]
    for info in infos:
        assert info.compress_type == zipfile.ZIP_STORED
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert info.create_system == 3
        assert info.external_attr >> 16 == 0o100644
        assert info.flag_bits == 0x800, "UTF-8 names, no data descriptor"


@pytest.mark.parametrize("data", [b"PK plam", b"PK", b"PK plan and more", None])
def test_a_file_that_changed_during_the_build_stops_the_bundle(tmp_path: Path, data: bytes | None) -> None:
    put_sources(tmp_path, (FRACTIONS,))
    path = tmp_path / FRACTIONS.path_of("plan.docx")
    path.unlink() if data is None else path.write_bytes(data)

    with pytest.raises(BundleError, match=r"plan\.docx was removed|plan\.docx changed"):
        zip_of(plans_of(FRACTIONS)[("resource", "fractions")], tmp_path)


def test_a_file_that_changed_between_two_bundles_stops_the_second(tmp_path: Path) -> None:
    put_sources(tmp_path, (FRACTIONS,))
    writer, plan = BundleWriter(tmp_path), plans_of(FRACTIONS)[("resource", "fractions")]
    writer.write(plan, io.BytesIO())
    (tmp_path / FRACTIONS.path_of("plan.docx")).write_bytes(b"PK plam")

    with pytest.raises(BundleError, match=r"plan\.docx changed"):
        writer.write(plan, io.BytesIO())


def test_a_file_that_the_disk_says_is_unchanged_is_not_summed_again_and_one_that_changes_meanwhile_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small ones are summed again: that takes no longer.
    monkeypatch.setattr(bundle_archive, "_SMALL_BYTES", 0)
    put_sources(tmp_path, (FRACTIONS,))
    plan = plans_of(FRACTIONS)[("resource", "fractions")]
    expected = zip_of(plan, tmp_path)
    path = tmp_path / FRACTIONS.path_of("plan.docx")
    data = FILES["plan.docx"]

    def kept() -> dict[str, KeptSums]:
        sha256, signature = hashlib.sha256(data).hexdigest(), signature_of(path.stat())
        return {str(path): KeptSums(path=str(path), sha256=sha256, crc32=zlib.crc32(data), signature=signature)}

    class Meddler(io.BytesIO):
        """Appends to the file as soon as its bytes are written."""

        def write(self, written: Any) -> int:
            if bytes(written) == data:
                with path.open("ab") as stream:
                    stream.write(b"more")
            return super().write(written)

    stream = io.BytesIO()
    BundleWriter(tmp_path, kept=kept()).write(plan, stream)
    assert stream.getvalue() == expected
    with pytest.raises(BundleError, match=r"plan\.docx changed"):
        BundleWriter(tmp_path, {hashlib.sha256(data).hexdigest(): zlib.crc32(data)}, kept()).write(plan, Meddler())


@pytest.mark.parametrize("change", [lambda data: data + b"more", lambda data: data[:-1], lambda data: b"x" + data[1:]])
def test_a_small_file_that_is_another_one_by_now_is_seen(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    put_sources(tmp_path, (FRACTIONS,))
    plan, data = plans_of(FRACTIONS)[("resource", "fractions")], FILES["plan.docx"]
    known = {hashlib.sha256(data).hexdigest(): zlib.crc32(data)}
    assert BundleWriter(tmp_path, known).write(plan, io.BytesIO())
    (tmp_path / FRACTIONS.path_of("plan.docx")).write_bytes(change(data))
    with pytest.raises(BundleError, match=r"plan\.docx changed"):
        BundleWriter(tmp_path, known).write(plan, io.BytesIO())


def test_a_bundle_is_written_from_its_first_byte_to_its_last_and_summed_on_the_way(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: object) -> int:
            raise io.UnsupportedOperation

    put_sources(tmp_path, (FRACTIONS,))
    plan, pipe = plans_of(FRACTIONS)[("resource", "fractions")], Pipe()
    sums = write_bundle(plan, tmp_path, pipe)

    data = pipe.getvalue()
    assert data == zip_of(plan, tmp_path)
    assert (sums.sha256, sums.crc32) == (hashlib.sha256(data).hexdigest(), zlib.crc32(data))
    assert sums.size_bytes == len(data)


# The pages and the list


def test_the_index_names_kinds_resources_facts_and_files() -> None:
    index = page(plans_of(FRACTIONS, STORY)[("package", "full")], "index.html")

    assert '<html lang="zh-CN" dir="ltr">' in index
    for said in (
        "分数的初步认识的简介",
        "三年级、四年级",
        "舒林县第一小学",
        "李梅",
        "2025年4月22日",
        "署名 4.0",
    ):
        assert said in index
    assert ">课堂实录（字幕）</a>" in index
    assert "DOCX · 7 B" in index


def test_the_index_links_to_every_file_inside_and_to_nothing_outside() -> None:
    plan = plans_of(FRACTIONS, STORY)[("package", "full")]
    index = page(plan, "index.html")
    linked = {unquote(href) for href in re.findall(r'(?:href|src)="([^"]*)"', index)}

    assert linked == {m.path for m in plan.members if m.path.startswith("data/")} | {"清单.csv"}
    assert "<script" not in index


def test_what_authors_write_cannot_add_markup_to_the_index() -> None:
    nasty = replace(FRACTIONS, title='<img src=x onerror="alert(1)">', summary="</p><script>")
    index = page(plans_of(nasty)[("resource", "fractions")], "index.html")

    assert "<img" not in index
    assert "<script" not in index


def test_generated_content_is_labelled() -> None:
    made = replace(FRACTIONS, ai_generated=AiUse.GENERATED)

    assert "bundle.ai.generated" in page(plans_of(made)[("resource", "fractions")], "index.html")
    assert "bundle.ai" not in page(plans_of(FRACTIONS)[("resource", "fractions")], "index.html")


def test_the_list_opens_in_a_spreadsheet_with_every_file_of_the_payload() -> None:
    plan = plans_of(FRACTIONS)[("resource", "fractions")]
    data = member(plan, "清单.csv").text
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n") == 6
    assert rows[0][0] == "bundle.csv.title"
    assert rows[2] == [
        "教学设计",
        "课例",
        "数学",
        "三年级、四年级",
        "舒林县第一小学",
        "署名 4.0",
        "data/课例_分数的初步认识/教学设计.docx",
        "7",
        hashlib.sha256(FILES["plan.docx"]).hexdigest(),
    ]


def test_a_title_is_never_a_formula() -> None:
    data = member(plans_of(replace(STORY, title="=1+1"))[("package", "full")], "清单.csv").text

    assert b"\r\n'=1+1," in data


# Links in texts


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("[故事](kebao:story)", '<a href="../%E5%BE%AE%E6%95%85%E4%BA%8B_'),
        ("[故事](kebao:shulin/story#end)", "/%E6%AD%A3%E6%96%87.html#end"),
        ("[别处](kebao:other/thing)", "<a>别处</a>"),
        ("[没有](kebao:missing)", "<a>没有</a>"),
        ("![板书](board.png)", '<img alt="板书" src="%E6%9D%BF%E4%B9%A6.png">'),
        ("![板书](other.png)", '<img alt="板书">'),
        ("![板书](https://example.org/x.png)", '<img alt="板书">'),
        ("[过程](#process)", '<a href="#process">过程</a>'),
        ("[网站](https://example.org/)", '<a href="https://example.org/">网站</a>'),
        ("[坏](javascript:alert)", "<a>坏</a>"),
    ],
)
def test_links_lead_to_what_is_inside_or_read_as_plain_text(written: str, html: str) -> None:
    linking = replace(FRACTIONS, body=written)

    assert html in page(plans_of(linking, STORY)[("package", "full")], "课例_分数的初步认识/正文.html")


def test_a_resource_that_is_not_in_the_bundle_is_not_linked() -> None:
    linking = replace(FRACTIONS, body="[故事](kebao:story)")

    assert "<a>故事</a>" in page(plans_of(linking, STORY)[("resource", "fractions")], "正文.html")


# Names


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("分数的初步认识", "分数的初步认识"),
        ("a/b:c*?", "a_b_c__"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM1 .x", "_COM1 .x"),
        (" ..课例. ", "课例"),
        ("第一行\n第二行\t!", "第一行 第二行 !"),
        ("藏\u202e起\x00来", "藏起来"),
        ("及格率 100%", "及格率 100％"),
        ("e\u0301", "é"),
        ("...", "lesson-7"),
        ("长" * 200, "长" * 60),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert safe_name(title, fallback="lesson-7") == name


def test_equal_titles_get_a_number_in_the_order_of_their_ids() -> None:
    plans = plans_of(replace(FRACTIONS, id="b"), replace(FRACTIONS, id="a"))

    assert plans[("resource", "a")].name == "分数的初步认识_材料.zip"
    assert plans[("resource", "b")].name == "分数的初步认识_材料-2.zip"
    assert member(plans[("topic", "hands-on")], "课例_分数的初步认识-2/正文.html")


def test_a_video_and_its_captions_are_numbered_together() -> None:
    wanted = [("实录", (".vtt",)), ("实录", (".mp4", ".vtt")), ("A", (".png",)), ("a", (".PNG",))]

    assert unique_stems(wanted) == ("实录", "实录-2", "A", "a-2")


LEGAL = re.compile(r'[^<>:"/\\|?*%\x00-\x1f]+')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)( *\..*)?")
TITLES = st.text(max_size=80) | st.sampled_from(["CON", "a/b:c*?", "A", "a", "长" * 200, "正文", "…", "😀" * 90])


@settings(max_examples=60, deadline=None)
@given(st.lists(TITLES, min_size=2, max_size=5), TITLES)
def test_any_titles_give_unique_legal_and_short_paths(titles: list[str], topic_title: str) -> None:
    materials = tuple(
        replace(material, title=title)
        for material, title in zip((PLAN, VIDEO, BOARD), (*titles, topic_title), strict=False)
    )
    resources = [resource(f"r{i}", title, materials=materials) for i, title in enumerate(titles)]
    catalog = catalog_of(*resources, topic_title=topic_title)
    plans = plan_bundles(catalog, files_of(catalog), words)

    for names in ([plan.name for plan in plans], *([m.path for m in plan.members] for plan in plans)):
        assert len({unicodedata.normalize("NFC", name.casefold()) for name in names}) == len(names)
    for plan in plans:
        for path in (f"{plan.top}/{m.path}" for m in plan.members):
            assert len(path.encode("utf-16-le")) // 2 <= 180
            assert path == unicodedata.normalize("NFC", path)
            for part in path.split("/"):
                assert LEGAL.fullmatch(part)
                assert not RESERVED.fullmatch(part)
                assert part == part.strip(" ").rstrip(".")
                assert len(part.encode()) <= 255


# Rendering


def test_markdown_is_rendered_as_on_the_site() -> None:
    html = render_markdown(
        '## 目标 {#aims}\n\n!!! tip "提示"\n    内容[^1]\n\n??? note "折叠"\n    更多\n\n'
        "- [x] 完成\n\n| a |\n|--:|\n| 1 |\n\n```python\nx = 1\n```\n\n词\n:   义\n\n[^1]: 注"
    )

    for said in (
        '<h2 id="aims">目标</h2>',
        '<div class="admonition tip">',
        '<p class="admonition-title">提示</p>',
        "<summary>折叠</summary>",
        '<li class="task-list-item"><input type="checkbox" disabled="" checked=""> 完成</li>',
        "<td>1</td>",
        '<code class="language-python">x = 1',
        "<dt>词</dt>",
        '<a class="footnote-ref" href="#fn:1">',
        '<li id="fn:1">',
    ):
        assert said in html


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ('<img src="a.png" onerror="alert(1)">', '<img src="a.png">'),
        ('<img src="data:image/svg+xml,x" alt="图">', '<img alt="图">'),
        ('<img src="https://example.org/pixel.gif">', "<img>"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="jAva\tscript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="//host/share">x</a>', "<a>x</a>"),
        ('<a href="\\\\host\\share">x</a>', "<a>x</a>"),
        ('<a href="tel:110">x</a>', '<a href="tel:110">x</a>'),
        ('<p style="position:fixed">x</p>', "<p>x</p>"),
        ('<div class="admonition md-overlay">x</div>', '<div class="admonition">x</div>'),
        ('<h2 id="__drawer">x</h2>', "<h2>x</h2>"),
        ("<form><input name=q value=v></form>", '<input type="checkbox" disabled="">'),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>", '<img src="x">'),
        ("<iframe src=x>y</iframe><p>z", "<p>z</p>"),
    ],
)
def test_what_is_not_in_the_allowlist_is_removed(hostile: str, safe: str) -> None:
    assert sanitize_html(hostile) == safe


def test_a_checkbox_is_written_the_same_way_each_time() -> None:
    assert len({sanitize_html("<input><input type=text checked disabled>") for _ in range(200)}) == 1


SNIPPETS = st.sampled_from(
    [
        *(
            "<script>",
            "</script>",
            "<style>",
            "<svg>",
            "<math>",
            "<mtext>",
            "<table>",
            "<td>",
            "<p>",
            "</p>",
            "<a>",
        ),
        *(
            "<b>",
            "</b>",
            "<div>",
            "</div>",
            "<pre>\n\n",
            "<li>",
            "<dd>",
            "<details open>",
            "<template>",
            "<select>",
        ),
        *(
            '<img src="x" onerror="a()">',
            '<img src="data:a">',
            '<a href="javascript:a()">',
            "<!--",
            "-->",
            "<![CDATA[",
        ),
        *(
            "<a href='data:text/html,x'>",
            "<input>",
            '<h1 id="x" onclick="a()">',
            "&lt;script&gt;",
            "&#x0;",
            "\r\n",
        ),
        *(
            "<title>",
            "<textarea>",
            "<noscript>",
            "<plaintext>",
            "<frameset>",
            "<form>",
            "<iframe src=javascript:a()>",
        ),
    ]
)
TAG = re.compile(r"<[a-z][^<]*?>")


@settings(max_examples=400, deadline=None)
@given(st.lists(SNIPPETS | st.text(max_size=8), max_size=14).map("".join))
def test_sanitize_html_removes_what_runs_and_is_idempotent(html: str) -> None:
    once = sanitize_html(html)
    tags = " ".join(TAG.findall(once))

    assert sanitize_html(once) == once
    assert not re.search(r"<(script|style|iframe|svg|math|form|template)\b", once)
    assert not re.search(r"onerror|onclick|javascript:|data:", tags)


@given(path=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_path_stands_in_a_link_as_it_does_anywhere(path: str) -> None:
    assert quoted_path(path) == quote(path)
