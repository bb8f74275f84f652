"""Each fault of a finished site is found, and its good twin is not complained about."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.audit.audit import audit_site
from kebao.audit.css import css_urls
from kebao.audit.page_facts import PageFacts
from kebao.audit.page_parser import parse_page
from kebao.audit.report import AuditError, AuditReport
from kebao.audit.scripts import script_urls
from kebao.model.site import Policy
from kebao.problems import Severity

Files = dict[str, str | bytes]

_POLICY = Policy(page_kilobytes=2, nav_links=2)
_SHA256 = hashlib.sha256(b"video").hexdigest()
_STORED = f"_files/{_SHA256[:2]}/{_SHA256}/课 1.mp4"
_STORED_URL = f"_files/{_SHA256[:2]}/{_SHA256}/%E8%AF%BE%201.mp4"


def page(body: str = "", *, head: str = "") -> str:
    return f'<!doctype html><html lang="zh-CN"><head><title>课</title>{head}</head><body>{body}</body></html>'


def audit(root: Path, files: Files) -> AuditReport:
    for uri, content in files.items():
        path = root / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return audit_site(root, _POLICY)


def codes(report: AuditReport) -> list[str]:
    return [problem.code for problem in report.problems]


BAD: dict[str, tuple[list[str], Files]] = {
    "dead link": (["KBA01"], {"a.html": page('<a href="b.html">')}),
    "dead image": (["KBA01"], {"a.html": page('<img src="b.png" alt="">')}),
    "image without address": (["KBA01"], {"a.html": page('<img src="" alt="">')}),
    "dead srcset": (["KBA01"], {"a.html": page('<img srcset="b.png 1x, a.png 2x" alt="">'), "a.png": ""}),
    "dead poster": (["KBA01"], {"a.html": page('<video poster="b.png">')}),
    "dead object": (["KBA01"], {"a.html": page('<object data="b.pdf">')}),
    "dead track": (["KBA01"], {"a.html": page('<track src="b.vtt">')}),
    "dead source": (["KBA01"], {"a.html": page('<source src="b.mp4">')}),
    "dead form": (["KBA01"], {"a.html": page('<form action="b.html">')}),
    "dead redirect": (
        ["KBA01"],
        {"a.html": page(head='<meta http-equiv="refresh" content="0; url=b.html">')},
    ),
    "dead CSS address": (["KBA01"], {"a.html": page(), "a.css": "p { background: url(b.png) }"}),
    "dead CSS import": (["KBA01"], {"a.html": page(), "a.css": '@import "b.css";'}),
    "dead address in <style>": (
        ["KBA01"],
        {"a.html": page(head="<style>p{background:url('b.png')}</style>")},
    ),
    "dead address in style=": (["KBA01"], {"a.html": page('<p style="background: url(b.png)">')}),
    "wrong case": (["KBA01"], {"a.html": page('<a href="B.html">'), "b.html": page()}),
    "out of the site": (["KBA01"], {"a.html": page('<a href="../b.html">')}),
    "file as folder": (["KBA01"], {"a.html": page('<a href="b.html/">'), "b.html": page()}),
    "folder without index": (["KBA01", "KBA03"], {"a.html": page('<a href="b/">'), "b/c.html": page()}),
    "dead anchor here": (["KBA02"], {"a.html": page('<a href="#x">')}),
    "dead anchor there": (["KBA02"], {"a.html": page('<a href="b.html#x">'), "b.html": page()}),
    "dead theme anchor": (["KBA02"], {"a.html": page('<a href="#__skip">')}),
    "absolute path": (["KBA03"], {"a.html": page('<a href="/a.html">')}),
    "host without scheme": (["KBA03"], {"a.html": page('<a href="//example.org/">')}),
    "file: address": (["KBA03"], {"a.html": page('<a href="file:///C:/a.html">')}),
    "folder": (["KBA03"], {"a.html": page('<a href="b/">'), "b/index.html": page()}),
    "this folder": (["KBA03"], {"index.html": page('<a href=".">')}),
    "external script": (["KBA04"], {"a.html": page('<script src="https://cdn.example/a.js"></script>')}),
    "external style": (
        ["KBA04"],
        {"a.html": page(head='<link rel="stylesheet" href="//cdn.example/a.css">')},
    ),
    "external connection": (
        ["KBA04"],
        {"a.html": page(head='<link rel="preconnect" href="https://x.example">')},
    ),
    "external image": (["KBA04"], {"a.html": page('<img src="http://x.example/a.png" alt="">')}),
    "external frame": (["KBA04"], {"a.html": page('<iframe src="https://x.example/"></iframe>')}),
    "external font": (
        ["KBA04"],
        {"a.html": page(), "a.css": "@font-face{src:url(https://x.example/f.woff2)}"},
    ),
    "external fetch": (["KBA04"], {"a.html": page("<script>fetch('https://x.example/')</script>")}),
    "module": (["KBA05"], {"a.html": page('<script type="module">1</script>')}),
    "module preload": (
        ["KBA05"],
        {"a.html": page(head='<link rel="modulepreload" href="a.js">'), "a.js": ""},
    ),
    "large page": (["KBA06"], {"404.html": page("<p>" + "x" * 2048)}),
    "large navigation": (
        ["KBA07"],
        {"a.html": page('<nav class="md-nav md-nav--primary">' + "<a>" * 3 + "</nav>")},
    ),
    "image without alt": (["KBA08"], {"a.html": page('<img src="a.png">'), "a.png": ""}),
    "no title": (["KBA09"], {"a.html": '<html lang="zh"><svg><title>图</title></svg>'}),
    "no language": (["KBA09"], {"a.html": "<html><title>课</title>"}),
    "duplicate id": (["KBA09"], {"a.html": page('<p id="x"><p id="x"><p id="x">')}),
    "skipped heading": (["KBA09"], {"a.html": page("<main><h1>1</h1><h3>3</h3></main>")}),
    "missing page": (["KBA10"], {"p/pages.json": '{"pages":[{"uri":"b.html"}]}', "a.html": page()}),
    "unreadable page list": (["KBA10"], {"p/pages.json": '{"pages":["b.html"]}', "p/a.html": page()}),
    "unexpected page": (["KBA11"], {"p/pages.json": '{"pages":[]}', "p/b/a.html": page()}),
    "damaged file": (["KBA12"], {"a.html": page(f'<a href="{_STORED_URL}">'), _STORED: b"vide0"}),
    "wrong prefix": (
        ["KBA12"],
        {"a.html": page(f'<a href="_files/00/{_SHA256}/a">'), f"_files/00/{_SHA256}/a": b"video"},
    ),
    "no digest": (["KBA12"], {"a.html": page('<a href="_files/a.mp4">'), "_files/a.mp4": b"video"}),
    "unlinked file": (["KBA13"], {"a.html": page(), _STORED: b"video"}),
    "template markup": (["KBA14"], {"a.html": page("<p>共 {{ count }} 个")}),
    "None at the end": (["KBA14"], {"a.html": page("<p>作者:None</p>")}),
    "undefined": (["KBA14"], {"a.html": page("<p>undefined</p>")}),
    "machine path in a comment": (["KBA15"], {"a.html": page("<!-- made from /home/someone/a.md -->")}),
    "machine path in text": (["KBA15"], {"a.html": page(r"<p>C:\Users\li\a.md</p>")}),
    "not UTF-8": (["KBA16"], {"a.html": page().encode("gbk")}),
    "number without end": (["KBA06", "KBA16"], {"a.html": page("<p>&#" + "9" * 5000 + ";")}),
}
GOOD: dict[str, Files] = {
    "link": {"a/a.html": page('<a href="../b/%E8%AF%BE.html?q=1">'), "b/课.html": page()},
    "loads": {
        "a.html": page(
            '<img srcset="a.png 1x,a.png 2x" alt=""><video poster="a.png"></video>'
            '<img alt="" src="data:image/png;base64,AA=="><form action=""></form>',
            head='<link rel="stylesheet" href="a.css"><style>p { mask: url(#m) }</style>',
        ),
        "a.png": "",
        "a.css": '@namespace url(http://www.w3.org/1999/xhtml); /* url(b.png) */ p { content: "url(b.png)" }',
    },
    "anchors": {
        "a.html": page(
            '<a href="#"></a><a href="#top"></a><a href="#__skip"></a><a id="__skip"></a>'
            '<a href="b.html#%E7%AC%AC"></a><a href="b.html#old"></a><a href="a.pdf#page=2"></a>'
        ),
        "b.html": page('<h2 id="第">第</h2><a name="old"></a>'),
        "a.pdf": "",
    },
    "base": {"a/a.html": page('<a href="b.html">', head='<base href="../">'), "b.html": page()},
    "plain links to other hosts": {
        "a.html": page(
            '<a href="https://x.example/"></a><a href="mailto:a@x.example"></a>',
            head='<link rel="canonical" href="https://x.example/"><link rel="license" href="https://x.example/">',
        )
    },
    "inline script": {"a.html": page("<script>var home = 'https://x.example/'; fetch('a.js')</script>")},
    "classic script": {"a.html": page('<script src="a.js"></script>'), "a.js": ""},
    "page within its budget": {"a.html": page("x" * 1024)},
    "navigation within its budget": {
        "a.html": page('<nav class="md-nav--primary"><nav><a></nav><a></nav><a>' + "<a>" * 9)
    },
    "alt": {"a.html": page('<img src="a.png" alt="">'), "a.png": ""},
    "headings": {"a.html": page("<h1>1</h1><h4>4</h4><main><h2>2</h2><h3>3</h3><h2>2</h2></main>")},
    "page list": {
        "p/pages.json": json.dumps({"pages": [{"uri": "b/a.html", "id": "a"}]}),
        "p/b/a.html": page(),
        "p/404.html": page(),
        "index.html": page(),
    },
    "nearest page list": {
        "pages.json": '{"pages":[]}',
        "p/pages.json": '{"pages":[{"uri":"a.html"}]}',
        "p/a.html": page(),
    },
    "stored file": {"p/a.html": page(f'<a href="../{_STORED_URL}">'), _STORED: b"video"},
    "markup in code": {"a.html": page("<pre>{{ a }}</pre><code>undefined /home/pi</code><p>NoneType</p>")},
    "path in an address": {"a.html": page('<p>https://x.example/home/a</p><a href="https://x.example/home/a">')},
}


@pytest.mark.parametrize("name", BAD)
def test_the_fault_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    expected, files = BAD[name]

    assert codes(audit(tmp_path, files)) == expected


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_said_about_what_is_right(name: str, tmp_path: Path) -> None:
    assert audit(tmp_path, GOOD[name]).problems == ()


def test_every_code_has_a_bad_example() -> None:
    assert {code for expected, _ in BAD.values() for code in expected} == {f"KBA{n:02}" for n in range(1, 17)}


def test_every_problem_has_a_hint(tmp_path: Path) -> None:
    problems = [p for name, (_, files) in BAD.items() for p in audit(tmp_path / name, files).problems]

    assert all(problem.hint and problem.hint.in_english() for problem in problems)


def test_lesser_faults_are_warnings_and_notices(tmp_path: Path) -> None:
    found = {
        problem.code: problem.severity
        for name in (
            "skipped heading",
            "unexpected page",
            "unlinked file",
            "undefined",
            "machine path in text",
        )
        for problem in audit(tmp_path / name, BAD[name][1]).problems
    }

    assert found == {
        "KBA09": Severity.WARNING,
        "KBA11": Severity.WARNING,
        "KBA13": Severity.NOTICE,
        "KBA14": Severity.WARNING,
        "KBA15": Severity.WARNING,
    }


def test_a_problem_names_its_line_and_column(tmp_path: Path) -> None:
    report = audit(tmp_path, {"b/a.html": page("\n<p>课</p>\n课<a href='x.html'>"), "a.css": "p{}\nq{a:url(x.png)}"})

    assert [str(problem.location) for problem in report.problems] == ["a.css:2:5", "b/a.html:3:2"]


def test_a_wrong_case_is_named_in_the_hint(tmp_path: Path) -> None:
    [problem] = audit(tmp_path, BAD["wrong case"][1]).problems

    assert problem.hint is not None
    assert problem.hint.in_english() == "there is 'b.html'; upper and lower case must be the same"


def test_the_report_counts_pages_links_and_files(tmp_path: Path) -> None:
    files: Files = {
        "a.html": page('<a href="b.html">'),
        "b.html": page("."),
        "a.css": "p{b:url(a.png)}",
        "a.png": "",
    }

    report = audit(tmp_path, files)

    assert (report.pages, report.links, report.files) == (2, 2, 4)
    assert report.largest_page == ("a.html", len(page('<a href="b.html">')) + 2)


def test_html_in_the_store_is_material_and_not_read_as_a_page(tmp_path: Path) -> None:
    content = b'<img src="https://x.example/">'
    digest = hashlib.sha256(content).hexdigest()
    uri = f"_files/{digest[:2]}/{digest}/a.html"

    assert audit(tmp_path, {"a.html": page(f'<a href="{uri}#x">'), uri: content}).problems == ()


def test_progress_ends_with_all_steps_done(tmp_path: Path) -> None:
    audit(tmp_path, {"a.html": page(), "b.html": page(), "a.css": "", _STORED: b"video"})
    heard: list[tuple[int, int]] = []

    audit_site(tmp_path, _POLICY, on_progress=lambda done, total: heard.append((done, total)))

    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_same_site_gives_the_same_report(tmp_path: Path) -> None:
    files: Files = {f"{name}.html": page('<a href="x.html"><a href="a.html#y">') for name in "cab"}

    assert audit(tmp_path, files) == audit_site(tmp_path, _POLICY)


def test_a_folder_that_is_not_there_cannot_be_audited(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="there is no folder"):
        audit_site(tmp_path / "x", _POLICY)


def test_a_folder_without_pages_cannot_be_audited(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="there are no HTML pages"):
        audit(tmp_path, {"a.css": ""})


@pytest.mark.parametrize(
    "css, expected",
    [
        ("a{b:url( 'x y.png' )}", ["x y.png"]),
        ("a{b:url(x\\).png)}", ["x).png"]),
        ("a{b:url(\\62 .png)}", ["b.png"]),
        ("@import url(b.css) print;@import 'c.css';", ["b.css", "c.css"]),
        ("a{b:url(\"data:image/svg+xml,<svg xmlns='http://x'/>\") url(b.png)}", ["b.png"]),
        ("/* url(a) */ a{b:'url(c)'} my-url(d)", []),
    ],
)
def test_style_sheets_give_the_addresses_they_load(css: str, expected: list[str]) -> None:
    assert [url for url, _ in css_urls(css)] == expected


@pytest.mark.parametrize(
    "script",
    [
        'fetch("https://x.example/a")',
        "import('//x.example/a')",
        'import x from "https://x.example/a"',
        "new Worker(`https://x.example/a`)",
        'var r = new XMLHttpRequest(); r.open("GET", "https://x.example/a")',
    ],
)
def test_a_script_that_asks_another_host_is_seen(script: str) -> None:
    assert [url.removeprefix("https:") for url, _ in script_urls(script)] == ["//x.example/a"]


@pytest.mark.parametrize("script", ["window.open('a', 'https://x.example/')", "prefetch('a'); x = 'https://y.example'"])
def test_a_script_that_only_names_another_host_is_left_alone(script: str) -> None:
    assert list(script_urls(script)) == []


@pytest.mark.parametrize(
    "srcset, expected",
    [
        ("a 1x, b 2x", ["a", "b"]),
        ("a,b 1x,c", ["a,b", "c"]),
        (" a, b,", ["a", "b"]),
        (",", []),
        ("," * 9999, []),
    ],
)
def test_image_candidates_are_told_apart(srcset: str, expected: list[str]) -> None:
    references = parse_page(f'<img alt srcset="{srcset}">').references

    assert [reference.url for reference in references] == expected


def test_an_unknown_marked_section_is_a_comment() -> None:
    assert parse_page("<![if IE]><p id=a><![endif]>").anchors == {"a"}


_PIECES = st.sampled_from(
    [
        *(
            "<",
            "</",
            "<!",
            "<![",
            "<!--",
            "-->",
            "<?",
            "]]>",
            ">",
            "/>",
            "&#",
            "&",
            "'",
            '"',
            "=",
            " ",
            "\n",
            "{{",
        ),
        *("a", "script", "style", "title", "svg", "nav", "id", "href", "srcset", "url(", "\\", "\0", "h3"),
        *("None", "9" * 5000),
    ]
)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_the_page_parser_never_raises_on_any_text(text: str) -> None:
    assert isinstance(parse_page(text), PageFacts)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_the_style_sheet_reader_never_raises_on_any_text(text: str) -> None:
    assert all(text[offset : offset + 1] for _, offset in css_urls(text))
