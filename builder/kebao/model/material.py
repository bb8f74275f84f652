"""Materials: the files of a resource, what authors say of them and what the files themselves hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kebao.model.personal_data import Confidence, DataKind


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


class HazardKind(StrEnum):
    """What a file can do or tell that a reader of it does not expect."""

    MACRO = "macro"
    COMMAND = "command"  # DDE: a field or formula that starts a programme
    EMBEDDED = "embedded"  # OLE objects, ActiveX
    EXTERNAL = "external"  # loads something from elsewhere by itself
    SCRIPT = "script"
    LAUNCH = "launch"
    ATTACHED_FILE = "attached-file"
    BOMB = "bomb"
    ENCRYPTED = "encrypted"
    ENTITIES = "entities"  # a document type declaration in an XML part
    EXHAUSTING = "exhausting"  # takes more time or memory than any file should, or brings its reader down
    POSITION = "position"  # where a picture or video was taken
    SCANNED = "scanned"  # a pdf of pictures without text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One such thing.

    Attributes:
        place: Where in the file (``word/vbaProject.bin``, ``slide 3``); empty when it is the whole file.
        detail: What it is, for example an address or a number; empty when the kind says it all.
    """

    kind: HazardKind
    place: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """A text and where in the file it stands."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFinding:
    """Personal data and where in the file it stands: ``slide 3``, ``sheet 名单!B7``, ``page 2``, a part's name.

    Attributes:
        value: To compare with contacts that are meant to be public. Never shown.
    """

    place: str
    kind: DataKind
    masked: str
    confidence: Confidence
    value: str = field(repr=False)


#: Files with one of these are not opened any further; the hazard is their only problem.
WITHHELD = frozenset({HazardKind.BOMB, HazardKind.ENCRYPTED, HazardKind.ENTITIES, HazardKind.EXHAUSTING})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a file holds, read once and kept by its digest.

    Attributes:
        sha256: Lower-case hex.
        media_type: By content, not by name; None when it is none of ours.
        units: Pages of a pdf, slides of a pptx, sheets of an xlsx; None where the file does not say.
        characters: Characters of text, white space not counted; None where there is no text.
        seconds: Length of a video.
        width, height: Pixels of a picture or of a video.
        video_codec, audio_codec: Sample entries of an mp4's first picture and sound track (``avc1`` is H.264, ``mp4a``
            is AAC); empty where it has no such track, and for other files.
        faststart: Whether an mp4 says what it holds before it holds it, so that it plays while it loads.
        blocks: The text that the file holds; empty when there is none.
        unreadable: Why the content could not be read; empty when it could.
        hazards: What makes it dangerous, or tells more than it should.
        personal: Personal data in any part of it, hidden ones too.
        makers: Authors, companies and devices that its properties name.
    """

    sha256: str
    size_bytes: int
    media_type: MediaType | None = None
    units: int | None = None
    characters: int | None = None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    faststart: bool = True
    blocks: Sequence[TextBlock] = ()
    unreadable: str = ""
    hazards: tuple[Hazard, ...] = ()
    personal: tuple[PlacedFinding, ...] = ()
    makers: tuple[PlacedText, ...] = ()

    @property
    def is_withheld(self) -> bool:
        return any(hazard.kind in WITHHELD for hazard in self.hazards)


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
