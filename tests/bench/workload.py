"""Counting the workload of 10,000 × 50 against a plain pass over its cells."""

from __future__ import annotations

from collections.abc import Iterator

from projects.domain.grid import Grid
from projects.domain.role_tasks import part_of
from projects.domain.workload import PROCESSES, together, workload
from projects.excel.workload import pivot
from tests.bench import grids
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import Contender, medians
from tests.support.grid_builders import scanned

COMPARED = """workload, together and one role's part of 10,000 × 50, and the pivot for Excel,
against a loop in Python that looks at every cell once and counts those with a mark."""
ROUNDS = 9
MOST_OF_A_PASS, MOST_FOR_THE_PIVOT = 10, 20


def measure() -> Iterator[Figure]:
    grid = grids.large(scanned().grid)
    load = workload(grid, depth=PROCESSES)
    turns = {
        "a pass": Contender(lambda: _marked(grid)),
        "by 工程": Contender(lambda: workload(grid, depth=PROCESSES)),
        "pairs of roles": Contender(lambda: together(grid)),
        "one role's part": Contender(lambda: part_of(grid, 0)),
        "pivot": Contender(lambda: pivot(load)),
    }
    seconds = medians(turns, rounds=ROUNDS)
    peer = seconds.pop("a pass")
    for name, ours in seconds.items():
        most = MOST_FOR_THE_PIVOT if name == "pivot" else MOST_OF_A_PASS
        yield slower(f"workload, {name} / a pass over 10,000 × 50", ours, peer, at_most=most)


def _marked(grid: Grid) -> int:
    """The plainest way to look at every cell."""
    marked = 0
    for item in grid.items:
        for mark in item.marks:
            if mark:
                marked += 1
    return marked


if __name__ == "__main__":
    run(measure, COMPARED)
