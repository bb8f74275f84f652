"""Fault 29 of research/02_offline.md §6: a line that flaps, with 5 % loss and 200 ms."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.faults.bad_line import SERVER, bad_line
from tests.faults.scene import Scene, make_scene
from tests.mirror.servers import Answer, Request

from kebao.mirror.errors import ExitCode, MirrorError
from kebao.mirror.serve.server import MirrorServer
from kebao.mirror.sources.web import WebSource


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = make_scene(tmp_path)
    scene.publish()
    return scene


@pytest.mark.parametrize("every", [2, 3])
def test_fault_29_a_line_that_breaks_at_every_second_or_third_request(scene: Scene, every: int) -> None:
    """For each file: the first answer never comes, then every second or third does."""
    asked: Counter[str] = Counter()

    def spoil(request: Request, answer: Answer) -> Answer | None:
        asked[request.uri] += 1
        if asked[request.uri] % every == 1:
            return None
        return replace(answer, cut=70_000) if len(answer.body) > 70_000 else answer

    with scene.serving(spoil) as (url, _):
        scene.heals(url)


def test_fault_29_a_line_that_is_mostly_broken_is_given_up_and_gone_on_with(scene: Scene) -> None:
    asked = 0

    def spoil(request: Request, answer: Answer) -> Answer | None:
        nonlocal asked
        asked += 1
        return replace(answer, cut=50_000) if asked % 7 == 0 else None

    with scene.serving(spoil) as (url, _):
        results = []
        for _ in range(60):
            results.append(scene.pull(url))
            if results[-1] is ExitCode.COMPLETE:
                break
    failures = [each for each in results if isinstance(each, MirrorError)]
    assert failures
    assert {each.exit_code for each in failures} == {ExitCode.NETWORK}
    if results[-1] is not ExitCode.COMPLETE:
        scene.heals()


@pytest.mark.parametrize("outage", [0.0, 2.0])
def test_fault_29_five_percent_loss_and_200_ms(scene: Scene, outage: float) -> None:
    """Over real TCP in network namespaces of its own; with an outage, nothing comes through for a while."""
    with bad_line(delay=0.1, loss=0.05) as (line, server_place, school_place):
        server = server_place.do(lambda: MirrorServer(scene.county.root, SERVER, 8080))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        scene.kit.school = replace(scene.kit.school, open_source=lambda place: WebSource(place, timeout=10))
        timers = [threading.Timer(1.0, line.dead.set), threading.Timer(1.0 + outage, line.dead.clear)] if outage else []
        for timer in timers:
            timer.start()
        try:
            school_place.do(lambda: scene.heals(f"http://{SERVER}:8080/"))
        finally:
            for timer in timers:
                timer.cancel()
            server.shutdown()
            server.server_close()
            thread.join()
        assert line.lost
        assert line.carried > 200
