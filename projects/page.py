"""What the matrix page shows around the table: legend, phases, neighbours, place in the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects.grid import Grid, Item, ancestors, is_heading, parents, subtree_ends
from projects.matrix import Table

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
    """A column header: the full name, and the same as it is set vertically."""

    name: str

    @property
    def vertical(self) -> str:
        """ASCII in full width: brackets turn and digits stand upright in vertical text."""
        return self.name.translate(_FULL_WIDTH)

    @property
    def is_long(self) -> bool:
        """Longer than three lines of the header take at the usual size."""
        return len(self.name) > LONG_NAME


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """All that the template needs of a matrix, whole or one phase of it."""

    grid: Grid
    table: Table
    row_count: int
    hits: int
    filtered: bool
    phases: tuple[Phase, ...]
    top: Item | None
    around: Surroundings | None
    fold_level: int | None
    deepest: int

    @property
    def title(self) -> str:
        """For the browser's title bar."""
        document = f"{self.grid.document_number} {self.grid.title}".strip()
        return f"{self.top.number} {self.top.name} {document}" if self.top else document

    @property
    def headers(self) -> list[Header]:
        return [Header(role.name) for role in self.grid.roles]

    @property
    def levels(self) -> range:
        """The levels to fold to."""
        return range(1, self.deepest + 1)

    @property
    def column_count(self) -> int:
        return len(self.grid.roles)


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
