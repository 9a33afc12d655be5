"""From the bytes of a stranger's 648 × 16 to its preview, against openpyxl's bare reading."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from tests.bench import site, strange
from tests.bench.figures import Figure, run, slower
from tests.bench.rounds import Contender, medians

if TYPE_CHECKING:
    from projects.models import Project

COMPARED = """importing.propose of a stranger's workbook of 648 × 16 for the project that has these
rows (guarded child, load, identities, comparison), against openpyxl.load_workbook and a walk over
its cells in this process."""
ROUNDS = 9
MOST_OF_OPENPYXL = 10


def measure() -> Iterator[Figure]:
    with site.opened():
        project, real = site.real_project()
        data = strange.workbook(real)
        turns = {
            "preview": Contender(_preview(project, data)),
            "openpyxl": Contender(lambda: _openpyxl(data)),
        }
        seconds = medians(turns, rounds=ROUNDS)
        ours, peer = seconds["preview"], seconds["openpyxl"]
        yield slower("preview / openpyxl, 648 × 16", ours, peer, at_most=MOST_OF_OPENPYXL)


def _preview(project: Project, data: bytes) -> Callable[[], object]:
    """What is measured: the one place to change when the page is to be asked over HTTP."""
    from projects.imports import proposal

    return lambda: proposal.propose(proposal.Source(data), project)


def _openpyxl(data: bytes) -> int:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return sum(cell.value is not None for row in sheet.iter_rows() for cell in row)


if __name__ == "__main__":
    run(measure, COMPARED)
