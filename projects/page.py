"""What the matrix page shows around the table: legend, phases, neighbours, place in the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from projects import wareki
from projects.checks import CHECKS, Check, Code
from projects.grid import (
    Grid,
    Item,
    Mark,
    Role,
    ancestors,
    index_of,
    is_heading,
    parents,
    subtree_ends,
)
from projects.selection import Rows, Selection

PHASE_LEVELS = 2
LONG_NAME = 48
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: "\u3000"}


@dataclass(frozen=True, slots=True)
class Phase:
    """A heading to choose from, with the headings below it."""

    item: Item
    count: int
    current: bool
    children: tuple[Phase, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a subtree stands: headings above, neighbours of the same level, rows directly below."""

    path: tuple[Item, ...]
    previous: Item | None
    next: Item | None
    children: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A column header: the full name, and the same as it is set vertically.

    `codes` are those of the findings asked for that are about the column.
    """

    name: str
    codes: tuple[str, ...] = ()

    @property
    def vertical(self) -> str:
        """ASCII in full width: brackets turn and digits stand upright in vertical text."""
        return self.name.translate(_FULL_WIDTH)

    @property
    def is_long(self) -> bool:
        """Longer than three lines of the header take at the usual size."""
        return len(self.name) > LONG_NAME


@dataclass(frozen=True, slots=True)
class Request:
    """What the URL of a matrix asked for, as the page repeats it.

    `columns` are those that the findings asked for are about, each with their codes.
    """

    path: str
    query: str = ""
    words: str = ""
    errors: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    finding: tuple[str, ...] = ()
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fold_level: int | None = None


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """All that the page shows around the rows. Hashable: equal pages have equal HTML."""

    slug: str
    title: str
    document_number: str
    issuer: str
    date: str
    roles: tuple[Role, ...]
    legend: tuple[Mark, ...]
    asked: Request
    row_count: int
    hits: int
    deepest: int
    phases: tuple[Phase, ...]
    top: Item | None
    around: Surroundings | None
    editable: bool = False
    requires_reason: bool = False

    @property
    def weakest_first(self) -> tuple[Mark, ...]:
        """The legend in the order of the keys 1, 2, …"""
        return self.legend[::-1]

    @property
    def filtered(self) -> bool:
        return self.asked.selection.is_filter or self.asked.selection.level is not None

    @property
    def checks(self) -> Mapping[Code, Check]:
        """The findings to choose from."""
        return CHECKS

    @property
    def document(self) -> str:
        return f"{self.document_number} {self.title}".strip()

    @property
    def window_title(self) -> str:
        """For the browser's title bar."""
        return f"{self.top.number} {self.top.name} {self.document}" if self.top else self.document

    @property
    def japanese_date(self) -> str:
        return wareki.japanese(self.date)

    @property
    def headers(self) -> list[Header]:
        found = dict(self.asked.columns)
        return [Header(role.name, found.get(role.name, ())) for role in self.roles]

    @property
    def levels(self) -> range:
        """The levels to fold to."""
        return range(1, self.deepest + 1)


def matrix_page(grid: Grid, slug: str, rows: Rows, asked: Request) -> MatrixPage:
    """What stands around the selected rows of a grid."""
    top = asked.selection.top
    index = index_of(grid, top) if top else None
    return MatrixPage(
        slug=slug,
        title=grid.title,
        document_number=grid.document_number,
        issuer=grid.issuer,
        date=grid.date,
        roles=grid.roles,
        legend=grid.legend,
        asked=asked,
        row_count=len(rows.shown),
        hits=rows.hits,
        deepest=max((item.level for item in grid.items), default=1),
        phases=phases(grid, current=top),
        top=None if index is None else grid.items[index],
        around=None if index is None else surroundings(grid, index),
    )


def phases(grid: Grid, *, current: str = "", deepest: int = PHASE_LEVELS) -> tuple[Phase, ...]:
    """The tree of フェーズ and 工程, each with how many rows stand below it."""
    ends = subtree_ends(grid.items)
    return _phases(grid, range(len(grid.items)), ends, current, deepest)


def _phases(
    grid: Grid, span: range, ends: Sequence[int], current: str, deepest: int
) -> tuple[Phase, ...]:
    found = []
    index = span.start
    while index < span.stop:
        item = grid.items[index]
        if is_heading(grid.items, index):
            below = range(index + 1, ends[index])
            children = _phases(grid, below, ends, current, deepest) if item.level < deepest else ()
            found.append(Phase(item, len(below), item.uid == current, children))
        index = ends[index]
    return tuple(found)


def surroundings(grid: Grid, index: int) -> Surroundings:
    """The place of a row. Neighbours are the nearest rows of its kind at its level."""
    items = grid.items
    ends = subtree_ends(items)
    same = [
        i
        for i, item in enumerate(items)
        if item.level == items[index].level and is_heading(items, i) == is_heading(items, index)
    ]
    at = same.index(index)
    below = range(index + 1, ends[index])
    return Surroundings(
        path=tuple(items[i] for i in ancestors(parents(items), index)),
        previous=items[same[at - 1]] if at else None,
        next=items[same[at + 1]] if at + 1 < len(same) else None,
        children=tuple(items[i] for i in below if items[i].level == items[index].level + 1),
    )
