"""The visible sheet of an exported workbook: its cells as text, its header, its title block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from projects.grid import Grid, Mark, clean_line
from projects.intake.places import a1
from projects.intake.preface import LEGEND_LINE
from projects.intake.remarks import Code, Place, Problem, Refused, Remark
from projects.wareki import parse as parse_date
from projects.workbook import (
    DESCRIPTION_HEADER,
    NAME_HEADER,
    NUMBER_HEADER,
    header_row,
    preface_cells,
)

HEADER_WITHIN = 60
Filled = dict[int, dict[int, Any]]


@dataclass(slots=True)
class Visible:
    """The visible sheet as being read; rows and columns count from 1."""

    sheet: Worksheet
    header: int
    filled: Filled
    columns: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def place(self, row: int, column: int) -> Place:
        return Place(a1(row, column), sheet=self.sheet.title)

    def text(self, row: int, column: int) -> str:
        """The cell as text; a formula or an error in it is a problem, since its value is not."""
        cell = self.sheet.cell(row, column)
        if cell.data_type in ("f", "e"):
            what = "数式" if cell.data_type == "f" else "エラー値"
            message = f"{what}は読み取れません。値に置き換えてください。"
            self.problems.append(Problem(message, self.place(row, column), str(cell.value)))
            return ""
        return as_text(cell)


def as_text(cell: Cell | Any) -> str:
    """What a person reads in the cell: whole numbers without a point, "" for nothing."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _unescaped(str(value))


def _unescaped(text: str) -> str:
    """The text that means itself: Excel escapes a literal "_x000D_" as "_x005F_x000D_".

    openpyxl undoes that in shared strings only, and our own files have their texts in the cells.
    """
    return text.replace("_x005F_", "_")


def find_header(sheets: Sequence[Worksheet]) -> Visible:
    """The first sheet with a header row, found by its words. Refused without one in 60 rows."""
    for sheet in sheets:
        filled = filled_cells(sheet)
        for index in islice(filled, HEADER_WITHIN):
            texts = {clean_line(as_text(cell)) for cell in filled[index].values()}
            if NUMBER_HEADER in texts and NAME_HEADER in texts:
                visible = Visible(sheet, index, filled)
                _read_headers(visible)
                return visible
    message = f"「{NUMBER_HEADER}」「{NAME_HEADER}」の見出し行が見つかりません。"
    raise Refused(Problem(message, Place("A1", sheet=sheets[0].title)))


def filled_cells(sheet: Worksheet) -> Filled:
    """Row → column → cell, in order, for the cells that hold anything.

    A sheet may reach to XFD1048576 because of one stray cell, and openpyxl would make all the
    cells between when asked for its rows; what it has read is in `_cells` only.
    """
    found: Filled = {}
    for (row, column), cell in sorted(sheet._cells.items(), key=itemgetter(0)):
        if cell.value is not None and cell.value != "":
            found.setdefault(row, {})[column] = cell
    return found


def _read_headers(visible: Visible) -> None:
    for column in visible.filled[visible.header]:
        text = clean_line(visible.text(visible.header, column))
        if text in visible.columns:
            message = "同じ見出しの列が2つあります。1つにしてください。"
            place = visible.place(visible.header, column)
            visible.problems.append(Problem(message, place, text))
        elif text:
            visible.columns[text] = column


def preface_text(visible: Visible, exported: Grid, field: str) -> str:
    """The text that stands where the field was printed; rows inserted above shift it."""
    row, right, printed = preface_cells(exported)[field]
    shift = visible.header - (header_row(exported) + 2)
    last = visible.columns.get(DESCRIPTION_HEADER, 3 + len(exported.roles))
    found = clean_line(visible.text(max(1, row + 1 + shift), last if right else 1))
    return getattr(exported, field, "") if found == clean_line(printed) else found


def read_date(visible: Visible, exported: Grid) -> str:
    """The ISO date as it stands in the sheet; the exported one, with a remark, when unreadable."""
    text = preface_text(visible, exported, "date")
    date = "" if not text else parse_date(text)
    if date is None:
        message = "日付として読めないため、元の日付のままにします。"
        place = Place("日付", sheet=visible.sheet.title)
        visible.remarks.append(Remark(place, Code.DATE_UNREAD, text, message))
        return exported.date
    return date


def read_legend(visible: Visible, exported: Grid) -> tuple[Mark, ...]:
    """The exported marks with the wordings that stand in the sheet."""
    found = []
    for mark in exported.legend:
        text = preface_text(visible, exported, f"mark:{mark.symbol}")
        line = LEGEND_LINE.match(text)
        changed = line and line["symbol"] == mark.symbol
        if text and not changed:
            place = Place("凡例", sheet=visible.sheet.title)
            message = f"凡例の行を読み取れないため、「{mark.symbol}」は元の文言のままにします。"
            visible.remarks.append(Remark(place, Code.LEGEND_WORDING, text, message))
        found.append(Mark(mark.symbol, line["label"], mark.leads) if line and changed else mark)
    return tuple(found)


def data_rows(visible: Visible) -> Iterator[int]:
    """The rows below the header that hold anything."""
    return (row for row in visible.filled if row > visible.header)
