"""overlay.yml: what a package hides, replaces and annotates of the package that it builds on."""

from __future__ import annotations

from kebao.loading.authored_catalogue import AuthoredOverlay
from kebao.loading.documents import DocumentReader
from kebao.model.overlay import Annotation, Hiding, Overlay, Replacement

OVERLAY_FILE = "overlay.yml"


def load_overlay(reader: DocumentReader, path: str) -> Overlay:
    """The overlay; an empty one where there is none, or it cannot be read."""
    written = reader.yaml(path, AuthoredOverlay) if path in reader.tree.texts else None
    if written is None:
        return Overlay()
    return Overlay(
        path=path,
        hide=tuple(Hiding(resource=h.resource, reason=h.reason) for h in written.hide),
        replace=tuple(Replacement(resource=r.resource, by=r.by, digest=r.digest or "") for r in written.replace),
        annotate=tuple(
            Annotation(resource=a.resource, note=a.note, by=a.by, on=a.on, digest=a.digest or "")
            for a in written.annotate
        ),
    )
