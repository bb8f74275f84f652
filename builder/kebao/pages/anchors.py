"""The same anchors in every locale: the headings of a translation take over the ids of the source's."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.model.markdown_prose import Heading, headings
from kebao.rendering import heading_ids


def with_source_ids(body: str, source: str) -> str:
    """The body with the source's ids at its headings, the n-th at the n-th.

    As it is where the levels of the headings are not the same one after the other: then nobody knows which is which.
    """
    pairs = _pairs(body, source)
    if all(heading.anchor == anchor for heading, anchor in pairs):
        return body
    lines = body.split("\n")
    for heading, anchor in pairs:
        lines[heading.line - 1] = _with_id(lines[heading.line - 1], heading, anchor)
    return "\n".join(lines)


def moved_ids(body: str, source: str) -> Mapping[str, str]:
    """Id that a heading of the body would have by itself → the source's id, which it has; only where they differ."""
    own, taken = (_ids(text) for text in (body, source)) if _pairs(body, source) else ((), ())
    return {before: after for before, after in zip(own, taken, strict=True) if before != after}


def _pairs(body: str, source: str) -> tuple[tuple[Heading, str], ...]:
    own, theirs = tuple(headings(body)), tuple(headings(source))
    if not own or [heading.level for heading in own] != [heading.level for heading in theirs]:
        return ()
    return tuple(zip(own, _ids(source), strict=True))


def _ids(text: str) -> tuple[str, ...]:
    found = tuple(headings(text))
    # Nothing need be rendered where all of them say their anchors.
    if all(heading.anchor for heading in found):
        return tuple(heading.anchor for heading in found)
    lines = text.split("\n")
    return heading_ids([f"{'#' * h.level} {lines[h.line - 1].strip().lstrip('#').strip()}" for h in found])


def _with_id(line: str, heading: Heading, anchor: str) -> str:
    if heading.anchor:
        start = heading.anchor_column - 1
        return f"{line[:start]}{anchor}{line[start + len(heading.anchor) :]}"
    bare = line.rstrip()
    if bare.endswith("}") and "{" in bare:
        # Other attributes: a heading has one pair of braces.
        return f"{bare[:-1].rstrip()} #{anchor}}}"
    return f"{bare} {{#{anchor}}}"
