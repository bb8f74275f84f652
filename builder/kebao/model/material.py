"""Materials: the files of a resource, what authors say of them and what the files themselves hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MediaType(StrEnum):
    """IANA media types of the files that a package may hold."""

    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    MP4 = "video/mp4"
    VTT = "text/vtt"
    ZIP = "application/zip"


MEDIA_TYPE_BY_SUFFIX: Mapping[str, MediaType] = {
    ".docx": MediaType.DOCX,
    ".pptx": MediaType.PPTX,
    ".xlsx": MediaType.XLSX,
    ".pdf": MediaType.PDF,
    ".png": MediaType.PNG,
    ".jpg": MediaType.JPEG,
    ".jpeg": MediaType.JPEG,
    ".mp4": MediaType.MP4,
    ".vtt": MediaType.VTT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A piece of text taken out of a file, in reading order.

    Attributes:
        kind: ``heading``, ``paragraph``, ``row`` (cells joined by a tab), ``slide`` or ``sheet`` (a title).
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file holds, read once and kept by its digest.

    Attributes:
        sha256: Lower-case hex.
        media_type: By content, not by name; None when it is none of ours.
        units: Pages of a pdf, slides of a pptx, sheets of an xlsx; None where the file does not say.
        characters: Characters of text, white space not counted; None where there is no text.
        seconds: Length of a video.
        width, height: Pixels of a picture.
        blocks: The text that the file holds; empty when there is none.
        unreadable: Why the content could not be read; empty when it could.
    """

    sha256: str
    size_bytes: int
    media_type: MediaType | None = None
    units: int | None = None
    characters: int | None = None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    blocks: tuple[TextBlock, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A file of a resource, as its author describes it.

    Attributes:
        file: Name inside the resource's folder.
        role: A term of the vocabulary ``material-roles``.
        language: Locale id of what the file says; None when it is the resource's own.
        captions: Name of the WebVTT file with a video's captions.
        minutes: How long it takes to use (a test, a task), as its author says; a video's own length is probed.
    """

    file: str
    role: str
    title: str
    language: str | None = None
    captions: str | None = None
    minutes: float | None = None


def suffix_of(name: str) -> str:
    """The lower-case file name extension with its dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot and stem else ""
