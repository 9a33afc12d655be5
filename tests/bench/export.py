"""The workbook of 10,000 × 50 against openpyxl writing the same cells with the same formatting."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from projects import intake, workbook
from projects.grid import Grid, Item
from projects.intake.columns import parse_columns, parse_roles
from tests.bench import grids
from tests.bench.figures import Figure, faster, run

COMPARED = """workbook.matrix of 10,000 × 50 against openpyxl (an ordinary Workbook) writing the
same cells with borders, fills, alignment, indents, fonts, widths, heights, header and print setup.
Each run is a process of its own, in turns; the memory is the peak of the process."""
FIXTURES = Path(__file__).parents[2] / "fixtures"
ROUNDS = 3
LEAST_FASTER = 4
_SIDE = Side(style="thin", color="949494")
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_CENTRE = Alignment(horizontal="center", vertical="center")
_WRAPPED = Alignment(wrap_text=True, vertical="center")
_SHADES = {1: "C5D7FB", 2: "E8F1FE", 3: "F2F2F2"}


def measure() -> Iterator[Figure]:
    runs = [(_in_process("ours"), _in_process("openpyxl")) for _ in range(ROUNDS)]
    ours, peer = (median(pair[side]["seconds"] for pair in runs) for side in (0, 1))
    yield faster("export 10,000 × 50 / openpyxl", ours, peer, at_least=LEAST_FASTER)
    mine, theirs = (median(pair[side]["peak"] for pair in runs) for side in (0, 1))
    yield Figure(
        "export, peak memory / openpyxl", f"{mine:,.0f} MiB", f"{theirs:,.0f} MiB", mine / theirs
    )


def _in_process(writer: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.export", writer]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _run_writer(writer: str) -> None:
    """Writes once and prints {"seconds", "peak" in MiB}."""
    grid = grids.large(_real())
    start = time.perf_counter()
    size = len(workbook.matrix(grid) if writer == "ours" else _by_openpyxl(grid))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": peak, "size": size}))


def _real() -> Grid:
    names = ("besshi10.md", "roles.csv", "columns.csv")
    document, roles_file, columns_file = ((FIXTURES / name).read_bytes() for name in names)
    roles = parse_roles(roles_file)
    columns = parse_columns(columns_file, role_count=len(roles))
    return intake.read(document, roles=roles, columns=columns).grid


def _by_openpyxl(grid: Grid) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    last = 3 + len(grid.roles)
    for row, right, text in workbook.preface_cells(grid).values():
        sheet.cell(row + 1, last if right else 1, text)
    top = workbook.header_row(grid) + 2
    header = {"fill": PatternFill("solid", fgColor="E6E6E6"), "border": _BORDER}
    names = [role.name for role in grid.roles]
    for column, name in enumerate(("項番", "作業項目", *names, "作業内容"), 1):
        _styled(sheet.cell(top, column, name), **header, alignment=Alignment(textRotation=255))
    for row, item in enumerate(grid.items, top + 1):
        _write_row(sheet, row, item)
    _set_up(sheet, top, last)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_row(sheet: Any, row: int, item: Item) -> None:
    base = _base(item.level)
    _styled(sheet.cell(row, 1, item.number), **base, alignment=_CENTRE)
    _styled(sheet.cell(row, 2, item.name), **base, alignment=_indented(item.level))
    for column, mark in enumerate(item.marks, 3):
        _styled(sheet.cell(row, column, mark or None), **base, alignment=_CENTRE)
    last = 3 + len(item.marks)
    _styled(sheet.cell(row, last, item.description or None), **base, alignment=_WRAPPED)
    sheet.row_dimensions[row].height = workbook.row_height(item)


@cache
def _base(level: int) -> dict[str, Any]:
    styles: dict[str, Any] = {"border": _BORDER, "font": Font(name="ＭＳ Ｐゴシック", size=10)}
    if level in _SHADES:
        styles["fill"] = PatternFill("solid", fgColor=_SHADES[level])
    return styles


@cache
def _indented(level: int) -> Alignment:
    return Alignment(indent=level - 1, wrap_text=True, vertical="center")


def _styled(cell: Any, **styles: Any) -> None:
    for name, value in styles.items():
        setattr(cell, name, value)


def _set_up(sheet: Any, top: int, last: int) -> None:
    sheet.freeze_panes = sheet.cell(top + 1, 3)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top - 1}:{top}"
    sheet.column_dimensions["B"].width = 52
    sheet.oddFooter.center.text = "&P / &N"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _run_writer(sys.argv[1])
    else:
        run(measure, COMPARED)
