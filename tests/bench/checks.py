"""All checks against a plain pass over the cells and one page load, and that they are linear.

.venv/bin/python -m tests.bench.checks
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from projects.checks import findings
from projects.domain.grid import Grid
from tests.bench import site
from tests.bench.figures import Figure, duration, per_cell, run, slower
from tests.bench.grids import LARGE_ROWS, cells, large
from tests.bench.rounds import Contender, medians
from tests.bench.serving import Kind, Page, served

COMPARED = """All checks in one process, against a pass that looks at every cell once, and against
a first view of the matrix page (648 × 16) from gunicorn over a kept-alive loopback connection."""
ROUNDS, MOST_SECONDS, MOST_PER_CELL = 7, 2.0, 1.2


def measure() -> Iterator[Figure]:
    with site.opened(pages=True):
        project, real = site.real_project()
        big, half = large(real), large(real, rows=LARGE_ROWS // 2)
        with served(Kind.SITE, project.slug) as ours:
            page = Page(ours, f"/projects/{project.slug}/", {"Cookie": site.signed_in("manager")})
            first = page.contender(prepare=partial(site.touch, project))
            named = {"real": real, "big": big, "half": half}
            turns = {name: Contender(partial(findings, grid)) for name, grid in named.items()}
            turns |= {f"pass {n}": Contender(partial(_pass, grid)) for n, grid in named.items()}
            seconds = medians({**turns, "page": first}, rounds=ROUNDS)
    yield from _figures(seconds, named)


def _pass(grid: Grid) -> int:
    return sum(mark != "" for item in grid.items for mark in item.marks)


def _figures(seconds: dict[str, float], grids: dict[str, Grid]) -> Iterator[Figure]:
    real, big = seconds["real"], seconds["big"]
    yield slower("checks 648 × 16 / page, first view", real, seconds["page"], at_most=1)
    yield slower("checks 648 × 16 / pass over the cells", real, seconds["pass real"])
    yield slower("checks 10,000 × 50 / pass over the cells", big, seconds["pass big"])
    yield Figure("checks 10,000 × 50", duration(big), "", big, at_most=MOST_SECONDS, unit="s")
    ours, peer = big / cells(grids["big"]), seconds["half"] / cells(grids["half"])
    name = "checks 10,000 × 50 / cost per cell at 5,000 × 50"
    yield Figure(name, per_cell(ours), per_cell(peer), ours / peer, at_most=MOST_PER_CELL)


if __name__ == "__main__":
    run(measure, COMPARED)
