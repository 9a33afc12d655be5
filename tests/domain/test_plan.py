"""What leads from one grid to another, each line named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.domain import grid as grids
from projects.domain.grid import DEFAULT_LEGEND, Grid, Item, Mark, Role, RoleKind
from projects.domain.plan import Act, CellLine, ItemLine, Plan, RoleLine, diff, matched
from tests.support.grid_builders import (
    RACI,
    grid_of,
    item,
    names_of,
    roles_of,
    scanned,
    uid,
    uid_of,
    with_fresh_uids,
)

BASE = grid_of("設計", "  要件定義 ◎ ○", "  基本設計 ◎ .", "製造", "  実装 . ◎")


def changed(grid: Grid, row_name: str, **fields: object) -> Grid:
    """The grid with other fields in the row of that name."""
    return grids.with_item(
        grid,
        uid_of(grid, row_name),
        lambda row: replace(row, **fields),  # type: ignore[arg-type]
    )


def line_of(plan: Plan, name: str) -> ItemLine:
    (found,) = [line for line in plan.items if line.shown.name == name]
    return found


def acts(plan: Plan) -> list[tuple[str, str]]:
    """(name, act) of the rows that do not stay as they are."""
    lines = [line for line in plan.items if line.act is not Act.UNCHANGED]
    return [(line.shown.name, line.act.value) for line in lines]


# ---- rows


def test_no_difference_is_an_empty_plan() -> None:
    assert diff(BASE, BASE).is_empty


def test_empty_plan_still_lists_every_row() -> None:
    assert [line.act for line in diff(BASE, BASE).items] == [Act.UNCHANGED] * 5


def test_first_import_creates_everything() -> None:
    plan = diff(Grid(), BASE)
    assert plan.totals() == {
        "items": {"created": 5, "changed": 0, "moved": 0, "removed": 0, "unchanged": 0},
        "roles": {"created": 2, "changed": 0, "moved": 0, "removed": 0, "unchanged": 0},
        "cells": {"added": 4, "changed": 0, "removed": 0},
    }


def test_scan_against_itself_with_one_mark_less_is_one_cell() -> None:
    grid = scanned().grid
    row = grid.items[3]
    less = grids.with_item(grid, row.uid, lambda r: replace(r, marks=("",) * len(r.marks)))
    plan = diff(grid, less)
    assert [(cell.before, cell.after) for cell in plan.cells] == [("◎", "")]
    assert plan.totals()["items"]["changed"] == 1


@pytest.mark.parametrize("field", ["number", "name", "description"])
def test_changed_text_is_named(field: str) -> None:
    plan = diff(BASE, changed(BASE, "要件定義", **{field: "別"}))
    (line,) = [line for line in plan.items if line.act is not Act.UNCHANGED]
    assert (line.act, line.fields, line.cells, line.moved) == (Act.CHANGED, (field,), (), False)


def test_changed_marks_are_named_by_role() -> None:
    line = line_of(diff(BASE, changed(BASE, "要件定義", marks=("○", ""))), "要件定義")
    assert line.cells == (CellLine(uid(2), "A社", "◎", "○"), CellLine(uid(2), "B社", "○", ""))


def test_cells_are_counted_by_what_happens_to_them() -> None:
    after = changed(changed(BASE, "要件定義", marks=("○", "")), "基本設計", marks=("◎", "○"))
    assert diff(BASE, after).totals()["cells"] == {"added": 1, "changed": 1, "removed": 1}


def test_removed_row_loses_its_marks() -> None:
    plan = diff(BASE, grids.without_item(BASE, uid_of(BASE, "要件定義")))
    line = line_of(plan, "要件定義")
    assert (line.act, line.after) == (Act.REMOVED, None)
    assert [(cell.role, cell.before, cell.after) for cell in line.cells] == [
        ("A社", "◎", ""),
        ("B社", "○", ""),
    ]


def test_removed_subtree_is_one_line_per_row() -> None:
    plan = diff(BASE, grids.without_item(BASE, uid_of(BASE, "設計")))
    removed = ["設計", "要件定義", "基本設計"]
    assert acts(plan) == [(name, "removed") for name in removed]


def test_removed_rows_come_last() -> None:
    plan = diff(BASE, grids.without_item(BASE, uid_of(BASE, "設計")))
    assert [line.shown.name for line in plan.items][:2] == ["製造", "実装"]


def test_row_under_another_parent_is_moved() -> None:
    after = grids.moved_under(BASE, uid_of(BASE, "基本設計"), uid_of(BASE, "製造"))
    assert acts(diff(BASE, after)) == [("基本設計", "moved")]


def test_moved_heading_does_not_move_the_rows_below_it() -> None:
    after = grids.moved_under(BASE, uid_of(BASE, "設計"), uid_of(BASE, "製造"))
    plan = diff(BASE, after)
    assert [line_of(plan, name).moved for name in ("要件定義", "基本設計")] == [False, False]


def test_row_out_of_order_is_moved() -> None:
    after = grids.moved_under(BASE, uid_of(BASE, "要件定義"), uid_of(BASE, "設計"))
    assert sum(line.moved for line in diff(BASE, after).items) == 1


def test_row_that_changes_and_moves_counts_as_changed() -> None:
    moved = grids.moved_under(BASE, uid_of(BASE, "基本設計"), uid_of(BASE, "製造"))
    line = line_of(diff(BASE, changed(moved, "基本設計", name="外部設計")), "外部設計")
    assert (line.act, line.moved, line.fields) == (Act.CHANGED, True, ("name",))


def test_inserted_row_moves_no_other() -> None:
    after = grids.with_item_under(BASE, item(9, name="方式設計", marks=("", "")), uid(1))
    assert acts(diff(BASE, after)) == [("方式設計", "created")]


def test_line_shows_the_row_as_it_will_be() -> None:
    line = line_of(diff(BASE, changed(BASE, "要件定義", name="要求定義")), "要求定義")
    assert line.before is not None
    assert (line.before.name, line.shown.name) == ("要件定義", "要求定義")


# ---- columns, legend, titles


def test_new_column_adds_its_marks() -> None:
    after = replace(BASE, roles=roles_of("A社", "B社", "C社"), items=_with_column(BASE, "○"))
    plan = diff(BASE, after)
    assert [line.act for line in plan.roles] == [Act.UNCHANGED, Act.UNCHANGED, Act.CREATED]
    assert {(cell.role, cell.before, cell.after) for cell in plan.cells} == {("C社", "", "○")}


def _with_column(grid: Grid, mark: str) -> tuple[Item, ...]:
    return tuple(replace(row, marks=(*row.marks, mark)) for row in grid.items)


def test_removed_column_removes_its_marks() -> None:
    after = replace(
        BASE,
        roles=roles_of("A社"),
        items=tuple(replace(row, marks=row.marks[:1]) for row in BASE.items),
    )
    plan = diff(BASE, after)
    assert RoleLine(Act.REMOVED, Role("B社"), None) in plan.roles
    assert [(cell.role, cell.before) for cell in plan.cells] == [("B社", "○"), ("B社", "◎")]


def test_exchanged_columns_change_no_mark() -> None:
    after = replace(
        BASE,
        roles=BASE.roles[::-1],
        items=tuple(replace(row, marks=row.marks[::-1]) for row in BASE.items),
    )
    plan = diff(BASE, after)
    assert (plan.cells, acts(plan)) == ((), [])
    assert plan.totals()["roles"]["moved"] == 1
    assert not plan.is_empty


@pytest.mark.parametrize(
    "role",
    [Role("A社", "A"), Role("A社", kind=RoleKind.PRIME), Role("A社", aliases=("甲",))],
    ids=["short name", "kind", "alias"],
)
def test_changed_details_of_a_role_are_a_change(role: Role) -> None:
    plan = diff(BASE, replace(BASE, roles=(role, BASE.roles[1])))
    assert [line.act for line in plan.roles] == [Act.CHANGED, Act.UNCHANGED]


@pytest.mark.parametrize("field", ["title", "document_number", "issuer", "date"])
def test_changed_title_block_is_named(field: str) -> None:
    plan = diff(BASE, replace(BASE, **{field: "2015"}))  # type: ignore[arg-type]
    assert (plan.titles, plan.is_empty) == ((field,), False)


def test_other_legend_is_shown_mark_by_mark() -> None:
    lead, support = DEFAULT_LEGEND
    worded = Mark("○", "協力")
    plan = diff(BASE, replace(BASE, legend=(lead, worded, RACI[3])))
    assert plan.legend == ((lead, lead), (support, worded), (None, RACI[3]))
    assert not plan.is_empty


def test_mark_that_leaves_the_legend_is_shown() -> None:
    plan = diff(BASE, replace(BASE, legend=DEFAULT_LEGEND[:1], items=()))
    assert plan.legend[1] == (DEFAULT_LEGEND[1], None)


# ---- rows from elsewhere


def test_rows_from_elsewhere_take_the_known_identities() -> None:
    assert matched(BASE, with_fresh_uids(BASE)) == BASE


def test_scan_read_again_takes_the_known_identities() -> None:
    assert matched(scanned().grid, with_fresh_uids(scanned().grid)) == scanned().grid


def test_row_that_carries_a_known_identity_keeps_it() -> None:
    wanted = changed(BASE, "要件定義", name="基本設計", number="3")
    assert matched(BASE, wanted) == wanted


def test_new_row_keeps_its_own_identity() -> None:
    wanted = with_fresh_uids(grids.with_item_under(BASE, item(9, name="試験"), None))
    assert matched(BASE, wanted).items[-1].uid == wanted.items[-1].uid


def test_renumbered_rows_are_found_by_name() -> None:
    grown = grids.renumbered(replace(BASE, items=(item(9, name="企画"), *BASE.items)))
    found = matched(BASE, with_fresh_uids(grown))
    assert [row.uid for row in found.items[1:]] == [row.uid for row in BASE.items]


def test_name_that_reads_the_same_is_found() -> None:
    wanted = with_fresh_uids(changed(BASE, "実装", name="実 装"))
    assert matched(BASE, wanted).items[4].uid == uid(5)


def test_alias_becomes_the_known_role() -> None:
    current = replace(BASE, roles=(Role("A社", "A", RoleKind.PRIME, ("甲社",)), Role("B社")))
    wanted = replace(BASE, roles=roles_of("甲社", "B社"))
    assert matched(current, wanted).roles == current.roles


def test_name_wins_over_an_alias_of_another_role() -> None:
    current = replace(BASE, roles=(Role("A社", aliases=("B社",)), Role("B社")))
    assert matched(current, replace(BASE, roles=roles_of("A社", "B社"))).roles == current.roles


def test_exact_name_wins_over_one_that_reads_the_same() -> None:
    current = replace(BASE, roles=roles_of("A社", "Ａ社"))
    assert matched(current, current).roles == current.roles


def test_role_with_details_of_its_own_brings_them() -> None:
    wanted = replace(BASE, roles=(Role("Ａ社", "甲", RoleKind.ORDERER), Role("B社")))
    assert matched(BASE, wanted).roles[0] == Role("A社", "甲", RoleKind.ORDERER)


def test_unknown_role_stays_as_it_is() -> None:
    wanted = replace(BASE, roles=roles_of("C社", "B社"))
    assert matched(BASE, wanted).roles == wanted.roles


def test_matching_with_nothing_changes_nothing() -> None:
    assert names_of(matched(Grid(), BASE)) == names_of(BASE)
