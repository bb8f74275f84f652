"""Pages that are put together give the bytes of pages that are rendered whole, or are rendered whole."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from markupsafe import Markup
from mkdocs.structure.toc import get_toc

from mkdocs_kebao.contents import Contents
from mkdocs_kebao.shells import Shell, Splicer

_BASE = "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}<footer>{{ sprite() }}</footer>"
_ITEM = (
    "{% extends 'main.html' %}{% block body %}{{ kb_icon('b') }}{{ page.content }}"
    "{{ parts.said(kb.uri) if parts }}{{ parts }}{{ name }}{{ said(1) if said }}{% endblock %}"
)
_SAID = "{% macro said(x) %}{{ x }} {{ kb.title }} {{ href(kb.uri) }} {{ kb_icon('c') }}{% endmacro %}"
_IMPORT = "{% import 'parts.html' as parts with context %}"

#: What main.html may write around the body and be put together all the same.
UNDERSTOOD = {
    "text as it is": "{{ kb.title }}",
    "text escaped by a filter": "{{ kb.title | e }}",
    "text escaped by its surroundings": "{% autoescape true %}<b title='{{ kb.title }}'>{% endautoescape %}",
    "a filter": "{{ kb.title | upper | replace('A', 'B') }}",
    "a condition": "{% if kb.description %}yes{% else %}no{% endif %}",
    "a comparison": "{% if kb.title == 'A&B' %}this{% endif %}",
    "a part of a text": "{% if '&' in kb.title %}has it{% endif %}",
    "a list": "{% for each in kb.crumbs %}{{ loop.index }}{{ each.title | e }},{% endfor %}",
    "a length": "{% if kb.crumbs | length > 1 %}more{% endif %}{{ kb.crumbs | length }}",
    "a mapping": "{{ page.meta.title }}{% if page.meta.nothing %}never{% endif %}",
    "data": "{{ {'page': kb.uri, 'title': kb.title} | tojson }}",
    "data beside constants": "{{ {'b': 1, 'page': kb.uri, 'a': ['<', {'x': none}], 'title': kb.title} | tojson }}",
    "data that looks like a mark": "{{ {'a': 'kebaojsontext0end', 'page': kb.uri} | tojson }}",
    "data in its own form": "{{ {'page': kb.uri} | tojson(indent=0) }}",
    "data in data": "{{ {'page': kb.uri, 'more': {'title': kb.title}} | tojson }}",
    "data with a number": "{{ {'page': kb.uri, 'number': page.meta.number} | tojson }}",
    "a link": "{{ href(kb.uri) }} {{ here('search.html') }}",
    "the first heading": "{% set skip = page.toc | first %}{% if skip %}{{ skip.url }}{% endif %}",
    "an icon": "{{ kb_icon('a') }}",
    "nothing of the page": "same",
    "the contents": "{% include 'partials/toc.html' %}",
    "a macro": "{% macro m(x) %}{% autoescape true %}<i>{{ x }}</i>{% endautoescape %}{% endmacro %}{{ m(kb.title) }}",
}
#: What cannot be followed from page to page.
NOT_UNDERSTOOD = {
    "joined texts": "{{ kb.title ~ '!' }}",
    "a method": "{{ kb.title.upper() }}",
    "a slice": "{{ kb.title[:2] }}",
    "arithmetic": "{{ page.meta.number + 1 }}",
    "letters": "{% for letter in kb.title %}{{ letter }}.{% endfor %}",
    "an icon by name": "{{ kb_icon(kb.title) }}",
    "a global function": "{{ shout(kb.title) }}",
    "a key": "{{ {'A&B': 1}[kb.title] }}",
    "an object": "{{ kb.crumbs }}",
}
#: How main.html may begin, what is in parts.html, and whether its start can be kept from page to page.
STARTS = {
    "macros": (_IMPORT, _SAID, True),
    "macros of macros": (
        _IMPORT,
        "{% import 'more.html' as more with context %}{% macro said(x) %}{{ more.said(x) }}{% endmacro %}",
        True,
    ),
    "a constant beside macros": (
        _IMPORT,
        "{% set word = 'w' %}{% macro said(x) %}{{ word }}{{ x }}{% endmacro %}",
        True,
    ),
    "a text of the page": (
        _IMPORT,
        "{% set word = kb.title %}{% macro said(x) %}{{ word }}{{ x }}{% endmacro %}",
        False,
    ),
    "a part of the page": (
        _IMPORT,
        "{% set _word = kb %}{% macro said(x) %}{{ _word.title }}{{ x }}{% endmacro %}",
        False,
    ),
    "a question at the start": (_IMPORT, "{% if kb.description %}{% endif %}" + _SAID, False),
    "a choice of the page": (
        _IMPORT,
        "{% if kb.description %}{% macro said(x) %}1{{ x }}{% endmacro %}"
        "{% else %}{% macro said(x) %}2{{ x }}{% endmacro %}{% endif %}",
        False,
    ),
    "what it writes": (_IMPORT, "{{ kb.title }}{% macro said(x) %}{{ x }}{% endmacro %}", False),
    "a call at the start": (_IMPORT, "{% set word = href(kb.uri) %}{% macro said(x) %}{{ word }}{% endmacro %}", False),
    "a counter": (
        _IMPORT,
        "{% set n = namespace(at=0) %}{% macro said(x) %}{% set n.at = n.at + 1 %}{{ n.at }}{% endmacro %}",
        False,
    ),
    "a list that grows": (_IMPORT, "{% set n = [] %}{% macro said(x) %}{{ n.append(x) }}{{ n }}{% endmacro %}", False),
    "a name before it": ("{% set name = kb.title %}" + _IMPORT, _SAID, False),
    "another page under the name": (
        "{% set kb = page %}" + _IMPORT,
        "{% macro said(x) %}{{ x }}{{ kb.meta.title }}{% endmacro %}",
        None,
    ),
    "a macro of its own": ("{% from 'parts.html' import said with context %}", _SAID, False),
    "which import depends on the page": (
        "{% if kb.description %}{% import 'parts.html' as parts with context %}"
        "{% else %}{% import 'more.html' as parts with context %}{% endif %}",
        "{% macro said(x) %}1{{ x }}{% endmacro %}",
        None,
    ),
    "a file's name depends on the page": (
        "{% import ('parts.html' if page.meta.number % 2 else 'more.html') as parts with context %}",
        "{% macro said(x) %}1{{ x }}{% endmacro %}",
        None,
    ),
    "without context": ("{% import 'parts.html' as parts %}", "{% macro said(x) %}{{ x }}{{ kb }}{% endmacro %}", True),
}
#: What may be in the template of the contents, and whether it is of the headings alone.
CONTENTS = {
    "headings": ("[{% for t in page.toc %}{{ t.title }}{{ t.url }}{{ t.level }};{% endfor %}]", True),
    "headings of headings": ("{% for t in page.toc recursive %}{{ t.title }}{{ loop(t.children) }}{% endfor %}", True),
    "the first one": ("{{ (page.toc | first).title if page.toc }}", True),
    "the page's title": ("{{ page.meta.title }}", False),
    "our own title": ("{{ kb.title }}", False),
    "whether there is a description": ("{% if kb.description %}yes{% endif %}", False),
    "a link": ("{{ href('a.html') }}", False),
    "an icon": ("{{ kb_icon('a') }}", False),
    "a name that was set": ("{{ skip.title if skip }}", False),
    "the page itself": ("{{ page.toc | length }}{{ page == 1 }}", False),
}
TITLES = ("A&B", "plain", "<i>", "", "a \ue0f0 0 \ue0f1", "中文 'quoted\"", "A&B")


def environment(main: str, *, start: str = "", **others: str) -> Environment:
    parts = {
        "base.html": _BASE,
        "item.html": _ITEM,
        "main.html": f"{{% extends 'base.html' %}}{start}{{% block title %}}{main}{{% endblock %}}",
        "partials/toc.html": "[{% for t in page.toc %}{{ t.title }};{% endfor %}]",
        "more.html": _SAID,
    }
    made = Environment(loader=DictLoader({**parts, **others}))
    made.globals["shout"] = lambda text: f"{text}!".upper()
    return made


def variables(number: int) -> dict[str, Any]:
    title = TITLES[number % len(TITLES)]
    icons: list[str] = []

    def kb_icon(name: str) -> Markup:
        icons.append(name)
        return Markup(f"<{name}>")

    crumbs = tuple(SimpleNamespace(title=f"{title}{place}") for place in range(number % 3))
    toc = get_toc([{"level": 2, "id": f"h{n}", "name": title, "children": []} for n in range(number % 4)])
    page = SimpleNamespace(
        url=f"items/{number}.html",
        ancestors=[],
        toc=toc,
        content=f"<p>{number}</p>",
        meta={"title": title, "number": number},
    )
    return {
        "page": page,
        "kb": SimpleNamespace(title=title, uri=page.url, description=title[:1], crumbs=crumbs),
        "href": lambda target: f"../{target}",
        "here": lambda target: f"./{target}",
        "kb_icon": kb_icon,
        "sprite": lambda: Markup("".join(f"[{name}]" for name in icons)),
    }


def render_all(main: str, *, samples: bool, start: str = "", **others: str) -> Splicer:
    splicer = Splicer(environment(main, start=start, **others), samples=samples)
    template = environment(main, start=start, **others).get_template("item.html")
    for number in range(24):
        whole = template.render(variables(number))
        assert splicer.render("item.html", partial(variables, number)) == whole, number
    return splicer


def shells(splicer: Splicer) -> list[Shell]:
    return [shell for found in splicer._shells.values() for shell in found]


@pytest.mark.parametrize("main", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_pages_are_put_together_as_they_are_rendered(main: str) -> None:
    splicer = render_all(main, samples=False)
    assert splicer.whole == {}


@pytest.mark.parametrize("main", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_what_is_not_understood_is_rendered_whole(main: str) -> None:
    splicer = render_all(main, samples=False)
    assert set(splicer.whole) == {"item.html"}


@pytest.mark.parametrize(("start", "parts", "is_kept"), STARTS.values(), ids=STARTS)
def test_what_was_imported_for_one_page_shows_the_next(start: str, parts: str, is_kept: bool | None) -> None:
    splicer = render_all("{{ kb.title }}", samples=False, start=start, **{"parts.html": parts})
    if is_kept is not None:
        assert {shell.start is not None for shell in shells(splicer)} == {is_kept}


@pytest.mark.parametrize(("contents", "of_headings"), CONTENTS.values(), ids=CONTENTS)
def test_contents_are_kept_where_they_are_of_the_headings_alone(contents: str, of_headings: bool) -> None:
    main = "{% include 'partials/toc.html' %}"
    base = "{% set skip = page.toc | first %}" + _BASE
    splicer = render_all(main, samples=False, **{"partials/toc.html": contents, "base.html": base})
    assert splicer.whole == {}
    told = {each.tells_more for shell in shells(splicer) for each in shell.recipes if isinstance(each, Contents)}
    assert told <= {not of_headings}


@pytest.mark.parametrize("target", ["items/3.html", "items/3.html#top", "search.html"])
def test_a_link_around_the_body_may_lead_to_the_page_itself(target: str) -> None:
    def linking(number: int) -> dict[str, Any]:
        def href(target: str) -> str:
            path, mark, fragment = target.partition("#")
            return f"#{fragment}" if path == f"items/{number}.html" and mark else f"../{target}"

        return {**variables(number), "href": href, "here": href}

    main = f"{{{{ href('{target}') }}}}{{{{ here('{target}') }}}}{{{{ kb.title }}}}"
    splicer = Splicer(environment(main), samples=False)
    template = environment(main).get_template("item.html")
    for number in (1, 2, 3, 4, 3):
        assert splicer.render("item.html", partial(linking, number)) == template.render(linking(number))
    assert splicer.whole == {}


def test_a_macro_that_is_asked_for_its_text_is_found_by_the_comparison() -> None:
    """The known blind spot: the text of a macro is compared after the traces in it were written."""
    main = "{% macro m(x) %}{{ x }}{% endmacro %}{% if m(kb.title) == 'plain' %}{{ kb.title }} it is{% endif %}"
    splicer = Splicer(environment(main))
    template = environment(main).get_template("item.html")
    pages = [splicer.render("item.html", partial(variables, number)) for number in (0, 1, 2, 3)]
    assert pages == [template.render(variables(number)) for number in (0, 1, 2, 3)]
    assert splicer.whole["item.html"] == "items/1.html would differ"


def test_a_template_with_too_many_forms_is_rendered_whole() -> None:
    splicer = Splicer(environment("{% if page.meta.number < 3 %}{% endif %}{% if page.meta.number == 9 %}{% endif %}"))
    for number in range(40):
        splicer.render("item.html", partial(variables, number))
    assert splicer.whole == {}
    many = Splicer(environment("{% for each in page.meta.many %}{% endfor %}"))
    for number in range(40):

        def longer(number: int = number) -> dict[str, Any]:
            made = variables(number)
            made["page"].meta["many"] = list(range(number))
            return made

        many.render("item.html", longer)
    assert many.whole["item.html"] == "too many forms"
