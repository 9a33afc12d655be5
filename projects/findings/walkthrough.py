"""Show one finding at a time, with the rows that it is about and their neighbours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.checks import CHECKS, Check, places
from projects.checks.locations import about
from projects.domain.grid import Grid, Item, ancestors, parents
from projects.findings.repair import Step, Steps
from projects.findings.review import Judged, Review

AROUND = 2
MOST_LINES = 12
STEPS_SHOWN = 200


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
class Run:
    """Rows that follow each other in the document, with the headings above the first named one."""

    path: tuple[Item, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """The finding of the walk that a person is at. `rest` and `more` are how many of
    its rows and of the steps of its repair are not shown.
    """

    judged: Judged
    number: int
    total: int
    runs: tuple[Run, ...]
    rest: int
    steps: tuple[Step, ...]
    more: int

    @property
    def check(self) -> Check:
        return CHECKS[self.judged.finding.code]

    @property
    def key(self) -> str:
        return self.judged.finding.key


def stop(review: Review, chosen: Sequence[Judged], *, at: str = "", after: str = "") -> Stop | None:
    """Return the finding with the key `at`, or the first behind the one with the key `after`.

    Either may be gone: then it is the first behind its place.
    """
    place = places(review.grid)
    wanted = place(at or after)
    for number, one in enumerate(chosen, 1):
        here = place(one.finding.key)
        if not (at or after) or here > wanted or (at and here == wanted):
            return _stop(review.grid, one, number, len(chosen))
    return None


def _stop(grid: Grid, one: Judged, number: int, total: int) -> Stop:
    finding = one.finding
    named = about(finding)
    uids = {uid for uid, _ in named}
    rows = [index for index, item in enumerate(grid.items) if item.uid in uids]
    runs = tuple(_runs(grid, _near(rows, len(grid.items)), named))
    rest = max(0, len(rows) - MOST_LINES)
    steps = tuple(Steps(grid).of(finding.repair[:STEPS_SHOWN]))
    more = len(finding.repair) - len(steps)
    return Stop(one, number, total, runs, rest, steps, more)


def _near(rows: Sequence[int], count: int) -> list[int]:
    """Return the rows with as many neighbours as fit; the first rows where all do not fit."""
    for around in range(AROUND, -1, -1):
        near = {i for row in rows for i in range(row - around, row + around + 1) if 0 <= i < count}
        if len(near) <= MOST_LINES:
            return sorted(near)
    return list(rows[:MOST_LINES])


def _runs(grid: Grid, near: Sequence[int], named: Collection[tuple[str, str]]) -> Iterator[Run]:
    lines = _Lines(grid, named)
    up = parents(grid.items)
    for _, group in groupby(enumerate(near), key=lambda pair: pair[1] - pair[0]):
        found = [(row, lines.of(grid.items[row])) for _, row in group]
        first = next(row for row, line in found if line.named)
        path = tuple(grid.items[i] for i in ancestors(up, first))
        yield Run(path, tuple(line for _, line in found))


class _Lines:
    """Makes lines, with the cells of the finding marked."""

    def __init__(self, grid: Grid, named: Collection[tuple[str, str]]) -> None:
        self._roles, self._named = grid.roles, named
        self._uids = {uid for uid, _ in named}
        self._leading = grid.leading

    def of(self, item: Item) -> Line:
        return Line(item, tuple(self._cells(item)), item.uid in self._uids)

    def _cells(self, item: Item) -> Iterable[Cell]:
        for role, mark in zip(self._roles, item.marks, strict=True):
            yield Cell(mark, mark in self._leading, (item.uid, role.name) in self._named)
