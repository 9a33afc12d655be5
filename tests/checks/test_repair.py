"""Several findings put right at once: no repair spoils another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given

from projects.checks import Finding, findings, plan_of, plan_of_all
from projects.domain.grid import Grid, Role
from tests.support.check_runs import ORDERER, found
from tests.support.grid_builders import grid_of, grids, item, scanned


def put_right(grid: Grid, chosen: Sequence[Finding]) -> Grid:
    after = plan_of_all(grid, chosen, findings).after
    assert after.errors() == []
    return after


def test_all_of_the_real_document_at_once_leaves_none_of_them() -> None:
    grid = scanned().grid
    chosen = [one for one in findings(grid) if one.repair]
    still = {one.key for one in findings(put_right(grid, chosen))}
    assert still.isdisjoint(one.key for one in chosen)


def test_of_two_that_contradict_each_other_one_stays() -> None:
    grid = replace(
        grid_of("計画の承認（保守業者担当） . . ◎"),
        roles=(ORDERER, Role("保守業者"), Role("開発業者")),
    )
    approval, owner = found(grid, "W4") + found(grid, "W7")
    after = put_right(grid, [approval, owner])
    assert sum(mark == "◎" for mark in after.items[0].marks) == 1
    assert len(found(after, "W4") + found(after, "W7")) == 1


def test_several_words_of_one_name_are_all_corrected() -> None:
    name = "本委託者のサーバの電子決済"
    grid = grid_of(
        f"{name} ◎", "本受託者のサーバーの電子決裁 ◎", "サーバーの設計 ◎", roles=("A社",)
    )
    after = put_right(grid, found(grid, "W9"))
    assert after.items[0].name == "本受託者のサーバーの電子決裁"


def test_a_plan_of_one_changes_what_its_repair_says() -> None:
    grid = grid_of("工程 ○ .", "  作業 ◎ .")
    (one,) = found(grid, "E3")
    (cell,) = plan_of(grid, one).cells
    assert (cell.role, cell.before, cell.after) == ("A社", "○", "")


@given(grids())
def test_any_findings_can_be_put_right_at_once(grid: Grid) -> None:
    chosen = [one for one in findings(grid) if one.repair]
    after = put_right(grid, chosen)
    assert [row.uid for row in after.items] == [row.uid for row in grid.items]


def test_nothing_chosen_changes_nothing() -> None:
    grid = Grid(items=(item(1, number="9"),))
    assert plan_of_all(grid, [], findings).is_empty
