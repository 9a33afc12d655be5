"""A workbook that this application exported, perhaps edited since → Reading.

The visible sheet is what counts; the hidden one gives rows their identity back and keeps what
the visible one cannot show. Rows are found again by number, name and place, so a copy whose
rows were inserted, sorted or renumbered still matches.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from projects.align import Key, align
from projects.grid import (
    UID_ALPHABET,
    UID_LENGTH,
    Grid,
    Item,
    Mark,
    Role,
    RoleKind,
    clean_line,
    clean_text,
    new_uid,
)
from projects.intake.outline import depths
from projects.intake.places import a1
from projects.intake.preface import LEGEND_LINE
from projects.intake.reading import CellAccount, Reading
from projects.intake.remarks import Code, Place, Problem, Refused, Remark
from projects.intake.symbols import read_symbol
from projects.keys import match_key
from projects.wareki import parse as parse_date
from projects.workbook import (
    DESCRIPTION_HEADER,
    FORMAT_VERSION,
    HIDDEN_SHEET,
    NAME_HEADER,
    NUMBER_HEADER,
    header_row,
    preface_cells,
)

_UID = re.compile(rf"[{UID_ALPHABET}]{{{UID_LENGTH}}}")
# What zipfile and openpyxl raise for damaged, encrypted or made-up files.
_DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(slots=True)
class _Hidden:
    """The hidden sheet: the grid's outline as exported (items without marks)."""

    grid: Grid
    project: str
    revision: int
    part: str


@dataclass(slots=True)
class _Visible:
    """The visible sheet as being read; rows and columns count from 1."""

    sheet: Worksheet
    header: int
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
        return _as_text(cell)


def read_workbook(data: bytes) -> Reading:
    """The reading of an exported workbook. Refused when it is damaged or from elsewhere."""
    book = _open(data)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if HIDDEN_SHEET not in sheets:
        message = (
            "このシステムから出力したExcelファイルではありません（識別情報のシートがありません）。"
        )
        raise Refused(Problem(message))
    hidden = _read_hidden(sheets.pop(HIDDEN_SHEET))
    if not sheets:
        raise Refused(Problem("役割分担表のシートがありません。"))
    visible = _find_header(next(iter(sheets.values())))
    reading = _read_visible(visible, hidden)
    problems = visible.problems or [Problem(error) for error in reading.grid.errors()]
    if problems:
        raise Refused(*problems)
    return reading


def _open(data: bytes) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(io.BytesIO(data))
    except _DAMAGE as error:
        raise Refused(
            Problem("Excelファイルとして開けません。壊れていないか確認してください。")
        ) from error


def _as_text(cell: Cell | Any) -> str:
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


def _read_hidden(sheet: Worksheet) -> _Hidden:
    rows = [[_as_text(cell) for cell in row] for row in sheet.iter_rows()]
    single = {row[0]: row[1] for row in rows if len(row) > 1}
    if single.get("format") != FORMAT_VERSION:
        raise Refused(Problem("識別情報の版が異なるため読み取れません。出力し直してください。"))
    try:
        grid = Grid(
            title=single["title"],
            document_number=single["document_number"],
            issuer=single["issuer"],
            date=single["date"],
            legend=tuple(Mark(r[1], r[3], r[2] == "leads") for r in rows if r[0] == "mark"),
            roles=tuple(_role(row) for row in rows if row[0] == "role"),
            items=tuple(_outline_item(row) for row in rows if row[0] == "item"),
        )
        return _Hidden(grid, single["project"], int(single["revision"]), single["part"])
    except (KeyError, IndexError, ValueError) as error:
        raise Refused(Problem("識別情報のシートが壊れています。出力し直してください。")) from error


def _outline_item(row: Sequence[str]) -> Item:
    if not _UID.fullmatch(row[1]):
        raise ValueError(row[1])
    return Item(row[1], int(row[2]), row[3], row[4])


def _role(row: Sequence[str]) -> Role:
    return Role(row[1], row[2], RoleKind(row[3]), tuple(alias for alias in row[4:] if alias))


def _find_header(sheet: Worksheet) -> _Visible:
    for index, row in enumerate(sheet.iter_rows(max_row=60), 1):
        texts = {clean_line(_as_text(cell)) for cell in row}
        if NUMBER_HEADER in texts and NAME_HEADER in texts:
            visible = _Visible(sheet, index)
            _read_headers(visible)
            return visible
    message = f"「{NUMBER_HEADER}」「{NAME_HEADER}」の見出し行が見つかりません。"
    raise Refused(Problem(message, Place("A1", sheet=sheet.title)))


def _read_headers(visible: _Visible) -> None:
    for column in range(1, visible.sheet.max_column + 1):
        text = clean_line(visible.text(visible.header, column))
        if text in visible.columns:
            message = "同じ見出しの列が2つあります。1つにしてください。"
            place = visible.place(visible.header, column)
            visible.problems.append(Problem(message, place, text))
        elif text:
            visible.columns[text] = column


def _read_visible(visible: _Visible, hidden: _Hidden) -> Reading:
    roles, columns = _read_roles(visible, hidden.grid.roles)
    legend = _read_legend(visible, hidden.grid)
    rows = list(_data_rows(visible))
    items, known = _read_items(
        visible, hidden.grid.items, rows, columns, [m.symbol for m in legend]
    )
    grid = Grid(
        title=_preface_text(visible, hidden.grid, "title"),
        document_number=_preface_text(visible, hidden.grid, "document_number"),
        issuer=_preface_text(visible, hidden.grid, "issuer"),
        date=_read_date(visible, hidden.grid),
        legend=legend,
        roles=roles,
        items=items,
    )
    return Reading(
        grid=grid,
        remarks=(*visible.remarks, *_skipped(visible, rows)),
        cells=_account(visible, rows),
        project=hidden.project,
        revision=hidden.revision,
        part=hidden.part,
        known_uids=known,
    )


def _preface_text(visible: _Visible, exported: Grid, field: str) -> str:
    """The text that stands where the field was printed; rows inserted above shift it."""
    row, right, printed = preface_cells(exported)[field]
    shift = visible.header - (header_row(exported) + 2)
    last = visible.columns.get(DESCRIPTION_HEADER, 3 + len(exported.roles))
    found = clean_line(visible.text(max(1, row + 1 + shift), last if right else 1))
    return getattr(exported, field, "") if found == clean_line(printed) else found


def _read_date(visible: _Visible, exported: Grid) -> str:
    text = _preface_text(visible, exported, "date")
    date = "" if not text else parse_date(text)
    if date is None:
        message = "日付として読めないため、元の日付のままにします。"
        place = Place("日付", sheet=visible.sheet.title)
        visible.remarks.append(Remark(place, Code.DATE_UNREAD, text, message))
        return exported.date
    return date


def _read_legend(visible: _Visible, exported: Grid) -> tuple[Mark, ...]:
    found = []
    for mark in exported.legend:
        text = _preface_text(visible, exported, f"mark:{mark.symbol}")
        line = LEGEND_LINE.match(text)
        changed = line and line["symbol"] == mark.symbol
        if text and not changed:
            place = Place("凡例", sheet=visible.sheet.title)
            message = f"凡例の行を読み取れないため、「{mark.symbol}」は元の文言のままにします。"
            visible.remarks.append(Remark(place, Code.LEGEND_WORDING, text, message))
        found.append(Mark(mark.symbol, line["label"], mark.leads) if line and changed else mark)
    return tuple(found)


def _read_roles(
    visible: _Visible, exported: Sequence[Role]
) -> tuple[tuple[Role, ...], dict[str, int]]:
    """The roles in the order of the sheet's columns, and the column of each."""
    known = {match_key(role.name): role for role in exported}
    known |= {role.name: role for role in exported}
    fixed = {NUMBER_HEADER, NAME_HEADER, DESCRIPTION_HEADER}
    columns: dict[str, int] = {}
    roles = []
    for text, column in visible.columns.items():
        if text in fixed:
            continue
        role = known.get(text) or known.get(match_key(text)) or Role(text)
        roles.append(role)
        columns[role.name] = column
    return tuple(roles), columns


def _data_rows(visible: _Visible) -> Iterator[int]:
    for index in range(visible.header + 1, visible.sheet.max_row + 1):
        if any(_is_filled(cell) for cell in visible.sheet[index]):
            yield index


def _is_filled(cell: Cell | Any) -> bool:
    return cell.value is not None and cell.value != ""


def _read_items(
    visible: _Visible,
    exported: Sequence[Item],
    rows: Sequence[int],
    columns: dict[str, int],
    symbols: Sequence[str],
) -> tuple[tuple[Item, ...], frozenset[str]]:
    number, name = visible.columns[NUMBER_HEADER], visible.columns[NAME_HEADER]
    description = visible.columns.get(DESCRIPTION_HEADER)
    texts = [(clean_line(visible.text(r, number)), clean_line(visible.text(r, name))) for r in rows]
    message = "作業項目が空の行です。書き足すか、行を空にしてください。"
    visible.problems += (
        Problem(message, visible.place(row, name))
        for row, (_, text) in zip(rows, texts, strict=True)
        if not text
    )
    pairs = align(
        [Key(item.number, match_key(item.name)) for item in exported],
        [Key(num, match_key(text)) for num, text in texts],
    )
    partners = [exported[pairs[i]] if i in pairs else None for i in range(len(rows))]
    levels = _levels(visible, rows, name, partners)
    items = tuple(
        Item(
            uid=partner.uid if partner else new_uid(),
            level=level,
            number=num,
            name=text,
            description=clean_text(visible.text(row, description)) if description else "",
            marks=tuple(_mark(visible, row, column, symbols) for column in columns.values()),
        )
        for row, (num, text), partner, level in zip(rows, texts, partners, levels, strict=True)
    )
    return items, frozenset(partner.uid for partner in partners if partner)


def _levels(
    visible: _Visible, rows: Sequence[int], column: int, partners: Sequence[Item | None]
) -> list[int]:
    """Levels by the indents of the names; a new row without one stands beside the row above."""
    ranks: list[int] = []
    for row, partner in zip(rows, partners, strict=True):
        indent = int(visible.sheet.cell(row, column).alignment.indent or 0)
        if partner is None and indent == 0 and ranks:
            message = "字下げがないため、上の行と同じ階層に置きました。"
            place = visible.place(row, column)
            visible.remarks.append(Remark(place, Code.LEVEL_TAKEN, "", message))
            ranks.append(ranks[-1])
        else:
            ranks.append(indent + 1)
    return depths(ranks)


def _mark(visible: _Visible, row: int, column: int, symbols: Sequence[str]) -> str:
    raw = visible.text(row, column)
    read = read_symbol(raw, symbols)
    if read.symbol is None:
        message = f"記号を読み取れません。凡例の {'・'.join(symbols)} のいずれかにしてください。"
        visible.problems.append(Problem(message, visible.place(row, column), raw))
        return ""
    if read.code:
        visible.remarks.append(Remark(visible.place(row, column), read.code, raw, read.message))
    return read.symbol


def _skipped(visible: _Visible, rows: Sequence[int]) -> list[Remark]:
    """What stands in the rows under no header."""
    read = set(visible.columns.values())
    message = "見出しのない列のため取り込みません。"
    return [
        Remark(visible.place(row, column), Code.CELL_SKIPPED, _as_text(cell), message)
        for row in rows
        for column, cell in enumerate(visible.sheet[row], 1)
        if _is_filled(cell) and column not in read
    ]


def _account(visible: _Visible, rows: Sequence[int]) -> CellAccount:
    read = set(visible.columns.values())
    nonblank = imported = 0
    for row in rows:
        for cell in visible.sheet[row]:
            if _is_filled(cell):
                nonblank += 1
                imported += cell.column in read
    header = len(visible.columns)
    return CellAccount(nonblank + header, imported, header, nonblank - imported)
