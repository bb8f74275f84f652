"""A county and its schools, played with the real commands: `make demo-mirror`.

A county's server (nginx), a school with a line, a school behind it that knows only the first, and a school that a stick
reaches now and then, through three releases of the sample. In the end every school's tree is compared with what the
county released; exits with 1 when they differ, or a command ended otherwise than it should have.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from county_nginx import CountyServer, county_nginx, nginx_program
from kebao.mirror.serve.server import MirrorServer

ROOT = Path(__file__).parents[1]
TEXTS = {
    "no-site": ("没有 {site}，请先运行 make site", "There is no {site}; run make site first"),
    "no-nginx": (
        "这台电脑没有 nginx，县服务器改用自带的网页服务。",
        "There is no nginx here: the county's server is the mirror's own.",
    ),
    "keys": ("县里生成密钥，设立发布点", "The county makes its keys and founds its mirror"),
    "letter": ("通知上的指纹：{sha256}", "Fingerprint on the letter: {sha256}"),
    "release": ("县里发布第 {number} 版", "The county publishes release {number}"),
    "changed": ("改动：{what}", "Changed: {what}"),
    "edits-2": ("12 个页面各改一句，新增一页", "a sentence on 12 pages, and a new page"),
    "edits-3": ("500 个页面换了页脚，删去一页", "the foot of 500 pages, and a page less"),
    "wrong": ("抄错指纹的学校进不来", "A school that mistypes the fingerprint is not let in"),
    "first": ("三所学校加入，第一次更新", "Three schools join and pull for the first time"),
    "online": ("甲校（有网络）", "School A (online)"),
    "behind": ("乙校（只能连到甲校）", "School B (behind school A)"),
    "stick": ("丙校（只有 U 盘）", "School C (by stick only)"),
    "county": ("县里", "County"),
    "again": ("再问一次：没有新内容", "Asked again: nothing new"),
    "pulls": ("各校更新", "The schools pull"),
    "old-stick": (
        "丙校没赶上第 2 版，直接拿到第 3 版的 U 盘",
        "School C missed release 2 and gets a stick of release 3",
    ),
    "bad-stick": (
        "有人改动了 U 盘上的一页：被拒绝，旧版照常可读",
        "Somebody changed a page on the stick: it is refused",
    ),
    "good-stick": ("换一个好的 U 盘", "With a good stick"),
    "asked": ("县服务器回答 {requests} 次请求，发出 {sent}", "The county's server: {requests} requests, {sent} sent"),
    "same": ("{who}：{files} 个文件与县里发布的完全一致", "{who}: {files} files, the same as the county released"),
    "differs": ("{who}：有 {files} 个文件不一样，例如 {path}", "{who}: {files} files differ, such as {path}"),
    "code": ("应当以 {expected} 结束，实际是 {code}", "should have ended with {expected}, and ended with {code}"),
    "end": ("核对三所学校", "The three schools compared with the county"),
    "done": ("全部一致，用时 {seconds:.0f} 秒。", "All the same, in {seconds:.0f} seconds."),
    "failed": ("有 {count} 处不对。", "{count} things went wrong."),
}


class Play:
    """The stage: a folder, a language, and what went wrong so far."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        self.language = language
        self.faults = 0
        self._column = 0 if language == "zh" else 1
        self._act = 0

    def say(self, text_id: str, **parameters: object) -> str:
        """A text in the language of the play."""
        return TEXTS[text_id][self._column].format(**parameters)

    def act(self, text_id: str, **parameters: object) -> None:
        self._act += 1
        print(f"\n== {self._act}. {self.say(text_id, **parameters)}", flush=True)

    def line(self, text_id: str, **parameters: object) -> None:
        print(f"   {self.say(text_id, **parameters)}", flush=True)

    def run(self, who: str, *arguments: object, code: int = 0) -> None:
        """A command as somebody types it, with what it says."""
        given = [str(argument) for argument in arguments]
        print(f"   [{self.say(who)}] $ kebao mirror {self._short(' '.join(given))}", flush=True)
        done = subprocess.run(self.command(*given), cwd=self.folder, capture_output=True, text=True, check=False)
        for text in (done.stdout + done.stderr).splitlines():
            print(f"      {self._short(text)}", flush=True)
        if done.returncode != code:
            self.fault("code", expected=code, code=done.returncode)

    def fault(self, text_id: str, **parameters: object) -> None:
        self.faults += 1
        print(f"   !! {self.say(text_id, **parameters)}", flush=True)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "kebao.mirror", "--lang", self.language, *arguments]

    def _short(self, text: str) -> str:
        return text.replace(f"{self.folder}{os.sep}", "")


class County:
    """The training centre: its site, its folder of releases, its server's folder."""

    def __init__(self, play: Play, site: Path) -> None:
        self.play = play
        self.site = play.folder / "site"
        self.www = play.folder / "www"
        shutil.copytree(site, self.site, copy_function=os.link)
        self._pages = sorted(path for path in self.site.glob("*/*/**/*.html") if path.name != "index.html")

    def found(self) -> str:
        """Keys and the first root; gives its fingerprint."""
        for name in ("root-a", "root-b", "root-c", "targets", "timestamp"):
            self.play.run("county", "keygen", "--out", f"keys/{name}.pem", "--no-password")
        roots = [part for name in "abc" for part in ("--root-key", f"keys/root-{name}.pem.pub")]
        keys = ["--targets-key", "keys/targets.pem.pub", "--timestamp-key", "keys/timestamp.pem.pub"]
        self.play.run("county", "init", "--out", "out", *roots, *keys)
        self.play.run("county", "sign", "--out", "out", "--key", "keys/root-a.pem", "--key", "keys/root-b.pem")
        return hashlib.sha256((self.play.folder / "out/.mirror/metadata/1.root.json").read_bytes()).hexdigest()

    def release(self, version: str) -> None:
        """From the built site to the server."""
        self.play.run("county", "release", "site", "--out", "out", "--version", version)
        keys = ["--key", "keys/targets.pem", "--key", "keys/timestamp.pem"]
        self.play.run("county", "sign", "--out", "out", *keys)
        self.play.run("county", "publish", "out", "www")

    def edit_for_second(self) -> None:
        """A sentence on 12 pages, and a page more."""
        for page in self._pages[:12]:
            _replace(page, b"</main>", "<p>2026 年春季修订。</p></main>".encode())
        notice = self._pages[0].with_name("notice.html")
        notice.write_bytes("<!doctype html><meta charset=utf-8><title>通知</title><p>下周三研修。".encode())

    def edit_for_third(self) -> None:
        """Something on 500 pages, and a page less."""
        for page in self._pages[:500]:
            _replace(page, b"</body>", "<!-- 2026 年秋季 --></body>".encode())
        self._pages[0].with_name("notice.html").unlink()


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """The file is a link to the built site's, which must stay as it is."""
    content = path.read_bytes().replace(old, new, 1)
    path.unlink()
    path.write_bytes(content)


@contextmanager
def county_server(play: Play, folder: Path) -> Iterator[CountyServer | str]:
    """nginx, or the mirror's own server where there is none; that one does not count."""
    if nginx_program():
        with county_nginx(folder, play.folder / "nginx") as server:
            yield server
        return
    play.line("no-nginx")
    with MirrorServer(folder, "127.0.0.1", 0) as own:
        threading.Thread(target=own.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{own.server_address[1]}/"
        own.shutdown()


@contextmanager
def school_server(play: Play, mirror: Path) -> Iterator[str]:
    """`kebao mirror serve`, as school A leaves it running."""
    command = play.command("serve", "--mirror", str(mirror), "--host", "127.0.0.1", "--port", "0")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        # "…http://<this PC>:40123/ (…)"
        port = process.stdout.readline().rsplit(":", 1)[1].partition("/")[0]
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def perform(play: Play, site: Path) -> None:
    """The play, in order."""
    county = County(play, site)
    play.act("keys")
    fingerprint = county.found()
    play.line("letter", sha256=fingerprint)
    play.act("release", number=1)
    county.www.mkdir()
    county.release("2026.1")
    with ExitStack() as stack:
        server = stack.enter_context(county_server(play, county.www))
        url = server if isinstance(server, str) else server.url
        play.act("wrong")
        mistyped = ("0" if fingerprint[0] != "0" else "1") + fingerprint[1:]
        play.run("online", "join", "--mirror", "a", url, "--root-sha256", mistyped, code=4)
        play.act("first")
        for name in ("a", "b", "c"):
            (play.folder / name).mkdir(exist_ok=True)
        play.run("online", "join", "--mirror", "a", url, "--root-sha256", fingerprint)
        _tell_asked(play, server, show=False)
        play.run("online", "pull", "--mirror", "a")
        _tell_asked(play, server)
        neighbour = stack.enter_context(school_server(play, play.folder / "a"))
        play.run("behind", "join", "--mirror", "b", neighbour, "--root-sha256", fingerprint)
        play.run("behind", "pull", "--mirror", "b")
        play.run("county", "export", "stick", "--out", "out")
        play.run("stick", "join", "--mirror", "c", "stick", "--root-sha256", fingerprint)
        play.run("stick", "pull", "--mirror", "c")
        play.act("again")
        _tell_asked(play, server, show=False)
        play.run("online", "pull", "--mirror", "a", code=2)
        _tell_asked(play, server)
        for number, edit in ((2, county.edit_for_second), (3, county.edit_for_third)):
            play.act("release", number=number)
            edit()
            play.line("changed", what=play.say(f"edits-{number}"))
            county.release(f"2026.{number}")
            play.act("pulls")
            play.run("online", "pull", "--mirror", "a")
            _tell_asked(play, server)
            play.run("behind", "pull", "--mirror", "b")
        play.act("old-stick")
        play.run("county", "export", "stick", "--out", "out")
        bad = play.folder / "bad-stick"
        shutil.copytree(play.folder / "stick", bad)
        _spoil(bad / "r/00003" / county._pages[3].relative_to(county.site))
        play.line("bad-stick")
        play.run("stick", "pull", "--mirror", "c", "--from", "bad-stick", "--only", code=4)
        play.run("stick", "status", "--mirror", "c")
        play.line("good-stick")
        play.run("stick", "pull", "--mirror", "c")
    play.act("end")
    for who, name in (("online", "a"), ("behind", "b"), ("stick", "c")):
        play.run(who, "verify", "--mirror", name)
        _compare(play, who, county.site, play.folder / name / "current")


def _tell_asked(play: Play, server: CountyServer | str, *, show: bool = True) -> None:
    if isinstance(server, str):
        return
    asked = server.asked()
    if show:
        sent = f"{asked.sent_bytes / 1e6:.1f} MB" if asked.sent_bytes > 1e6 else f"{asked.sent_bytes / 1e3:.1f} KB"
        play.line("asked", requests=asked.requests, sent=sent)


def _spoil(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-3] + b"XYZ")


def _compare(play: Play, who: str, expected: Path, found: Path) -> None:
    """`diff -r` of two trees."""
    trees = [{p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()} for root in (expected, found)]
    wrong = sorted(trees[0] ^ trees[1])
    wrong += [p for p in sorted(trees[0] & trees[1]) if not filecmp.cmp(expected / p, found / p, shallow=False)]
    if wrong:
        play.fault("differs", who=play.say(who), files=len(wrong), path=wrong[0])
    else:
        play.line("same", who=play.say(who), files=len(trees[0]))


def main() -> int:
    """Plays it in a temporary folder on the disk of the site, so that links can be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="a built site")
    parser.add_argument("--keep", action="store_true", help="leave the folder of the play")
    options = parser.parse_args()
    begun = time.monotonic()
    if not (options.site / "index.html").is_file():
        print(Play(ROOT, options.lang).say("no-site", site=options.site), file=sys.stderr)
        return 1
    own_folder = options.site.absolute().parent / ".kebao"
    own_folder.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-mirror-", dir=own_folder))
    play = Play(folder, options.lang)
    try:
        perform(play, options.site.absolute())
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    if play.faults:
        print(f"\n{play.say('failed', count=play.faults)}")
        return 1
    print(f"\n{play.say('done', seconds=time.monotonic() - begun)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
