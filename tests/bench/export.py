"""The workbook of 10,000 × 50 against openpyxl writing the same cells looking the same."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from openpyxl import load_workbook

from projects import intake
from projects.domain.grid import Grid
from projects.excel import workbook
from projects.intake.text.column_definitions import parse_columns, parse_roles
from tests.bench import grids, peer_openpyxl
from tests.bench.figures import Figure, faster, run
from tests.bench.same_cells import DiffersError

COMPARED = """workbook.matrix of 10,000 × 50 against openpyxl (an ordinary Workbook) writing the
same cells with borders, fills, alignment, indents, fonts, widths, heights, header and print setup,
styled by attributes or by named styles. Each run is a process of its own, in turns, warmed by the
workbook of 648 × 16; the memory is the peak of the process, less what it had before the run."""
FIXTURES = Path(__file__).parents[2] / "fixtures"
ROUNDS = 3
LEAST_FASTER = 4
Writer = Callable[[Grid], bytes]
WRITERS: dict[str, Writer] = {
    "ours": workbook.matrix,
    "openpyxl": lambda grid: peer_openpyxl.matrix(grid, peer_openpyxl.by_attributes),
    "named": lambda grid: peer_openpyxl.matrix(grid, peer_openpyxl.by_named_styles),
}


def measure() -> Iterator[Figure]:
    _check()
    runs = [{name: _in_process(name) for name in WRITERS} for _ in range(ROUNDS)]
    ours, peer, named = (median(turn[name]["seconds"] for turn in runs) for name in WRITERS)
    yield faster("export / openpyxl", ours, peer, at_least=LEAST_FASTER)
    yield faster("export / openpyxl, named styles", ours, named, at_least=LEAST_FASTER)
    ours, peer, named = (median(turn[name]["peak"] for turn in runs) for name in WRITERS)
    yield _memory("export, memory / openpyxl", ours, peer)
    yield _memory("export, memory / openpyxl, named styles", ours, named)


def _memory(name: str, ours: float, peer: float) -> Figure:
    return Figure(name, f"{ours:,.0f} MiB", f"{peer:,.0f} MiB", ours / peer)


def _check() -> None:
    """All writers make cells that read the same and look the same."""
    real = real_grid()
    ours, *peers = (_cells(write(real)) for write in WRITERS.values())
    for peer in peers:
        for place in ours.keys() | peer.keys():
            if ours.get(place) != peer.get(place):
                raise DiffersError(f"{place}: {ours.get(place)} against {peer.get(place)}")


def _cells(data: bytes) -> dict[str, tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {cell.coordinate: _seen(cell) for row in sheet.iter_rows() for cell in row}


def _seen(cell: Any) -> tuple[object, ...]:
    at, font = cell.alignment, cell.font
    colour = font.color.rgb if font.color and font.color.type == "rgb" else ""
    return (
        cell.value or None,
        (font.name, font.size, bool(font.bold), colour),
        cell.fill.fgColor.rgb[2:] if cell.fill.patternType else "",
        cell.border.bottom.style,
        (at.horizontal, at.vertical or "bottom", at.textRotation, at.indent, bool(at.wrapText)),
    )


def _in_process(writer: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.export", writer]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _run_writer(writer: str) -> None:
    """Writes once and prints {"seconds", "peak" in MiB}."""
    real = real_grid()
    grid, write = grids.large(real), WRITERS[writer]
    write(real)
    before = _peak()
    start = time.perf_counter()
    write(grid)
    seconds = time.perf_counter() - start
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": _peak() - before}))


def _peak() -> float:
    """The most memory the process ever had, in MiB; not its parent's, unlike getrusage."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def real_grid() -> Grid:
    names = ("besshi10.md", "roles.csv", "columns.csv")
    document, roles_file, columns_file = ((FIXTURES / name).read_bytes() for name in names)
    roles = parse_roles(roles_file)
    columns = parse_columns(columns_file, role_count=len(roles))
    return intake.read(document, roles=roles, columns=columns).grid


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _run_writer(sys.argv[1])
    else:
        run(measure, COMPARED)
