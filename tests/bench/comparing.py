"""Two 版 of 10,000 × 50 side by side, against a plain pass over the cells of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from projects.domain.comparison import KINDS, Side, Wanted, pair
from projects.domain.grid import Grid, Item, new_uid
from projects.excel.comparison import Head, sheet
from projects.render.difference_table import Table
from tests.bench import grids
from tests.bench.export import real_grid
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import Contender, medians

COMPARED = """sidebyside.pair and its rows with all kinds of changes, for two grids of 10,000 × 50:
in one row of twenty, or in all, the 作業内容 and half of the marks are others; ten rows are new.
Against one pass over the cells of both that counts those that are not the same. The seconds of
新旧対照表 and of a page of 1,000 rows in the matrix are only told."""
ROUNDS, ROWS_OF_A_PAGE = 5, 1_000
MOST_SECONDS = 2.0
MOST_OF_A_PASS = 60
EVERYTHING = Wanted(KINDS)


def measure() -> Iterator[Figure]:
    old = grids.large(real_grid())
    few, all_rows = _changed(old, every=20), _changed(old, every=1)
    turns = {
        "few": Contender(lambda: _compare(old, few)),
        "all": Contender(lambda: _compare(old, all_rows)),
        "pass": Contender(lambda: _pass(old, few)),
        "sheet": Contender(_sheet(old, few)),
        "page": Contender(_page(old, few)),
    }
    seconds = medians(turns, rounds=ROUNDS)
    for name in ("few", "all"):
        told = f"comparison / a pass, 10,000 × 50, {name} rows changed"
        yield slower(told, seconds[name], seconds["pass"], at_most=MOST_OF_A_PASS)
        yield _seconds(f"comparison, 10,000 × 50, {name} rows changed", seconds[name])
    yield _seconds("新旧対照表, 10,000 × 50", seconds["sheet"], wanted=False)
    yield _seconds("a page of the comparison in the matrix", seconds["page"], wanted=False)


def _seconds(name: str, seconds: float, *, wanted: bool = True) -> Figure:
    at_most = MOST_SECONDS if wanted else None
    return Figure(name, f"{seconds:.2f} s", "", seconds, at_most=at_most, unit="s")


def _compare(old: Grid, new: Grid) -> int:
    return len(pair(Side(old), Side(new)).rows(EVERYTHING))


def _pass(old: Grid, new: Grid) -> int:
    rows = zip(old.items, new.items, strict=False)
    return sum(a != b for was, now in rows for a, b in zip(was.marks, now.marks, strict=True))


def _sheet(old: Grid, new: Grid) -> Callable[[], object]:
    found = pair(Side(old), Side(new))
    rows = found.rows(EVERYTHING)
    return lambda: sheet(found, rows, Head("旧", "新"), {})


def _page(old: Grid, new: Grid) -> Callable[[], object]:
    found = pair(Side(old), Side(new))
    rows = found.rows(EVERYTHING)[:ROWS_OF_A_PAGE]
    return lambda: Table(found.plan, None).html(rows)


def _changed(grid: Grid, *, every: int) -> Grid:
    """The grid with one text and half of the marks of every n-th row changed, some rows new."""
    rows = [_row(item) if n % every == 0 else item for n, item in enumerate(grid.items)]
    fresh = (
        replace(item, uid=new_uid()) if n % 1_000 == 999 else item for n, item in enumerate(rows)
    )
    return replace(grid, items=tuple(fresh))


def _row(item: Item) -> Item:
    flipped = (mark if n % 2 else "" if mark else "○" for n, mark in zip(count(), item.marks))
    return replace(item, description=f"{item.description}を見直す。", marks=tuple(flipped))


if __name__ == "__main__":
    run(measure, COMPARED)
