"""A published address never dies (DESIGN §1.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kebao.editions.errors import EditionError
from kebao.editions.publication import Publication
from kebao.problems import Message

_SHOWN = 20


def check_permanence(before: Publication, after: Publication) -> None:
    """EditionError when a page of the publication before would be gone, with the addresses."""
    gone = sorted(set(before.pages) - set(after.pages))
    if not gone:
        return
    params = {"count": str(len(gone)), "addresses": "\n".join(_shown(gone))}
    raise EditionError(
        Message("{count} addresses that were published before would be gone:\n{addresses}", params),
        Message(
            "put the editions that have these pages back into the store; what must not be read any more is withdrawn: "
            "kebao edition state PACKAGE EDITION withdrawn --reason …"
        ),
    )


def _shown(gone: Sequence[str]) -> list[str]:
    """The addresses; of many, the folders of editions with how many each loses."""
    if len(gone) <= _SHOWN:
        return list(gone)
    counts = Counter("/".join(uri.split("/")[:3]) for uri in gone)
    lines = [f"{folder}/… ({count})" for folder, count in sorted(counts.items())]
    return [*lines[:_SHOWN], *(["…"] if len(lines) > _SHOWN else [])]
