"""What `kebao serve` shows before the site is built again, and when browsers load their page a second time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer

from kebao.assembly.tree_comparison import differences
from mkdocs_kebao.first_page import FirstPage

from .test_in_place import URL, settings, wait_for_later_files
from .test_kept_pages import DEMO, EDITS, replaced

pytestmark = pytest.mark.site

PAGE = "micro-lessons/every-type.html"
SOURCE = f"{DEMO}/micro-lessons/*/index.md"
_PATIENCE = 30


@dataclass(slots=True)
class Serving:
    """A server that builds when it is told to; what it is told of files comes from the system."""

    root: Path
    site: Path
    server: LiveReloadServer
    config: MkDocsConfig
    shown: list[bytes | None] = field(default_factory=list)

    def save(self, edit: Callable[[Path], None]) -> bytes | None:
        """The page as browsers load it first; None where nothing is shown before everything is built."""
        server = self.server
        edit(self.root)
        with server._rebuild_cond:
            assert server._rebuild_cond.wait_for(lambda: server._want_rebuild, timeout=_PATIENCE)
            while server._rebuild_cond.wait(timeout=0.3):
                pass
            server._want_rebuild = False
        server._wanted_epoch = server._visible_epoch + 1
        self.shown.clear()
        build(settings(self.root, self.site), serve_url=URL, dirty=True)
        wait_for_later_files()
        return self.shown[-1]

    def loads_again(self) -> bool:
        """Whether browsers that loaded a page before the build load it again after it."""
        return server_wants(self.server)

    def page(self) -> bytes:
        return (self.site / PAGE).read_bytes()


def server_wants(server: LiveReloadServer) -> bool:
    wants = server._wanted_epoch > server._visible_epoch
    server._visible_epoch = server._wanted_epoch
    return wants


@pytest.fixture
def serving(small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    site = tmp_path / "site"
    config = settings(small_project, site)
    config.plugins.on_startup(command="serve", dirty=True)
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(site))
    found = Serving(small_project, site, server, config)
    show = FirstPage.show

    def noting(first: FirstPage, ground: object) -> bool:
        shows = show(first, ground)  # type: ignore[arg-type]
        assert shows == (server._visible_epoch == server._wanted_epoch)
        found.shown.append(found.page() if shows else None)
        return shows

    build(config, serve_url=URL, dirty=True)
    wait_for_later_files()
    monkeypatch.setattr(FirstPage, "show", noting)
    server.watch(str(small_project / "content"))
    config.plugins.on_serve(server, config=config, builder=lambda: None)
    server.watch(str(small_project / "site_config"))
    server.observer.start()
    yield found
    server.observer.stop()
    server.server_close()
    config.plugins.on_shutdown()


def back(root: Path) -> None:
    """As many editors write a file: another one first, which takes its name."""
    [path] = root.glob(SOURCE)
    new = path.with_name("index.md.part")
    new.write_text(path.read_text(encoding="utf-8").replace("都可以在页面上看", "都能在页面上看"), encoding="utf-8")
    new.replace(path)


def test_a_saved_text_is_shown_first_and_once(serving: Serving) -> None:
    body = EDITS["a body"]
    for edit, said in ((body, "都可以在页面上看"), (back, "都能在页面上看"), (body, "都可以在页面上看")):
        shown = serving.save(edit)
        assert shown is not None
        assert said in shown.decode("utf-8")
        assert shown == serving.page()
        assert not serving.loads_again()


def test_what_other_pages_show_is_loaded_again(serving: Serving) -> None:
    shown = serving.save(EDITS["a title"])
    assert shown is not None
    assert "什么材料都有" in shown.decode("utf-8")
    assert serving.loads_again()


def test_a_fault_is_not_shown(serving: Serving) -> None:
    before = serving.page()
    with pytest.raises(Abort):
        serving.save(replaced(SOURCE, "title: ", "tittle: "))
    assert serving.shown == [None]
    assert serving.page() == before
    # What was built last is not known to be right: the next build comes first.
    assert serving.save(replaced(SOURCE, "tittle: ", "title: ")) is None
    assert serving.save(EDITS["a body"]) is not None


def test_what_concerns_more_than_one_resource_is_built_first(serving: Serving) -> None:
    def two(root: Path) -> None:
        for path in sorted((root / DEMO).glob("*/*/index.md"))[:2]:
            path.write_text(path.read_text(encoding="utf-8") + "\n再说一句。\n", encoding="utf-8")

    for edit in (two, EDITS["a person's name"], EDITS["a new resource"]):
        assert serving.save(edit) is None
        serving.loads_again()


def test_the_site_is_then_what_a_new_one_would_be(serving: Serving, tmp_path: Path) -> None:
    for name in ("a body", "a title", "a new resource"):
        serving.save(EDITS[name])
    serving.save(replaced(f"{DEMO}/lesson-cases/more-fractions/index.md", "title: ", "title: 又"))
    assert serving.shown[-1] is not None
    shutil.rmtree(serving.root / ".kebao/cache/pages")
    build(settings(serving.root, tmp_path / "new"), serve_url=URL, dirty=True)
    wait_for_later_files()
    found = [each.path for each in differences(serving.site, tmp_path / "new")]
    assert [path for path in found if path.endswith(".html")] == []
