"""A grid as a workbook that a stranger made: its looks tell the levels, and nothing says so."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from projects.domain.grid import Grid, Item

_MERGED_EVERY, _STRUCK_EVERY = 50, 40
_TASK_LEVEL = 4


def workbook(grid: Grid, *, plain: bool = False) -> bytes:
    """Title, legend and a group header above, borders everywhere, names indented by their level.

    In every 50th row the first mark is merged with its blank neighbour, in every 40th it is
    struck through. `plain`: no lines above the header, no merges and no strikes, as tools want
    it that take the first row for the header.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("役割分担表")
    looks = _Looks(book)
    top = 0 if plain else _write_preface(sheet, grid, looks)
    header = ["項番", "作業項目", *(role.name for role in grid.roles), "作業内容"]
    sheet.write_row(top, 0, header, looks.cell)
    for place, item in enumerate(grid.items, 1):
        _write_row(sheet, top + place, item, looks)
        if not plain and place % _MERGED_EVERY == 0:
            _merge(sheet, top + place, item, looks)
        elif not plain and place % _STRUCK_EVERY == 0:
            _strike(sheet, top + place, item, looks)
    book.close()
    return stream.getvalue()


class _Looks:
    """The formats of the cells."""

    def __init__(self, book: Any) -> None:
        self.cell = book.add_format({"border": 1})
        self.struck = book.add_format({"border": 1, "font_strikeout": True})
        self.names = [book.add_format({"border": 1, "indent": n}) for n in range(_TASK_LEVEL + 1)]


def _write_preface(sheet: Any, grid: Grid, looks: _Looks) -> int:
    sheet.write(0, 0, grid.title)
    sheet.write(1, 0, "　".join(f"{mark.symbol}：{mark.label}" for mark in grid.legend))
    sheet.merge_range(2, 2, 2, 1 + len(grid.roles), "関連業者", looks.cell)
    return 3


def _write_row(sheet: Any, row: int, item: Item, looks: _Looks) -> None:
    number: int | str = int(item.number) if item.number.isdecimal() else item.number
    sheet.write(row, 0, number, looks.cell)
    sheet.write_string(row, 1, item.name, looks.names[min(item.level - 1, _TASK_LEVEL)])
    sheet.write_row(row, 2, item.marks, looks.cell)
    sheet.write(row, 2 + len(item.marks), item.description, looks.cell)


def _merge(sheet: Any, row: int, item: Item, looks: _Looks) -> None:
    for at, (mark, after) in enumerate(zip(item.marks, item.marks[1:], strict=False)):
        if mark and not after:
            sheet.merge_range(row, 2 + at, row, 3 + at, mark, looks.cell)
            return


def _strike(sheet: Any, row: int, item: Item, looks: _Looks) -> None:
    for at, mark in enumerate(item.marks):
        if mark:
            sheet.write(row, 2 + at, mark, looks.struck)
            return
