"""Grid → the Excel file of 別紙10, and tables of tasks → Excel files.

XlsxWriter in constant memory: rows leave as they are written, so the order of calls matters.
Formulas and links are off; a text that looks like a formula is stored as text and marked so.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from projects.grid import Grid, Item
from projects.marksheet import MarkSheet
from projects.origin import HIDDEN_SHEET
from projects.wareki import japanese

FORMAT_VERSION = "1"
NUMBER_HEADER, NAME_HEADER, DESCRIPTION_HEADER = "項番", "作業項目", "作業内容"
GROUP_HEADER = "関連業者との役割分担"

_FONT = "ＭＳ Ｐゴシック"
_SHADES = {1: "#C5D7FB", 2: "#E8F1FE", 3: "#F2F2F2"}
_HEADER_SHADE = "#E6E6E6"
_LEAD_COLOUR = "#0017C1"
_LINE = "#949494"
_WIDTHS = {"number": 7.0, "name": 52.0, "role": 4.6, "description": 80.0}
_PIXELS_PER_UNIT = 7.0
_PIXELS_PER_INDENT = 9.0
_MAX_ROW = 409.0
_VERTICAL_PITCH = 1.42
_TAKEN = (HIDDEN_SHEET, "history")
_FOOTER_LENGTH = 100
_ALIVE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Origin:
    """What an exported file was made from, so that an edited copy can come back.

    `part` is the uid of the row whose subtree was exported, "" for the whole matrix.
    """

    project: str = ""
    revision: int = 0
    part: str = ""


def matrix(grid: Grid, origin: Origin = Origin()) -> bytes:
    """別紙10 as .xlsx: the visible sheet for people, the hidden one for the way back."""
    stream = io.BytesIO()
    with _workbook(stream, grid.title, grid.issuer) as book:
        styles = _Styles(book)
        sheet = book.add_worksheet(sheet_name(grid.document_number or grid.title), MarkSheet)
        hidden = book.add_worksheet(HIDDEN_SHEET)
        _layout(sheet, grid)
        top = _write_preface(sheet, grid, styles)
        _write_header(sheet, grid, styles, top)
        first = top + 2
        _write_items(sheet, grid, styles, first)
        _page_setup(sheet, grid, first)
        for row, cells in enumerate(hidden_rows(grid, origin)):
            for column, text in enumerate(cells):
                hidden.write_string(row, column, text)
        hidden.hide()
    return stream.getvalue()


def table(title: str, headers: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]]) -> bytes:
    """A plain list as .xlsx: (header, width in characters) per column, print-ready on A4."""
    stream = io.BytesIO()
    with _workbook(stream, title, "") as book:
        styles = _Styles(book)
        sheet = book.add_worksheet(sheet_name(title))
        for column, (_, width) in enumerate(headers):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, title, styles.title)
        for column, (header, _) in enumerate(headers):
            sheet.write_string(1, column, header, styles.header)
        for row, cells in enumerate(rows, 2):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, styles.text(text, level=4, name="cell"))
        _print_pages(sheet, paper=9, repeat=(0, 1), title=title)
        sheet.freeze_panes(2, 0)
    return stream.getvalue()


def sheet_name(text: str) -> str:
    """A name that Excel takes: at most 31 UTF-16 units, none of []:*?/\\, no quote at an end."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in text)
    cut = kept.encode("utf-16-le")[: 2 * 31].decode("utf-16-le", "ignore").strip("' ")
    return cut if cut and cut.casefold() not in _TAKEN else "Sheet1"


def preface_cells(grid: Grid) -> dict[str, tuple[int, bool, str]]:
    """Field → (row, at the right end, text) of the lines above the header; rows from 0."""
    cells = {
        "title": (0, False, grid.title),
        "document_number": (0, True, grid.document_number),
        "date": (1, True, japanese(grid.date)),
        "issuer": (2, True, grid.issuer),
    }
    for index, mark in enumerate(grid.legend):
        cells[f"mark:{mark.symbol}"] = (1 + index, False, f"{mark.symbol}…{mark.label}")
    return cells


def header_row(grid: Grid) -> int:
    """The row, from 0, of the group header; the column headers stand below it."""
    return max(row for row, _, _ in preface_cells(grid).values()) + 1


def hidden_rows(grid: Grid, origin: Origin) -> Iterable[tuple[str, ...]]:
    """The rows of the hidden sheet: a kind, then its values, all text."""
    yield ("format", FORMAT_VERSION)
    yield ("project", origin.project)
    yield ("revision", str(origin.revision))
    yield ("part", origin.part)
    for name in ("title", "document_number", "issuer", "date"):
        yield (name, getattr(grid, name))
    for mark in grid.legend:
        yield ("mark", mark.symbol, "leads" if mark.leads else "", mark.label)
    for role in grid.roles:
        yield ("role", role.name, role.short_name, role.kind.value, *role.aliases)
    for item in grid.items:
        yield ("item", item.uid, str(item.level), item.number, item.name)


def header_height(names: Sequence[str]) -> float:
    """Points for the row of vertical names: the longest still fits at 5 pt."""
    longest = max((len(name) for name in names), default=0)
    return min(_MAX_ROW, max(90.0, longest * 5 * _VERTICAL_PITCH))


def vertical_size(name: str, height: float) -> float:
    """The font size, from 1 to 9 pt, at which a vertical name fits the height in points."""
    return min(9.0, max(1.0, int(height / (len(name) * _VERTICAL_PITCH) * 2) / 2))


def row_height(item: Item) -> float:
    """Points that a row needs for its wrapped name and description, within Excel's limit.

    LibreOffice does not fit heights when it opens a file, so they are written.
    """
    indent = (item.level - 1) * _PIXELS_PER_INDENT
    name = _lines(item.name, _WIDTHS["name"] * _PIXELS_PER_UNIT - indent, size=10)
    description = _lines(item.description, _WIDTHS["description"] * _PIXELS_PER_UNIT, size=9)
    return min(_MAX_ROW, max(name * 13.5 + 4, description * 12.0 + 4))


def _lines(text: str, width: float, *, size: int) -> int:
    """How many lines the text takes in a column of that many pixels, a little on the safe side."""
    if text.isascii() and len(text) * size < width:
        return 1
    return sum(max(1, math.ceil(_pixels(line, size) / (width - 8))) for line in text.split("\n"))


def _pixels(text: str, size: int) -> float:
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return (wide + (len(text) - wide) * 0.56) * size * 96 / 72


def _workbook(stream: io.BytesIO, title: str, author: str) -> Workbook:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": title, "author": author, "subject": GROUP_HEADER})
    return book


class _Styles:
    """The cell formats, made once each: XlsxWriter writes one style per Format."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._texts: dict[tuple[str, int, bool], Format] = {}
        self.title = book.add_format(self._font(size=16, bold=True))
        self.plain = book.add_format(self._font())
        self.right = book.add_format(self._font(align="right"))
        header = {"bg_color": _HEADER_SHADE, "border": 1, "border_color": _LINE, "bold": True}
        self.header = book.add_format(
            self._font(**header, valign="bottom", text_wrap=True, align="center")
        )
        self._header = header

    def vertical(self, size: float) -> Format:
        """Characters upright below one another, as Japanese headers are written."""
        return self._book.add_format(
            self._font(
                **self._header | {"bold": False},
                size=size,
                rotation=270,
                valign="top",
                align="center",
            )
        )

    def text(self, text: str, *, level: int, name: str) -> Format:
        """The format of a text cell; risky texts carry Excel's quote prefix."""
        risky = text.startswith(_ALIVE)
        key = (name, level, risky)
        if key not in self._texts:
            self._texts[key] = self._book.add_format(self._properties(name, level, risky))
        return self._texts[key]

    def marks(self, grid: Grid, level: int) -> dict[str, Format]:
        """The format of each symbol and of a blank cell at that level."""
        names = {"": "mark"} | {
            mark.symbol: "lead" if mark.leads else "mark" for mark in grid.legend
        }
        return {symbol: self.text(symbol, level=level, name=name) for symbol, name in names.items()}

    def _properties(self, name: str, level: int, risky: bool) -> dict[str, Any]:
        extra: dict[str, Any] = {"border": 1, "border_color": _LINE, "valign": "vcenter"}
        if level in _SHADES:
            extra |= {"bg_color": _SHADES[level], "bold": True}
        kinds: dict[str, dict[str, Any]] = {
            "number": {"align": "center"},
            "name": {"align": "left", "indent": level - 1, "text_wrap": True},
            "mark": {"align": "center", "size": 12},
            "lead": {"align": "center", "size": 12, "font_color": _LEAD_COLOUR},
        }
        extra |= kinds.get(name, {"text_wrap": True, "size": 9})
        return self._font(**extra, **({"quote_prefix": True} if risky else {}))

    @staticmethod
    def _font(size: Any = 10, **extra: Any) -> dict[str, Any]:
        return {"font_name": _FONT, "font_size": size, **extra}


def _layout(sheet: Worksheet, grid: Grid) -> None:
    last = 2 + len(grid.roles)
    sheet.set_column(0, 0, _WIDTHS["number"])
    sheet.set_column(1, 1, _WIDTHS["name"])
    if grid.roles:
        sheet.set_column(2, last - 1, _WIDTHS["role"])
    sheet.set_column(last, last, _WIDTHS["description"])


def _write_preface(sheet: Worksheet, grid: Grid, styles: _Styles) -> int:
    last = 2 + len(grid.roles)
    cells = preface_cells(grid)
    for field, (row, right, text) in sorted(cells.items(), key=lambda entry: entry[1][:2]):
        style = styles.title if field == "title" else styles.right if right else styles.plain
        sheet.write_string(row, last if right else 0, text, style)
    return header_row(grid)


def _write_header(sheet: Worksheet, grid: Grid, styles: _Styles, top: int) -> None:
    last = 2 + len(grid.roles)
    for column in (0, 1, last):
        sheet.write_blank(top, column, None, styles.header)
    if len(grid.roles) > 1:
        sheet.merge_range(top, 2, top, last - 1, GROUP_HEADER, styles.header)
    elif grid.roles:
        sheet.write_string(top, 2, GROUP_HEADER, styles.header)
    height = header_height([role.name for role in grid.roles])
    sheet.set_row(top + 1, height)
    sheet.write_string(top + 1, 0, NUMBER_HEADER, styles.header)
    sheet.write_string(top + 1, 1, NAME_HEADER, styles.header)
    for column, role in enumerate(grid.roles, 2):
        style = styles.vertical(vertical_size(role.name, height))
        sheet.write_string(top + 1, column, role.name, style)
    sheet.write_string(top + 1, last, DESCRIPTION_HEADER, styles.header)


def _write_items(sheet: MarkSheet, grid: Grid, styles: _Styles, first: int) -> None:
    last = 2 + len(grid.roles)
    marks = {level: styles.marks(grid, level) for level in {item.level for item in grid.items}}
    for row, item in enumerate(grid.items, first):
        text, level = styles.text, item.level
        sheet.set_row(row, row_height(item))
        sheet.write_string(row, 0, item.number, text(item.number, level=level, name="number"))
        sheet.write_string(row, 1, item.name, text(item.name, level=level, name="name"))
        sheet.write_marks(row, 2, item.marks, marks[level])
        style = text(item.description, level=level, name="description")
        sheet.write_string(row, last, item.description, style)


def _page_setup(sheet: Worksheet, grid: Grid, first: int) -> None:
    _print_pages(sheet, paper=8, repeat=(first - 2, first - 1), title=grid.document_number)
    sheet.freeze_panes(first, 2)
    if grid.items:
        end = first + len(grid.items)
        sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:A{end}"})
        sheet.print_area(0, 0, end - 1, 2 + len(grid.roles))


def _print_pages(sheet: Worksheet, *, paper: int, repeat: tuple[int, int], title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
    sheet.repeat_rows(*repeat)
    sheet.set_footer(f"&C&P / &N&R{title[:_FOOTER_LENGTH].replace('&', '&&')}")
