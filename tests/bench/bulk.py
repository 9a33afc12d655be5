"""The import of a stranger's 10,000 × 50, history included, against django-import-export."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from projects.domain.grid import Grid, is_heading
from tests.bench import grids, peer_import_export, site, strange
from tests.bench.figures import Figure, faster, run, say
from tests.bench.rounds import Contender, medians
from tests.bench.same_cells import DiffersError

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """A stranger's workbook of 10,000 × 50 into an empty project (guarded child, comparison,
store.apply with history and all rules), and again with 1 % of its cells changed, against
django-import-export reading the same file into a table with a column per role, without history,
tree or rules: row by row with its own defaults, with use_bulk, and with use_bulk and what its
documentation advises for speed."""
ROUNDS, PEER_ROUNDS = 5, 1
CHANGED_PERCENT = 1
OPTIONS: Mapping[str, dict[str, object]] = {
    "default": {},
    "bulk": {"use_bulk": True},
    "bulk, advised": {"use_bulk": True, "skip_diff": True},
}
LEAST: Mapping[str, tuple[int | None, int | None]] = {"default": (10, 20), "bulk": (3, 8)}


def measure() -> Iterator[Figure]:
    with site.opened(), tempfile.TemporaryDirectory(prefix="raci-bench-") as folder:
        _, real = site.real_project()
        grid = grids.large(real)
        changed = _changed(grid)
        files = tuple(strange.workbook(each, plain=True) for each in (grid, changed))
        ours = medians(_ours(files), rounds=ROUNDS)
        if not peer_import_export.fetched(Path(folder)):
            say("django-import-export cannot be reached and is left out.")
            return
        model = peer_import_export.make_table(grid)
        for name, options in OPTIONS.items():
            peer = medians(_peer(model, grid, files, options), rounds=PEER_ROUNDS, warm_up=False)
            peer_import_export.check(model, changed)
            for act, least in zip(("new", "again"), LEAST.get(name, (None, None)), strict=True):
                title = f"import, {act} / django-import-export, {name}"
                yield faster(title, ours[act], peer[act], at_least=least)


def _changed(grid: Grid) -> Grid:
    """1 % of the cells, all of tasks, get a mark, lose theirs or have another."""
    lead, support = grid.symbols
    after = {"": support, support: lead, lead: ""}
    items, width = list(grid.items), len(grid.roles)
    tasks = [at for at in range(len(items)) if not is_heading(items, at)]
    for place in Random(1).sample(range(len(tasks) * width), _to_change(grid)):  # noqa: S311
        at, column = tasks[place // width], place % width
        marks = list(items[at].marks)
        marks[column] = after[marks[column]]
        items[at] = replace(items[at], marks=tuple(marks))
    return replace(grid, items=tuple(items))


def _to_change(grid: Grid) -> int:
    return grids.cells(grid) * CHANGED_PERCENT // 100


def _ours(files: tuple[bytes, ...]) -> dict[str, Contender]:
    from projects import store

    places = count()

    def empty() -> Project:
        return store.create(slug=f"new-{next(places)}", title="", by=None)

    known = empty()
    imported(files[0], known)
    site.analyse()
    turns = cycle((files[1], files[0]))
    to_change = imported(files[1], known)
    imported(files[0], known)

    def again() -> None:
        if imported(next(turns), known) != to_change:
            raise DiffersError("not the changed cells were imported")

    return {"new": Contender(lambda: imported(files[0], empty())), "again": Contender(again)}


def imported(data: bytes, project: Project) -> int:
    """Brings a stranger's file into the project; how many cells changed."""
    from projects import store
    from projects.imports import proposal

    plan = proposal.propose(proposal.Source(data), project).plan
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
    return len(plan.cells)


def _peer(
    model: type[Any], grid: Grid, files: tuple[bytes, ...], options: Mapping[str, object]
) -> dict[str, Contender]:
    load = peer_import_export.importer(model, grid, **options)
    return {
        "new": Contender(lambda: load(files[0]), start=lambda: model.objects.all().delete()),
        "again": Contender(lambda: load(files[1])),
    }


if __name__ == "__main__":
    run(measure, COMPARED)
