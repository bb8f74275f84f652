"""Parts that stand on many pages are what a template would write of them."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment

from kebao.model.shard import Shard, relative_uri
from kebao.pages.cards import Badge, Card, Fact, Link
from kebao.pages.texts import Texts
from mkdocs_kebao.shells import Splicer
from mkdocs_kebao.small_parts import SmallParts

_SHARD = Shard(package="demo", locale="zh")
_PAGES = ("a/one.html", "a/two.html", "b/one.html", "index.html")
_TEMPLATE = """{% autoescape true %}
{%- macro lang(value) %}{% if value.language %} lang="{{ value.language }}"{% endif %}{% endmacro -%}
{%- macro row(card, heading) -%}
<li><{{ heading }}{{ lang(card) }}><a href="{{ href(card.uri) }}">{{ card.title }}</a></{{ heading }}>
{%- for badge in card.badges %} <small
{%- if badge.tone != "language" %} class="kb-{{ badge.tone[0] }}"{% endif %}>{{ badge.text }}</small>{% endfor -%}
<p>{{ card.line }}
{%- endmacro -%}
{%- macro link(link) -%}
{%- if link.uri %}<a href="{{ href(link.uri) }}"{{ lang(link) }}>{{ link.text }}</a>
{%- else %}<span{{ lang(link) }}>{{ link.text }}</span>{% endif -%}
{%- if link.count is not none %} <small>{{ t.number(link.count) }}</small>{% endif -%}
{%- endmacro -%}
{%- for value in values -%}
{%- if name == "row" %}{{ row(value, "h3") }}
{%- elif name == "related" %}{{ row(value, "h4") }}</p></li>
{%- elif name == "link" %}{{ link(value) }}
{%- else %}<div><dt>{{ value.label }}</dt><dd>
{%- for each in value.links -%}
{%- if not loop.first %}<span class="kb-sep">{{ t("list.separator") }}</span>{% endif %}{{ link(each) -}}
{%- endfor %}</dd></div>{% endif -%}
{%- endfor -%}
{% endautoescape %}"""


class _Words(SimpleNamespace):
    def __call__(self, key: str) -> str:
        return "、&" if key == "list.separator" else key


WORDS = _Words(number=lambda count: f"{count}'")
MADE = Environment().from_string(_TEMPLATE)
SAID = st.sampled_from(["甲", "<b> & 'x'", 'a"b', ""])
LANGUAGES = st.sampled_from(["", "en", "'"])
URIS = st.sampled_from(
    [*map(_SHARD.page, _PAGES), _SHARD.page("a/one.html#top"), "https://kebao.example/?a=1&b=2"],
)
LINKS = st.builds(
    Link, text=SAID, uri=st.one_of(st.just(""), URIS), count=st.sampled_from([None, 0, 2]), language=LANGUAGES
)
FACTS = st.builds(Fact, SAID, st.lists(LINKS, min_size=1, max_size=3).map(tuple))
BADGES = st.builds(Badge, text=SAID, tone=st.sampled_from(["language", "level", "<"]))
CARDS = st.builds(
    lambda **said: cast(Card, SimpleNamespace(**said)),
    uri=URIS,
    title=SAID,
    line=SAID,
    language=LANGUAGES,
    badges=st.lists(BADGES, max_size=2),
)
ASKED = st.one_of(
    st.tuples(st.just("link"), st.lists(LINKS, max_size=3)),
    st.tuples(st.just("fact"), st.lists(FACTS, max_size=3)),
    st.tuples(st.sampled_from(["row", "related"]), st.lists(CARDS, max_size=3)),
)


def parts() -> SmallParts:
    return SmallParts(cast(Texts, WORDS))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.sampled_from(_PAGES), ASKED)
def test_a_part_is_what_a_template_would_write(page: str, asked: tuple[str, list[Any]]) -> None:
    name, values = asked
    href = partial(relative_uri, _SHARD.page(page))
    assert parts().each(name, values, href) == MADE.render(name=name, values=values, href=href, t=WORDS)


def test_parts_are_html_already() -> None:
    template = Environment(autoescape=True).from_string("{{ kb_each('link', [link], href) }}")
    said = template.render(kb_each=parts().each, link=Link(text="<甲>"), href=str)
    assert said == "<span>&lt;甲&gt;</span>"


def test_there_is_no_part_of_another_name() -> None:
    with pytest.raises(KeyError):
        parts().each("tile", [Link(text="甲")], str)


def test_around_the_body_of_a_page_parts_are_not_understood() -> None:
    made = Environment()
    made.globals["kb_each"] = parts().each
    main = "{% block title %}{{ kb_each('link', kb.links, href) }}{% endblock %}{% block body %}{% endblock %}"
    made.loader = DictLoader({"main.html": main})
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
