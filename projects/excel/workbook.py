"""Write a grid as the Excel file of 別紙10, and tables of tasks as Excel files.

XlsxWriter in constant memory: rows leave as they are written, so the order of calls matters.
Formulas and links are off; a text that looks like a formula is stored as text and marked so.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from projects.domain.grid import Grid, Item
from projects.domain.text.wareki import japanese
from projects.excel.hidden_sheet import HIDDEN_SHEET
from projects.excel.mark_sheet import MarkSheet
from projects.excel.row_heights import WIDTHS, header_height, list_height, row_height, vertical_size
from projects.excel.styles import Styles

FORMAT_VERSION = "1"
NUMBER_HEADER, NAME_HEADER, DESCRIPTION_HEADER = "項番", "作業項目", "作業内容"
GROUP_HEADER = "関連業者との役割分担"

_TAKEN = (HIDDEN_SHEET, "history")
_FOOTER_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """What an exported file was made from, so that an edited copy can come back.

    `part` is the uid of the row whose subtree was exported, "" for the whole matrix.
    """

    project: str = ""
    revision: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column behind the 作業内容: its header, width in characters, and text by row uid."""

    header: str
    width: float
    texts: Mapping[str, str]

    def text(self, item: Item) -> str:
        return self.texts.get(item.uid, "")


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet in the layout of 別紙10: a grid cut down to somebody's rows, with more columns."""

    name: str
    grid: Grid
    more: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Plain:
    """A sheet that is a plain list: (header, width in characters) per column, and the rows.

    A whole number is written as one, everything else as text. A `wide` one is printed on A3.
    """

    name: str
    headers: Sequence[tuple[str, float]]
    rows: Iterable[Sequence[str | int]]
    wide: bool = False


def matrix(grid: Grid, origin: Origin = Origin(), more: Plain | None = None) -> bytes:
    """Write 別紙10 as .xlsx: a visible sheet for people, a hidden one for importing it again.

    `more` has a sheet of its own between them, which the way back does not read.
    """
    stream = io.BytesIO()
    with new_book(stream, grid.title, grid.issuer) as book:
        styles = Styles(book)
        names = sheet_names([grid.document_number or grid.title, more.name if more else ""])
        sheet = book.add_worksheet(names[0], MarkSheet)
        if more:
            _write_plain(book.add_worksheet(names[1], MarkSheet), more, styles)
        hidden = book.add_worksheet(HIDDEN_SHEET, MarkSheet)
        _write_sheet(sheet, grid, styles)
        for row, cells in enumerate(hidden_rows(grid, origin)):
            for column, text in enumerate(cells):
                hidden.write_string(row, column, text)
        hidden.hide()
    return stream.getvalue()


def parts(title: str, sheets: Sequence[Part]) -> bytes:
    """Write one sheet per part as .xlsx, without a hidden sheet."""
    stream = io.BytesIO()
    with new_book(stream, title, "") as book:
        styles = Styles(book)
        for name, part in zip(sheet_names([part.name for part in sheets]), sheets, strict=True):
            _write_sheet(book.add_worksheet(name, MarkSheet), part.grid, styles, part.more)
    return stream.getvalue()


def table(title: str, headers: Sequence[tuple[str, float]], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a plain list as .xlsx, print-ready on A4."""
    return tables(title, [Plain(title, headers, rows)])


def tables(title: str, sheets: Sequence[Plain]) -> bytes:
    """Write one sheet per plain list as .xlsx, print-ready on A4 or A3."""
    stream = io.BytesIO()
    with new_book(stream, title, "") as book:
        styles = Styles(book)
        for name, plain in zip(sheet_names([plain.name for plain in sheets]), sheets, strict=True):
            _write_plain(book.add_worksheet(name, MarkSheet), plain, styles)
    return stream.getvalue()


def sheet_name(text: str) -> str:
    """Return a valid sheet name: at most 31 UTF-16 units, none of []:*?/\\, no quote at an end."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in text)
    cut = kept.encode("utf-16-le")[: 2 * 31].decode("utf-16-le", "ignore").strip("' ")
    return cut if cut and cut.casefold() not in _TAKEN else "Sheet1"


def sheet_names(texts: Sequence[str]) -> list[str]:
    """Return valid sheet names, all different without regard to case."""
    names: list[str] = []
    for text in texts:
        name, number = sheet_name(text), 1
        while name.casefold() in (other.casefold() for other in names):
            number += 1
            name = f"{sheet_name(text)[:26]} {number}"
        names.append(name)
    return names


def preface_cells(grid: Grid) -> dict[str, tuple[int, bool, str]]:
    """Return field → (row, at the right end, text) of the lines above the header; rows from 0."""
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
    """Return the row, from 0, of the group header; the column headers stand below it."""
    return max(row for row, _, _ in preface_cells(grid).values()) + 1


def hidden_rows(grid: Grid, origin: Origin) -> Iterable[tuple[str, ...]]:
    """Return the rows of the hidden sheet: a kind, then its values, all text."""
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


def new_book(stream: io.BytesIO, title: str, author: str) -> Workbook:
    """Open a workbook in which no text is a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": title, "author": author, "subject": GROUP_HEADER})
    return book


def _write_plain(sheet: Worksheet, plain: Plain, styles: Styles) -> None:
    for column, (_, width) in enumerate(plain.headers):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, plain.name, styles.title)
    sheet.set_row(1, list_height(plain.headers, size=10))
    for column, (header, _) in enumerate(plain.headers):
        sheet.write_string(1, column, header, styles.header)
    widths = [width for _, width in plain.headers]
    for row, cells in enumerate(plain.rows, 2):
        texts = zip(map(str, cells), widths, strict=True)
        sheet.set_row(row, list_height(list(texts)))
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(row, column, value, styles.text("", level=4, name="number"))
            else:
                sheet.write_string(row, column, value, styles.text(value, level=4, name="cell"))
    print_pages(sheet, paper=8 if plain.wide else 9, repeat=(0, 1), title=plain.name)
    sheet.freeze_panes(2, 0)


def _write_sheet(sheet: MarkSheet, grid: Grid, styles: Styles, more: Sequence[Column] = ()) -> None:
    _layout(sheet, grid, more)
    top = _write_preface(sheet, grid, styles)
    _write_header(sheet, grid, styles, top, more)
    _write_items(sheet, grid, styles, top + 2, more)
    _page_setup(sheet, grid, top + 2, more)


def _layout(sheet: Worksheet, grid: Grid, more: Sequence[Column]) -> None:
    last = 2 + len(grid.roles)
    sheet.set_column(0, 0, WIDTHS["number"])
    sheet.set_column(1, 1, WIDTHS["name"])
    if grid.roles:
        sheet.set_column(2, last - 1, WIDTHS["role"])
    sheet.set_column(last, last, WIDTHS["description"])
    for at, column in enumerate(more, last + 1):
        sheet.set_column(at, at, column.width)


def _write_preface(sheet: Worksheet, grid: Grid, styles: Styles) -> int:
    last = 2 + len(grid.roles)
    cells = preface_cells(grid)
    for field, (row, right, text) in sorted(cells.items(), key=lambda entry: entry[1][:2]):
        style = styles.title if field == "title" else styles.right if right else styles.plain
        sheet.write_string(row, last if right else 0, text, style)
    return header_row(grid)


def _write_header(
    sheet: Worksheet, grid: Grid, styles: Styles, top: int, more: Sequence[Column]
) -> None:
    last = 2 + len(grid.roles)
    for column in (0, 1, *range(last, last + 1 + len(more))):
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
    for column, header in enumerate([DESCRIPTION_HEADER, *(one.header for one in more)], last):
        sheet.write_string(top + 1, column, header, styles.header)


def _write_items(
    sheet: MarkSheet, grid: Grid, styles: Styles, first: int, more: Sequence[Column]
) -> None:
    last = 2 + len(grid.roles)
    marks = {level: styles.marks(grid, level) for level in {item.level for item in grid.items}}
    for row, item in enumerate(grid.items, first):
        text, level = styles.text, item.level
        sheet.set_row(row, row_height(item, [(one.text(item), one.width) for one in more]))
        sheet.write_string(row, 0, item.number, text(item.number, level=level, name="number"))
        sheet.write_string(row, 1, item.name, text(item.name, level=level, name="name"))
        sheet.write_marks(row, 2, item.marks, marks[level])
        for column, words in enumerate([item.description, *(one.text(item) for one in more)], last):
            style = text(words, level=level, name="description")
            sheet.write_string(row, column, words, style)


def _page_setup(sheet: Worksheet, grid: Grid, first: int, more: Sequence[Column]) -> None:
    print_pages(sheet, paper=8, repeat=(first - 2, first - 1), title=grid.document_number)
    sheet.freeze_panes(first, 2)
    if grid.items:
        end = first + len(grid.items)
        sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:A{end}"})
        sheet.print_area(0, 0, end - 1, 2 + len(grid.roles) + len(more))


def print_pages(sheet: Worksheet, *, paper: int, repeat: tuple[int, int], title: str) -> None:
    """Set landscape, fit to the paper (8 for A3, 9 for A4), header rows and page numbers."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
    sheet.repeat_rows(*repeat)
    sheet.set_footer(f"&C&P / &N&R{title[:_FOOTER_LENGTH].replace('&', '&&')}")
