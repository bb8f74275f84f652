"""The nginx configurations of docs/mirror, with the real nginx."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.mirror.county import County, content_of, site, tree_of
from tests.mirror.schools import SchoolKit, joined_school
from tests.mirror.test_serve import ask

from kebao.mirror.errors import ExitCode
from kebao.mirror.messages import Messages
from kebao.mirror.school.pull import PullOptions, pull

DOCS = Path(__file__).parents[2] / "docs" / "mirror"
PAGE = "maths/zh/page-1.html"


def nginx_program() -> str:
    """Where nginx is; skips without it, unless the environment says that it must be there."""
    found = shutil.which("nginx", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")
    if not found:
        if os.environ.get("KEBAO_REQUIRE_NGINX") == "1":
            pytest.fail("nginx is not installed, and KEBAO_REQUIRE_NGINX=1 says that it must be")
        pytest.skip("nginx is not installed")
    return found


@contextmanager
def nginx(configuration: str, folder: Path, work: Path) -> Iterator[str]:
    """Runs nginx with a file of docs/mirror for `folder`; gives its address."""
    program = nginx_program()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = (DOCS / configuration).read_text("utf-8")
    assert text.count("listen 80 default_server;") == 1
    server = text.replace("listen 80 default_server;", f"listen 127.0.0.1:{port};").replace("/srv/kebao", str(folder))
    work.mkdir()
    owner = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    temporary = "\n".join(f"{name}_temp_path {work};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (work / "nginx.conf").write_text(
        f"{owner}pid {work}/pid;\nerror_log {work}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}\n{server}\n}}\n",
        "utf-8",
    )
    command = [program, "-e", str(work / "error.log"), "-c", str(work / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            pytest.fail(process.communicate()[1])
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)  # another process: there is nothing to be told by
    pytest.fail("nginx does not answer")


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring"), tree=True)
    return county


def test_a_school_behind_nginx_shows_the_current_release(kit: SchoolKit, county: County, tmp_path: Path) -> None:
    with nginx("nginx-school.conf", kit.school.root, tmp_path / "nginx") as url:
        response, body = ask(url, "/")
        assert (response.status, body, response.headers["Cache-Control"]) == (200, b"<h1>spring</h1>", "no-cache")
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert ask(url, "/" + quote("maths/zh/附件 第一课.docx"))[0].status == 200
        response, body = ask(url, f"/{PAGE}", {"Range": "bytes=10-19"})
        assert (response.status, body) == (206, content_of(site("spring"))[PAGE][10:20])
        response, _ = ask(url, f"/{PAGE}")
        assert ask(url, f"/{PAGE}", {"If-None-Match": response.headers["ETag"]})[0].status == 304
        assert "immutable" in ask(url, f"/r/00001/{PAGE}")[0].headers["Cache-Control"]
        for number in (2, 3):
            county.release(f"2026.{number}", site(f"term {number}"))
            pull(kit.school, PullOptions())
        assert ask(url, "/")[1] == b"<h1>term 3</h1>"
        response, _ = ask(url, f"/r/00001/{PAGE}")
        assert (response.status, response.headers["Location"]) == (302, f"/{PAGE}")


@pytest.mark.parametrize("configuration", ["nginx-school.conf", "nginx-county.conf"])
def test_the_next_school_joins_and_pulls_through_nginx(
    configuration: str, kit: SchoolKit, county: County, tmp_path: Path
) -> None:
    folder = kit.school.root if configuration == "nginx-school.conf" else county.root
    with nginx(configuration, folder, tmp_path / "nginx") as url:
        other = joined_school(tmp_path / "other", county, url)
        assert pull(other.school, PullOptions()) is ExitCode.COMPLETE
        assert tree_of(other.shown) == content_of(site("spring"))
        assert ask(url, "/.mirror/metadata/timestamp.json")[0].headers["Cache-Control"] == "no-cache"
        assert "immutable" in ask(url, "/.mirror/metadata/1.root.json")[0].headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/.school/config.json",
        "/r/../.school/config.json",
        "/.mirror/../.school/state.json",
        "/.mirror/o/..%2f..%2f.school/state.json",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/leak.txt",
        "/r/00001/leak.txt",
        "/current/index.html",
    ],
)
def test_nginx_shows_nothing_of_the_mirrors_own_and_follows_no_planted_link(
    path: str, kit: SchoolKit, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("root_sha256")
    (kit.school.places.tree("00001") / "leak.txt").symlink_to(tmp_path / "secret.txt")
    with nginx("nginx-school.conf", kit.school.root, tmp_path / "nginx") as url:
        response, body = ask(url, path)
        assert response.status in (302, 400, 403, 404)  # 302: to a page of today that does not exist either
        assert b"root_sha256" not in body


def test_nginx_shows_nothing_of_the_publishers_own(county: County, tmp_path: Path) -> None:
    for name in ("publisher.json", "pending/targets.json"):
        county.write(f".mirror/{name}", b"secret")
    with nginx("nginx-county.conf", county.root, tmp_path / "nginx") as url:
        for name in ("publisher.json", "pending/targets.json"):
            assert ask(url, f"/.mirror/{name}")[0].status == 404


@pytest.mark.parametrize("unit", ["kebao-mirror.service", "kebao-pull.service"])
def test_the_commands_in_the_systemd_units_are_commands_that_exist(unit: str) -> None:
    from kebao.mirror.commands import build_parser

    lines = (DOCS / unit).read_text("utf-8").splitlines()
    words = next(line for line in lines if line.startswith("ExecStart=")).split()
    assert words[1].endswith("kebao-school.pyz")
    assert build_parser(Messages("en")).parse_args(words[2:]).mirror == "/srv/kebao"
