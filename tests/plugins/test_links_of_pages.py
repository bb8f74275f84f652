"""Links of a page, by which a reader gets from there to what they name."""

from __future__ import annotations

import posixpath
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kebao.model.shard import Shard, relative_uri
from mkdocs_kebao.shard_state import ShardState

_SHARD = Shard(package="demo", locale="zh")
_TARGETS = (
    *map(_SHARD.page, ("index.html", "a/one.html", "a/two.html", "a/b/three.html", "a/one.html#top", "a/", ".html")),
    *("other/en/a/one.html", "index.html", "x.html", "demo/zh", "demo", "demo/zh/a/one.html#x/y.html"),
)


def state(files_root: str) -> ShardState:
    desk = SimpleNamespace(catalog=SimpleNamespace(shard=_SHARD), files=SimpleNamespace(root=files_root))
    return ShardState(desk=cast(Any, desk), pages=(), changes=cast(Any, None), own_files=None)


@pytest.mark.parametrize("root", ["", "demo/zh/"])
def test_a_link_is_the_way_from_the_page(root: str) -> None:
    made = state(root)
    for page in ("index.html", "a/one.html", "a/two.html", "a/b/three.html", "a/one.html"):
        href, uri = made.links_of(page), _SHARD.page(page)
        for target in _TARGETS:
            assert href(target) == relative_uri(uri, target)
        for name in ("a.pdf", "%E7%94%B2.html", ".x"):
            link = href(f"_files/ab/abc/{name}")
            assert posixpath.normpath(posixpath.join(posixpath.dirname(uri), link)) == f"{root}_files/ab/abc/{name}"
            assert link == relative_uri(uri, f"{root}_files/ab/abc/{name}")


def test_an_address_is_itself() -> None:
    href = state("").links_of("a/one.html")
    for address in (
        "https://kebao.example",
        "https://kebao.example/",
        "https://kebao.example/a/one.html",
        "http://a/b#c",
    ):
        assert href(address) == address
        assert href(address) == address
