"""Laws of the rules over circles, licences, lengths and mp4 boxes."""

from __future__ import annotations

import contextlib
import io
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.checks.circles import circles
from kebao.checks.licences import why_not
from kebao.loading.probe_mp4 import movie_facts
from kebao.loading.probe_office import ProbeError
from kebao.model.limits import DEFAULT_LENGTHS, Bounds, bounds_for, with_defaults

NODES = "abcdefgh"
GRAPHS = st.dictionaries(st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=4, unique=True))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(GRAPHS)
def test_what_is_reported_is_a_circle_and_without_reports_there_is_none(graph: dict[str, list[str]]) -> None:
    found = list(circles(graph))
    for circle in found:
        assert all(following in graph[node] for node, following in zip(circle, circle[1:] + circle[:1], strict=True))
    if not found:
        left = {node: set(targets) & set(graph) for node, targets in graph.items()}
        while any(not targets for targets in left.values()):
            ends = {node for node, targets in left.items() if not targets}
            left = {node: targets - ends for node, targets in left.items() if node not in ends}
        assert left == {}


def test_a_long_chain_is_no_circle_and_no_recursion() -> None:
    names = [f"n{i}" for i in range(50_000)]
    chain = {name: (following,) for name, following in pairwise(names)}
    assert list(circles(chain)) == []
    assert list(circles({**chain, names[-1]: (names[0],)})) == [tuple(names)]


BY, SA, NC, NC_SA = "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"
ALLOWED = {
    "CC0-1.0": {"CC0-1.0", BY, SA, NC, NC_SA, "all-rights-reserved", "internal-use"},
    BY: {"CC0-1.0", BY, SA, NC, NC_SA, "all-rights-reserved", "internal-use"},
    SA: {SA},
    NC: {NC, NC_SA, "all-rights-reserved", "internal-use"},
    NC_SA: {NC_SA},
    "CC-BY-ND-4.0": set[str](),
    "all-rights-reserved": set[str](),
    "internal-use": set[str](),
}


@pytest.mark.parametrize("part", ALLOWED)
def test_a_part_allows_what_its_licence_says(part: str) -> None:
    allowed = {whole for whole in ALLOWED["CC0-1.0"] if why_not(part, whole, same_owner=False) is None}
    assert allowed == ALLOWED[part]


def test_only_what_is_reserved_is_free_to_its_owner() -> None:
    assert why_not("all-rights-reserved", BY, same_owner=True) is None
    assert why_not(SA, BY, same_owner=True) is not None


def test_a_policy_replaces_the_lengths_of_the_kinds_and_roles_it_names() -> None:
    written = {"micro-lessons.micro-video": Bounds(maximum=5)}
    lengths = with_defaults(written, DEFAULT_LENGTHS)
    assert bounds_for(lengths, "micro-lessons", "micro-video", ["primary"]) == (Bounds(maximum=5),)
    assert lengths["lesson-cases.recording"] == DEFAULT_LENGTHS["lesson-cases.recording"]
    assert bounds_for(DEFAULT_LENGTHS, "micro-lessons", "micro-video", ["kindergarten"]) == ()
    assert len(bounds_for(DEFAULT_LENGTHS, "micro-lessons", "micro-video", ["primary", "senior-secondary"])) == 2


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


HEADER = box(b"mvhd", b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 1000, 90_000)) + bytes(80))


def track(handler: bytes, codec: bytes, pixels: tuple[int, int] = (0, 0)) -> bytes:
    size = b"".join(side.to_bytes(2, "big") for side in pixels)
    entries = box(b"stsd", bytes(7) + b"\1" + box(codec, bytes(24) + size + bytes(50)))
    handling = box(b"hdlr", bytes(8) + handler + bytes(13))
    return box(b"trak", box(b"mdia", handling + box(b"minf", box(b"stbl", entries))))


FTYP, MDAT = box(b"ftyp", b"isom" + bytes(4)), box(b"mdat", bytes(64))
MOOV = box(b"moov", HEADER + track(b"soun", b"mp4a") + track(b"vide", b"avc1", (1280, 720)) + track(b"text", b"tx3g"))


def test_an_mp4_says_its_length_codecs_and_pixels() -> None:
    said = {"seconds": 90.0, "video_codec": "avc1", "audio_codec": "mp4a", "width": 1280, "height": 720}
    assert movie_facts(io.BytesIO(FTYP + MOOV + MDAT)) == {**said, "faststart": True}
    assert movie_facts(io.BytesIO(FTYP + MDAT + MOOV)) == {**said, "faststart": False}
    assert movie_facts(io.BytesIO(FTYP + MOOV + MDAT + b"trailer of a camera"))["faststart"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(0, len(FTYP + MOOV + MDAT) - 1), st.binary(min_size=0, max_size=9))
def test_a_damaged_mp4_gives_facts_or_says_what_is_wrong(at: int, patch: bytes) -> None:
    data = FTYP + MOOV + MDAT
    damaged = data[:at] + (patch + data[at + len(patch) :] if patch else b"")
    # What probe() takes as unreadable, as it does whatever a parser throws.
    with contextlib.suppress(ProbeError, IndexError, struct.error):
        assert movie_facts(io.BytesIO(damaged))["faststart"] in (True, False)


@pytest.mark.parametrize("cut", [10, 200, 60])
def test_a_video_that_did_not_arrive_whole_is_unreadable(cut: int) -> None:
    with pytest.raises(ProbeError):
        movie_facts(io.BytesIO((FTYP + MOOV + MDAT)[:-cut]))
