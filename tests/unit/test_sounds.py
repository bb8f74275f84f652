"""What one process tells another of how titles are read."""

from __future__ import annotations

import json
import threading

import pytest

from kebao.assembly import search_index
from kebao.assembly.processes import can_split
from kebao.model.resource import Kind
from kebao.search import simplified, sounds
from kebao.search.document import Document
from kebao.search.simplified import fold_text, learn_simplified, simplified_characters
from kebao.search.sounds import learn_sounds, reading_with_tone, readings, sounds_of, usual_reading
from kebao.search.tokens import Normaliser

TITLES = ["重庆的重点", "音樂與快樂", "长江 12 讲", "㐀字", "Aa"]


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_of_runs", "_usual", "_with_tone"):
        monkeypatch.setattr(sounds, name, {})
    monkeypatch.setattr(simplified, "_told", [])


def no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pypinyin", "pypinyin.seg.simpleseg", "opencc"):
        monkeypatch.setitem(__import__("sys").modules, name, None)


@pytest.mark.usefixtures("forgotten")
def test_who_was_told_needs_no_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    table = simplified_characters()
    normalise = Normaliser(table)
    runs = {run for title in TITLES for run in sounds.HAN_RUN.findall(normalise(title))}
    characters = {character for title in TITLES for run in sounds.HAN_RUN.findall(title) for character in run}
    assert "重庆的重点" in runs
    assert "樂" in characters
    wanted = (
        {run: readings(run) for run in runs},
        {character: (usual_reading(character), reading_with_tone(character)) for character in characters},
    )
    told, written = sounds_of(TITLES, normalise), fold_text(table)
    for name in ("_of_runs", "_usual", "_with_tone"):
        monkeypatch.setattr(sounds, name, {})
    no_dictionary(monkeypatch)
    with pytest.raises(ImportError):
        usual_reading("重")
    learn_sounds(told)
    assert ({run: readings(run) for run in runs}) == wanted[0]
    assert {each: (usual_reading(each), reading_with_tone(each)) for each in characters} == wanted[1]
    simplified_characters.cache_clear()
    learn_simplified(written)
    try:
        assert simplified_characters() == table
    finally:
        simplified_characters.cache_clear()


@pytest.mark.usefixtures("forgotten")
def test_characters_that_nobody_can_read_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "_read_run", lambda run: ("", *"b" * (len(run) - 1)))
    told = sounds_of(["㐀字"], str)
    assert json.loads(told)[0] == {"㐀字": "? b"}
    monkeypatch.setattr(sounds, "_of_runs", {})
    learn_sounds(told)
    assert readings("㐀字") == ("", "b")


@pytest.mark.usefixtures("forgotten")
def test_titles_of_many_documents_are_read_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever the tests before this one have left running.
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    if not can_split():
        pytest.skip("processes cannot be split here")
    document = Document(kind=Kind.COURSE, title="重庆的重点", uri="a.html", order=("a.html", 0), names=("长江",))
    simplified_characters.cache_clear()
    search_index.learn_sounds_of([document])
    assert sounds._of_runs == {}
    monkeypatch.setattr(search_index, "_MANY", 1)
    search_index.learn_sounds_of([document])
    no_dictionary(monkeypatch)
    try:
        assert readings("重庆的重点") == ("chong", "qing", "de", "zhong", "dian")
        assert readings("长江") == ("chang", "jiang")
        assert simplified_characters()["樂"] == "乐"
    finally:
        simplified_characters.cache_clear()
