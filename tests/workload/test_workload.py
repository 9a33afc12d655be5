"""Counting the marks: the sums are those of the columns, and every number is a number of rows."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hypothesis import given

from projects.domain.grid import Grid, column_counts
from projects.domain.matrix_filter import Selection, select
from projects.domain.role_tasks import part_of
from projects.domain.workload import (
    PHASES,
    PROCESSES,
    Count,
    Workload,
    shade,
    tasks_of,
    together,
    total,
    workload,
)
from projects.excel.workload import SUM, pivot
from projects.render import charts
from projects.render.charts import Heat, Number
from tests.support.grid_builders import RACI, grid_of, grids, scanned

GRID = grid_of(
    "企画",
    "  計画 ◎ ○",
    "    目的 ○ ◎",
    "    体制 ◎ .",
    "  報告 ○ ○",
    "実施",
    "  試験 . ◎",
    "検収 ◎ ○",
)


def counted(load: Workload) -> dict[str, list[tuple[int, int]]]:
    return {s.item.name: [(c.leads, c.helps) for c in s.counts] for s in load.stretches}


def test_phases_hold_the_tasks_below_them() -> None:
    assert counted(workload(GRID)) == {
        "企画": [(1, 2), (1, 1)],
        "実施": [(0, 0), (1, 0)],
        "検収": [(1, 0), (0, 1)],
    }


def test_processes_hold_theirs_and_the_rest_stays_with_the_phase() -> None:
    load = workload(GRID, depth=PROCESSES)
    assert counted(load)["計画"] == [(1, 1), (1, 0)]
    assert counted(load)["企画"] == [(0, 1), (0, 1)]
    assert {s.item.name: s.level for s in load.stretches}["企画"] == 2


def test_marks_on_headings_are_told_and_not_counted() -> None:
    assert workload(GRID).on_headings == 2


def test_every_mark_of_the_legend_that_does_not_lead_helps() -> None:
    load = workload(grid_of("作業 R C", "報告 I A", legend=RACI))
    assert load.by_role == (Count(1, 1), Count(0, 2))
    assert (load.lead_symbols, load.help_symbols) == ("R", "A・C・I")


def test_a_grid_without_rows_or_columns_counts_nothing() -> None:
    assert workload(grid_of()).by_role == (Count(), Count())
    assert together(grid_of()).shared == ((0, 0), (0, 0))
    assert workload(grid_of("作業", roles=())).sum == Count()


def test_a_number_that_stands_twice_leads_only_to_its_first_row() -> None:
    twice = grid_of("一", "  作業 ◎ .", "二", "  作業 ◎ .")
    rows = tuple(
        row if row.level == 2 else type(row)(row.uid, 1, "1", row.name, "", row.marks)
        for row in twice.items
    )
    load = workload(type(twice)(roles=twice.roles, items=rows))
    assert [s.reachable for s in load.stretches] == [True, False]


@given(grids())
def test_sums_agree_with_the_counts_of_the_columns(grid: Grid) -> None:
    counts = column_counts(tasks_of(grid.items), len(grid.roles))
    for depth in (PHASES, PROCESSES):
        load = workload(grid, depth=depth)
        assert [c.total for c in load.by_role] == [c.total() for c in counts]
        assert load.sum == total(s.sum for s in load.stretches)
        assert sum(s.tasks for s in load.stretches) == len(tasks_of(grid.items))


@given(grids())
def test_every_number_is_the_number_of_rows_that_its_filter_finds(grid: Grid) -> None:
    for depth in (PHASES, PROCESSES):
        load = workload(grid, depth=depth)
        for stretch in load.stretches:
            for role, count in zip(load.roles, stretch.counts, strict=True):
                for marks, number in ((load.leading, count.leads), (load.helping, count.helps)):
                    if marks:
                        symbols = frozenset(mark.symbol for mark in marks)
                        wanted = Selection(
                            role.name, symbols, level=stretch.level, top=stretch.item.uid
                        )
                        assert select(grid, wanted).hits == number


@given(grids())
def test_who_works_with_whom_is_counted_task_by_task(grid: Grid) -> None:
    leads = {mark.symbol for mark in grid.legend if mark.leads}
    found, tasks = together(grid), tasks_of(grid.items)
    for a in range(len(grid.roles)):
        for b in range(len(grid.roles)):
            both = [task for task in tasks if task.marks[a] and task.marks[b]]
            led = [t for t in both if t.marks[a] in leads and t.marks[b] not in leads]
            assert found.shared[a][b] == len(both)
            assert found.led[a][b] == len(led)


@given(grids())
def test_a_role_s_part_is_its_column(grid: Grid) -> None:
    load, shared = workload(grid), together(grid)
    for place in range(len(grid.roles)):
        part = part_of(grid, place)
        assert part.count == load.by_role[place]
        tasks = [d.item for phase in part.phases for d in phase.duties]
        assert tasks == [task for task in tasks_of(grid.items) if task.marks[place]]
        others = {role.name: n for role, n in zip(grid.roles, shared.shared[place], strict=True)}
        assert all(partner.shared == others[partner.role.name] for partner in part.partners)


def numbers(load: Workload, url: str) -> list[list[Number]]:
    return [[Number(c.helps, load.help_symbols, url) for c in s.counts] for s in load.stretches]


@given(grids())
def test_the_charts_are_sound_whatever_the_names(grid: Grid) -> None:
    load = workload(grid)
    heat = charts.heat(load, "フェーズ", Heat("help", load.help_symbols, numbers(load, '?a="<&')))
    for chart, role in ((heat, "group"), (charts.bars(load), "img")):
        root = ElementTree.fromstring(chart)  # noqa: S314 - our own
        assert root.attrib["role"] == role
        assert "style" not in chart


def test_a_cell_without_an_address_says_what_it_is_and_leads_nowhere() -> None:
    load = workload(GRID)
    chart = charts.heat(load, "フェーズ", Heat("help", "○", numbers(load, "")))
    assert "<a " not in chart
    assert 'role="img" aria-label="企画、A社、○ 2件"' in chart


def test_the_pivot_says_what_the_workload_says() -> None:
    load = workload(scanned().grid, depth=PROCESSES)
    table = pivot(load)
    assert table.shape == (len(load.stretches) + 1, 2 * len(load.roles) + 1)
    for place, stretch in enumerate(load.stretches):
        for role, count in enumerate(stretch.counts):
            assert (table.loc[place, (role, 0)], table.loc[place, (role, 1)]) == (
                count.leads,
                count.helps,
            )
    assert table.loc[SUM].iloc[-1] == load.sum.total == 1797


def test_the_workload_of_besshi10_is_known() -> None:
    load = workload(scanned().grid, depth=PROCESSES)
    assert load.by_role[0] == Count(83, 121)
    assert len(load.stretches) == 24
    assert load.most == 35


def test_shades_go_from_nothing_to_the_most() -> None:
    assert [shade(n, 51) for n in (0, 1, 4, 9, 24, 51)] == [0, 1, 2, 3, 5, 7]
