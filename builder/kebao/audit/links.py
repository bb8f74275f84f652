"""Links and loads of pages and style sheets: dead, bound to a server, or leaving the site (KBA01–KBA04)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kebao.audit.addresses import Address, Reach, Target, Targets, parse_address, resolve
from kebao.audit.files import SiteFiles
from kebao.audit.page_facts import Reference
from kebao.problems import Location, Message, Problem


@dataclass(frozen=True, slots=True)
class _AnchorLink:
    """A link to a place in a page that may not have been read yet."""

    location: Location
    target_uri: str
    fragment: str


@dataclass(slots=True)
class LinkCheck:
    """Follows the links of one site; anchors are looked up when all pages are known.

    Attributes:
        count: Links followed so far.
        linked: Every file that something links to.
    """

    targets: Targets
    count: int = 0
    linked: set[str] = field(default_factory=set)
    _anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    _anchor_links: list[_AnchorLink] = field(default_factory=list)

    @classmethod
    def of(cls, site: SiteFiles) -> LinkCheck:
        return cls(targets=Targets(site))

    def add_page(
        self, uri: str, references: Iterable[Reference], *, anchors: frozenset[str], base_url: str = ""
    ) -> Iterator[Problem]:
        """KBA01, KBA03 and KBA04 of a page; its anchors are kept for ``dead_anchors``."""
        self._anchors[uri] = anchors
        base = parse_address(base_url)
        if base.reach is not Reach.SITE:
            yield from self._check(uri, "", Reference(base_url, 0, 0, True))
            return
        yield from self.add_references(uri, references, folder=_folder_of_base(uri, base))

    def add_references(
        self, uri: str, references: Iterable[Reference], *, folder: str | None = None
    ) -> Iterator[Problem]:
        """KBA01, KBA03 and KBA04 of a file whose addresses start from ``folder`` (its own, unless given)."""
        start = posixpath.dirname(uri) if folder is None else folder
        for reference in references:
            self.count += 1
            yield from self._check(uri, start, reference)

    def dead_anchors(self) -> Iterator[Problem]:
        """KBA02, once all pages are added."""
        for link in self._anchor_links:
            anchors = self._anchors.get(link.target_uri)
            if anchors is not None and link.fragment not in anchors:
                yield Problem(
                    location=link.location,
                    code="KBA02",
                    message=Message(
                        "'{page}' has no place called '{anchor}'",
                        {"page": link.target_uri, "anchor": link.fragment},
                    ),
                    hint=Message("the heading may have a new name; link to that, or to the page only"),
                )

    def _check(self, uri: str, folder: str, reference: Reference) -> Iterator[Problem]:
        address = parse_address(reference.url)
        if address.reach is Reach.SITE:
            yield from self._check_site_link(uri, folder, reference, address)
        elif address.reach is Reach.WEB:
            if reference.loads:
                yield _external_request(uri, reference)
            elif reference.url.lstrip().startswith("//"):
                yield _bound_to_server(uri, reference)
        elif address.reach is Reach.MACHINE:
            yield _bound_to_server(uri, reference)

    def _check_site_link(self, uri: str, folder: str, reference: Reference, address: Address) -> Iterator[Problem]:
        if address.path:
            target = self.targets.find(folder, address.path)
        else:
            # An empty address loads the page itself again; with a fragment it means a part of this page.
            target = Target("" if reference.loads and not address.fragment else uri)
        if target.is_folder:
            yield _folder_link(uri, reference)
        if not target.uri:
            yield self._dead_link(uri, folder, reference, address)
            return
        self.linked.add(target.uri)
        fragment = address.fragment
        if not fragment or fragment.lower() == "top" or fragment in self._anchors.get(target.uri, ()):
            return
        if target.uri.lower().endswith((".html", ".htm")):
            self._anchor_links.append(_AnchorLink(_location(uri, reference), target.uri, fragment))

    def _dead_link(self, uri: str, folder: str, reference: Reference, address: Address) -> Problem:
        other = self.targets.with_other_case(folder, address.path) if address.path else ""
        if resolve(folder, address.path).split("/")[0] == "..":
            hint = Message("the link leads out of the folder that is audited")
        elif other:
            hint = Message("there is '{uri}'; upper and lower case must be the same", {"uri": other})
        else:
            hint = Message("correct the link, or put the file there")
        message = Message("the link '{url}' leads to no file", {"url": reference.url})
        return Problem(location=_location(uri, reference), code="KBA01", message=message, hint=hint)


def _folder_of_base(uri: str, base: Address) -> str:
    folder = posixpath.dirname(uri)
    return resolve(folder, posixpath.dirname(base.path)) if base.path else folder


def _location(uri: str, reference: Reference) -> Location:
    return Location(path=uri, line=reference.line, column=reference.column)


def _external_request(uri: str, reference: Reference) -> Problem:
    return Problem(
        location=_location(uri, reference),
        code="KBA04",
        message=Message("the page loads '{url}' from another host", {"url": reference.url.strip()}),
        hint=Message("put a copy into the site and load that; schools may have no internet"),
    )


def _bound_to_server(uri: str, reference: Reference) -> Problem:
    return Problem(
        location=_location(uri, reference),
        code="KBA03",
        message=Message("the link '{url}' works on one server only", {"url": reference.url}),
        hint=Message("write the path relative to the page, so that it also opens from a USB stick"),
    )


def _folder_link(uri: str, reference: Reference) -> Problem:
    return Problem(
        location=_location(uri, reference),
        code="KBA03",
        message=Message("the link '{url}' leads to a folder", {"url": reference.url}),
        hint=Message("add index.html at the end: without a server a folder does not open as a page"),
    )
