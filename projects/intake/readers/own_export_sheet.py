"""The visible sheet of an exported workbook: its cells as text, its header, its title block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from projects.domain.grid import Grid, Mark, clean_line
from projects.domain.text.wareki import parse as parse_date
from projects.excel.workbook import (
    DESCRIPTION_HEADER,
    NAME_HEADER,
    NUMBER_HEADER,
    header_row,
    preface_cells,
)
from projects.intake.files.book import Sheet
from projects.intake.text.remarks import Code, IntakeError, Place, Problem, Remark
from projects.intake.text.title_block import LEGEND_LINE

HEADER_WITHIN = 60
Filled = dict[int, dict[int, str]]


@dataclass(slots=True)
class Visible:
    """The visible sheet as being read; rows and columns count from 1."""

    sheet: Sheet
    header: int
    filled: Filled
    columns: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def place(self, row: int, column: int) -> Place:
        return self.sheet.place(row, column)

    def text(self, row: int, column: int) -> str:
        """The cell's text; a formula without a stored value is remarked, an error a problem."""
        at = (row, column)
        if at in self.sheet.errors:
            message = "エラー値は読み取れません。値に置き換えてください。"
            self.problems.append(Problem(message, self.place(*at), self.sheet.errors[at]))
            return ""
        if at in self.sheet.uncached:
            message = "計算結果のない数式のため、空欄として読み取りました。"
            self.remarks.append(Remark(self.place(*at), Code.FORMULA_UNCACHED, "", message))
        return self.sheet.text(row, column)


def find_header(sheets: Sequence[Sheet]) -> Visible:
    """The first sheet with a header row, found by its words. IntakeError without one in 60 rows."""
    for sheet in sheets:
        filled = filled_cells(sheet)
        for index in islice(filled, HEADER_WITHIN):
            texts = {clean_line(text) for text in filled[index].values()}
            if NUMBER_HEADER in texts and NAME_HEADER in texts:
                visible = Visible(sheet, index, filled)
                _read_headers(visible)
                return visible
    message = f"「{NUMBER_HEADER}」「{NAME_HEADER}」の見出し行が見つかりません。"
    raise IntakeError(Problem(message, Place("A1", sheet=sheets[0].name)))


def filled_cells(sheet: Sheet) -> Filled:
    """Row → column → text, in order, for the cells that hold anything."""
    found: Filled = {}
    for row, cells in enumerate(sheet.rows, 1):
        texts = {column: text for column, text in enumerate(cells, 1) if text}
        if texts:
            found[row] = texts
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
        place = Place("日付", sheet=visible.sheet.name)
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
            place = Place("凡例", sheet=visible.sheet.name)
            message = f"凡例の行を読み取れないため、「{mark.symbol}」は元の文言のままにします。"
            visible.remarks.append(Remark(place, Code.LEGEND_WORDING, text, message))
        found.append(Mark(mark.symbol, line["label"], mark.leads) if line and changed else mark)
    return tuple(found)


def data_rows(visible: Visible) -> Iterator[int]:
    """The rows below the header that hold anything."""
    return (row for row in visible.filled if row > visible.header)
