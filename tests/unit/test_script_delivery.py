"""Scripts are delivered small, and their words as a data file."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
from babel import Locale as CldrLocale

import mkdocs_kebao
from kebao.model.site import Locale
from kebao.pages.texts import Texts
from mkdocs_kebao import shared_assets
from mkdocs_kebao.script_texts import script_texts_hash, script_texts_js
from mkdocs_kebao.shared_assets import JOINED, delivered, share_assets

SCRIPTS = Path(mkdocs_kebao.__file__).parent / "templates" / "assets" / "kebao"


def texts(**said: str) -> Texts:
    locale = Locale(
        id="zh",
        name="中文",
        language_tag="zh-CN",
        direction="ltr",
        fallback=(),
        babel="zh_Hans_CN",
        theme_language="zh",
        theme_texts={},
        texts={},
    )
    return Texts(locale, {key.replace("_", "."): text for key, text in said.items()}, CldrLocale.parse("zh_Hans_CN"))


def test_only_what_scripts_say_is_in_their_words() -> None:
    written = script_texts_js(texts(script_list_add="加入选单", nav_home="首页"))
    assert written.endswith(',{"list.add":"加入选单"});\n')
    assert "首页" not in written


def test_the_words_carry_the_hash_of_their_payload() -> None:
    said = texts(script_a="一", script_b="</script>\u2028")
    name, hash_, payload = written_parts(script_texts_js(said))
    assert name == "texts"
    assert hash_ == script_texts_hash(said) == hashlib.sha256(payload.encode()).hexdigest()[:8]
    assert json.loads(payload) == {"a": "一", "b": "</script>\u2028"}


def written_parts(call: str) -> tuple[str, str, str]:
    name, hash_, payload = call.removeprefix("Kebao.put(").removesuffix(");\n").split(",", 2)
    return json.loads(name), json.loads(hash_), payload


def test_words_end_neither_the_script_nor_its_line() -> None:
    written = script_texts_js(texts(script_a="</script>\u2028\u2029"))
    assert "</" not in written
    assert written.count("\n") == 1
    assert not {"\u2028", "\u2029"} & set(written)


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.js")), ids=lambda path: path.name)
def test_our_scripts_lose_their_comments_and_the_names_of_what_is_local(path: Path) -> None:
    (small,) = delivered({"assets/kebao/alone.js": path}).values()
    assert b"/*" not in small
    assert len(small) < len(path.read_bytes()) * 0.75


def test_what_is_delivered_is_written_for_browsers_of_2018(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text("window.a = (b) => b == null ? void 0 : b.c; try { a(); } catch (error) { }", encoding="utf-8")
    (small,) = delivered({"assets/kebao/a.js": path}).values()
    # A minifier that may would write `b?.c` and leave the error's name out.
    assert b"?." not in small
    assert b"catch(" in small


def test_a_process_that_delivers_scripts_can_still_be_split(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_text("let a = 1;", encoding="utf-8")
    delivered({"assets/kebao/a.js": path})
    assert "minify" not in sys.modules


def test_what_every_page_loads_is_joined_in_order_and_its_parts_are_not_delivered() -> None:
    sources = {f"assets/kebao/{path.name}": path for path in SCRIPTS.iterdir()}
    files = delivered(sources)
    assert {uri for parts in JOINED.values() for uri in parts} & set(files) == set()
    assert set(JOINED) <= set(files)
    assert files["assets/kebao/page.js"].count(b'"use strict"') == 3
    css = files["assets/kebao/page.css"]
    parts = [sources[f"assets/kebao/{name}.css"].read_bytes() for name in ("kebao", "search", "my-list", "editions")]
    assert css == b"\n".join(parts)


def test_a_centres_colours_come_after_ours(tmp_path: Path) -> None:
    (tmp_path / "kebao.css").write_text("b{color:red}", encoding="utf-8")
    (tmp_path / "accent.css").write_text("b{color:green}", encoding="utf-8")
    sources = {f"assets/kebao/{name}.css": tmp_path / f"{name}.css" for name in ("accent", "kebao")}
    assert delivered(sources) == {"assets/kebao/page.css": b"b{color:red}\nb{color:green}"}


def test_the_scripts_of_search_weigh_fifteen_kilobytes_at_most() -> None:
    names = ("data", "search", "search-box", "search-page")
    sizes = {
        name: len(delivered({"assets/kebao/alone.js": SCRIPTS / f"{name}.js"})["assets/kebao/alone.js"])
        for name in names
    }
    assert sum(sizes.values()) <= 15 * 1024, sizes


def test_without_the_minifier_scripts_are_delivered_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.js"
    path.write_bytes(b"/* ours */ const words = 1;\n")
    monkeypatch.setattr(shared_assets, "can_minify", lambda: False)
    assert delivered({"assets/kebao/a.js": path}) == {"assets/kebao/a.js": path.read_bytes()}


def test_files_that_are_not_ours_are_delivered_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "bundle.min.js"
    path.write_bytes(b"/* theirs */  let a\r\n")
    assert delivered({"assets/javascripts/bundle.min.js": path}) == {
        "assets/javascripts/bundle.min.js": path.read_bytes()
    }


def test_shared_scripts_lie_under_the_digest_of_what_is_delivered(tmp_path: Path) -> None:
    script = tmp_path / "a.js"
    script.write_text("/* one */ let a = 1;", encoding="utf-8")
    first = share_assets({"assets/kebao/a.js": script}, tmp_path / "shared")
    script.write_text("/* another comment */ let a = 1;", encoding="utf-8")
    assert share_assets({"assets/kebao/a.js": script}, tmp_path / "shared") == first
    assert (tmp_path / "shared" / first / "assets/kebao/a.js").read_text("utf-8") == "let a=1\n"
