"""The school's server: what browsers and the next school get, and what nobody gets."""

from __future__ import annotations

import gzip
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from tests.mirror.county import County, content_of, site, tree_of
from tests.mirror.schools import SchoolKit, joined_school
from tests.mirror.servers import serving

from kebao.mirror.errors import ExitCode
from kebao.mirror.school.gc import gc
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.serve.answers import Span, accepted_encodings, asked_span, is_unchanged

PAGE = "maths/zh/page-1.html"


@pytest.fixture
def url(kit: SchoolKit) -> Iterator[str]:
    with serving(kit.school.root) as url:
        yield url


def ask(
    url: str, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to the path exactly as it is written here."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_readers_get_the_pages_of_the_current_release(url: str) -> None:
    response, body = ask(url, "/")
    assert (response.status, body) == (200, b"<h1>spring</h1>")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    response, body = ask(url, "/" + quote("maths/zh/附件 第一课.docx"))
    assert body == content_of(site("spring"))["maths/zh/附件 第一课.docx"]
    assert response.headers["Content-Type"].endswith("wordprocessingml.document")


def test_a_page_of_the_current_release_is_asked_for_again_and_an_object_never(url: str, kit: SchoolKit) -> None:
    assert ask(url, "/index.html")[0].headers["Cache-Control"] == "no-cache"
    assert "immutable" in ask(url, "/r/00001/index.html")[0].headers["Cache-Control"]
    path = next(kit.school.places.objects.glob("*/*"))
    assert "immutable" in ask(url, f"/.mirror/o/{path.parent.name}/{path.name}")[0].headers["Cache-Control"]
    assert ask(url, "/.mirror/metadata/timestamp.json")[0].headers["Cache-Control"] == "no-cache"
    assert "immutable" in ask(url, "/.mirror/metadata/1.root.json")[0].headers["Cache-Control"]
    assert ask(url, "/.mirror/metadata/2.root.json")[0].headers["Cache-Control"] == "no-store"


def test_an_unchanged_file_is_not_sent_again(url: str) -> None:
    response, _ = ask(url, "/index.html")
    again, body = ask(url, "/index.html", {"If-None-Match": response.headers["ETag"]})
    assert (again.status, body) == (304, b"")
    again, body = ask(url, "/index.html", {"If-Modified-Since": response.headers["Last-Modified"]})
    assert (again.status, body) == (304, b"")
    assert ask(url, "/index.html", {"If-None-Match": '"other"'})[0].status == 200


def test_a_new_release_changes_the_tags_of_what_changed_and_only_of_that(
    url: str, kit: SchoolKit, county: County
) -> None:
    before = {path: ask(url, path)[0].headers["ETag"] for path in ("/index.html", "/_assets/look.css")}
    county.release("2026.2", site("autumn"))
    pull(kit.school, PullOptions())
    assert ask(url, "/index.html")[1] == b"<h1>autumn</h1>"
    assert ask(url, "/index.html")[0].headers["ETag"] != before["/index.html"]
    assert ask(url, "/_assets/look.css")[0].headers["ETag"] == before["/_assets/look.css"]


def test_ranges_are_given_as_asked(url: str) -> None:
    whole = content_of(site("spring"))[PAGE]
    response, body = ask(url, f"/{PAGE}", {"Range": "bytes=10-19"})
    assert (response.status, body) == (206, whole[10:20])
    assert response.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert ask(url, f"/{PAGE}", {"Range": "bytes=100-"})[1] == whole[100:]
    assert ask(url, f"/{PAGE}", {"Range": "bytes=-5"})[1] == whole[-5:]
    response, _ = ask(url, f"/{PAGE}", {"Range": f"bytes={len(whole)}-"})
    assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    response, body = ask(url, f"/{PAGE}", {"Range": "bytes=10-19", "If-Range": '"an older one"'})
    assert (response.status, body) == (200, whole)


def test_head_says_the_same_without_the_body(url: str) -> None:
    response, body = ask(url, f"/{PAGE}", method="HEAD")
    assert (response.status, body) == (200, b"")
    assert response.headers["Content-Length"] == str(len(content_of(site("spring"))[PAGE]))


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_nothing_can_be_written(url: str, method: str) -> None:
    response, _ = ask(url, "/index.html", method=method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/maths/../../.school/config.json",
        "/.school/config.json",
        "/%2eschool/config.json",
        "/r/../.school/config.json",
        "/.mirror/../.school/config.json",
        "/.mirror/o/../../.school/state.json",
        "/..\\..\\etc\\passwd",
        "/..%5c..%5cetc%5cpasswd",
        "/C:/Windows/win.ini",
        "/index.html%00.css",
        "/index.html::$DATA",
        "//etc/passwd",
        "/.../index.html",
        "/%ff%fe",
        "/r/99999x/index.html",
        "/current/index.html",
        "/.mirror/",
        "/.mirror/o/",
        "/maths/zh/page-1.html/",
        "http://other.example/index.html",
        "*",
    ],
)
def test_what_is_not_of_the_site_is_not_there(url: str, path: str) -> None:
    response, body = ask(url, path)
    assert response.status == 404
    assert b"root_sha256" not in body


def test_a_link_planted_in_a_tree_is_not_followed(url: str, kit: SchoolKit, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    tree = kit.school.places.tree("00001")
    (tree / "leak.txt").symlink_to(secret)
    (tree / "folder").symlink_to(tmp_path)
    assert ask(url, "/leak.txt")[0].status == 404
    assert ask(url, "/folder/secret.txt")[0].status == 404


def test_a_folder_leads_to_its_index(county: County, tmp_path: Path) -> None:
    county.release("2026.2", {("site", "und"): {"index.html": b"home", "a b/index.html": b"inside"}})
    kit = joined_school(tmp_path / "other", county)
    pull(kit.school, PullOptions())
    with serving(kit.school.root) as url:
        response, _ = ask(url, "/a%20b")
        assert (response.status, response.headers["Location"]) == (302, "/a%20b/")
        assert ask(url, "/a%20b/")[1] == b"inside"


def test_a_bookmark_into_a_release_that_was_cleaned_away_finds_the_page_of_today(
    url: str, kit: SchoolKit, county: County
) -> None:
    for number in (2, 3):
        county.release(f"2026.{number}", site(f"term {number}"))
        pull(kit.school, PullOptions())
    assert not kit.school.places.tree("00001").exists()
    response, _ = ask(url, f"/r/00001/{PAGE}?x=1")
    assert (response.status, response.headers["Location"]) == (302, f"/{PAGE}")


def test_a_compressed_form_is_sent_to_those_who_take_it(county: County, tmp_path: Path) -> None:
    plain = b"text " * 1000
    packed = gzip.compress(plain, mtime=0)
    county.release("2026.2", {("site", "und"): {"index.html": plain, "index.html.gz": packed, "other.html": b"x"}})
    kit = joined_school(tmp_path / "other", county)
    pull(kit.school, PullOptions())
    with serving(kit.school.root) as url:
        response, body = ask(url, "/index.html", {"Accept-Encoding": "br, gzip;q=0.8"})
        assert (response.headers["Content-Encoding"], body) == ("gzip", packed)
        assert response.headers["Content-Type"].startswith("text/html")
        assert response.headers["Vary"] == "Accept-Encoding"
        other, body = ask(url, "/index.html", {"Accept-Encoding": "gzip;q=0"})
        assert (other.headers.get("Content-Encoding"), body) == (None, plain)
        assert other.headers["Vary"] == "Accept-Encoding"
        assert other.headers["ETag"] != response.headers["ETag"]
        ranged, body = ask(url, "/index.html", {"Accept-Encoding": "gzip", "Range": "bytes=0-3"})
        assert (ranged.status, body) == (206, plain[:4])
        assert "Vary" not in ask(url, "/other.html", {"Accept-Encoding": "gzip"})[0].headers


def test_the_next_school_joins_and_pulls_from_this_one(url: str, county: County, tmp_path: Path) -> None:
    next_kit = joined_school(tmp_path / "next", county, url)
    assert pull(next_kit.school, PullOptions()) is ExitCode.COMPLETE
    assert tree_of(next_kit.shown) == content_of(site("spring"))


def test_many_readers_see_one_release_or_the_other_while_it_changes(url: str, kit: SchoolKit, county: County) -> None:
    faults: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for path in ("/index.html", f"/{PAGE}"):
                response, body = ask(url, path)
                if response.status != 200 or not (b"spring" in body or b"autumn" in body):
                    faults.append((path, response.status, body))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    county.release("2026.2", site("autumn"))
    pull(kit.school, PullOptions())
    gc(kit.school, 2)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert ask(url, "/index.html")[1] == b"<h1>autumn</h1>"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=5-", Span(5, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-30", Span(0, 10)),
        ("bytes=2-99", Span(2, 10)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=1-2", None),
        ("", None),
    ],
)
def test_a_range_header_means(header: str, span: Span | None) -> None:
    assert asked_span({"Range": header} if header else {}, 10, '"a"', 0) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0", f"bytes={'9' * 30}-"])
def test_a_range_outside_of_the_file_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        asked_span({"Range": header}, 10, '"a"', 0)


def test_a_tag_counts_more_than_a_date() -> None:
    headers = {"If-None-Match": '"b"', "If-Modified-Since": "Sat, 21 Nov 2026 12:00:00 GMT"}
    assert not is_unchanged(headers, '"a"', 0)
    assert is_unchanged({"If-None-Match": 'W/"a", "b"'}, '"a"', 0)
    assert not is_unchanged({"If-Modified-Since": "nonsense"}, '"a"', 0)


def test_encodings_with_weight_zero_are_not_taken() -> None:
    assert set(accepted_encodings("gzip;q=0, zstd, br;q=0.5, deflate;q=x")) == {"zstd", "br"}
