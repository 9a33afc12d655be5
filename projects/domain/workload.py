"""Count the workload: marks of tasks by phase and role, and which roles work together.

Pure counting over a `Grid`, linear in its cells. Marks on headings are no work: the filters of
the matrix leave them out too, so that every number here is the number of rows found there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from projects.domain.grid import Grid, Item, Mark, Role, column_counts, is_heading

PHASES, PROCESSES = 1, 2
SHADES = 7


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks with a mark of the 主たる作業者, and with another mark."""

    leads: int = 0
    helps: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.leads + other.leads, self.helps + other.helps)

    @property
    def total(self) -> int:
        return self.leads + self.helps


@dataclass(frozen=True, slots=True)
class Stretch:
    """The tasks below one heading, counted per role.

    `path` leads to the heading, itself included. `level`: only the tasks down to that level,
    where deeper ones are counted in stretches of their own. `reachable`: its 項番 leads to it.
    """

    path: tuple[Item, ...]
    counts: tuple[Count, ...]
    tasks: int
    level: int | None = None
    reachable: bool = True

    @property
    def item(self) -> Item:
        return self.path[-1]

    @property
    def sum(self) -> Count:
        return total(self.counts)


@dataclass(frozen=True, slots=True)
class Workload:
    """Roles × stretches of the document, in their orders."""

    roles: tuple[Role, ...]
    leading: tuple[Mark, ...]
    helping: tuple[Mark, ...]
    stretches: tuple[Stretch, ...]
    on_headings: int

    @property
    def by_role(self) -> tuple[Count, ...]:
        """Sum each role over all stretches."""
        columns = zip(*(stretch.counts for stretch in self.stretches), strict=True)
        return tuple(map(total, columns)) or (Count(),) * len(self.roles)

    @property
    def sum(self) -> Count:
        return total(self.by_role)

    @property
    def most(self) -> int:
        """The largest number of marks of one role in one stretch that lead, or that do not."""
        counts = (c for s in self.stretches for c in s.counts)
        return max((n for c in counts for n in (c.leads, c.helps)), default=0)

    @property
    def lead_symbols(self) -> str:
        return "・".join(mark.symbol for mark in self.leading)

    @property
    def help_symbols(self) -> str:
        return "・".join(mark.symbol for mark in self.helping)


@dataclass(frozen=True, slots=True)
class Together:
    """Tasks that two roles share: how many, and on how many of them the row's role leads.

    `shared[a][b]` is the same as `shared[b][a]`; `led[a][b]` counts where a leads and b helps.
    """

    roles: tuple[Role, ...]
    shared: tuple[tuple[int, ...], ...]
    led: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        """The largest number of tasks that two roles share."""
        pairs = (n for a, row in enumerate(self.shared) for b, n in enumerate(row) if a != b)
        return max(pairs, default=0)


def workload(grid: Grid, *, depth: int = PHASES) -> Workload:
    """Count the marks of all tasks, by the headings down to that level."""
    leading, helping = by_leading(grid.legend)
    return Workload(
        grid.roles,
        leading,
        helping,
        tuple(_stretches(grid, depth)),
        _marks_on_headings(grid.items),
    )


def together(grid: Grid) -> Together:
    """Count the tasks that roles share. Each column is one number with a bit per task."""
    tasks, leads = tasks_of(grid.items), grid.leading
    columns = list(zip(*(task.marks for task in tasks), strict=True)) or [()] * len(grid.roles)
    marked = [_bits(column, set(column) - {""}) for column in columns]
    leading = [_bits(column, leads) for column in columns]
    helping = [every & ~lead for every, lead in zip(marked, leading, strict=True)]
    return Together(grid.roles, _overlaps(marked, marked), _overlaps(leading, helping))


def by_leading(legend: Iterable[Mark]) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Split the symbols: those of the 主たる作業者, and the others."""
    marks = tuple(legend)
    return tuple(m for m in marks if m.leads), tuple(m for m in marks if not m.leads)


def tasks_of(items: Sequence[Item]) -> list[Item]:
    """Return the rows without children."""
    return [item for index, item in enumerate(items) if not is_heading(items, index)]


def shade(count: int, most: int) -> int:
    """Return 0 for nothing, 1 to 7 by the square root, so that small numbers differ too."""
    return math.ceil(SHADES * math.sqrt(count / most)) if count else 0


def total(counts: Iterable[Count]) -> Count:
    return sum(counts, Count())


def _stretches(grid: Grid, depth: int) -> Iterable[Stretch]:
    first = {item.number: item.uid for item in reversed(grid.items) if item.number}
    groups, leads = list(_groups(grid.items, depth)), grid.leading
    above = {item.uid for path, _ in groups for item in path[:-1]}
    for path, tasks in groups:
        item = path[-1]
        counts = column_counts(tasks, len(grid.roles))
        yield Stretch(
            path,
            tuple(_count(counter, leads) for counter in counts),
            len(tasks),
            item.level + 1 if item.uid in above else None,
            first.get(item.number) == item.uid,
        )


def _groups(items: Sequence[Item], depth: int) -> Iterable[tuple[tuple[Item, ...], list[Item]]]:
    """(headings from the top, tasks) of each stretch; a task at the top stands for itself."""
    found: dict[str, tuple[tuple[Item, ...], list[Item]]] = {}
    path: tuple[Item, ...] = ()
    for index, item in enumerate(items):
        heading = is_heading(items, index)
        if item.level <= depth and (heading or item.level == 1):
            path = (*path[: item.level - 1], item)
        if not heading:
            own = path[: max(1, item.level - 1)]
            found.setdefault(own[-1].uid, (own, []))[1].append(item)
    return found.values()


def _count(counter: Counter[str], leads: Collection[str]) -> Count:
    led = sum(times for symbol, times in counter.items() if symbol in leads)
    return Count(led, counter.total() - led)


def _marks_on_headings(items: Sequence[Item]) -> int:
    headings = (item for index, item in enumerate(items) if is_heading(items, index))
    return sum(1 for item in headings for mark in item.marks if mark)


def _bits(column: Sequence[str], wanted: Collection[str]) -> int:
    """A bit for each cell: whether its mark is one of those wanted."""
    digit = {mark: "1" if mark in wanted else "0" for mark in set(column)}
    return int("".join(map(digit.__getitem__, column)) or "0", 2)


def _overlaps(rows: Sequence[int], columns: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple((row & column).bit_count() for column in columns) for row in rows)
