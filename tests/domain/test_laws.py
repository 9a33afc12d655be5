"""What holds for every grid, by generated examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projects import intake
from projects.domain.grid import (
    Grid,
    Item,
    Role,
    clean_line,
    clean_text,
    column_counts,
    moved_under,
    parents,
    subtree_ends,
    without_item,
)
from projects.domain.matrix_filter import BLANK, Selection, select
from projects.domain.plan import Act, ItemLine, Plan, diff, matched
from projects.domain.row_alignment import Key, align, increasing
from projects.domain.text import wareki
from projects.excel import workbook
from projects.intake import IntakeError, Reading
from projects.render.matrix_table import Fold, table
from tests.support.grid_builders import (
    DATES,
    FEW_NAMES,
    NASTY_TEXTS,
    grid_of,
    grids,
    grids_and_edits,
    item,
    pairs_of_grids,
    with_fresh_uids,
)

NASTY = grid_of(
    items=tuple(
        item(i, name="行", description=t, marks=("◎", "")) for i, t in enumerate(NASTY_TEXTS)
    )
)

some = settings(max_examples=40)


# ---- there and back


@settings(max_examples=60)
@given(grids())
@example(NASTY)
def test_workbook_reads_back_as_the_same_grid(grid: Grid) -> None:
    assert intake.read(workbook.matrix(grid)).grid == grid


@settings(max_examples=20)
@given(grids())
def test_unedited_workbook_needs_no_remark(grid: Grid) -> None:
    assert intake.read(workbook.matrix(grid)).remarks == ()


@settings(max_examples=20)
@given(grids())
def test_unedited_workbook_keeps_every_identity(grid: Grid) -> None:
    known = intake.read(workbook.matrix(grid)).known_uids
    assert known == {row.uid for row in grid.items}


@settings(max_examples=20)
@given(grids())
def test_cells_of_a_workbook_add_up(grid: Grid) -> None:
    cells = intake.read(workbook.matrix(grid)).cells
    texts = [(row.number, row.name, row.description, *row.marks) for row in grid.items]
    assert cells.imported == sum(bool(text) for row in texts for text in row)
    assert cells.nonblank == cells.imported + cells.header + cells.skipped


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60)
@given(st.integers(0), st.binary(min_size=1, max_size=4))
def test_damaged_workbook_is_read_or_refused(place: int, damage: bytes) -> None:
    data = workbook.matrix(grid_of("設計", "  要件定義 ◎ ○"))
    at = place % (len(data) - 4) + 4
    assert _reads_or_refuses(data[:at] + damage + data[at + len(damage) :])


def _reads_or_refuses(data: bytes) -> bool:
    try:
        return bool(intake.read(data))
    except IntakeError as refused:
        return bool(refused.problems)


@some
@given(grids())
def test_generated_grids_are_sound(grid: Grid) -> None:
    assert grid.errors() == []


# ---- differences


@some
@given(grids())
def test_difference_to_itself_is_empty(grid: Grid) -> None:
    assert diff(grid, grid).is_empty


@some
@given(grids())
def test_grid_matched_with_itself_is_unchanged(grid: Grid) -> None:
    assert matched(grid, grid) == grid


@some
@given(pairs_of_grids())
def test_plan_is_empty_only_between_equal_grids(pair: tuple[Grid, Grid]) -> None:
    before, after = pair
    assert diff(before, after).is_empty == (before == after)


@some
@given(pairs_of_grids())
def test_plan_says_where_it_leads(pair: tuple[Grid, Grid]) -> None:
    assert diff(*pair).after == pair[1]


@some
@given(pairs_of_grids())
def test_lines_of_a_plan_make_the_rows_that_it_promises(pair: tuple[Grid, Grid]) -> None:
    plan = diff(*pair)
    assert _carried_out(plan) == pair[1].items


@some
@given(pairs_of_grids())
def test_role_lines_make_the_columns_that_the_plan_promises(pair: tuple[Grid, Grid]) -> None:
    assert _columns_of(diff(*pair)) == pair[1].roles


@some
@given(pairs_of_grids())
def test_rows_created_one_way_are_removed_the_other(pair: tuple[Grid, Grid]) -> None:
    there, back = diff(*pair), diff(*reversed(pair))
    assert _uids(there, Act.CREATED) == _uids(back, Act.REMOVED)


@some
@given(pairs_of_grids())
def test_marks_added_one_way_are_removed_the_other(pair: tuple[Grid, Grid]) -> None:
    there, back = diff(*pair), diff(*reversed(pair))
    forth = Counter((c.uid, c.role, c.before, c.after) for c in there.cells)
    assert forth == Counter((c.uid, c.role, c.after, c.before) for c in back.cells)


@some
@given(pairs_of_grids())
def test_totals_of_a_plan_count_its_lines(pair: tuple[Grid, Grid]) -> None:
    plan, totals = diff(*pair), diff(*pair).totals()
    rows = {row.uid for grid in pair for row in grid.items}
    names = {role.name for grid in pair for role in grid.roles}
    sums = [sum(totals[kind].values()) for kind in ("items", "roles", "cells")]
    assert sums == [len(rows), len(names), len(plan.cells)]


def _carried_out(plan: Plan) -> tuple[Item, ...]:
    """The rows that come of doing what each line says to the rows as they were."""
    place_before, place_after = _parent_uids(plan.before.items), _parent_uids(plan.after.items)
    levels = {"": 0}
    rows = []
    for line in plan.items:
        if line.act is Act.REMOVED:
            continue
        told = line.moved or line.act is Act.CREATED
        parent = (place_after if told else place_before)[line.shown.uid]
        levels[line.shown.uid] = levels[parent] + 1
        rows.append(_row_of(line, plan, level=levels[parent] + 1))
    return tuple(rows)


def _row_of(line: ItemLine, plan: Plan, *, level: int) -> Item:
    marks = {}
    if line.before:
        marks = _marks(line.before, plan.before.roles)
    for cell in line.cells:
        assert marks.get(cell.role, "") == cell.before
        marks[cell.role] = cell.after
    texts = {name: getattr(line.after, name) for name in line.fields}
    row = replace(line.before or line.shown, **texts)
    return replace(
        row, level=level, marks=tuple(marks.get(role.name, "") for role in _columns_of(plan))
    )


def _marks(row: Item, roles: Sequence[Role]) -> dict[str, str]:
    return {role.name: mark for role, mark in zip(roles, row.marks, strict=True)}


def _columns_of(plan: Plan) -> tuple[Role, ...]:
    return tuple(line.after for line in plan.roles if line.after)


def _parent_uids(items: Sequence[Item]) -> dict[str, str]:
    up = parents(items)
    return {row.uid: items[up[at]].uid if up[at] >= 0 else "" for at, row in enumerate(items)}


def _uids(plan: Plan, act: Act) -> list[str]:
    return sorted(line.shown.uid for line in plan.items if line.act is act)


# ---- rows found again


@some
@given(grids_and_edits())
def test_rows_of_another_name_are_found_again(pair: tuple[Grid, Grid]) -> None:
    current, wanted = pair
    found = {row.name: row.uid for row in matched(current, with_fresh_uids(wanted)).items}
    known = {row.name: row.uid for row in current.items}
    assert {name: found[name] for name in known if name in found} == {
        name: uid for name, uid in known.items() if name in found
    }


@some
@given(grids_and_edits())
def test_matching_gives_no_identity_twice(pair: tuple[Grid, Grid]) -> None:
    current, wanted = pair
    found = [row.uid for row in matched(current, with_fresh_uids(wanted)).items]
    assert len(set(found)) == len(found)


@some
@given(grids_and_edits())
def test_matching_changes_nothing_but_identities(pair: tuple[Grid, Grid]) -> None:
    current, wanted = pair
    found = matched(current, with_fresh_uids(wanted))
    assert with_fresh_uids(found) == with_fresh_uids(wanted)


@given(
    st.lists(st.builds(Key, FEW_NAMES, FEW_NAMES)), st.lists(st.builds(Key, FEW_NAMES, FEW_NAMES))
)
def test_alignment_uses_each_row_once(old: list[Key], new: list[Key]) -> None:
    pairs = align(old, new)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(range(len(new)))
    assert set(pairs.values()) <= set(range(len(old)))


@given(st.lists(st.builds(Key, FEW_NAMES, FEW_NAMES)))
def test_equal_lists_align_row_by_row(keys: list[Key]) -> None:
    assert align(keys, keys) == {place: place for place in range(len(keys))}


@given(st.lists(st.integers(0, 9), max_size=9))
def test_increasing_keeps_a_longest_increasing_run(values: list[int]) -> None:
    kept = [values[place] for place in sorted(increasing(values))]
    assert all(a < b for a, b in pairwise(kept))
    assert len(kept) == _longest(values)


def _longest(values: Sequence[int]) -> int:
    """The length of a longest increasing subsequence, by trying everything."""
    best: list[int] = []
    for place, value in enumerate(values):
        shorter = [best[i] for i in range(place) if values[i] < value]
        best.append(1 + max(shorter, default=0))
    return max(best, default=0)


# ---- the value


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@some
@given(grids())
def test_subtree_ends_behind_its_last_descendant(grid: Grid) -> None:
    for at, end in enumerate(subtree_ends(grid.items)):
        inside = [row.level > grid.items[at].level for row in grid.items[at + 1 : end + 1]]
        assert inside == [True] * (end - at - 1) + [False] * (len(inside) - (end - at - 1))


@some
@given(grids(), st.data())
def test_moving_a_subtree_keeps_a_sound_grid(grid: Grid, data: st.DataObject) -> None:
    uids: list[str | None] = [None, *(row.uid for row in grid.items)]
    what, where = data.draw(st.sampled_from(uids)), data.draw(st.sampled_from(uids))
    moved = _moved_or_not(grid, what, where)
    assert moved.errors() == []
    assert sorted(row.uid for row in moved.items) == sorted(row.uid for row in grid.items)


def _moved_or_not(grid: Grid, what: str | None, where: str | None) -> Grid:
    try:
        return moved_under(grid, what, where) if what else grid
    except ValueError:
        return grid


@some
@given(grids(), st.data())
def test_removing_a_subtree_keeps_a_sound_grid(grid: Grid, data: st.DataObject) -> None:
    if grid.items:
        uid = data.draw(st.sampled_from([row.uid for row in grid.items]))
        assert without_item(grid, uid).errors() == []


@some
@given(grids())
def test_totals_of_a_reading_are_counted_from_the_grid(grid: Grid) -> None:
    totals = Reading(grid).totals()
    by_hand = Counter(mark for row in grid.items for mark in row.marks if mark)
    assert totals["marks"] == {symbol: by_hand[symbol] for symbol in grid.symbols}
    assert totals["items"] == len(grid.items)


@some
@given(grids())
def test_column_counts_hold_every_mark(grid: Grid) -> None:
    counts = column_counts(grid.items, len(grid.roles))
    for column, count in enumerate(counts):
        assert count == Counter(row.marks[column] for row in grid.items if row.marks[column])


# ---- what is shown


@some
@given(grids(), st.data())
def test_shown_rows_come_with_the_headings_above(grid: Grid, data: st.DataObject) -> None:
    marks = st.frozensets(st.sampled_from((BLANK, *grid.symbols)))
    rows = select(grid, Selection(marks=data.draw(marks)))
    up = parents(grid.items)
    assert all(up[at] in rows.shown for at in rows.shown if up[at] >= 0)
    assert rows.hits <= len(rows.shown)


@some
@given(grids(), st.none() | st.integers(1, 5))
def test_every_shown_row_is_in_the_html_once(grid: Grid, level: int | None) -> None:
    body = table(grid, range(len(grid.items)), Fold(level), item_url="/").body
    assert all(body.count(f'<tr id="{row.uid}"') == 1 for row in grid.items)
    assert body.count("<tr ") == len(grid.items)


@given(DATES)
def test_written_date_reads_back(iso: str) -> None:
    if iso:
        assert wareki.parse(wareki.japanese(iso)) == iso
