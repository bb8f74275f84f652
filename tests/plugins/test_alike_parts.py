"""Parts that are kept and used again give what they give when they are rendered for each page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, FileSystemLoader, meta

import mkdocs_kebao
from kebao.model.shard import Shard, relative_uri
from kebao.pages.cards import Fact, Link
from mkdocs_kebao import alike_parts
from mkdocs_kebao.alike_parts import TEMPLATE, AlikeParts
from mkdocs_kebao.shells import Splicer
from mkdocs_kebao.traces import NotUnderstood, Recorder

_TEMPLATES = Path(mkdocs_kebao.__file__).parent / "templates"
_SHARD = Shard(package="demo", locale="zh")
#: Pages of two folders, of the shard's root, and of another package.
_PAGES = ("a/one.html", "a/two.html", "b/one.html", "index.html")


class _Words(SimpleNamespace):
    def __call__(self, key: str) -> str:
        return "、" if key == "list.separator" else key


def environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_TEMPLATES), trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"t": _Words(number=str), "shard": _SHARD}
    return made


def shown(parts: AlikeParts, page: str, name: str, *values: Any) -> str:
    """What a page with the parts has for them."""
    template = parts.environment.from_string("{{ kb_each(name, values) }}")
    uri = _SHARD.page(page)
    return template.render(
        kb=SimpleNamespace(uri=page),
        href=lambda target: relative_uri(uri, target),
        kb_each=parts.each,
        name=name,
        values=values,
    )


LINKS = st.builds(
    Link,
    text=st.sampled_from(["甲", "<b> & 'x'", ""]),
    uri=st.sampled_from(["", *map(_SHARD.page, _PAGES), _SHARD.page("a/one.html#top"), "https://kebao.example/"]),
    count=st.sampled_from([None, 0, 2]),
    language=st.sampled_from(["", "en"]),
)
FACTS = st.builds(Fact, st.sampled_from(["年级", "a"]), st.lists(LINKS, min_size=1, max_size=3).map(tuple))
ASKED = st.one_of(
    st.tuples(st.just("link"), st.lists(LINKS, max_size=3)), st.tuples(st.just("fact"), st.lists(FACTS, max_size=3))
)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PAGES), ASKED), max_size=8))
def test_kept_parts_are_what_each_page_would_be_given(pages: list[tuple[str, tuple[str, list[Any]]]]) -> None:
    made = environment()
    keeping, anew = AlikeParts(made), AlikeParts(made, keeps=False)
    for page, (name, values) in pages:
        assert shown(keeping, page, name, *values) == shown(anew, page, name, *values)


def test_a_part_is_rendered_once_for_the_pages_of_a_folder_and_those_to_which_its_links_are_the_same() -> None:
    rendered: list[int] = []

    def number(count: int) -> str:
        rendered.append(count)
        return "n"

    made = environment()
    made.globals["t"] = _Words(number=number)
    parts = AlikeParts(made)
    link = Link(text="甲", uri=_SHARD.page("c/three.html"), count=3)
    pages = ("a/one.html", "a/two.html", "b/one.html", "c/four.html", "c/five.html")
    assert {shown(parts, page, "link", link) for page in pages} == {
        '<a href="../c/three.html">甲</a> <small>n</small>',
        '<a href="three.html">甲</a> <small>n</small>',
    }
    assert len(rendered) == 2


def test_a_page_links_to_a_place_on_itself_and_others_of_its_folder_to_the_page() -> None:
    parts, link = AlikeParts(environment()), Link(text="甲", uri=_SHARD.page("a/one.html#top"))
    for _ in range(2):
        assert shown(parts, "a/two.html", "link", link) == '<a href="one.html#top">甲</a>'
        assert shown(parts, "a/one.html", "link", link) == '<a href="#top">甲</a>'


def test_more_values_than_are_kept_are_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike_parts, "_MOST", 3)
    parts, links = AlikeParts(environment()), [Link(text=str(number)) for number in range(8)]
    for _ in range(2):
        assert shown(parts, "a/one.html", "link", *links) == "".join(f"<span>{number}</span>" for number in range(8))
    assert len(parts._kept["link"]) <= 3


def test_what_is_kept_knows_the_words_of_the_locale_and_nothing_of_a_page() -> None:
    source = (_TEMPLATES / TEMPLATE).read_text(encoding="utf-8")
    assert meta.find_undeclared_variables(Environment().parse(source)) == {"t"}


def test_around_the_body_of_a_page_kept_parts_are_not_understood() -> None:
    made = environment()
    made.globals["kb_each"] = AlikeParts(made).each
    main = "{% block title %}{{ kb_each('link', kb.links) }}{% endblock %}{% block body %}{% endblock %}"
    made.loader = DictLoader(
        {"main.html": main, TEMPLATE: (_TEMPLATES / TEMPLATE).read_text(encoding="utf-8")},
    )
    splicer = Splicer(made)
    for number in range(4):
        uri = f"a/{number}.html"
        link = Link(text=f"{number}", uri=_SHARD.page("a/1.html"))
        values = {
            "page": SimpleNamespace(url=uri, ancestors=[]),
            "kb": SimpleNamespace(uri=uri, links=(link,)),
            "href": partial(relative_uri, _SHARD.page(uri)),
            "here": str,
            "kb_icon": str,
            "sprite": str,
        }
        assert splicer.render("main.html", partial(dict, values)) == f'<a href="1.html">{number}</a>'
    assert set(splicer.whole) == {"main.html"}


def test_a_value_of_a_page_that_is_traced_is_no_key() -> None:
    recorder = Recorder()
    with pytest.raises(NotUnderstood):
        hash(recorder.trace(Link(text="甲"), lambda context: None))
