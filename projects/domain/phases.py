"""Build the tree of フェーズ and 工程 of a grid. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects.domain.grid import (
    Grid,
    Item,
    is_heading,
    subtree_ends,
)

PHASE_LEVELS = 2


@dataclass(frozen=True, slots=True)
class Phase:
    """A heading to choose from, with the headings below it."""

    item: Item
    count: int
    current: bool
    children: tuple[Phase, ...] = ()


def phases(grid: Grid, *, current: str = "", deepest: int = PHASE_LEVELS) -> tuple[Phase, ...]:
    """Return the tree of フェーズ and 工程, each with the number of rows below it."""
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
