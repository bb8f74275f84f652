"""Videos: a slide for each scene, shown as long as its text is spoken, with captions."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream
from PIL import Image

from sample_makers.captions import Speech, render_captions
from sample_makers.description import Recording
from sample_makers.speech import BYTES_PER_SAMPLE, SAMPLE_RATE, duration, pad, speak_within
from sample_makers.still import SIZE, draw_opening, draw_scene

AnyPacket: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

FRAMES_PER_SECOND = 5
OPENING_SECONDS = 2.4
PAUSE_SECONDS = 0.6
LONGEST_SECONDS = 40.0
AUDIO_BITS_PER_SECOND = 16500  # The encoder's average comes out at about 20500.
SAMPLES_PER_FRAME = 1024
X264 = {"crf": "34", "preset": "slow", "tune": "stillimage", "threads": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A still image with its sound, which lasts a whole number of frames."""

    image: Image.Image
    samples: bytes


def build_mp4(recording: Recording, *, title: str, subtitle: str) -> tuple[bytes, str]:
    """The video and its captions."""
    pauses = PAUSE_SECONDS * len(recording.scenes)
    spoken = speak_within([scene.say for scene in recording.scenes], seconds=LONGEST_SECONDS - OPENING_SECONDS - pauses)
    shots = [Shot(image=draw_opening(title, subtitle), samples=pad(b"", seconds=OPENING_SECONDS))]
    speeches = []
    for number, (scene, samples) in enumerate(zip(recording.scenes, spoken, strict=True), start=1):
        start = sum(duration(shot.samples) for shot in shots)
        speeches.append(Speech(start=start, seconds=duration(samples), text=scene.say))
        image = draw_scene(scene, f"{number} / {len(recording.scenes)}")
        shots.append(Shot(image=image, samples=pad(samples, seconds=whole_frames(samples))))
    return encode(shots), render_captions(speeches)


def whole_frames(samples: bytes) -> float:
    """Seconds of a scene: its speech and a pause, up to a whole frame."""
    return math.ceil((duration(samples) + PAUSE_SECONDS) * FRAMES_PER_SECOND) / FRAMES_PER_SECOND


def encode(shots: Sequence[Shot]) -> bytes:
    """MP4 (H.264, AAC) with the index in front."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
            video = add_video_stream(container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=X264))
            audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
            audio.bit_rate = AUDIO_BITS_PER_SECOND
            packets: list[AnyPacket] = [*encode_images(video, shots), *encode_samples(audio, shots)]
            for packet in sorted(packets, key=decoding_time):
                container.mux(packet)
        return path.read_bytes()


def add_video_stream(stream: VideoStream) -> VideoStream:
    stream.width, stream.height = SIZE
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, FRAMES_PER_SECOND)
    return stream


def encode_images(stream: VideoStream, shots: Sequence[Shot]) -> list[Packet[VideoStream]]:
    packets: list[Packet[VideoStream]] = []
    number = 0
    for shot in shots:
        for _ in range(round(duration(shot.samples) * FRAMES_PER_SECOND)):
            frame = av.VideoFrame(*SIZE, "rgb24")
            frame.planes[0].update(shot.image.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            packets += stream.encode(frame)
            number += 1
    return packets + stream.encode(None)


def encode_samples(stream: AudioStream, shots: Sequence[Shot]) -> list[Packet[AudioStream]]:
    source = io.BytesIO(b"".join(shot.samples for shot in shots))
    resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE, SAMPLES_PER_FRAME)
    packets: list[Packet[AudioStream]] = []
    position = 0
    while samples := source.read(SAMPLES_PER_FRAME * BYTES_PER_SAMPLE):
        count = len(samples) // BYTES_PER_SAMPLE
        frame = av.AudioFrame(format="s16", layout="mono", samples=count)
        frame.planes[0].update(samples)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, position, Fraction(1, SAMPLE_RATE)
        for resampled in resampler.resample(frame):
            packets += stream.encode(resampled)
        position += count
    return packets + stream.encode(None)


def decoding_time(packet: AnyPacket) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base
