"""Write the workload as Excel: phases, 工程, and shared tasks, each a sheet to print.

pandas makes the pivot of each sheet from one line per stretch, role and kind of mark. It is
imported on the first use: it takes half a second that nobody else should wait for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects.domain.grid import Grid
from projects.domain.workload import PHASES, PROCESSES, Together, Workload, together, workload
from projects.excel import workbook
from projects.excel.workbook import Plain

TITLE = "作業量の集計"
SUM = "合計"
_PHASE, _NAME, _SUM = 26.0, 40.0, 8.0
Row = list[str | int]


def sheets(grid: Grid) -> bytes:
    """Write four sheets, with sums."""
    by_phase, by_process = workload(grid, depth=PHASES), workload(grid, depth=PROCESSES)
    shared = together(grid)
    return workbook.tables(
        TITLE,
        [
            Plain("フェーズ別の作業量", _headers(by_phase, "項目"), _rows(by_phase), wide=True),
            Plain("工程別の作業量", _headers(by_process, "工程"), _rows(by_process), wide=True),
            Plain("共同の作業", _pair_headers(shared), _pairs(shared, shared.shared), wide=True),
            Plain("主担当と協力", _pair_headers(shared), _pairs(shared, shared.led), wide=True),
        ],
    )


def pivot(load: Workload) -> Any:
    """Pivot to a DataFrame: stretches (and sum) × (role, kind of mark) (and sums)."""
    import pandas  # on first use, see above

    lines = [
        (place, at, kind, number)
        for place, stretch in enumerate(load.stretches)
        for at, count in enumerate(stretch.counts)
        for kind, number in enumerate((count.leads, count.helps))
    ]
    frame = pandas.DataFrame(lines, columns=["place", "role", "kind", "marks"])
    return frame.pivot_table(
        index="place",
        columns=["role", "kind"],
        values="marks",
        aggfunc="sum",
        margins=True,
        margins_name=SUM,
    )


def _headers(load: Workload, what: str) -> list[tuple[str, float]]:
    marks = (load.lead_symbols, load.help_symbols)
    roles = ((f"{role.label} {mark}", _SUM) for role in load.roles for mark in marks)
    return [("項番", 7.0), ("フェーズ", _PHASE), (what, _NAME), *roles, (SUM, _SUM)]


def _rows(load: Workload) -> Iterator[Row]:
    if not (load.stretches and load.roles):
        return
    for place, numbers in pivot(load).iterrows():
        head = ["", "", SUM] if place == SUM else _head(load, place)
        yield [*head, *(int(number) for number in numbers)]


def _head(load: Workload, place: int) -> list[str]:
    stretch = load.stretches[place]
    direct = "（直下の作業）" if stretch.level else ""
    return [stretch.item.number, stretch.path[0].name, f"{stretch.item.name}{direct}"]


def _pair_headers(shared: Together) -> list[tuple[str, float]]:
    return [("関連業者", _NAME), *((role.label, _SUM) for role in shared.roles)]


def _pairs(shared: Together, numbers: tuple[tuple[int, ...], ...]) -> Iterator[Row]:
    for role, row in zip(shared.roles, numbers, strict=True):
        yield [role.name, *row]
