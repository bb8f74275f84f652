"""The commands as people type them: what they print, in which language, and their exit status."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kebao.cli.arguments import COMMANDS
from kebao.cli.main import main
from kebao.reports.format_names import FORMATS
from kebao.reports.formats import MACHINE_FORMATS
from kebao.words import LANGUAGES

from .page_reading import tree_bytes
from .projects import environment, kebao_command, run

FRACTIONS = "content/packages/demo/lesson-cases/fractions/index.md"
ETHICS = "content/packages/demo/courses/ethics-basics/index.md"
_CHINESE = re.compile(r"[一-鿿]")
_ESCAPES = re.compile(r"\x1b\[")


def kebao(root: Path, *arguments: str | Path, lang: str = "en") -> int:
    return main(["-C", str(root), "--lang", lang, *map(str, arguments)])


def break_subject(root: Path) -> None:
    path = root / FRACTIONS
    path.write_text(path.read_text("utf-8").replace("subject: mathematics", "subject: maths"), "utf-8")


def help_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


# Help and language


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_names_every_command_in_the_readers_language(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(["--lang", lang], capsys)
    for command in COMMANDS:
        (line,) = re.findall(rf"(?m)^ +{command} +(\S.*)$", text)
        assert bool(_CHINESE.search(line)) is (lang == "zh"), line
    assert re.findall(r"(?<!\d)[012](?!\d)", " ".join(text.splitlines()[-2:])) == ["0", "1", "2"], "exit status"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_its_options(
    command: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = help_of(["--lang", lang, command], capsys)
    assert text.startswith(f"usage: kebao {command}") or f"kebao {command}" in text.splitlines()[0]
    for option in ("-C", "--lang", "-q", "-v"):
        assert re.search(rf"(?m)^  {option}\b", text), option
    without_help = [line for line in text.splitlines() if re.fullmatch(r"  -\S+( \S+)?", line)]
    following = {line: text.splitlines()[text.splitlines().index(line) + 1] for line in without_help}
    assert all(line.startswith("     ") for line in following.values()), following
    assert bool(_CHINESE.search(text)) is (lang == "zh")


@pytest.mark.parametrize(
    "variables, expected",
    [({"LANG": "zh_CN.UTF-8"}, "没有问题"), ({"LANG": "en_GB.UTF-8"}, "No problems"), ({}, "没有问题")],
)
def test_the_environment_chooses_the_language(
    variables: dict[str, str],
    expected: str,
    small_project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("KEBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(["-C", str(small_project), "check"]) == 0
    assert expected in capsys.readouterr().out


def test_no_command_shows_the_help_and_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en"]) == 2
    assert "usage: kebao" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"kebao \d+\.\d+\.\d+\n", capsys.readouterr().out)


# check


def test_check_of_sound_content_exits_0(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "check") == 0
    printed = capsys.readouterr()
    assert printed.out == "No problems in 3 resources.\n"
    assert printed.err == ""


def test_check_prints_place_severity_code_message_and_hint(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_subject(small_project)
    assert kebao(small_project, "check") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{FRACTIONS}:5:10: error KB301 'maths' is not in the vocabulary 'subjects'"
    assert lines[1:3] == ["    5 | subject: maths", "      |          ^~~~~"]
    assert re.fullmatch(r"    → use for example: mathematics .*", lines[3])
    assert lines[4] == "Problems: error × 1"


def test_check_says_the_same_in_chinese(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_subject(small_project)
    assert kebao(small_project, "check", lang="zh") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{FRACTIONS}:5:10: 错误 KB301 ")
    assert "词表“subjects”" in lines[0] or "subjects" in lines[0]
    assert _CHINESE.search(lines[3])


@pytest.mark.parametrize("format_name", MACHINE_FORMATS)
def test_a_format_for_programs_prints_nothing_else(
    format_name: str, small_project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    break_subject(small_project)
    assert kebao(small_project, "check", "--format", format_name) == 1
    printed = capfdbinary.readouterr()
    text = printed.out.decode("utf-8")
    assert text.startswith(("{", "[", "<", "::error file="))
    assert "KB301" in text
    assert "subject: maths" not in text
    assert printed.err == b""


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_report_is_written_into_a_file(
    format_name: str, small_project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    break_subject(small_project)
    file = tmp_path / "reports" / "报告.txt"
    for _ in range(2):
        assert kebao(small_project, "check", "--format", format_name, "--output", file) == 1
        printed = capfd.readouterr()
        assert (printed.out, printed.err) == ("", f"Written: {file}\n")
    assert "KB301" in file.read_text("utf-8")
    assert b"\r" not in file.read_bytes()
    assert list(file.parent.iterdir()) == [file]


def test_a_report_has_all_files_that_were_looked_at(small_project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "check", "--format", "junit") == 0
    cases = re.findall(r'<testcase [^>]*name="([^"]+)"', capfd.readouterr().out)
    files = [path for top in ("content", "site_config") for path in (small_project / top).rglob("*") if path.is_file()]
    uris = [path.relative_to(small_project).as_posix() for path in files]
    assert cases == sorted(uri for uri in uris if not uri.startswith("site_config/theme/"))
    assert kebao(small_project, "check", "--format", "junit", small_project / FRACTIONS) == 0
    assert re.findall(r'<testcase [^>]*name="([^"]+)"', capfd.readouterr().out) == [FRACTIONS]


def test_a_report_is_not_written_over_a_folder(
    small_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kebao(small_project, "check", "--output", tmp_path) == 2
    assert "is not a file" in capsys.readouterr().err


def test_a_link_out_of_the_project_is_not_shown(
    small_project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\nsecret: 1\n---\n", "utf-8")
    page = small_project / FRACTIONS
    page.unlink()
    page.symlink_to(secret)
    assert kebao(small_project, "check") == 1
    assert "secret" not in capsys.readouterr().out


def test_check_of_a_path_shows_only_its_problems(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_subject(small_project)
    assert kebao(small_project, "check", small_project / ETHICS) == 0
    assert FRACTIONS not in capsys.readouterr().out
    for path in (FRACTIONS, str(Path(FRACTIONS).parent), "content/packages"):
        assert kebao(small_project, "check", small_project / path) == 1
        assert f"{FRACTIONS}:5:10" in capsys.readouterr().out


def test_check_takes_paths_from_where_one_stands(
    small_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_subject(small_project)
    monkeypatch.chdir(small_project)
    assert main(["--lang", "en", "check", FRACTIONS]) == 1
    assert main(["--lang", "en", "check", ETHICS]) == 0
    assert capsys.readouterr().out.count(FRACTIONS) == 1


def test_a_notice_is_said_and_does_not_fail_the_check(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = small_project / "content" / "packages" / "demo" / "topics" / "hands-on-maths.md"
    path.write_text(path.read_text("utf-8").replace("从折纸、分饼开始", "从折纸开始"), "utf-8")
    assert kebao(small_project, "check") == 0
    translation = "content/packages/demo/topics/hands-on-maths.en.md"
    assert f"{translation}:2:31: notice KB902 " in capsys.readouterr().out


def test_quiet_says_only_what_is_wrong(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "check", "-q") == 0
    assert capsys.readouterr().out == ""
    break_subject(small_project)
    assert kebao(small_project, "-q", "check") == 1
    assert "KB301" in capsys.readouterr().out


def test_verbose_says_no_less(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "check", "-v") == 0
    assert "No problems in 3 resources." in capsys.readouterr().out


# new


def test_new_writes_a_skeleton_that_passes_the_check(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = "content/packages/demo/micro-stories/first-snow/index.md"
    assert kebao(small_project, "new", "micro-stories", "first-snow") == 0
    assert f"Written: {path}\n" in capsys.readouterr().out
    assert "lifecycle: {state: draft}" in (small_project / path).read_text("utf-8")
    assert kebao(small_project, "check") == 0


def test_new_takes_the_chinese_name_and_writes_chinese_comments(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kebao(small_project, "new", "微故事", "first-snow", lang="zh") == 0
    assert "first-snow/index.md" in capsys.readouterr().out
    text = (small_project / "content/packages/demo/micro-stories/first-snow/index.md").read_text("utf-8")
    assert re.search(r"#.*[一-鿿]", text)


def test_new_never_writes_over_anything(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "new", "micro-stories", "first-snow") == 0
    path = small_project / "content/packages/demo/micro-stories/first-snow/index.md"
    path.write_text("my own words", "utf-8")
    assert kebao(small_project, "new", "micro-stories", "first-snow") == 1
    assert path.read_text("utf-8") == "my own words"
    # Ids are unique over all kinds.
    assert kebao(small_project, "new", "micro-cases", "fractions") == 1
    assert not (small_project / "content/packages/demo/micro-cases").exists()
    assert capsys.readouterr().out.count(": error KB") == 2


@pytest.mark.parametrize("arguments, status", [(["poems", "x"], 2), (["micro-stories", "../x"], 1)])
def test_new_refuses_what_is_no_kind_or_id(
    arguments: list[str], status: int, small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(tree_bytes(small_project / "content"))
    assert kebao(small_project, "new", *arguments) == status
    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert set(tree_bytes(small_project / "content")) == before


# bundle and audit


def test_bundle_writes_readable_names_and_sums_that_verify(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kebao(small_project, "bundle", "--out", "stick") == 0
    folder = small_project / "stick"
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.zip")}
    assert set(sums) == set(found)
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == sums
    assert {"demo/示例包_完整.zip", "demo/示例包_轻量.zip", "demo/专题_动手做数学.zip"} <= set(found)
    assert f"{len(found)} bundles in {folder}" in capsys.readouterr().out
    for path in found.values():
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None


def test_bundle_replaces_its_own_folder_and_no_other(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "bundle", "--out", "stick") == 0
    (small_project / "stick" / "demo" / "old.zip").write_bytes(b"")
    assert kebao(small_project, "bundle", "--out", "stick") == 0
    assert not (small_project / "stick" / "demo" / "old.zip").exists()
    assert kebao(small_project, "bundle", "--out", "content") == 2
    assert "holds files that kebao did not write" in capsys.readouterr().err


PAGE = '<!doctype html><html lang="en"><head><title>A</title></head><body><a href="{}">b</a></body></html>'


def test_audit_tells_a_dead_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(PAGE.format("b.html"), "utf-8")
    assert kebao(tmp_path, "audit", tmp_path) == 1
    printed = capsys.readouterr().out
    assert re.search(r"(?m)^a\.html:1:\d+: error KBA01 .*b\.html", printed)
    assert "1 pages, 1 links, 1 files examined." in printed


def test_audit_of_a_sound_folder_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text(PAGE.format("a.html"), "utf-8")
    assert kebao(tmp_path, "audit", tmp_path) == 0
    assert "Nothing wrong." in capsys.readouterr().out


def test_audit_of_nothing_could_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(tmp_path, "audit", tmp_path / "nowhere") == 2
    assert kebao(tmp_path, "audit", tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 2


# Colours and progress


def test_logs_have_no_escape_codes_and_no_progress_bars(small_project: Path) -> None:
    break_subject(small_project)
    done = run(kebao_command("-C", small_project, "check"), cwd=small_project)
    assert done.returncode == 1
    assert "KB301" in done.stdout
    assert not _ESCAPES.search(done.stdout + done.stderr)
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("no_color", [True, False])
def test_a_terminal_gets_colours_unless_no_color_is_set(no_color: bool, small_project: Path) -> None:
    break_subject(small_project)
    printed = printed_on_a_terminal(small_project, {"NO_COLOR": "1"} if no_color else {})
    assert "KB301" in printed
    assert bool(_ESCAPES.search(printed)) is not no_color


def printed_on_a_terminal(root: Path, variables: dict[str, str]) -> str:
    """What ``kebao check`` writes when its standard output is a terminal."""
    ours, theirs = os.openpty()
    env = environment(TERM="xterm-256color", **variables)
    command = kebao_command("-C", root, "check")
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=env) as process:
        os.close(theirs)
        data = b""
        # Reading from a terminal whose other end is closed is an error on Linux.
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 4096):
                data += chunk
    os.close(ours)
    assert process.returncode == 1
    return data.decode("utf-8")
