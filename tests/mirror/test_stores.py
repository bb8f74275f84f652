"""Publishing to real servers of every kind on this computer: SFTP and rsync over ssh, S3, WebDAV; a school pulls."""

from __future__ import annotations

import contextlib
import gc
import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.mirror.test_publisher import Centre, newest_tree, pull, tree, write_site

from kebao.mirror import layout
from kebao.mirror.errors import NetworkError
from kebao.mirror.publisher.destinations import Destination, destination
from kebao.mirror.publisher.publication import publish
from kebao.mirror.publisher.workspace import Workspace

# The drivers leave their connections to the end of the process.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
KINDS = ("s3", "webdav", "sftp", "rsync")
_NEEDED = {"s3": ("s3fs", "moto", "flask"), "webdav": ("webdav4", "wsgidav", "cheroot"), "sftp": ("paramiko",)}
_PROGRAMS = {"sftp": ("sshd", "ssh-keygen"), "rsync": ("sshd", "ssh-keygen", "rsync")}


@dataclass(frozen=True)
class Store:
    """A place to publish to. Attributes: source: where schools read what was published."""

    name: str
    source: str


@pytest.fixture(autouse=True)
def no_connections_are_left_to_other_tests() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.sign("a", "b")
    return made


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    kind: str = request.param
    _require(kind)
    served = tmp_path / "served"
    served.mkdir()
    with {"s3": _s3, "webdav": _webdav, "sftp": _sftp, "rsync": _rsync}[kind](served, monkeypatch) as made:
        yield made


def test_a_school_pulls_what_was_published_to_the_store(centre: Centre, store: Store, tmp_path: Path) -> None:
    for version in ("1", "2"):
        write_site(centre.site, **{"index.html": f"<title>{version}</title>"})
        _stage(centre, version)
        centre.run("publish", centre.out, store.name)
        _pull(centre, store, tmp_path / "school")
        assert newest_tree(tmp_path / "school") == tree(centre.site)
    assert destination(store.name).read(layout.STATE) is None


def test_the_same_release_again_sends_no_file_again(centre: Centre, store: Store, tmp_path: Path) -> None:
    _stage(centre, "1")
    dates = []
    for _ in range(2):
        centre.run("publish", centre.out, store.name)
        files = [path for path in (tmp_path / "served").rglob("*") if path.is_file() and ".mirror/o" in str(path)]
        dates.append({path: path.stat().st_mtime_ns for path in files})
    assert dates[0] == dates[1]


def test_a_publication_that_breaks_anywhere_leaves_the_old_release_whole(
    centre: Centre, store: Store, tmp_path: Path
) -> None:
    _stage(centre, "1")
    centre.run("publish", centre.out, store.name)
    before = tree(centre.site)
    _pull(centre, store, tmp_path / "school")
    write_site(centre.site, **{"index.html": "<title>second</title>", "a/zh/more.html": "<title>more</title>"})
    _stage(centre, "2")
    everything = Breaking(destination(str(tmp_path / "elsewhere")), 1000)
    publish(Workspace(centre.out), everything)
    writes = len(everything.done)
    assert everything.done[-1] == layout.metadata_uri(layout.TIMESTAMP)
    for after in (0, writes // 3, 2 * writes // 3, writes - 1):
        with pytest.raises(NetworkError):
            publish(Workspace(centre.out), Breaking(destination(store.name), after))
        _pull(centre, store, tmp_path / "school", code=2)
        assert newest_tree(tmp_path / "school") == before
    centre.run("publish", centre.out, store.name)
    _pull(centre, store, tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)


def test_a_store_that_does_not_answer_is_said_with_what_to_do(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    _require("webdav")
    _stage(centre, "1")
    centre.run("publish", centre.out, f"webdav://127.0.0.1:{_free_port()}/", code=6)
    assert "Sending to 127.0.0.1 failed" in capsys.readouterr().err


def test_an_sftp_server_that_is_not_known_gets_nothing(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _require("sftp")
    (tmp_path / "served").mkdir()
    with _sftp(tmp_path / "served", monkeypatch) as store:
        (tmp_path / "home/.ssh/known_hosts").unlink()
        _stage(centre, "1")
        centre.run("publish", centre.out, store.name, code=6)
    assert not list((tmp_path / "served").iterdir())


class Breaking:
    """A destination that takes so many files one by one, and then the line breaks."""

    def __init__(self, inner: Destination, after: int) -> None:
        self.inner = inner
        self.left = after
        self.done: list[str] = []

    def read(self, uri: str) -> bytes | None:
        return self.inner.read(uri)

    def _passes(self, uri: str) -> None:
        if self.left == 0:
            raise NetworkError("destination-failed", name="the line", reason="cut")
        self.left -= 1
        self.done.append(uri)

    def send(self, root: Path, uris: Iterable[str]) -> None:
        for uri in uris:
            self._passes(uri)
            self.inner.send(root, iter((uri,)))

    def send_tree(self, root: Path, files: Iterable[tuple[str, str]]) -> None:
        for pair in files:
            self._passes(pair[0])
            self.inner.send_tree(root, iter((pair,)))

    def replace(self, root: Path, uri: str) -> None:
        self._passes(uri)
        self.inner.replace(root, uri)


def _stage(centre: Centre, version: str) -> None:
    centre.release(version)
    centre.sign("targets", "timestamp")


def _pull(centre: Centre, store: Store, mirror: Path, code: int = 0) -> None:
    pull(centre, store.source, mirror, code=code)  # type: ignore[arg-type]  # it is only written into a command


def _require(kind: str) -> None:
    lacking = [name for name in _NEEDED.get(kind, ()) if importlib.util.find_spec(name) is None]
    lacking += [name for name in _PROGRAMS.get(kind, ()) if _program(name) is None]
    if lacking:
        reason = f"publishing by {kind} needs {', '.join(lacking)}"
        if os.environ.get("KEBAO_REQUIRE_STORES") == "1":
            pytest.fail(f"{reason}, and KEBAO_REQUIRE_STORES=1 says that it must be tried")
        pytest.skip(reason)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


@contextlib.contextmanager
def _s3(served: Path, patch: pytest.MonkeyPatch) -> Iterator[Store]:
    port = _free_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "county",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }.items():
        patch.setenv(name, value)
    with _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        import s3fs

        s3fs.S3FileSystem(endpoint_url=f"http://127.0.0.1:{port}", skip_instance_cache=True).mkdir(
            "county", acl="public-read"
        )
        yield Store("s3://county/kebao", f"http://127.0.0.1:{port}/county/kebao/")


@contextlib.contextmanager
def _webdav(served: Path, patch: pytest.MonkeyPatch) -> Iterator[Store]:
    port = _free_port()
    (served / "kebao").mkdir()
    command = [sys.executable, "-m", "wsgidav.server.server_cli", "--host=127.0.0.1", f"--port={port}"]
    with _running([*command, f"--root={served}", "--auth=anonymous", "--no-config", "-q"], port):
        yield Store(f"webdav://127.0.0.1:{port}/kebao", f"http://127.0.0.1:{port}/kebao/")


@contextlib.contextmanager
def _sftp(served: Path, patch: pytest.MonkeyPatch) -> Iterator[Store]:
    with _ssh_server(served.parent, patch) as port:
        yield Store(f"sftp://{_me()}@127.0.0.1:{port}{served}", str(served))


@contextlib.contextmanager
def _rsync(served: Path, patch: pytest.MonkeyPatch) -> Iterator[Store]:
    with _ssh_server(served.parent, patch) as port:
        home = served.parent / "home/.ssh"
        # ssh itself takes its home from the user's entry, not from HOME.
        options = f"-p {port} -o UserKnownHostsFile={home}/known_hosts -i {home}/id_ed25519 -o BatchMode=yes -F none"
        patch.setenv("RSYNC_RSH", f"ssh {options}")
        yield Store(f"{_me()}@127.0.0.1:{served}", str(served))


@contextlib.contextmanager
def _ssh_server(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[int]:
    """Debian's sshd with a host key of its own, for a user with a key of its own."""
    port = _free_port()
    home = folder / "home/.ssh"
    home.mkdir(parents=True)
    for key in (folder / "host_key", home / "id_ed25519"):
        subprocess.run([str(_program("ssh-keygen")), "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    shutil.copyfile(home / "id_ed25519.pub", home / "authorized_keys")
    host_key = (folder / "host_key.pub").read_text("ascii").split()
    (home / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key[0]} {host_key[1]}\n", "ascii")
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {home}/authorized_keys\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n",
        "utf-8",
    )
    patch.setenv("HOME", str(folder / "home"))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # Debian's sshd wants its empty folder
    with _running([str(_program("sshd")), "-D", "-e", "-f", str(folder / "sshd_config")], port):
        yield port


@contextlib.contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _me() -> str:
    return getpass.getuser()
