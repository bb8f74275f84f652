"""The school's commands as a person types them: exit codes, texts in both languages, and what to do next."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from string import Formatter

import pytest
from tests.mirror.county import County, content_of, site, tree_of

from kebao.mirror.commands import build_parser, main
from kebao.mirror.errors import ExitCode
from kebao.mirror.messages import Messages
from kebao.mirror.school.messages import SCHOOL_TEXTS
from kebao.mirror.serve.server import MirrorServer

_SOURCES = Path(__file__).parents[2] / "builder" / "kebao" / "mirror"


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring", packages=("maths", "art")))
    return county


def mirror_run(mirror: Path, *arguments: str) -> int:
    return main([arguments[0], "--mirror", str(mirror), *arguments[1:]], language="zh")


def joined(county: County, mirror: Path, *more: str) -> Path:
    mirror.mkdir(exist_ok=True)
    assert mirror_run(mirror, "join", str(county.root), "--root-sha256", county.fingerprint, *more) == 0
    return mirror


def pull(mirror: Path, *more: str) -> int:
    return mirror_run(mirror, "pull", "--today", "2026-11-22", *more)


def test_a_term_at_a_school(county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mirror = joined(county, tmp_path / "mirror", "--packages", "maths，art", "--locales", "all")
    assert pull(mirror) == ExitCode.COMPLETE
    assert pull(mirror) == ExitCode.NOTHING_NEW
    county.release("2026.2", site("autumn", packages=("maths", "art")))
    assert pull(mirror) == ExitCode.COMPLETE
    assert tree_of(mirror / "current") == content_of(site("autumn", packages=("maths", "art")))
    assert mirror_run(mirror, "verify", "--full") == ExitCode.COMPLETE
    assert mirror_run(mirror, "verify", "--sample", "5%") == ExitCode.COMPLETE
    assert mirror_run(mirror, "rollback") == ExitCode.COMPLETE
    assert mirror_run(mirror, "unpin") == ExitCode.COMPLETE
    assert mirror_run(mirror, "repair") == ExitCode.NOTHING_NEW
    assert mirror_run(mirror, "gc") == ExitCode.NOTHING_NEW
    assert mirror_run(mirror, "doctor") == ExitCode.COMPLETE
    assert "2026.2" in capsys.readouterr().out


def test_a_choice_of_packages_can_be_changed_and_undone(county: County, tmp_path: Path) -> None:
    mirror = joined(county, tmp_path / "mirror")
    pull(mirror, "--packages", "art")
    assert not (mirror / "current/maths").exists()
    assert pull(mirror) == ExitCode.NOTHING_NEW
    assert pull(mirror, "--packages", "all") == ExitCode.COMPLETE
    assert (mirror / "current/maths").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["pull", "--until", "25:00"], ExitCode.REFUSED, "06:00"),
        (["pull", "--limit", "fast"], ExitCode.REFUSED, "200k"),
        (["pull", "--today", "tomorrow"], ExitCode.REFUSED, "2026-11-21"),
        (["pull", "--only"], ExitCode.REFUSED, "--from"),
        (["pull", "--packages", "physics", "--today", "2026-11-22"], ExitCode.REFUSED, "art, maths"),
        (["pull", "--today", "2027-06-01"], ExitCode.STALE, "--accept-stale"),
        (["pull", "--from", "nowhere", "--only", "--today", "2026-11-22"], ExitCode.NETWORK, "U 盘"),
        (["verify", "--sample", "much"], ExitCode.REFUSED, "5%"),
        (["rollback"], ExitCode.REFUSED, ""),
        (["rollback", "--to", "7"], ExitCode.REFUSED, "7"),
        (["verify"], ExitCode.NOTHING_NEW, ""),
        (["status"], ExitCode.STALE, "kebao mirror pull"),
        (["serve", "--port", "99999"], ExitCode.REFUSED, "--port 8081"),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do_next(
    arguments: list[str], code: ExitCode, says: str, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = joined(county, tmp_path / "mirror")
    assert mirror_run(mirror, *arguments) == code
    output = capsys.readouterr()
    assert says in output.out + output.err


@pytest.mark.parametrize(
    "command", ["pull", "status", "verify", "repair", "rollback", "unpin", "gc", "doctor", "serve"]
)
def test_every_command_says_when_the_folder_is_no_mirror(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mirror_run(tmp_path, command) == ExitCode.REFUSED
    assert "kebao mirror join" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_serve_serves_until_it_is_stopped(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = joined(county, tmp_path / "mirror")

    def stopped(server: MirrorServer) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MirrorServer, "serve_forever", stopped)
    assert mirror_run(mirror, "serve", "--port", "0", "--host", "127.0.0.1") == ExitCode.REFUSED
    assert "http://" in capsys.readouterr().out
    assert threading.active_count() < 50


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_help_of_every_command_is_there(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = build_parser(Messages(language))
    for command in ("join", "pull", "status", "verify", "repair", "rollback", "unpin", "serve", "gc", "doctor"):
        with pytest.raises(SystemExit):
            parser.parse_args([command, "--help"])
        assert "--mirror" in capsys.readouterr().out


def test_every_text_of_the_school_is_used_and_every_text_used_is_there() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in _SOURCES.rglob("*.py")
        if "publisher" not in path.parts and "messages" not in path.name
    )
    used = set(re.findall(r'"((?:school|doctor|serve|help)-[a-z0-9-]+)"', code))
    assert set(SCHOOL_TEXTS) <= used
    assert used <= set(SCHOOL_TEXTS) | {"help-language"}


@pytest.mark.parametrize("message", sorted(SCHOOL_TEXTS))
def test_both_languages_name_the_same_things(message: str) -> None:
    chinese, english = (
        {field for _, field, _, _ in Formatter().parse(text) if field} for text in SCHOOL_TEXTS[message]
    )
    assert chinese == english
    assert re.search(r"[\u4e00-\u9fff]|Python", SCHOOL_TEXTS[message][0])
    assert not re.search(r"[\u4e00-\u9fff]", SCHOOL_TEXTS[message][1])
