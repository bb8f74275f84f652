"""Spoken Mandarin from espeak-ng, as 16-bit mono samples."""

from __future__ import annotations

import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from sample_makers.lettering import MissingToolError

SAMPLE_RATE = 22050
BYTES_PER_SAMPLE = 2
# The voice "cmn" of espeak-ng 1.51 spells the pinyin of most Han characters in English
# (https://github.com/espeak-ng/espeak-ng/issues/1370); this one says them.
VOICE = "cmn-latn-pinyin"
WORDS_PER_MINUTE = (160, 175, 190, 205)


def speak_within(texts: Sequence[str], *, seconds: float) -> tuple[bytes, ...]:
    """The samples of each text, at the calmest speed at which all together last no longer than `seconds`."""
    for speed in WORDS_PER_MINUTE:
        spoken = tuple(speak(text, speed) for text in texts)
        if sum(map(duration, spoken)) <= seconds:
            break
    return spoken


def speak(text: str, words_per_minute: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        wave_path = Path(folder) / "speech.wav"
        command = ["espeak-ng", "-v", VOICE, "-s", str(words_per_minute), "-w", str(wave_path), "--", text]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingToolError(f"espeak-ng with the voice {VOICE} is not installed") from error
        with wave.open(str(wave_path), "rb") as recording:
            assert recording.getframerate() == SAMPLE_RATE
            return recording.readframes(recording.getnframes())


def duration(samples: bytes) -> float:
    return len(samples) / BYTES_PER_SAMPLE / SAMPLE_RATE


def pad(samples: bytes, *, seconds: float) -> bytes:
    """The samples followed by silence, `seconds` long in all."""
    return samples.ljust(round(seconds * SAMPLE_RATE) * BYTES_PER_SAMPLE, b"\0")
