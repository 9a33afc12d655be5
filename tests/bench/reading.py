"""Reading 10,000 × 50 with its looks in the guarded child, against calamine's bare values."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import python_calamine
from openpyxl import load_workbook

from projects.domain.grid import Grid
from projects.intake.sandbox import child_process
from tests.bench import grids, site, strange
from tests.bench.figures import Figure, run, slower
from tests.bench.memory import peak_of_children
from tests.bench.rounds import Contender, medians
from tests.bench.same_cells import DiffersError
from tests.bench.sheets_task import TASKS

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """A workbook of 10,000 × 50 with merged cells, indents and struck marks, as a stranger
makes it: the guarded child (start, preflight, sheets of cells with their looks) against
python-calamine's bare values in this process, and against openpyxl's. The memory is the child's
peak for the whole reading. And an exported workbook, 648 × 16 and 10,000 × 50: child, identities
and comparison to the empty plan against the child alone."""
ROUNDS, SLOW_ROUNDS = 9, 1
MOST_OF_CALAMINE, MOST_MEGABYTES, MOST_OF_READ = 3, 150, 2


def measure() -> Iterator[Figure]:
    with site.opened():
        project, real = site.real_project()
        large = grids.large(real)
        data = strange.workbook(large)
        _check(data, large)
        yield from _readers(data)
        yield _memory(data)
        yield from _returned("648 × 16", project, real)
        yield from _returned("10,000 × 50", site.project_of(large, "large"), large)


def _check(data: bytes, grid: Grid) -> None:
    """The child and calamine see as many cells, and the looks are there."""
    filled = sum(bool(cell) for row in _calamine(data) for cell in row)
    found = child_process.run("sheets", data, {}, tasks=TASKS)
    if found["cells"] != filled or min(found.values()) < len(grid.items) // 100:
        raise DiffersError(f"{filled} cells against {found}")


def _readers(data: bytes) -> Iterator[Figure]:
    turns = {
        "calamine": Contender(lambda: _calamine(data)),
        "sheets": Contender(lambda: child_process.run("sheets", data, {}, tasks=TASKS)),
        "reading": Contender(lambda: child_process.run("read", data, {})),
    }
    seconds = medians(turns, rounds=ROUNDS)
    bare = seconds["calamine"]
    slow = medians({"openpyxl": Contender(lambda: _openpyxl(data))}, rounds=SLOW_ROUNDS)
    yield slower("reading / calamine", seconds["sheets"], bare, at_most=MOST_OF_CALAMINE)
    yield slower("reading to the grid / calamine", seconds["reading"], bare)
    yield slower("openpyxl / calamine", slow["openpyxl"], bare)


def _calamine(data: bytes) -> list[list[Any]]:
    book = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


def _openpyxl(data: bytes) -> int:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return sum(cell.value is not None for row in sheet.iter_rows() for cell in row)


def _memory(data: bytes) -> Figure:
    """In a process that has nothing else: a child's peak counts what its parent had."""
    command = [sys.executable, "-m", "tests.bench.reading", "memory"]
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
    peak = float(done.stdout)
    return Figure("reading, memory", "", "", peak, at_most=MOST_MEGABYTES, unit="MB")


def _tell_memory() -> None:
    child_process.run("read", sys.stdin.buffer.read(), {})
    sys.stdout.write(str(peak_of_children()))


def _returned(size: str, project: Project, grid: Grid) -> Iterator[Figure]:
    read, propose = _coming_back(project, grid)
    turns = {"read": Contender(read), "propose": Contender(propose)}
    seconds = medians(turns, rounds=ROUNDS)
    name = f"exported, back as an empty plan / its read, {size}"
    yield slower(name, seconds["propose"], seconds["read"], at_most=MOST_OF_READ)


def _coming_back(project: Project, grid: Grid) -> tuple[Callable[[], object], Callable[[], object]]:
    from projects.excel import workbook
    from projects.imports import proposal

    data = workbook.matrix(grid, workbook.Origin(project.slug, project.revision))

    def propose() -> None:
        if not proposal.propose(proposal.Source(data), project).plan.is_empty:
            raise DiffersError("an exported file would change something")

    return lambda: proposal.read_guarded(data, current=grid), propose


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _tell_memory()
    else:
        run(measure, COMPARED)
