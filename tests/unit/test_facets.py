"""What the catalog filters and sorts by: every value of every resource comes out of the columns again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.entries import Entry
from kebao.model.material import Material
from kebao.model.organisation import Organisation, Person
from kebao.model.package import Content, Package, Topic
from kebao.model.programme import Programme, SourceDocument
from kebao.model.resource import Contribution, Details, Kind, LessonCaseDetails, MicroLessonDetails, Resource
from kebao.model.shard import Shard
from kebao.model.site import Locale, SiteConfig
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import VOCABULARIES, Term, Vocabulary
from kebao.search.coding import DIGITS
from kebao.search.facet_columns import BASE, encode_column, encode_sets, width_for
from kebao.search.facets import docs_payload, facets_payload
from kebao.search.title_order import title_key, unit_key

ROOT = Path(__file__).parents[2]
GOLDEN = yaml.safe_load((ROOT / "tests/golden/facets.yml").read_text("utf-8"))
TEXTS: Mapping[str, str] = yaml.load((ROOT / "site_config/locales/zh.yml").read_text("utf-8"), Loader=yaml.BaseLoader)[
    "texts"
]
ROLES = {".docx": "lesson-plan", ".mp4": "recording"}


# Reading back, as the script does it


def read_number(text: str) -> int:
    value = 0
    for digit in text:
        value = value * 85 + DIGITS.index(digit)
    return value


def read_column(column: Mapping[str, Any], count: int) -> list[int]:
    if "runs" in column:
        runs = column["runs"]
        pairs = zip(runs[0::2], runs[1::2], strict=True)
        return [number for number, times in pairs for _ in range(times)]
    width, digits = column["width"], column["digits"]
    numbers = [read_number(digits[at : at + width]) for at in range(0, len(digits), width)]
    before = [0] * column["first"]
    return before + numbers + [0] * (count - len(before) - len(numbers))


def read_sets(text: str, value_count: int) -> list[list[int]]:
    width = 1
    while 85**width < value_count:
        width += 1
    return [[read_number(part[at : at + width]) for at in range(0, len(part), width)] for part in text.split(" ")]


def read_facet(facet: Mapping[str, Any], count: int) -> list[list[str]]:
    """The ids of each document's values."""
    sets = read_sets(facet["sets"], len(facet["values"]))
    return [[facet["values"][value][0] for value in sets[number]] for number in read_column(facet, count)]


# A small catalog


def said(chinese: str) -> LocalizedText:
    return LocalizedText({"zh": chinese})


def resource(given: Mapping[str, Any]) -> Resource:
    files = [Path(name) for name in given.get("materials", ())]
    return Resource(
        id=given["id"],
        kind=Kind(given["kind"]),
        folder=f"content/packages/county/{given['kind']}/{given['id']}",
        title=given["title"],
        summary="",
        topics=tuple(given.get("topics", ())),
        stages=tuple(given.get("stages", ())),
        grades=tuple(given.get("grades", ())),
        subject=given.get("subject"),
        contributors=(Contribution(person="wang", role="author"),),
        organisation=given.get("organisation", "willow-school"),
        date=given.get("date", date(2025, 1, 1)),
        licence="CC-BY-4.0",
        programme="county-2025",
        phase="study",
        body="",
        body_line=1,
        materials=tuple(Material(file=path.name, role=ROLES[path.suffix], title=path.stem) for path in files),
        details=details(given),
    )


def details(given: Mapping[str, Any]) -> Details | None:
    if given["kind"] == "lesson-cases":
        unit = given.get("unit", "")
        level, minutes = given.get("level"), given.get("minutes")
        return LessonCaseDetails(textbook=given["textbook"], unit=unit, lesson="", level=level, minutes=minutes)
    if given["kind"] == "micro-lessons":
        return MicroLessonDetails(minutes=given["minutes"])
    return None


VALUES = {
    "stages": {"kindergarten": "幼儿园", "primary": "小学"},
    "grades": {f"grade-{n}": f"{han}年级" for n, han in enumerate("一二三四五六", start=1)},
    "subjects": {"chinese": "语文", "mathematics": "数学", "science": "科学"},
    "textbooks": {"unified": "统编版", "pep": "人教版"},
    "levels": {"good": "优质课", "model": "示范课"},
    "phases": {"study": "磨课"},
    "material-roles": {"lesson-plan": "教学设计", "slides": "课件", "recording": "课堂实录"},
}


def catalog_of(resources: Sequence[Resource]) -> Catalog:
    named = said("示例")
    vocabularies = {
        name: Vocabulary(
            id=name,
            title=named,
            source="",
            terms={term: Term(id=term, label=said(label)) for term, label in VALUES.get(name, {}).items()},
        )
        for name in VOCABULARIES
    }
    topics = (("hands-on", "动手做"), ("science-corner", "科学角"))
    package = Package(
        id="county",
        path="content/packages/county/package.yml",
        title=named,
        short_title=named,
        summary=named,
        publisher="centre",
        region=named,
        source_locale="zh",
        locales=("zh",),
        licence="CC-BY-4.0",
        programmes=("county-2025",),
        topics={
            id: Topic(id=id, path="t.md", title=title, summary="", order=order, body="", body_line=1)
            for order, (id, title) in enumerate(topics)
        },
        resources={each.id: each for each in resources},
    )
    programme = Programme(
        id="county-2025",
        title=named,
        short_title=said("全县培训"),
        region=named,
        organiser=named,
        audience=named,
        summary=named,
        source=SourceDocument(title="通知", issuer="教育局"),
    )
    schools = (("centre", "教师发展中心"), ("willow-school", "柳树小学"), ("river-school", "河湾小学"))
    chinese = Locale(
        id="zh",
        language_tag="zh-CN",
        name="中文",
        direction="ltr",
        fallback=(),
        babel="zh_Hans_CN",
        theme_language="zh",
        texts=TEXTS,
    )
    return build_catalog(
        Content(
            vocabularies=vocabularies,
            programmes={programme.id: programme},
            organisations={id: Organisation(id=id, name=said(name), type="school") for id, name in schools},
            people={"wang": Person(id="wang", name=said("王岚"), organisation="centre")},
            packages={"county": package},
        ),
        SiteConfig(
            title=named,
            base_url="",
            default_package="county",
            default_locale="zh",
            packages=("county",),
            audience="public",
            locales={"zh": chinese},
        ),
        shard=Shard(package="county", locale="zh"),
        facts={},
        digests={},
    )


def in_index_order(catalog: Catalog) -> list[Entry]:
    return sorted(catalog.entries, key=lambda entry: entry.page_uri)


def payload_of(resources: Sequence[Resource], **more: Any) -> tuple[list[Entry], dict[str, Any]]:
    catalog = catalog_of(resources)
    entries = in_index_order(catalog)
    payload = facets_payload(catalog, entries, TEXTS.__getitem__, **more)
    # As scripts get it.
    return entries, json.loads(json.dumps(payload))


# Tests


def test_the_filters_of_a_small_catalog() -> None:
    entries, payload = payload_of([resource(each) for each in GOLDEN["resources"]])
    found = {
        facet["id"]: {
            label: {
                entry.title for entry, ids in zip(entries, read_facet(facet, payload["n"]), strict=True) if id in ids
            }
            for id, label in facet["values"]
        }
        for facet in payload["facets"]
    }
    expected = {id: {label: set(titles) for label, titles in values.items()} for id, values in GOLDEN["facets"].items()}
    assert found == expected
    # The order is part of it: that of the vocabularies, and of a teacher's path.
    assert [list(values) for values in found.values()] == [list(values) for values in GOLDEN["facets"].values()]
    assert list(found) == list(GOLDEN["facets"])


def test_the_orders_of_a_small_catalog() -> None:
    entries, payload = payload_of([resource(each) for each in GOLDEN["resources"]])
    for name, expected in GOLDEN["sorts"].items():
        ranks = read_column(payload["sorts"][name], payload["n"])
        places = [
            {e.title for e, rank in zip(entries, ranks, strict=True) if rank == place} for place in sorted(set(ranks))
        ]
        assert places == [set(titles) for titles in expected], name


class Kept(dict[bytes, bytes]):
    """Where columns are kept."""

    def put(self, key: bytes, value: bytes) -> None:
        self[key] = value


def test_the_order_of_titles_is_made_again_where_a_title_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    resources = [resource(each) for each in GOLDEN["resources"]]
    renamed = [replace(resources[0], title="做一做"), *resources[1:]]
    kept = Kept()
    made = [payload_of(each, kept=kept)[1] for each in (resources, renamed)]
    assert made == [payload_of(each)[1] for each in (resources, renamed)]
    assert made[0]["sorts"] != made[1]["sorts"]
    monkeypatch.setattr("kebao.search.facets.title_key", None)
    rebodied = [replace(resources[0], body="另一段话"), *resources[1:]]
    assert payload_of(rebodied, kept=kept)[1] == made[0]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[1]", b"7", b"\xff"])
def test_a_kept_order_that_is_none_is_made_again(damaged: bytes) -> None:
    resources = [resource(each) for each in GOLDEN["resources"]]
    kept = Kept()
    _, payload = payload_of(resources, kept=kept)
    assert kept
    kept.update(dict.fromkeys(kept, damaged))
    assert payload_of(resources, kept=kept)[1] == payload


def test_the_minutes_column_sorts_by_length_with_those_without_one_first() -> None:
    entries, payload = payload_of([resource(each) for each in GOLDEN["resources"]])
    facet = next(facet for facet in payload["facets"] if facet["id"] == "minutes")
    column = read_column(facet, payload["n"])
    in_order = [entry.title for _, entry in sorted(zip(column, entries, strict=True), key=lambda pair: pair[0])]
    assert in_order == ["爷爷的来信", "风从哪里来", "分数的初步认识", "十几减九"]


def test_the_edition_is_a_facet_only_where_there_are_two() -> None:
    resources = [resource(each) for each in GOLDEN["resources"]]
    _, one = payload_of(resources, appeared={"fractions": "2025.1"})
    assert "edition" not in {facet["id"] for facet in one["facets"]}
    entries, two = payload_of(resources, appeared={"fractions": "2025.1", "wind": "2026.1"})
    facet = next(facet for facet in two["facets"] if facet["id"] == "edition")
    found = {entry.id: ids for entry, ids in zip(entries, read_facet(facet, two["n"]), strict=True)}
    assert found == {"fractions": ["2025.1"], "minus-nine": [], "wind": ["2026.1"], "letters": []}
    assert [id for id, _ in facet["values"]] == ["2026.1", "2025.1"]


@st.composite
def some_resources(draw: st.DrawFn) -> list[Resource]:
    count = draw(st.integers(0, 40))
    return [draw(any_resource(number)) for number in range(count)]


def any_resource(number: int) -> st.SearchStrategy[Resource]:
    def some(values: Mapping[str, str]) -> st.SearchStrategy[list[str]]:
        return st.lists(st.sampled_from(sorted(values)), unique=True)

    fields = {
        "id": st.just(f"r-{number}"),
        "kind": st.sampled_from(["lesson-cases", "micro-lessons", "micro-stories"]),
        "title": st.text(max_size=12),
        "stages": some(VALUES["stages"]),
        "grades": some(VALUES["grades"]),
        "subject": st.none() | st.sampled_from(sorted(VALUES["subjects"])),
        "textbook": st.sampled_from(sorted(VALUES["textbooks"])),
        "unit": st.text(max_size=4),
        "minutes": st.floats(0.5, 90) | st.integers(1, 90),
        "date": st.dates(date(2020, 1, 1), date(2026, 1, 1)),
        "topics": st.lists(st.sampled_from(["hands-on", "science-corner"]), unique=True),
        "materials": st.lists(st.sampled_from(["a.docx", "b.mp4"]), unique=True),
    }
    return st.fixed_dictionaries(fields).map(resource)


@given(some_resources())
def test_every_value_of_every_resource_comes_out_of_the_columns_again(resources: list[Resource]) -> None:
    entries, payload = payload_of(resources)
    columns = {facet["id"]: read_facet(facet, payload["n"]) for facet in payload["facets"]}
    nothing: list[list[str]] = [[] for _ in entries]
    for number, entry in enumerate(entries):
        each = entry.resource
        assert set(columns.get("stage", nothing)[number]) == set(each.stages)
        assert set(columns.get("grade", nothing)[number]) == set(each.grades)
        assert columns.get("subject", nothing)[number] == ([each.subject] if each.subject else [])
        assert columns["kind"][number] == [each.kind.value]
        assert set(columns.get("topic", nothing)[number]) == set(each.topics)
        roles = {material.role for material in each.materials}
        assert set(columns.get("has", nothing)[number]) == roles | ({"video"} if "recording" in roles else set())


@given(some_resources())
def test_what_comes_earlier_sorts_earlier(resources: list[Resource]) -> None:
    entries, payload = payload_of(resources)
    dates = read_column(payload["sorts"]["date"], payload["n"])
    titles = read_column(payload["sorts"]["title"], payload["n"])
    for one, other in zip(range(len(entries)), range(1, len(entries)), strict=False):
        a, b = entries[one], entries[other]
        assert (dates[one] < dates[other]) == (a.resource.date > b.resource.date)
        assert (titles[one] == titles[other]) == (a.title == b.title)


@given(st.lists(st.integers(0, 20_000), max_size=60))
def test_a_column_gives_its_numbers_again(numbers: list[int]) -> None:
    assert read_column(encode_column(numbers).to_json(), len(numbers)) == numbers


@given(st.lists(st.integers(0, 3), max_size=300).map(sorted))
def test_a_column_of_long_runs_gives_its_numbers_again_and_is_short(numbers: list[int]) -> None:
    written = encode_column(numbers).to_json()
    assert read_column(written, len(numbers)) == numbers
    assert len(json.dumps(written)) < 80


@given(
    st.integers(1, 9000).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.lists(st.integers(0, n - 1)), min_size=1)))
)
def test_sets_are_read_back_as_they_were(case: tuple[int, list[list[int]]]) -> None:
    count, sets = case
    assert read_sets(encode_sets([tuple(each) for each in sets], count), count) == sets


@pytest.mark.parametrize("count", [1, BASE, BASE + 1, BASE**2, BASE**2 + 1])
def test_the_width_is_the_least_that_tells_all_numbers_apart(count: int) -> None:
    width = width_for(count)
    assert BASE**width >= count
    assert width == 1 or BASE ** (width - 1) < count


@pytest.mark.parametrize(
    ("locale", "titles"),
    [
        ("zh", ["3个苹果", "10个苹果", "Éclair", "Fractions", "安全", "《分数》", "十几减九", "重量"]),
        ("en", ["2 apples", "10 apples", "Éclair", "fractions", "Zebra"]),
        ("ug", ["ئالما", "ئەتە", "بالا", "پىيالە", "يېزا"]),
    ],
)
def test_titles_stand_as_readers_look_them_up(locale: str, titles: list[str]) -> None:
    backwards = titles[::-1]
    assert sorted(backwards, key=lambda title: title_key(title, locale)) == titles


def test_units_count_as_people_do() -> None:
    units = [
        "三年级上册第二单元",
        "三年级上册第十单元",
        "三年级上册第十一单元",
        "三年级上册第二十单元",
        "三年级下册第一单元",
    ]
    backwards = units[::-1]
    assert sorted(backwards, key=unit_key) == units
    assert sorted(["Unit 10", "Unit 2"], key=unit_key) == ["Unit 2", "Unit 10"]


def test_the_first_of_every_16_documents_leads_to_the_others() -> None:
    uris = [f"lesson-cases/l-{number:03}.html" for number in range(70)]
    assert docs_payload(uris) == [uris[number] for number in (0, 16, 32, 48, 64)]
    assert docs_payload([]) == []


def test_ten_thousand_resources_take_at_most_250_kilobytes() -> None:
    resources = [large_resource(number) for number in range(10_000)]
    _, payload = payload_of(resources)
    written = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(written) <= 250 * 1024


def large_resource(number: int) -> Resource:
    """A catalog's usual mixture, without chance: primes keep the fields apart from each other."""
    kind = ("lesson-cases", "micro-lessons", "micro-stories", "lesson-cases", "micro-stories")[number % 5]
    given = {
        "id": f"resource-{number:05}",
        "kind": kind,
        "title": "".join(chr(0x4E00 + (number * 7919 + place * 104729) % 2000) for place in range(8)),
        "stages": ["primary"] if number % 7 else ["kindergarten", "primary"],
        "grades": [f"grade-{number % 6 + 1}"] if number % 11 else ["grade-1", "grade-2"],
        "subject": ("chinese", "mathematics", "science", None)[number * 31 % 4],
        "textbook": "pep" if number % 3 else "unified",
        "unit": f"第{number * 13 % 40}单元",
        "level": (None, "good", "model")[number * 17 % 3],
        "minutes": 5 + number * 23 % 40,
        "date": date.fromordinal(date(2023, 1, 1).toordinal() + number * 37 % 1000),
        "organisation": ("willow-school", "river-school", "centre")[number % 3],
        "topics": [("hands-on", "science-corner")[number % 2]],
        "materials": ["a.docx", "b.mp4"][: number % 3],
    }
    return resource(given)
