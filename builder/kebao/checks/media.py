"""Videos and pictures as schools can play and see them: length, codecs, size, bit rate (KB509–KB515)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.checks.context import CheckContext, Place, problem
from kebao.model.limits import Bounds, bounds_for
from kebao.model.material import FileFacts, Material, MediaType
from kebao.model.resource import Resource
from kebao.problems import Message, Problem, Severity

#: Sample entries (ISO/IEC 14496-15 §5.4, 14496-14 §5.6): H.264, its variant with parameters in the stream, and AAC.
_H264 = ("avc1", "avc3")
_AAC = "mp4a"


def check_media(context: CheckContext) -> Iterator[Problem]:
    """KB509–KB515 for every video and picture that could be read."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            for index, material in enumerate(resource.materials):
                facts = context.facts.get(resource.path_of(material.file))
                if facts is None or facts.unreadable:
                    continue
                place = context.place(resource.path_of("index.md"), "materials", index, "file")
                if facts.media_type is MediaType.MP4:
                    yield from _length(context, resource, material, facts, place)
                    yield from _bit_rate(context, resource, material, facts, place)
                    yield from _codecs(material, facts, place)
                    yield from _pixels(context, material, facts, place)
                    yield from _stated_minutes(context, resource, index, facts)
                elif facts.media_type in (MediaType.PNG, MediaType.JPEG):
                    yield from _picture(context, material, facts, place)


def _length(
    context: CheckContext, resource: Resource, material: Material, facts: FileFacts, place: Place
) -> Iterator[Problem]:
    bounds = bounds_for(context.site.policy.lengths, resource.kind.value, material.role, resource.stages)
    # Where the file does not say (it is sent in fragments) nothing is known.
    if not facts.seconds or not bounds or any(b.hold(facts.seconds / 60) for b in bounds):
        return
    params = {"file": material.file, "minutes": _minutes(facts.seconds), "wanted": ", ".join(map(_range, bounds))}
    message = Message("'{file}' is {minutes} minutes long, not {wanted}", params)
    hint = Message("record it anew or cut it; the limits are 'lengths' in site_config/policy.yml")
    yield problem(place, "KB509", message, hint=hint)


def _bit_rate(
    context: CheckContext, resource: Resource, material: Material, facts: FileFacts, place: Place
) -> Iterator[Problem]:
    bounds = bounds_for(context.site.policy.bit_rates, resource.kind.value, material.role, resource.stages)
    if not facts.seconds or not bounds:
        return
    # As it is shown: what reads "1 Mbit/s" is not more than 1.
    rate = round(facts.size_bytes * 8 / 1_000_000 / facts.seconds, 1)
    if any(b.hold(rate) for b in bounds):
        return
    params = {"file": material.file, "rate": f"{rate:g}", "wanted": ", ".join(map(_range, bounds))}
    message = Message("'{file}' has {rate} megabits a second, not {wanted}", params)
    hint = Message("convert it anew from the original; the limits are 'bit_rates' in site_config/policy.yml")
    yield problem(place, "KB515", message, hint=hint, severity=Severity.WARNING)


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60, 1):g}"


def _range(bounds: Bounds) -> str:
    if bounds.minimum is None:
        return f"≤ {bounds.maximum:g}"
    return f"≥ {bounds.minimum:g}" if bounds.maximum is None else f"{bounds.minimum:g}–{bounds.maximum:g}"


def _codecs(material: Material, facts: FileFacts, place: Place) -> Iterator[Problem]:
    if facts.video_codec in _H264 and facts.audio_codec in ("", _AAC):
        if not facts.faststart:
            message = Message("'{file}' plays only when all of it has arrived", {"file": material.file})
            hint = Message("save it again with 'fast start' ('web optimized'): then it plays at once")
            yield problem(place, "KB512", message, hint=hint, severity=Severity.WARNING)
        return
    found = " + ".join(codec for codec in (facts.video_codec, facts.audio_codec) if codec) or "–"
    message = Message("'{file}' is not H.264 with AAC sound, but {found}", {"file": material.file, "found": found})
    hint = Message("convert it to MP4 with H.264 and AAC: every browser and classroom computer plays that")
    yield problem(place, "KB510", message, hint=hint)


def _pixels(context: CheckContext, material: Material, facts: FileFacts, place: Place) -> Iterator[Problem]:
    policy = context.site.policy
    if not facts.width or not facts.height:
        return
    if facts.width < policy.video_width or facts.height < policy.video_height:
        params = {"file": material.file, "found": f"{facts.width} × {facts.height}"}
        params["least"] = f"{policy.video_width} × {policy.video_height}"
        message = Message("the picture of '{file}' is {found}, less than {least}", params)
        hint = Message("convert it anew from the original; enlarging does not help")
        yield problem(place, "KB511", message, hint=hint)


def _picture(context: CheckContext, material: Material, facts: FileFacts, place: Place) -> Iterator[Problem]:
    least = context.site.policy.picture_width
    if facts.width and facts.width < least:
        params = {"file": material.file, "width": str(facts.width), "least": str(least)}
        message = Message("'{file}' is {width} pixels wide, less than {least}", params)
        hint = Message("use the original picture, not a small copy of it")
        yield problem(place, "KB513", message, hint=hint, severity=Severity.WARNING)


def _stated_minutes(context: CheckContext, resource: Resource, index: int, facts: FileFacts) -> Iterator[Problem]:
    stated = resource.materials[index].minutes
    if stated is None or not facts.seconds:
        return
    if abs(stated - facts.seconds / 60) > context.site.policy.minutes_tolerance:
        params = {"stated": f"{stated:g}", "minutes": _minutes(facts.seconds)}
        message = Message("'minutes' says {stated}, but the video is {minutes} minutes long", params)
        hint = Message("correct 'minutes', or put the whole video there")
        place = context.at(resource.path_of("index.md"), "materials", index, "minutes")
        yield problem(place, "KB514", message, hint=hint, severity=Severity.WARNING)
