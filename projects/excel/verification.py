"""A written workbook, read again with another library: what it says otherwise than its grid."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import openpyxl

from projects.domain.grid import Grid, Item
from projects.excel.workbook import NAME_HEADER, NUMBER_HEADER

MOST_FAULTS = 20
_FIRST_ROLE = 2


def faults(data: bytes, grid: Grid) -> list[str]:
    """Return, with their places, the rows that differ from the grid's and all formulas.

    At most MOST_FAULTS. Marks, 項番 and names of the first sheet are compared, on every sheet
    nothing may be a formula.
    """
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    try:
        found = [*_formulas(book), *_differences(book.worksheets[0], grid)]
    finally:
        book.close()
    return found[:MOST_FAULTS]


def _formulas(book: Any) -> Iterator[str]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (f"{sheet.title} {c.coordinate}: 数式" for c in row if c.data_type == "f")


def _differences(sheet: Any, grid: Grid) -> Iterator[str]:
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    table = [(place, row) for place, row in rows if any(value is not None for value in row)]
    heads = [at for at, (_, row) in enumerate(table) if row[:2] == (NUMBER_HEADER, NAME_HEADER)]
    if not heads:
        yield f"{sheet.title}: 見出しの行がありません"
        return
    for entry, item in zip_longest(table[heads[0] + 1 :], grid.items):
        if entry is None or item is None:
            yield f"{sheet.title}: 行の数が違います"
            return
        place, row = entry
        if _texts(row, len(grid.roles)) != _wanted(item):
            yield f"{sheet.title} {place}行目（項番{item.number}）: 内容が違います"


def _texts(row: tuple[Any, ...], width: int) -> list[str]:
    return [_comparable(value) for value in row[: _FIRST_ROLE + width]]


def _wanted(item: Item) -> list[str]:
    return [_comparable(text) for text in (item.number, item.name, *item.marks)]


def _comparable(value: object) -> str:
    """Return the text without the sign that escapes an escape, which openpyxl takes away."""
    return "" if value is None else str(value).replace("x005F_", "")
