"""A county with two releases and a school that has the first: what every fault of content, trust and network starts
from, and what must hold whatever happens.

The old release is compared file by file at every step of every pull, and nothing may lie in the store that was not
signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.mirror.county import County, Files, content_of, noise, tree_of
from tests.mirror.schools import SchoolKit, joined_school
from tests.mirror.servers import PlainServer, Spoil
from tests.running import running

from kebao.mirror.errors import ExitCode, MirrorError
from kebao.mirror.messages import Messages
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.verify import verify
from kebao.mirror.sources.opening import open_source
from kebao.mirror.sources.source import Source
from kebao.mirror.sources.web import WebSource

FILM = noise(300_000)
BOOK = noise(30_000, seed=1)
OLD: Files = {
    ("site", "und"): {"index.html": b"<h1>spring</h1>", "book.docx": BOOK, "same.css": b"h1 { color: teal }"},
    ("maths", "zh"): {"maths/zh/一.html": "<p>春天</p>".encode() * 400},
}
NEW: Files = {
    ("site", "und"): {
        "index.html": b"<h1>autumn</h1>",
        "book.docx": BOOK + b"more",
        "same.css": b"h1 { color: teal }",
        "film.mp4": FILM,
    },
    ("maths", "zh"): {"maths/zh/一.html": "<p>秋天</p>".encode() + "<p>春天</p>".encode() * 399},
}
Result = ExitCode | MirrorError


@dataclass
class Scene:
    """The publisher's folder and a school that pulled `OLD`.

    Attributes: seen: how often the shown tree was compared; allowed: the trees that readers may see.
    """

    county: County
    kit: SchoolKit
    allowed: list[dict[str, bytes]]
    at_point: Callable[[Point], None] = lambda point: None
    seen: list[Point] = field(default_factory=list)

    def publish(self, files: Files = NEW, version: str = "2026.2", *, deltas: bool = False) -> None:
        """Releases `files`; from now on readers may see them, whole."""
        self.county.release(version, files, deltas=deltas)
        self.allowed.append(content_of(files))

    def pull(self, *sources: str, **options: object) -> Result:
        """How a pull from `sources` alone (or from the usual ones) ends."""
        chosen = PullOptions(sources=sources, only_these_sources=bool(sources), **options)  # type: ignore[arg-type]
        try:
            return pull(self.kit.school, chosen)
        except MirrorError as error:
            _has_texts(error)
            return error
        finally:
            self.is_sound()

    def reached(self, point: Point) -> None:
        self.seen.append(point)
        self.at_point(point)
        self.is_sound()

    def is_sound(self) -> None:
        """Readers see a whole release, and the store holds only what was signed."""
        assert tree_of(self.kit.shown) in self.allowed
        signed = {hashlib.sha256(content).hexdigest() for tree in self.allowed for content in tree.values()}
        for path in self.kit.school.places.objects.glob("*/*"):
            assert path.name in signed

    def shows(self, files: Files) -> bool:
        return tree_of(self.kit.shown) == content_of(files)

    def refuses(self, result: Result, message: str, code: ExitCode, *, shown: Files = OLD) -> MirrorError:
        """The pull ended with this text and code, and readers see `shown`."""
        assert isinstance(result, MirrorError), result
        assert (result.message, result.exit_code) == (message, code), str(result)
        assert self.shows(shown)
        return result

    def heals(self, *sources: str, shown: Files = NEW) -> None:
        """The next pull, from an honest source, completes."""
        result = self.pull(*sources)
        assert result is ExitCode.COMPLETE, str(result)
        assert self.shows(shown)
        assert verify(self.kit.school) is ExitCode.COMPLETE

    @contextmanager
    def serving(self, spoil: Spoil) -> Iterator[tuple[str, PlainServer]]:
        """The county's folder behind a server that spoils its answers."""
        server = PlainServer(self.county.root, spoil)
        with running(server) as url:
            yield url, server


def impatient(place: str) -> Source:
    """Web sources that wait half a second for the next byte, not half a minute."""
    return WebSource(place, timeout=0.5) if place.startswith("http") else open_source(place)


def make_scene(folder: Path) -> Scene:
    """A school that has `OLD`, and a county that has not published `NEW` yet."""
    county = County(folder / "county")
    county.release("2026.1", OLD)
    kit = joined_school(folder / "school", county, opener=impatient)
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    scene = Scene(county, kit, [content_of(OLD)])
    kit.school = replace(kit.school, reached=scene.reached)
    return scene


def _has_texts(error: MirrorError) -> None:
    """It can be said in both languages."""
    for language in ("zh", "en"):
        assert Messages(language)(error.message, **error.parameters).strip()
