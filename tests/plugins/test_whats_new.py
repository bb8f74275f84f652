"""What is new in real editions: their pages and data, the working edition against the store, the published feed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from .edition_stores import FRACTIONS, LEAVING, MOVING, Released
from .projects import environment, kebao_command, run


def news(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "whats-new.json").read_text("utf-8"))
    return read


def told(folder: Path) -> dict[str, list[str]]:
    """Type of change → ids, as the page shows them."""
    page = html.parse(folder / "whats-new.html").getroot()
    return {
        str(group.get("aria-labelledby")): [str(row.get("data-change")) for row in group.xpath(".//*[@data-change]")]
        for group in page.xpath("//*[@data-change-group]")
    }


def test_an_edition_tells_what_changed_since_the_one_before(released: Released) -> None:
    second = released.store.folder("demo", "2025.2") / "site" / "zh"
    assert told(second) == {"changed": ["fractions"], "moved": [MOVING], "retired": [LEAVING]}
    data = news(second)
    assert (data["edition"], data["previous"]) == ("2025.2", "2025.1")
    page = html.parse(second / "whats-new.html").getroot()
    inserted = page.xpath("//*[@data-change='fractions']//ins")
    assert ["然后说出自己的发现" in ins.text_content() for ins in inserted] == [True]
    assert "添上" in inserted[0].text_content(), "what screen readers say"


def test_a_first_edition_says_that_it_is_the_first(released: Released) -> None:
    first = released.store.folder("demo", "2025.1") / "site" / "zh"
    assert told(first) == {}
    assert news(first)["previous"] is None
    assert "2025.1 是第一版" in (first / "whats-new.html").read_text("utf-8")


def test_the_links_of_the_page_lead_somewhere_in_the_published_tree(released: Released, public: Path) -> None:
    folder = public / "demo" / "zh" / "2025.2"
    page = html.parse(folder / "whats-new.html").getroot()
    links = [str(a.get("href")) for a in page.xpath("//*[@id='kb-content']//a[not(starts-with(@href, '#'))]")]
    assert f"../2025.1/micro-stories/{LEAVING}.html" in links
    assert [link for link in links if not (folder / link.partition("#")[0]).resolve().is_file()] == []


def test_the_feed_tells_of_editions_and_of_what_they_brought(public: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = etree.parse(public / "demo" / "zh" / "feed.atom").getroot()
    links = [str(link.get("href")) for entry in feed.iter(f"{atom}entry") for link in entry.iter(f"{atom}link")]
    places = [link.partition("/demo/zh/")[2] for link in links]
    assert places == [
        "2026.1/whats-new.html",
        "2026.1/lesson-cases/fractions.html",
        "2025.2/whats-new.html",
        "2025.2/lesson-cases/fractions.html",
        "2025.1/whats-new.html",
    ]


def test_the_working_edition_is_compared_with_the_latest_of_the_store(released: Released, tmp_path: Path) -> None:
    own = released.copy(tmp_path)
    index = own.project / FRACTIONS / "index.md"
    index.write_text(index.read_text("utf-8").replace("title: 认识几分之一", "title: 认识分数"), encoding="utf-8")
    build = kebao_command("-C", own.project, "build", "--package", "demo", "--locale", "zh", "--out", tmp_path / "site")
    done = run([*build, "--store", str(own.store.root)], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    working = tmp_path / "site" / "demo" / "zh" / "next"
    assert told(working) == {"changed": ["fractions"]}
    assert news(working)["previous"] == "2026.1"
    done = run([*build, "--store", str(tmp_path / "nowhere")], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (told(working), news(working)["previous"]) == ({}, None)


def test_a_damaged_store_is_told_and_builds_nothing(released: Released, tmp_path: Path) -> None:
    own = released.copy(tmp_path)
    (own.store.folder("demo", "2026.1") / "edition.json").write_text("{", encoding="utf-8")
    build = kebao_command("--lang", "en", "-C", own.project, "build", "--out", tmp_path / "site")
    done = run([*build, "--store", str(own.store.root)], cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()


@pytest.mark.skipif(os.name == "nt", reason="ends a group of processes")
def test_the_site_that_is_served_while_writing_is_compared_with_the_latest_edition(released: Released) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = kebao_command("serve", "--no-open", "--address", address, "--store", released.store.root)
    with subprocess.Popen(
        command, cwd=released.project, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            data = json.loads(asked(f"http://{address}/whats-new.json", process))
        finally:
            # The command and MkDocs, which it has started.
            os.killpg(process.pid, signal.SIGTERM)
    assert (data["edition"], data["previous"]) == ("next", "2026.1")


def asked(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """What a server says that is about to start."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise AssertionError("it ended")
