"""A column of a file that is called otherwise is found by its marks."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from projects.domain.comparison import Side, pair
from projects.domain.grid import Grid
from projects.domain.renamed_roles import renamed_columns
from tests.support.grid_builders import grid_of, item, roles_of, scanned, with_fresh_uids

ROWS = tuple(f"作業{n} {'◎' if n % 2 else '○'} ○" for n in range(20))
GRID = grid_of(*ROWS, roles=("甲社", "乙社"))


def called(grid: Grid, *names: str) -> Grid:
    return replace(grid, roles=roles_of(*names))


def with_other_marks(grid: Grid, count: int) -> Grid:
    """The first rows have ◎ in the second column."""
    rows = tuple(
        replace(row, marks=(row.marks[0], "◎")) if at < count else row
        for at, row in enumerate(grid.items)
    )
    return replace(grid, items=rows)


def test_a_column_with_another_name_and_the_same_marks_is_the_same() -> None:
    assert renamed_columns(GRID, called(GRID, "甲社", "新乙社")) == {"新乙社": "乙社"}


@pytest.mark.parametrize(("other", "same"), [(2, True), (3, False)])
def test_nine_of_ten_marks_have_to_be_equal(other: int, same: bool) -> None:
    new = with_other_marks(called(GRID, "甲社", "新乙社"), other)
    assert renamed_columns(GRID, new) == ({"新乙社": "乙社"} if same else {})


def test_columns_without_marks_are_not_taken_for_each_other() -> None:
    blank = grid_of("作業 ◎ .", roles=("甲社", "乙社"))
    assert renamed_columns(blank, called(blank, "甲社", "新乙社")) == {}


def test_rows_of_one_side_alone_say_nothing() -> None:
    new = called(GRID, "甲社", "新乙社")
    more = replace(new, items=(*new.items, *(item(n, marks=("", "◎")) for n in range(100, 140))))
    assert renamed_columns(GRID, more) == {"新乙社": "乙社"}
    assert renamed_columns(GRID, with_fresh_uids(new)) == {}


def test_the_most_alike_are_paired_first_and_each_once() -> None:
    old = grid_of(*(f"作業{n} ◎ {'○' if n == 9 else '◎'}" for n in range(10)), roles=("甲", "乙"))
    assert renamed_columns(old, called(old, "丙", "丁")) == {"丙": "甲", "丁": "乙"}
    turned = replace(old, items=tuple(replace(i, marks=i.marks[::-1]) for i in old.items))
    assert renamed_columns(old, called(turned, "丙", "丁")) == {"丙": "乙", "丁": "甲"}
    three = replace(
        old, roles=roles_of("丙", "丁", "戊"),
        items=tuple(replace(i, marks=(*i.marks, i.marks[0])) for i in old.items),
    )  # fmt: skip
    assert sorted(renamed_columns(old, three).values()) == ["乙", "甲"]


def test_a_column_more_or_less_is_no_rename() -> None:
    less = replace(
        called(GRID, "甲社")
        , items=tuple(replace(i, marks=i.marks[:1]) for i in GRID.items)
    )  # fmt: skip
    assert renamed_columns(GRID, less) == {}
    assert renamed_columns(less, GRID) == {}


def test_a_recognised_column_has_one_rename_and_no_marks() -> None:
    new = called(GRID, "甲社", "新乙社")
    was = renamed_columns(GRID, new)
    ids = {"甲社": 1, "乙社": 2}
    found = pair(
        Side(GRID, (1, 2)), Side(new, [ids[was.get(role.name, role.name)] for role in new.roles])
    )
    assert found.plan.cells == ()
    assert found.words == "列の変更 1"


def test_all_columns_of_a_wide_table_called_otherwise_are_found_soon() -> None:
    grid = scanned().grid
    wide = replace(
        grid,
        roles=roles_of(*(f"列{n}" for n in range(10 * len(grid.roles)))),
        items=tuple(replace(i, marks=i.marks * 10) for i in grid.items),
    )
    new = called(wide, *(f"新列{n}" for n in range(len(wide.roles))))
    start = time.perf_counter()
    assert len(renamed_columns(wide, new)) >= 150
    assert time.perf_counter() - start < 3
