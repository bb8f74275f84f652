"""Which pages a shard has, the words that they are made of, and the links between them."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter

import jinja2
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes

from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.changes import ChangeType
from kebao.model.files_index import FilesIndex
from kebao.model.organisation import Organisation, Person
from kebao.model.package import Content, Package, Topic
from kebao.model.programme import Programme, ProgrammePhase, SourceDocument
from kebao.model.resource import (
    AiUse,
    Contribution,
    Kind,
    LessonCaseDetails,
    Lifecycle,
    Resource,
    ReviewState,
    Translation,
)
from kebao.model.shard import Shard, relative_uri
from kebao.model.site import Locale, SiteConfig
from kebao.model.text import LocalizedText
from kebao.model.translated_texts import FIELDS
from kebao.model.vocabulary import VOCABULARIES, Term, Vocabulary
from kebao.pages.compare import Relation
from kebao.pages.shard_pages import desk_for, navigation, shard_pages, tab_titles
from kebao.pages.site_page import SitePage, made_page, outline
from kebao.search.document import FILE_PARTS, Part

ROOT = Path(__file__).parents[2]
LOCALES = ("zh", "en", "ug")


def texts_of(locale: str) -> Mapping[str, str]:
    path = ROOT / "site_config" / "locales" / f"{locale}.yml"
    texts: Mapping[str, str] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)["texts"]
    return texts


TEXTS = {locale: texts_of(locale) for locale in LOCALES}

# A tiny catalog


def text(chinese: str) -> LocalizedText:
    return LocalizedText({"zh": chinese})


def lesson_case(resource_id: str, title: str, **changes: object) -> Resource:
    fields: dict[str, object] = {
        "id": resource_id,
        "kind": Kind.LESSON_CASE,
        "folder": f"content/packages/county/lesson-cases/{resource_id}",
        "title": title,
        "summary": "一节课。",
        "topics": ("maths",),
        "stages": ("primary",),
        "grades": ("grade-3",),
        "subject": "mathematics",
        "contributors": (Contribution(person="wang", role="teacher"),),
        "organisation": "school",
        "date": date(2025, 3, 18),
        "licence": "CC-BY-4.0",
        "programme": "county-2025",
        "phase": "study",
        "body": "## 过程\n",
        "body_line": 9,
        "details": LessonCaseDetails(textbook="pep", unit="一", lesson="分数"),
    }
    return Resource(**{**fields, **changes})  # type: ignore[arg-type]


def locale(locale_id: str, babel: str, fallback: tuple[str, ...] = ()) -> Locale:
    return Locale(
        id=locale_id,
        language_tag=locale_id,
        name=locale_id,
        direction="ltr",
        fallback=fallback,
        babel=babel,
        theme_language=locale_id,
        texts=TEXTS[locale_id],
    )


def tiny_catalog(shard_locale: str = "zh") -> Catalog:
    english = Translation(of="zh", digest="", title="Fractions", summary="A lesson.", body="## How\n")
    resources = (
        lesson_case("fractions", "分数", translations={"en": english}),
        lesson_case("minus-nine", "十几减九"),
        lesson_case("old", "旧课", lifecycle=Lifecycle.RETIRED, replaced_by="fractions"),
        lesson_case("draft", "草稿", lifecycle=Lifecycle.DRAFT),
        lesson_case("inner", "内部", licence="internal-use"),
    )
    topic = Topic(id="maths", path="t.md", title="动手做数学", summary="摸得着的数学。", order=1, body="", body_line=1)
    package = Package(
        id="county",
        path="content/packages/county/package.yml",
        title=text("示例县资源包"),
        short_title=text("示例包"),
        summary=text("几节课。"),
        publisher="centre",
        region=text("示例县"),
        source_locale="zh",
        locales=("zh", "en"),
        licence="CC-BY-4.0",
        programmes=("county-2025",),
        topics={"maths": topic},
        resources={resource.id: resource for resource in resources},
    )
    named = text("示例")
    programme = Programme(
        id="county-2025",
        title=text("全县培训"),
        short_title=named,
        region=named,
        organiser=named,
        audience=named,
        summary=named,
        source=SourceDocument(title="通知", issuer="教育局"),
        phases=(ProgrammePhase(phase="study", summary=text("磨课")),),
    )
    terms = {
        "stages": (Term(id="primary", label=text("小学")),),
        "grades": (Term(id="grade-3", label=text("三年级"), broader="primary"),),
        "subjects": (Term(id="mathematics", label=text("数学")),),
        "phases": (Term(id="study", label=text("磨课")),),
    }
    vocabularies = {
        name: Vocabulary(id=name, title=named, source="", terms={term.id: term for term in terms.get(name, ())})
        for name in VOCABULARIES
    }
    organisations = (
        Organisation(id="centre", name=text("教师发展中心"), type="county-centre"),
        Organisation(id="school", name=text("柳树小学"), type="school", parent="centre"),
        Organisation(id="elsewhere", name=text("外县小学"), type="school"),
    )
    content = Content(
        vocabularies=vocabularies,
        programmes={programme.id: programme},
        organisations={organisation.id: organisation for organisation in organisations},
        people={
            "wang": Person(id="wang", name=text("王岚"), organisation="school"),
            "li": Person(id="li", name=text("李山"), organisation="school"),
        },
        packages={package.id: package},
    )
    site = SiteConfig(
        title=named,
        base_url="",
        default_package="county",
        default_locale="zh",
        packages=("county",),
        audience="public",
        locales={"zh": locale("zh", "zh_Hans_CN"), "en": locale("en", "en_GB", ("zh",))},
    )
    return build_catalog(content, site, shard=Shard(package="county", locale=shard_locale), facts={}, digests={})


def tiny_pages(shard_locale: str = "zh") -> tuple[SitePage, ...]:
    catalog, files = tiny_catalog(shard_locale), FilesIndex()
    desk = desk_for(catalog, files)
    return tuple(made_page(page, desk) for page in shard_pages(catalog, files))


def test_the_pages_of_a_tiny_catalog() -> None:
    assert outline(tiny_pages()) == "\n".join(
        (
            "about.html  prose.html  关于本资源包",
            "accessibility.html  prose.html  无障碍说明",
            "bulletins/index.html  list.html  简报",
            "catalog/index.html  list.html  全部资源",
            "contributors/index.html  contributors.html  贡献者",
            "contributors/wang.html  contributor.html  王岚",
            "courses/index.html  list.html  课程",
            "downloads.html  downloads.html  下载",
            "grades/grade-3.html  list.html  三年级",
            "index.html  home.html  示例县资源包",
            "lesson-cases/fractions.html  item.html  分数",
            "lesson-cases/index.html  list.html  课例",
            "lesson-cases/minus-nine.html  item.html  十几减九",
            "lesson-cases/old.html  item.html  旧课",
            "micro-cases/index.html  list.html  微案例",
            "micro-lessons/index.html  list.html  微课例",
            "micro-stories/index.html  list.html  微故事",
            "mirror.html  prose.html  在校内网做镜像",
            "my-list.html  my-list.html  我的选单",
            "overview.html  overview.html  学科 × 学段总表",
            "overview/primary-mathematics.html  list.html  小学 · 数学",
            "programmes/county-2025.html  programme.html  全县培训",
            "programmes/index.html  programmes.html  培训项目",
            "school-summaries/index.html  list.html  学校总结",
            "schools/index.html  schools.html  学校与团队",
            "schools/school.html  school.html  柳树小学",
            "search.html  search.html  搜索",
            "stages/primary.html  list.html  小学",
            "subjects/mathematics.html  list.html  数学",
            "topics/index.html  topics.html  专题",
            "topics/maths.html  topic.html  动手做数学",
            "translations.html  translations.html  翻译情况",
            "whats-new.html  whats-new.html  新变化",
        )
    )


def test_only_translated_items_have_a_page_in_another_locale() -> None:
    lines = outline(tiny_pages("en")).splitlines()
    assert [line for line in lines if "item.html" in line] == ["lesson-cases/fractions.html  item.html  Fractions"]
    ours = {page.uri for page in tiny_pages() if page.template != "item.html"}
    assert {page.uri for page in tiny_pages("en") if page.template != "item.html"} == ours


def test_an_untranslated_item_leads_to_its_list_in_the_other_locale() -> None:
    links = {page.uri: {link.locale: link for link in page.locales} for page in tiny_pages()}
    exact = links["lesson-cases/fractions.html"]["en"]
    assert (exact.uri, exact.exact) == ("county/en/next/lesson-cases/fractions.html", True)
    above = links["lesson-cases/minus-nine.html"]["en"]
    assert (above.uri, above.exact) == ("county/en/next/lesson-cases/index.html", False)


def test_no_page_stands_twice_and_every_tab_and_crumb_is_a_page() -> None:
    pages = tiny_pages()
    uris = [page.uri for page in pages]
    assert len(uris) == len(set(uris))
    assert {page.tab for page in pages} <= set(uris)
    assert {crumb.uri for page in pages for crumb in page.crumbs} <= set(uris)


def test_the_navigation_holds_section_pages_only() -> None:
    pages = tiny_pages()
    sections = navigation(pages, tab_titles(tiny_catalog()))
    assert [section.uris[0] for section in sections] == [
        "index.html",
        "catalog/index.html",
        "topics/index.html",
        "programmes/index.html",
        "schools/index.html",
        "downloads.html",
        "about.html",
    ]
    shown = {uri for section in sections for uri in section.uris}
    assert shown == {page.uri for page in pages if page.in_navigation}
    assert not [uri for uri in shown if "fractions" in uri or "wang" in uri]


# Texts

_PROSE = ("about", "mirror", "accessibility")
_RELATIONS = tuple(relation.value for relation in Relation)
_KINDS = tuple(kind.value for kind in Kind)
#: Keys that the code puts together, and what can stand in their gaps.
COMPOSED: Mapping[str, tuple[str, ...]] = {
    "kind.{}": _KINDS,
    "kind.{}.one": _KINDS,
    "kind.{}.lead": _KINDS,
    "ai.{}": tuple(use.value for use in AiUse if use is not AiUse.NONE),
    "ai.{}.note": tuple(use.value for use in AiUse if use is not AiUse.NONE),
    "bundle.ai.{}": tuple(use.value for use in AiUse if use is not AiUse.NONE),
    "bundle.fact.{}": ("stage", "grade", "subject", "organisation", "contributors", "date", "licence", "ai"),
    "bundle.csv.{}": (*("title", "kind", "subject", "grades", "organisation", "licence", "path", "size", "sha256"),),
    "bundle.name.{}": ("full", "light"),
    "bundle.title.{}": ("full", "light"),
    "review.{}": tuple(state.value for state in ReviewState),
    "downloads.{}": ("package", "topic", "organisation"),
    "downloads.{}.lead": ("package", "topic", "organisation"),
    "search.kind.{}": tuple(part.value for part in Part if part not in FILE_PARTS),
    "search.kinds.{}": tuple(part.value for part in Part if part not in FILE_PARTS),
    "script.catalog.has.{}": ("video",),
    "script.catalog.minutes.{}": ("5", "10", "20", "40", "more"),
    "translations.field.{}": FIELDS,
    "translations.shared.{}": (*("package", "interface", "vocabularies", "programmes", "organisations", "people"),),
    "{}.lead": _PROSE,
    "{}.title": _PROSE,
    "change.{}": (*("title", "summary", "body", "numbers", "number_labels", "lifecycle", "translation"),),
    "compare.{}.title": _RELATIONS,
    "compare.{}.lead": _RELATIONS,
    "compare.{}.before": _RELATIONS,
    "compare.{}.after": _RELATIONS,
    "compare.{}.to_before": _RELATIONS,
    "compare.{}.to_after": _RELATIONS,
    "whatsnew.{}": tuple(change.value for change in ChangeType),
}
#: Names under which code has the texts of a locale.
_SAYING = re.compile(r"(?:^|\.)(?:texts|words|t)(?:\.count)?$")
_PLURAL = re.compile(r"\.(?:zero|one|two|few|many|other)$")


@dataclass(frozen=True, slots=True)
class Use:
    """A text that code or a template asks for; a gap in a composed key is ``{}``."""

    key: str
    params: frozenset[str]
    counted: bool
    place: str


def keys_in(node: ast.expr) -> Iterator[str]:
    """The keys that an expression may give; none for a name, whose value is found where it is written."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from keys_in(node.body)
        yield from keys_in(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)


def uses_in_code(path: Path) -> Iterator[Use]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and _SAYING.search(ast.unparse(node.func)):
            counted = ast.unparse(node.func).endswith(".count")
            params = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            for key in keys_in(node.args[0]):
                yield Use(key, params | {"n"} if counted else params, counted, f"{path.name}:{node.lineno}")


def uses_in_template(path: Path) -> Iterator[Use]:
    tree = jinja2.Environment(autoescape=True).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        counted = isinstance(call.node, nodes.Getattr) and call.node.attr == "count"
        target = call.node.node if isinstance(call.node, nodes.Getattr) and counted else call.node
        if isinstance(target, nodes.Name) and target.name == "t":
            assert isinstance(call.args[0], nodes.Const), f"{path.name}:{call.lineno}: not a plain key"
            params = frozenset(keyword.key for keyword in call.kwargs)
            key = str(call.args[0].value)
            yield Use(key, params | {"n"} if counted else params, counted, f"{path.name}:{call.lineno}")


FOLDERS = ("pages", "bundles", "assembly", "editions", "search")
CODE = tuple(path for folder in FOLDERS for path in sorted((ROOT / "builder" / "kebao" / folder).glob("*.py")))
TEMPLATES = tuple(sorted((ROOT / "plugins" / "mkdocs_kebao" / "templates").rglob("*.html")))
USES = tuple(use for uses in (*map(uses_in_code, CODE), *map(uses_in_template, TEMPLATES)) for use in uses)
#: Keys of the texts that scripts say begin so; the scripts leave `script.` out.
_OF_SCRIPTS = re.compile(r"^(?:mylist\.|whatsnew\.)?script\.")
SCRIPTS = tuple(sorted((ROOT / "plugins" / "mkdocs_kebao" / "templates" / "assets" / "kebao").glob("*.js")))
COUNTED = frozenset(use.key for use in USES if use.counted) | {
    key.removesuffix(".other") for key in TEXTS["zh"] if _OF_SCRIPTS.match(key) and key.endswith(".other")
}
_QUOTED = re.compile(r"([\"'`])((?:[\w.-]|\$\{[^{}]*\})+)\1")
SAID_BY_SCRIPTS = tuple(
    re.compile(re.sub(r"\\\$\\\{.*?\\\}", r"[\\w-]+", re.escape(quoted)))
    for path in SCRIPTS
    for _, quoted in _QUOTED.findall(path.read_text("utf-8"))
    if re.search(r"\w", re.sub(r"\$\{.*?\}", "", quoted))
)
PLAIN = tuple(use for use in USES if not use.counted and "{" not in use.key)


def parameters_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def base_keys(locale_id: str) -> set[str]:
    """Keys with the forms of a counted text as one."""
    return {k if (base := _PLURAL.sub("", k)) not in COUNTED else base for k in TEXTS[locale_id]}


def test_texts_are_found_in_code_and_templates() -> None:
    found = {use.key for use in USES}
    assert {"nav.breadcrumbs", "list.count", "fact.hours", "module.elective", "kind.{}.one"} <= found


def test_every_composed_key_is_listed_here() -> None:
    assert {use.key for use in USES if "{}" in use.key} <= set(COMPOSED)


@pytest.mark.parametrize("locale_id", LOCALES)
def test_every_text_that_is_asked_for_is_there(locale_id: str) -> None:
    composed = {pattern.format(value) for pattern, values in COMPOSED.items() for value in values}
    wanted = {use.key for use in PLAIN} | composed
    assert sorted(wanted - set(TEXTS[locale_id])) == []
    assert sorted(key for key in COUNTED if f"{key}.other" not in TEXTS[locale_id]) == []


@pytest.mark.parametrize("locale_id", LOCALES)
def test_texts_have_the_parameters_that_they_are_asked_with(locale_id: str) -> None:
    wrong = [
        f"{use.place}: {use.key} {sorted(use.params)}"
        for use in PLAIN
        if use.params and not parameters_of(TEXTS[locale_id][use.key]) <= use.params
    ]
    assert wrong == []
    # Without parameters a text is shown as it is, braces and all; Markdown has anchors in braces.
    bare = [use.key for use in PLAIN if not use.params and not use.key.endswith(".body")]
    assert [key for key in bare if "{" in TEXTS[locale_id][key]] == []
    for use in USES:
        if use.counted:
            forms = [v for k, v in TEXTS[locale_id].items() if _PLURAL.sub("", k) == use.key]
            assert all(parameters_of(form) <= use.params for form in forms), use


@pytest.mark.parametrize("locale_id", LOCALES[1:])
def test_a_translation_has_the_keys_and_parameters_of_the_chinese(locale_id: str) -> None:
    assert sorted(base_keys("zh") ^ base_keys(locale_id)) == []
    plain = [k for k in TEXTS["zh"] if _PLURAL.sub("", k) not in COUNTED and not k.endswith(".body")]
    different = [key for key in plain if parameters_of(TEXTS["zh"][key]) != parameters_of(TEXTS[locale_id][key])]
    assert different == []


def test_no_text_is_there_for_nothing() -> None:
    composed = {pattern.format(value) for pattern, values in COMPOSED.items() for value in values}
    used = {use.key for use in USES} | composed
    # Keys that are handed on before they are said (``_stem(words, "bundle.name.topic", …)``).
    trees = (ast.parse(path.read_text("utf-8")) for path in CODE)
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    used |= {value for value in constants if isinstance(value, str)}
    used |= {key for key in base_keys("zh") if _OF_SCRIPTS.match(key) and is_said_by_scripts(key)}
    assert sorted(base_keys("zh") - used) == []


def is_said_by_scripts(key: str) -> bool:
    """Whether the key, or a template that gives it (`search.${facet}`), stands in a script, also without its area."""
    said = key.replace("script.", "", 1)
    names = (said, said.partition(".")[2])
    return any(pattern.fullmatch(name) for pattern in SAID_BY_SCRIPTS for name in names)


# Links

SEGMENTS = st.text("ab课-.", min_size=1, max_size=3).filter(lambda s: s.strip(".") != "")
URIS = st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join)
FRAGMENTS = st.sampled_from(["", "#", "#top", "#第一节"])


def followed(page: str, link: str) -> str:
    """Where a reader gets: RFC 3986 §5.2 for paths without scheme and host."""
    path, mark, fragment = link.partition("#")
    if not path:
        return f"{page}{mark}{fragment}"
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) + mark + fragment


@given(page=URIS, target=URIS, fragment=FRAGMENTS)
def test_a_link_followed_from_its_page_leads_to_the_target(page: str, target: str, fragment: str) -> None:
    assert followed(page, relative_uri(page, target + fragment)) == target + fragment


@given(page=URIS, target=URIS)
def test_a_link_is_relative_and_the_shortest(page: str, target: str) -> None:
    link = relative_uri(page, target)
    assert link
    assert not link.startswith("/")
    assert "/../" not in link.lstrip("./")
    ups = link.split("/").count("..")
    assert ups <= page.count("/")


@given(page=URIS, target=URIS, above=URIS)
def test_moving_a_site_into_a_folder_changes_no_link(page: str, target: str, above: str) -> None:
    assert relative_uri(f"{above}/{page}", f"{above}/{target}") == relative_uri(page, target)


def test_a_page_links_to_itself_by_name_and_to_its_own_anchors_by_fragment() -> None:
    assert relative_uri("a/b.html", "a/b.html") == "b.html"
    assert relative_uri("a/b.html", "a/b.html#top") == "#top"
    assert relative_uri("a/b.html", "_files/x.zip") == "../_files/x.zip"
