"""Files as strangers write them: a page of cells with its looks, and a writer for every kind."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Font

from projects import intake
from projects.intake import Reading
from projects.intake.text.cell_address import a1
from projects.intake.text.remarks import Code

HEADER = ("項番", "作業項目", "甲社", "乙社", "作業内容")
Rows = Sequence[Sequence[Any]]

# Remarks after which a plain count of the symbols may differ from the marks taken.
_ABOUT_MARKS = {
    Code.TWO_MARKS,
    Code.SYMBOL_VARIANT,
    Code.MARK_ASKED,
    Code.MARK_NOTED,
    Code.MARK_CHANGING,
    Code.MARK_STRUCK,
    Code.MARK_MERGED,
    Code.ROW_SKIPPED,
}


@dataclass(frozen=True)
class Page:
    """A sheet: its rows from A1, None or "" for blank, and its looks by A1 address."""

    rows: Rows
    name: str = "Sheet1"
    merges: Sequence[str] = ()
    indents: Mapping[str, int] = field(default_factory=dict)
    strikes: Sequence[str] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    state: str = "visible"

    def look(self, cell: str) -> tuple[int, bool, str]:
        """(indent, struck, number format) of a cell."""
        return self.indents.get(cell, 0), cell in self.strikes, self.formats.get(cell, "")


def read(data: bytes | Page | Rows, **arguments: Any) -> Reading:
    """The reading of a file, of a page or of bare rows; its sums are checked every time."""
    if not isinstance(data, bytes):
        data = by_openpyxl(data if isinstance(data, Page) else Page(data))
    reading = intake.read(data, **arguments)
    assert reading.cells.unaccounted == 0, reading.cells
    assert reading.grid.errors() == []
    if not _ABOUT_MARKS & {remark.code for remark in reading.remarks}:
        assert _marks(reading) == _plain_count(reading)
    return reading


def _marks(reading: Reading) -> dict[str, dict[str, int]]:
    found: Any = reading.totals()["marks_by_role"]
    return {role: {s: n for s, n in counts.items() if n} for role, counts in found.items()}


def _plain_count(reading: Reading) -> dict[str, dict[str, int]]:
    symbols = reading.grid.symbols
    return {
        role: {text: n for text, n in counts.items() if text in symbols}
        for role, counts in reading.counted.items()
    }


def outline(data: Reading | bytes | Page | Rows, **arguments: Any) -> list[str]:
    """The rows as lines: two spaces per level, number, name, a sign per role (. for blank)."""
    reading = data if isinstance(data, Reading) else read(data, **arguments)
    return [
        "  " * (item.level - 1)
        + " ".join(
            part
            for part in (item.number, item.name, "".join(mark or "." for mark in item.marks))
            if part
        )
        for item in reading.grid.items
    ]


def roles(reading: Reading) -> list[str]:
    return [role.name for role in reading.grid.roles]


def title(reading: Reading) -> tuple[str, str, str, str]:
    grid = reading.grid
    return grid.title, grid.document_number, grid.date, grid.issuer


def legend(reading: Reading) -> dict[str, str]:
    return {mark.symbol: mark.label for mark in reading.grid.legend}


def remarked(reading: Reading, *codes: Code) -> list[tuple[str, str, str]]:
    """(cell, code, raw) of the remarks, of some codes if given."""
    return [
        (remark.place.cell, remark.code.value, remark.raw)
        for remark in reading.remarks
        if not codes or remark.code in codes
    ]


# ---- writers


def by_openpyxl(*pages: Page) -> bytes:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for page in pages:
        sheet = book.create_sheet(page.name)
        for row, cells in enumerate(page.rows, 1):
            for column, value in enumerate(cells, 1):
                _openpyxl_cell(sheet, page, row, column, value)
        for merge in page.merges:
            sheet.merge_cells(merge)
        for row in page.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        for column in page.hidden_columns:
            sheet.column_dimensions[a1(1, column)[:-1]].hidden = True
        sheet.sheet_state = page.state
    return _saved(book)


def _openpyxl_cell(sheet: Any, page: Page, row: int, column: int, value: Any) -> None:
    indent, struck, pattern = page.look(a1(row, column))
    if value in (None, "") and not indent:
        return
    cell = sheet.cell(row, column)
    cell.value = value
    if indent:
        cell.alignment = Alignment(indent=indent)
    if struck:
        cell.font = Font(strike=True)
    if pattern:
        cell.number_format = pattern


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(*pages: Page, constant_memory: bool = False) -> bytes:
    """Shared strings, or inline ones where the memory is constant."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": constant_memory, "in_memory": True})
    for page in pages:
        sheet = book.add_worksheet(page.name)
        for merge in () if constant_memory else page.merges:
            sheet.merge_range(merge, "")
        for row, cells in enumerate(page.rows):
            for column, value in enumerate(cells):
                if value not in (None, ""):
                    look = _xlsxwriter_format(book, page, a1(row + 1, column + 1))
                    sheet.write(row, column, value, look)
        _xlsxwriter_hide(sheet, page)
        if page.state != "visible":
            sheet.hide()
    book.close()
    return out.getvalue()


def _xlsxwriter_hide(sheet: Any, page: Page) -> None:
    for row in page.hidden_rows:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})


def _xlsxwriter_format(book: Any, page: Page, at: str) -> Any:
    indent, struck, pattern = page.look(at)
    if not (indent or struck or pattern):
        return None
    look = book.add_format({"indent": indent, "font_strikeout": struck})
    if pattern:
        look.set_num_format(pattern)
    return look


def as_csv(rows: Rows, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_markdown(*tables: Rows, between: str = "") -> bytes:
    """Tables with the first row as the header; `between` stands before each."""
    return "\n".join(f"{between}\n{_markdown_table(rows)}" for rows in tables).encode()


def _markdown_table(rows: Rows) -> str:
    width = max(map(len, rows))
    lines = ["| " + " | ".join(_markdown_cells(row, width)) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * width)
    return "\n".join(lines) + "\n"


def _markdown_cells(row: Sequence[Any], width: int) -> list[str]:
    texts = [str(v or "").replace("|", "\\|").replace("\n", "<br>") for v in row]
    return texts + [""] * (width - len(texts))


# ---- OpenDocument by hand


# ---- Excel by hand


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(name, data, stored)
    return out.getvalue()
