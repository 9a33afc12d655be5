"""The memory of imports: per cell at two sizes, and the peaks for 100,000 × 16."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from projects.domain.grid import Grid
from tests.bench import grids, site, strange
from tests.bench.figures import Figure, run
from tests.bench.memory import peak, peak_of_children

COMPARED = """The peak memory of a stranger's workbook imported into an empty project (guarded
child, comparison, store.apply), each size in a process of its own: per cell at 10,000 × 50 against
648 × 16, of the process less what it had before and of its child, and the peaks for
100,000 × 16."""
SMALL, LARGE, HUGE = "648 × 16", "10,000 × 50", "100,000 × 16"
MOST_PER_CELL, MOST_MEGABYTES = 1, 512


class Memory(NamedTuple):
    """In MB: what the process had before, its own peak and that of its child."""

    before: float
    parent: float
    child: float


def measure() -> Iterator[Figure]:
    with site.opened():
        _, real = site.real_project()
        grid = grids.large(real, rows=100_000, columns=16)
        large = grids.large(real)
        found = {
            size: (_imported(each, slug), grids.cells(each))
            for slug, (size, each) in zip(
                ("small", "large", "huge"),
                {SMALL: real, LARGE: large, HUGE: grid}.items(),
                strict=True,
            )
        }
        yield from _per_cell(*found[SMALL], *found[LARGE])
        memory = found[HUGE][0]
        for name, value in (("process", memory.parent), ("child", memory.child)):
            title = f"import, memory of the {name}, {HUGE}"
            yield Figure(title, "", "", value, at_most=MOST_MEGABYTES, unit="MB")


def _per_cell(small: Memory, small_cells: int, large: Memory, large_cells: int) -> Iterator[Figure]:
    pairs = {
        "process": (large.parent - large.before, small.parent - small.before),
        "child": (large.child, small.child),
    }
    for name, (ours, peer) in pairs.items():
        one, other = ours / large_cells * 1e6, peer / small_cells * 1e6
        title = f"import, memory of the {name} / per cell at {SMALL}"
        shown, peers = (f"{each:,.0f} B/cell" for each in (one, other))
        yield Figure(title, shown, peers, one / other, at_most=MOST_PER_CELL)


def _imported(grid: Grid, slug: str) -> Memory:
    command = [sys.executable, "-m", "tests.bench.import_memory", slug]
    data = strange.workbook(grid, plain=True)
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
    return Memory(**json.loads(done.stdout))


def _import(slug: str) -> None:
    import django

    django.setup()
    from projects import store
    from tests.bench.bulk import imported

    project = store.create(slug=slug, title="", by=None)
    data = sys.stdin.buffer.read()
    before = peak()
    imported(data, project)
    sys.stdout.write(json.dumps(Memory(before, peak(), peak_of_children())._asdict()))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _import(sys.argv[1])
    else:
        run(measure, COMPARED)
