"""A grid that is written in any layout by any writer comes back as it was."""

from __future__ import annotations

from hypothesis import given, settings

from projects.domain.grid import Grid
from projects.intake.text.remarks import Code
from tests.support.random_layouts import Layout, expected, layouts, plain_grids, written
from tests.support.sheet_writers import read, roles

# What a writer of pages may have said of it without being wrong.
_HARMLESS = {Code.LINE_SKIPPED, Code.NUMBER_ORDER, Code.HEADING_DESCRIPTION}


@settings(max_examples=250)
@given(plain_grids(), layouts())
def test_written_in_any_layout_it_reads_back(grid: Grid, layout: Layout) -> None:
    reading = read(written(grid, layout), legend=() if layout.title else grid.legend)
    found = [
        (row.level, row.number, row.name, row.description, row.marks) for row in reading.grid.items
    ]
    assert found == expected(grid, layout)
    assert roles(reading) == [role.name for role in grid.roles]
    assert reading.grid.legend == grid.legend
    if layout.title:
        assert (reading.grid.title, reading.grid.document_number) == ("役割分担表", "別紙10")
        assert reading.grid.date == "2014-05"
    assert {remark.code for remark in reading.remarks} <= _HARMLESS
