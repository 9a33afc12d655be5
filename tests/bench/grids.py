"""The grids that are measured: the real 別紙10, and one of 10,000 rows made from its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from zlib import crc32

from projects.domain.grid import DEFAULT_LEGEND, Grid, Item, Role, is_heading, new_uid

LARGE_ROWS, LARGE_COLUMNS = 10_000, 50
MARKED_PERCENT, LEADING_PERCENT = 18, 5


def cells(grid: Grid) -> int:
    return len(grid.items) * len(grid.roles)


def large(real: Grid, *, rows: int = LARGE_ROWS, columns: int = LARGE_COLUMNS) -> Grid:
    """The real document again and again as 第n期, with more roles; the same on every run.

    About 15 % of the cells are marked (18 % of those of tasks).
    """
    items = tuple(islice(_items(real, columns), rows))
    return Grid(
        title="関連業者との役割分担表（大規模）",
        document_number="別紙10",
        issuer=real.issuer,
        date=real.date,
        legend=DEFAULT_LEGEND,
        roles=tuple(_role(real, place) for place in range(columns)),
        items=tuple(replace(item, number=str(place)) for place, item in enumerate(items, 1)),
    )


def _items(real: Grid, columns: int) -> Iterator[Item]:
    """Without end."""
    blank = ("",) * columns
    for turn in count(1):
        for index, item in enumerate(real.items):
            heading = is_heading(real.items, index)
            name = f"{item.name}（第{turn}期）" if item.level == 1 else item.name
            marks = blank if heading else _marks(turn, index, columns)
            yield replace(item, uid=new_uid(), name=name, marks=marks)


def _marks(turn: int, index: int, columns: int) -> tuple[str, ...]:
    return tuple(_mark(f"{turn}:{index}:{column}") for column in range(columns))


def _mark(place: str) -> str:
    chance = crc32(place.encode()) % 100
    lead, support = DEFAULT_LEGEND
    if chance >= MARKED_PERCENT:
        return ""
    return (lead if chance < LEADING_PERCENT else support).symbol


def _role(real: Grid, place: int) -> Role:
    turn, index = divmod(place, len(real.roles))
    role = real.roles[index]
    return role if not turn else Role(f"{role.name}（第{turn + 1}期）", kind=role.kind)
