"""WebVTT captions (https://www.w3.org/TR/webvtt1/) timed to what is being said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_CUE = 22
CLAUSE = re.compile(r"[^。；，？！：]+[。；，？！：]*[”’」』）》]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Attributes: start, seconds: when it begins in the video and how long it lasts."""

    start: float
    seconds: float
    text: str


def render_captions(speeches: Iterable[Speech]) -> str:
    return "WEBVTT\n\n" + "\n".join(cue for speech in speeches for cue in render_cues(speech))


def render_cues(speech: Speech) -> list[str]:
    """Cues of one speech, each as long as its share of the characters."""
    cues = split_into_cues(speech.text)
    length = sum(map(len, cues))
    rendered, spoken = [], 0
    for cue in cues:
        start = speech.start + speech.seconds * spoken / length
        spoken += len(cue)
        end = speech.start + speech.seconds * spoken / length
        rendered.append(f"{render_time(start)} --> {render_time(end)}\n{cue}\n")
    return rendered


def split_into_cues(text: str) -> tuple[str, ...]:
    """Whole clauses together up to LONGEST_CUE characters; a longer clause is cut into even parts."""
    cues = [""]
    for clause in CLAUSE.findall(text):
        for part in cut_evenly(clause):
            if len(cues[-1]) + len(part) <= LONGEST_CUE:
                cues[-1] += part
            else:
                cues.append(part)
    return tuple(cue.strip() for cue in cues if cue.strip())


def cut_evenly(clause: str) -> list[str]:
    count = -(-len(clause) // LONGEST_CUE)
    size = -(-len(clause) // count)
    return [clause[start : start + size] for start in range(0, len(clause), size)]


def render_time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
