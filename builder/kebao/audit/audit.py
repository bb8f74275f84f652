"""All checks of a finished site in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kebao.audit.checks import check_page, unreadable_page
from kebao.audit.css import css_urls
from kebao.audit.files import SiteFiles, check_stored_file, check_unlinked_files, list_files
from kebao.audit.links import LinkCheck
from kebao.audit.page_facts import Reference
from kebao.audit.page_lists import check_page_lists
from kebao.audit.page_parser import parse_page
from kebao.audit.report import AuditError, AuditReport
from kebao.model.site import Policy
from kebao.problems import Message, Problem, sorted_problems

OnProgress = Callable[[int, int], None]


def audit_site(root: Path, policy: Policy, *, on_progress: OnProgress | None = None) -> AuditReport:
    """Reads every page, style sheet and stored file below ``root``; writes nothing.

    ``on_progress`` hears how many of them are done, and of how many, after each.
    Raises AuditError when there is nothing to audit or a file cannot be read.
    """
    if not root.is_dir():
        raise AuditError(Message("there is no folder '{path}'", {"path": str(root)}))
    try:
        site = list_files(root)
        if not site.pages:
            raise AuditError(Message("there are no HTML pages in '{path}'", {"path": str(root)}))
        return _Audit(root, site, policy, on_progress or _nobody_listens).report()
    except OSError as error:
        params = {"path": str(error.filename or root), "reason": str(error.strerror or error)}
        raise AuditError(Message("'{path}' cannot be read: {reason}", params)) from error


@dataclass(frozen=True, slots=True)
class _Audit:
    root: Path
    site: SiteFiles
    policy: Policy
    on_progress: OnProgress

    def report(self) -> AuditReport:
        links = LinkCheck.of(self.site)
        sizes: dict[str, int] = {}
        found: list[Problem] = []
        steps = self._steps(links, sizes)
        total = len(self.site.pages) + len(self.site.ending(".css")) + len(self.site.stored)
        for done, problems in enumerate(steps, start=1):
            found.extend(problems)
            self.on_progress(done, total)
        found.extend(links.dead_anchors())
        found.extend(check_page_lists(self.root, self.site))
        found.extend(check_unlinked_files(self.site, links.linked))
        return AuditReport(
            pages=len(sizes),
            links=links.count,
            files=len(self.site.files),
            largest_page=max(sizes.items(), key=lambda page: page[1], default=None),
            problems=sorted_problems(found),
        )

    def _steps(self, links: LinkCheck, sizes: dict[str, int]) -> Iterator[Iterator[Problem]]:
        """One step a page, style sheet and stored file; each must be used up before the next is asked for."""
        for uri in self.site.pages:
            data = (self.root / uri).read_bytes()
            sizes[uri] = len(data)
            yield self._page(uri, data, links)
        for uri in self.site.ending(".css"):
            yield links.add_references(uri, style_references((self.root / uri).read_text("utf-8", "replace")))
        for uri in self.site.stored:
            yield check_stored_file(self.root, uri)

    def _page(self, uri: str, data: bytes, links: LinkCheck) -> Iterator[Problem]:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("utf-8-sig", "replace")
            yield unreadable_page(uri)
        facts = parse_page(text)
        yield from check_page(uri, facts, size_bytes=len(data), policy=self.policy)
        yield from links.add_page(uri, facts.references, anchors=facts.anchors, base_url=facts.base_url)


def style_references(text: str) -> Iterator[Reference]:
    """The addresses of a style sheet with their places."""
    line, seen = 1, 0
    for url, offset in css_urls(text):
        line += text.count("\n", seen, offset)
        line_start = text.rfind("\n", 0, offset) + 1
        seen = offset
        yield Reference(url, line, offset - line_start + 1, True)


def _nobody_listens(done: int, total: int) -> None:
    """Stands in when no progress is wanted."""
