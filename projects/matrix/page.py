"""Build what the matrix page shows beside the table: legend, phases, neighbours, headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.checks import CHECKS, Check, Code
from projects.domain.grid import (
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
from projects.domain.matrix_filter import Rows, Selection
from projects.domain.phases import Phase, phases
from projects.domain.text import wareki
from projects.render.column_header import Header


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a subtree stands: headings above, neighbours of the same level, rows directly below."""

    path: tuple[Item, ...]
    previous: Item | None
    next: Item | None
    children: tuple[Item, ...]


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
    surroundings: Surroundings | None
    editable: bool = False
    requires_reason: bool = False

    @property
    def weakest_first(self) -> tuple[Mark, ...]:
        """Return the legend in the order of the keys 1, 2, …"""
        return self.legend[::-1]

    @property
    def filtered(self) -> bool:
        return self.asked.selection.is_filter or self.asked.selection.level is not None

    @property
    def checks(self) -> Mapping[Code, Check]:
        """Return the findings to filter by."""
        return CHECKS

    @property
    def document(self) -> str:
        return f"{self.document_number} {self.title}".strip()

    @property
    def window_title(self) -> str:
        """Return the title of the browser's window."""
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
        """Return the levels to fold to."""
        return range(1, self.deepest + 1)


def matrix_page(grid: Grid, slug: str, rows: Rows, asked: Request) -> MatrixPage:
    """Build the page of the selected rows of a grid, without the rows."""
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
        surroundings=None if index is None else surroundings(grid, index),
    )


def surroundings(grid: Grid, index: int) -> Surroundings:
    """Return the headings, neighbours and children of a row.

    Neighbours are the nearest rows of its kind at its level.
    """
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
