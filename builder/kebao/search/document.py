"""What can be found: one document of the index."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kebao.model.resource import Kind


class Part(StrEnum):
    """Kinds of documents that are not resources, in the order in which they are listed."""

    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    PDF = "pdf"
    VTT = "vtt"
    TOPIC = "topic"
    PROGRAMME = "programme"
    SCHOOL = "school"
    CONTRIBUTOR = "contributor"
    PAGE = "page"


#: Kinds of texts out of a resource's files.
FILE_PARTS = frozenset({Part.DOCX, Part.PPTX, Part.XLSX, Part.PDF, Part.VTT})
#: Every kind of document, in the order of ``root.kinds``.
DOCUMENT_KINDS: tuple[Kind | Part, ...] = (*Kind, *Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """What only resources have in the document table.

    Attributes:
        bundle_uri: Relative to the shard's root; empty when there is no bundle.
    """

    language: str
    bundle_uri: str = ""
    bundle_size: int = 0
    bundle_crc32: int = 0
    hours: float = 0
    credits: float = 0
    minutes: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A resource, a part of an attachment, or another page, as the index needs it.

    Attributes:
        uri: Relative to the shard's root; several parts of an attachment have the same.
        order: What documents are sorted by: their page's URI as if it stood in this shard, and the part's number.
        facts: The short line below the title in lists.
        names: Class 3 beside the title: keywords, names of people and organisations. They stand in ``text`` too.
        strong: Class 2: headings, summary. They stand in ``text`` too.
        text: Plain text; what is searched, and shown around what was found.
        parent: ``order`` of the resource that it belongs to; None when it stands alone.
        resource: None when it is not a resource.
    """

    kind: Kind | Part
    title: str
    uri: str
    order: tuple[str, int]
    facts: str = ""
    names: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    text: str = ""
    subject: str = ""
    stages: tuple[str, ...] = ()
    parent: tuple[str, int] | None = None
    resource: ResourceRow | None = None


def in_index_order(documents: list[Document]) -> list[Document]:
    """Resources first, then the others; both by their URI."""
    return sorted(documents, key=lambda document: (document.resource is None, document.order))
