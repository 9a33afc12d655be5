"""A workbook that this application exported, perhaps edited since → Reading.

The visible sheet is what counts; the hidden one gives rows their identity back and keeps what
the visible one cannot show. Rows are found again by number, name and place, so a copy whose
rows were inserted, sorted or renumbered still matches.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from projects.align import Key, align
from projects.grid import Grid, Item, Role, clean_line, clean_text, new_uid
from projects.intake.hidden import Hidden, read_hidden
from projects.intake.outline import depths
from projects.intake.reading import CellAccount, Reading
from projects.intake.remarks import Code, Problem, Refused, Remark
from projects.intake.symbols import read_symbol
from projects.intake.visible import (
    Visible,
    as_text,
    data_rows,
    find_header,
    preface_text,
    read_date,
    read_legend,
)
from projects.keys import match_key
from projects.workbook import DESCRIPTION_HEADER, HIDDEN_SHEET, NAME_HEADER, NUMBER_HEADER

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


def read_workbook(data: bytes) -> Reading:
    """The reading of an exported workbook. Refused when it is damaged or from elsewhere."""
    book = _open(data)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if HIDDEN_SHEET not in sheets:
        message = (
            "このシステムから出力したExcelファイルではありません（識別情報のシートがありません）。"
        )
        raise Refused(Problem(message))
    hidden = read_hidden(sheets.pop(HIDDEN_SHEET))
    if not sheets:
        raise Refused(Problem("役割分担表のシートがありません。"))
    visible = find_header(list(sheets.values()))
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


def _read_visible(visible: Visible, hidden: Hidden) -> Reading:
    roles, columns = _read_roles(visible, hidden.grid.roles)
    legend = read_legend(visible, hidden.grid)
    rows = list(data_rows(visible))
    items, known = _read_items(
        visible, hidden.grid.items, rows, columns, [m.symbol for m in legend]
    )
    grid = Grid(
        title=preface_text(visible, hidden.grid, "title"),
        document_number=preface_text(visible, hidden.grid, "document_number"),
        issuer=preface_text(visible, hidden.grid, "issuer"),
        date=read_date(visible, hidden.grid),
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


def _read_roles(
    visible: Visible, exported: Sequence[Role]
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


def _read_items(
    visible: Visible,
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
    visible: Visible, rows: Sequence[int], column: int, partners: Sequence[Item | None]
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


def _mark(visible: Visible, row: int, column: int, symbols: Sequence[str]) -> str:
    raw = visible.text(row, column)
    read = read_symbol(raw, symbols)
    if read.symbol is None:
        message = f"記号を読み取れません。凡例の {'・'.join(symbols)} のいずれかにしてください。"
        visible.problems.append(Problem(message, visible.place(row, column), raw))
        return ""
    if read.code:
        visible.remarks.append(Remark(visible.place(row, column), read.code, raw, read.message))
    return read.symbol


def _skipped(visible: Visible, rows: Sequence[int]) -> list[Remark]:
    """What stands in the rows under no header."""
    read = set(visible.columns.values())
    message = "見出しのない列のため取り込みません。"
    return [
        Remark(visible.place(row, column), Code.CELL_SKIPPED, as_text(cell), message)
        for row in rows
        for column, cell in visible.filled[row].items()
        if column not in read
    ]


def _account(visible: Visible, rows: Sequence[int]) -> CellAccount:
    read = set(visible.columns.values())
    nonblank = imported = 0
    for row in rows:
        nonblank += len(visible.filled[row])
        imported += len(visible.filled[row].keys() & read)
    header = len(visible.columns)
    return CellAccount(nonblank + header, imported, header, nonblank - imported)
