"""What store.load costs at two sizes, against fetching the same rows and doing nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.bench import grids, site
from tests.bench.figures import Figure, per_cell, run, slower
from tests.bench.rounds import Contender, medians

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """store.load (database → Grid) at 648 × 16 and 10,000 × 50, in process: its queries, its
cost per cell at both sizes, and against fetching the rows of the same tables with psycopg2 and
making nothing of them."""
ROUNDS = 9
MOST_QUERIES, MOST_PER_CELL = 3, 1.2
SMALL, LARGE = "648 × 16", "10,000 × 50"
_ITEMS = """SELECT id, parent_id, position, uid, number, name, description
FROM projects_workitem WHERE project_id = %s ORDER BY position"""
_MARKS = "SELECT item_id, role_id, symbol FROM projects_assignment WHERE project_id = %s"


def measure() -> Iterator[Figure]:
    with site.opened():
        project, real = site.real_project()
        large = grids.large(real)
        projects = {SMALL: project, LARGE: site.project_of(large, "large")}
        cells = {SMALL: grids.cells(real), LARGE: grids.cells(large)}
        site.analyse()
        yield from (_queries(size, project) for size, project in projects.items())
        turns = {size: Contender(_loading(project)) for size, project in projects.items()}
        bare = {f"bare {size}": Contender(_fetching(p)) for size, p in projects.items()}
        yield from _figures(medians({**turns, **bare}, rounds=ROUNDS), cells)


def _figures(seconds: dict[str, float], cells: dict[str, int]) -> Iterator[Figure]:
    for size in (SMALL, LARGE):
        yield slower(f"load {size} / bare fetch", seconds[size], seconds[f"bare {size}"])
    small, large = (seconds[size] / cells[size] for size in (SMALL, LARGE))
    yield Figure(
        f"load {LARGE} / cost per cell at {SMALL}",
        per_cell(large),
        per_cell(small),
        large / small,
        at_most=MOST_PER_CELL,
    )


def _queries(size: str, project: Project) -> Figure:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from projects import store

    with CaptureQueriesContext(connection) as queries:
        store.load(project)
    number = len(queries)
    return Figure(f"load {size}", "", "", number, at_most=MOST_QUERIES, unit="queries")


def _loading(project: Project) -> Callable[[], object]:
    from projects import store

    return lambda: store.load(project)


def _fetching(project: Project) -> Callable[[], object]:
    from django.db import connection

    def fetch() -> None:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            for statement in (_ITEMS, _MARKS):
                cursor.execute(statement, [project.pk])
                cursor.fetchall()

    return fetch


if __name__ == "__main__":
    run(measure, COMPARED)
