"""The workbook of a grid as openpyxl writes it: the same cells looking the same.

Without the hidden sheet of ours. Styles are set in one of two ways: four attributes per cell, as
openpyxl's documentation shows first, or a named style per look, which is faster.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from projects.domain.grid import Grid, Item
from projects.excel import row_heights, workbook

_FONT, _LEAD, _HEADER = "ＭＳ Ｐゴシック", "FF0017C1", "E6E6E6"
_SIDE = Side(style="thin", color="949494")
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_SHADES = {1: "C5D7FB", 2: "E8F1FE", 3: "F2F2F2"}
_WIDTHS = {"number": 7.0, "name": 52.0, "role": 4.6, "description": 80.0}


class Look(NamedTuple):
    """How a cell looks."""

    font: Font
    fill: PatternFill
    border: Border
    alignment: Alignment


Dress = Callable[[Any, str, int], None]


def by_attributes(_: Workbook) -> Dress:
    def dress(cell: Any, kind: str, level: int) -> None:
        cell.font, cell.fill, cell.border, cell.alignment = look(kind, level)

    return dress


def by_named_styles(book: Workbook) -> Dress:
    @cache
    def name_of(kind: str, level: int) -> str:
        style = NamedStyle(f"{kind} {level}", **look(kind, level)._asdict())
        book.add_named_style(style)
        return f"{kind} {level}"

    def dress(cell: Any, kind: str, level: int) -> None:
        cell.style = name_of(kind, level)

    return dress


@cache
def look(kind: str, level: int) -> Look:
    """The look of a kind of cell in a row of that level."""
    sizes = {"mark": 12, "lead": 12, "description": 9}
    alignments: dict[str, dict[str, Any]] = {
        "name": {"horizontal": "left", "indent": level - 1, "wrap_text": True},
        "description": {"wrap_text": True},
    }
    colour = _LEAD if kind == "lead" else None
    return Look(
        Font(name=_FONT, size=sizes.get(kind, 10), bold=level in _SHADES, color=colour),
        PatternFill("solid", fgColor=_SHADES[level]) if level in _SHADES else PatternFill(),
        _BORDER,
        Alignment(vertical="center", **alignments.get(kind, {"horizontal": "center"})),
    )


def matrix(grid: Grid, dressing: Callable[[Workbook], Dress]) -> bytes:
    """The workbook as bytes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    dress = dressing(book)
    leads = {mark.symbol for mark in grid.legend if mark.leads}
    top = _write_head(sheet, grid)
    for row, item in enumerate(grid.items, top + 1):
        _write_row(sheet, row, item, leads, dress)
    _set_up(sheet, grid, top)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_head(sheet: Any, grid: Grid) -> int:
    """The lines above and the two header rows; gives the number of the lower one."""
    last = 3 + len(grid.roles)
    for field, (row, right, text) in workbook.preface_cells(grid).items():
        cell = sheet.cell(row + 1, last if right else 1, text)
        cell.font = Font(name=_FONT, size=16 if field == "title" else 10, bold=field == "title")
        cell.alignment = Alignment(horizontal="right" if right else None)
    top = workbook.header_row(grid) + 1
    names = [role.name for role in grid.roles]
    height = row_heights.header_height(names)
    for column in range(1, last + 1):
        _head(sheet.cell(top, column))
    sheet.cell(top, 3, workbook.GROUP_HEADER)
    sheet.merge_cells(start_row=top, end_row=top, start_column=3, end_column=last - 1)
    for column, name in enumerate(("項番", "作業項目", *names, "作業内容"), 1):
        _head(sheet.cell(top + 1, column, name))
    for column, name in enumerate(names, 3):
        cell = sheet.cell(top + 1, column)
        cell.font = Font(name=_FONT, size=row_heights.vertical_size(name, height))
        cell.alignment = Alignment(horizontal="center", vertical="top", text_rotation=255)
    sheet.row_dimensions[top + 1].height = height
    return top + 1


def _head(cell: Any) -> None:
    cell.font, cell.border = Font(name=_FONT, size=10, bold=True), _BORDER
    cell.fill = PatternFill("solid", fgColor=_HEADER)
    cell.alignment = Alignment(horizontal="center", vertical="bottom", wrap_text=True)


def _write_row(sheet: Any, row: int, item: Item, leads: set[str], dress: Dress) -> None:
    level = item.level
    dress(sheet.cell(row, 1, item.number), "number", level)
    dress(sheet.cell(row, 2, item.name), "name", level)
    for column, mark in enumerate(item.marks, 3):
        dress(sheet.cell(row, column, mark or None), "lead" if mark in leads else "mark", level)
    dress(sheet.cell(row, 3 + len(item.marks), item.description), "description", level)
    sheet.row_dimensions[row].height = row_heights.row_height(item)


def _set_up(sheet: Any, grid: Grid, top: int) -> None:
    kinds = ("number", "name", *("role" for _ in grid.roles), "description")
    for column, kind in enumerate(kinds, 1):
        letter = sheet.cell(top, column).column_letter
        sheet.column_dimensions[letter].width = _WIDTHS[kind]
    sheet.freeze_panes = sheet.cell(top + 1, 3)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 8
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.top = 0.4
    sheet.page_margins.bottom = 0.6
    sheet.print_title_rows = f"{top - 1}:{top}"
    sheet.print_area = f"A1:{letter}{top + len(grid.items)}"
    sheet.oddFooter.center.text = "&P / &N"
    sheet.oddFooter.right.text = grid.document_number
