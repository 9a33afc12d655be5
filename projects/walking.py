"""One finding at a time, with the rows around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projects.checks import CHECKS, Check, places
from projects.grid import Grid, Item, ancestors, index_of, parents
from projects.reviewing import Judged, Review, Step, steps

AROUND = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark; `named` where the finding is about it."""

    mark: str
    leads: bool
    named: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the small table; `named` where the finding is about it."""

    item: Item
    cells: tuple[Cell, ...]
    named: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """The finding of the walk that a person is at."""

    judged: Judged
    number: int
    total: int
    path: tuple[Item, ...]
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]

    @property
    def check(self) -> Check:
        return CHECKS[self.judged.finding.code]

    @property
    def key(self) -> str:
        return self.judged.finding.key


def stop(review: Review, chosen: Sequence[Judged], after: str) -> Stop | None:
    """The first of the chosen findings behind the one with that key, which may be gone."""
    place = places(review.grid)
    behind = place(after) if after else None
    for number, one in enumerate(chosen, 1):
        if behind is None or place(one.finding.key) > behind:
            return _stop(review.grid, one, number, len(chosen))
    return None


def _stop(grid: Grid, one: Judged, number: int, total: int) -> Stop:
    finding = one.finding
    path: tuple[Item, ...] = ()
    lines: tuple[Line, ...] = ()
    if finding.uid:
        index = index_of(grid, finding.uid)
        path = tuple(grid.items[i] for i in ancestors(parents(grid.items), index))
        lines = tuple(_lines(grid, one, index))
    return Stop(one, number, total, path, lines, tuple(steps(grid, finding.repair)))


def _lines(grid: Grid, one: Judged, index: int) -> list[Line]:
    """The row and those around it, with the cells and changes of the finding marked."""
    leading = {mark.symbol for mark in grid.legend if mark.leads}
    named = {*one.finding.cells, *((c.uid, c.role) for c in one.finding.repair if c.role)}
    uids = {uid for uid, _ in named}
    rows = grid.items[max(0, index - AROUND) : index + AROUND + 1]
    return [
        Line(
            item,
            tuple(
                Cell(mark, mark in leading, (item.uid, role.name) in named)
                for role, mark in zip(grid.roles, item.marks, strict=True)
            ),
            item.uid in uids,
        )
        for item in rows
    ]
