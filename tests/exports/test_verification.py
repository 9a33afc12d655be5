"""A workbook that was written wrong is found by reading it with another library."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given

from projects.domain.grid import Grid
from projects.excel import workbook
from projects.excel.verification import faults
from tests.support.grid_builders import grid_of, grids

GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", roles=("甲社", "乙社"))


def changed(cell: str, value: str | None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook.matrix(GRID)))
    book.worksheets[0][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place_of(text: str) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.matrix(GRID))).worksheets[0]
    return next(cell.coordinate for row in sheet for cell in row if cell.value == text)


@given(grids())
def test_what_is_written_is_what_the_grid_says(grid: Grid) -> None:
    assert faults(workbook.matrix(grid), grid) == []


@pytest.mark.parametrize(("text", "value"), [("計画", "計画案"), ("計画", None)])
def test_another_text_is_found_with_its_row(text: str, value: str | None) -> None:
    place = place_of(text)
    (fault,) = faults(changed(place, value), GRID)
    assert f"{place[1:]}行目（項番2）" in fault


def test_a_formula_is_found_wherever_it_is() -> None:
    place = place_of("報告")
    assert f"{place}: 数式" in faults(changed(place, "=1+1"), GRID)[0]


def test_a_row_too_few_is_found() -> None:
    assert (
        "行の数が違います" in faults(workbook.matrix(GRID), replace(GRID, items=GRID.items[:2]))[0]
    )
