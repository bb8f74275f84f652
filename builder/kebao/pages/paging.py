"""Long lists over several pages, with headings where the group changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from kebao.catalog.entries import Entry
from kebao.model.resource import Kind
from kebao.pages.cards import KIND_ICONS, Card, Desk, cards

ROWS_PER_PAGE = 100
# The badges that say where a resource comes from weigh some kilobytes in a list of a hundred.
_ROWS_WITH_ORIGINS = 80
# A card weighs about a kilobyte, a row a third of it: this many cards keep a page under its 60 KB.
_MOST_CARDS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGroup:
    """Cards under a heading (none when ``title`` is empty); ``uri`` leads to a list of its own."""

    title: str
    anchor: str
    cards: tuple[Card, ...]
    count: int
    uri: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Which page of a list this is, from 1; its rows, from 1; and where the other pages are."""

    page: int
    pages: int
    first_row: int
    last_row: int
    rows: int
    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """One page of a list.

    Attributes:
        form: ``cards`` where they are few, else ``rows``.
    """

    uri: str
    groups: tuple[CardGroup, ...]
    pager: Pager
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """One page of a list before it is made.

    Attributes:
        number: From 1.
        rows: How many entries the whole list has.
        entries: Those on this page.
        made: Gives the page with its cards.
    """

    uri: str
    number: int
    rows: int
    entries: tuple[Entry, ...]
    made: Callable[[], ListPart]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHead:
    """The heading that an entry stands under."""

    title: str
    anchor: str
    uri: str = ""
    icon: str = ""


_NO_HEAD = GroupHead(title="", anchor="")


def list_parts(
    desk: Desk,
    uri: str,
    entries: tuple[Entry, ...],
    head_of: Callable[[Entry], GroupHead] = lambda entry: _NO_HEAD,
) -> Iterator[PlannedPart]:
    """The pages of a list: ``x.html``, ``x-2.html`` … Entries come sorted by groups; none gives one empty page."""
    rows_per_page = _ROWS_WITH_ORIGINS if desk.catalog.package.provenance.origins else ROWS_PER_PAGE
    count = max(1, -(-len(entries) // rows_per_page))
    uris = (uri, *(uri.replace(".html", f"-{number}.html") for number in range(2, count + 1)))
    sizes = cache(lambda: Counter(map(head_of, entries)))

    def part(number: int, rows: tuple[Entry, ...]) -> ListPart:
        first = (number - 1) * rows_per_page
        pager = Pager(
            page=number,
            pages=count,
            first_row=first + 1,
            last_row=first + len(rows),
            rows=len(entries),
            uris=tuple(desk.page(each) for each in uris),
        )
        form = "cards" if len(entries) <= _MOST_CARDS else "rows"
        return ListPart(uri=uris[number - 1], groups=_groups(desk, rows, head_of, sizes()), pager=pager, form=form)

    for number, page_uri in enumerate(uris, start=1):
        rows = entries[(number - 1) * rows_per_page : number * rows_per_page]
        made = partial(part, number, rows)
        yield PlannedPart(uri=page_uri, number=number, rows=len(entries), entries=rows, made=made)


def by_kind(desk: Desk, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries in the order of their kinds; newest first within each, as they came."""
    order = list(Kind)
    return tuple(sorted(entries, key=lambda entry: order.index(entry.resource.kind)))


def kind_head(desk: Desk, entry: Entry) -> GroupHead:
    kind = entry.resource.kind
    return desk.shared(
        ("kind head", kind),
        lambda: GroupHead(title=desk.kind_label(kind), anchor=kind.value, icon=KIND_ICONS[kind]),
    )


def _groups(
    desk: Desk,
    entries: tuple[Entry, ...],
    head_of: Callable[[Entry], GroupHead],
    sizes: Mapping[GroupHead, int],
) -> tuple[CardGroup, ...]:
    members: dict[GroupHead, list[Entry]] = {}
    for entry in entries:
        members.setdefault(head_of(entry), []).append(entry)
    return tuple(
        CardGroup(
            title=head.title,
            anchor=head.anchor,
            cards=cards(desk, tuple(of_head)),
            count=sizes[head],
            uri=head.uri,
            icon=head.icon,
        )
        for head, of_head in members.items()
    )
