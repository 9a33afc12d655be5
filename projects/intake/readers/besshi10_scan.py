"""The tables of a scanned Markdown document → Reading, with every oddity as a remark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from projects.domain.grid import Grid, Item, Role, clean_line, clean_text, new_uid
from projects.intake.files.markdown import Document, Table, TableRow
from projects.intake.readers.reading import CellAccount, Reading
from projects.intake.rows import heading_runs
from projects.intake.tables.scanned_headers import (
    HeaderReader,
    header_length,
    infer_columns,
    infer_roles,
)
from projects.intake.text.cell_address import a1
from projects.intake.text.column_definitions import Columns, Meaning, Party, role_keys
from projects.intake.text.mark_symbols import Symbol, read_symbol
from projects.intake.text.remarks import Code, IntakeError, Place, Problem, Remark
from projects.intake.text.title_block import Preface, read_preface
from projects.intake.text.vocabulary import Field, field_of


@dataclass(slots=True)
class _Row:
    """A data row with its cells under their meanings."""

    place: Place
    line: int
    number: str = ""
    name: str = ""
    description: str = ""
    description_place: Place | None = None
    marks: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Scan:
    """One run over a document; collects rows, remarks and problems in file order."""

    roles: tuple[Role, ...]
    symbols: tuple[str, ...]
    rows: list[_Row] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    header: int = 0
    skipped: int = 0
    imported: int = 0

    def remark(self, place: Place, code: Code, raw: str, message: str) -> None:
        self.remarks.append(Remark(place, code, raw, message))

    def table(self, table: Table, columns: Columns) -> None:
        length = header_length(table)
        reader = HeaderReader(self.roles, role_keys(self.roles))
        self.remarks += reader.remarks(table, columns, length)
        self.header += sum(bool(cell) for row in table.rows[:length] for cell in row.cells)
        for index, row in enumerate(table.rows[length:], length + 1):
            self._row(table.index, index, row, columns)

    def _row(self, table: int, index: int, row: TableRow, columns: Columns) -> None:
        if field_of(row.cells[0]) is Field.NUMBER:
            self.header += sum(bool(cell) for cell in row.cells)
            place = Place(a1(index, 1), table)
            self.remark(place, Code.HEADER_REPEATED, row.cells[0], "表の途中の見出し行です。")
            return
        read = _Row(Place(a1(index, 1), table), row.no)
        for column, raw in enumerate(row.cells, 1):
            if raw:
                meaning = columns[column - 1] if column <= len(columns) else None
                self._cell(read, Place(a1(index, column), table), raw, meaning)
        if read.number or read.name:
            self.rows.append(read)
        elif any(row.cells):
            self.problems.append(Problem("項番も作業項目もない行です。", read.place))

    def _cell(self, row: _Row, place: Place, raw: str, meaning: Meaning | None) -> None:
        match meaning:
            case Party(index):
                self._mark(row, place, raw, index)
            case Field.NUMBER:
                row.number = clean_line(raw)
            case Field.NAME:
                row.name = clean_line(raw)
            case Field.DESCRIPTION:
                row.description = clean_text(raw)
                row.description_place = place
            case _:
                self.skipped += 1
                self.remark(place, Code.CELL_SKIPPED, raw, "意味のない列のため取り込みません。")
                return
        self.imported += 1

    def _mark(self, row: _Row, place: Place, raw: str, index: int) -> None:
        before = row.marks.get(index, "")
        symbol = self._symbol(place, f"{before} {raw}".strip() if before not in ("", raw) else raw)
        if symbol.symbol is None:
            known = "・".join(self.symbols)
            message = f"記号を読み取れません。凡例の {known} のいずれかにしてください。"
            self.problems.append(Problem(message, place, raw))
            return
        row.marks[index] = symbol.symbol

    def _symbol(self, place: Place, raw: str) -> Symbol:
        symbol = read_symbol(raw, self.symbols)
        if symbol.code:
            self.remark(place, symbol.code, raw, symbol.message)
        return symbol


def read_scan(
    document: Document, *, roles: Sequence[Role], columns: Mapping[int, Columns]
) -> Reading:
    """The reading of a document. `roles` empty: taken from the first table's header.

    A table that `columns` does not name is understood by its header. IntakeError, with every
    cause and place, for unknown columns with content, unreadable marks and broken rows.
    """
    preface = read_preface((line.no, line.text) for line in document.lines)
    legend = tuple(sorted(preface.legend, key=lambda mark: not mark.leads))
    named = tuple(roles) or infer_roles(document.tables[0])
    scan = _Scan(named, tuple(mark.symbol for mark in legend))
    scan.remarks += preface_remarks(preface)
    for table in document.tables:
        scan.table(table, columns.get(table.index) or infer_columns(table, named))
    _check_numbers(scan)
    if scan.problems:
        raise IntakeError(*scan.problems)
    grid = Grid(
        title=preface.title,
        document_number=preface.document_number,
        issuer=preface.issuer,
        date=preface.date,
        legend=legend,
        roles=named,
        items=_items(scan),
    )
    return Reading(grid, tuple(scan.remarks), _account(scan, document))


def preface_remarks(preface: Preface) -> Iterator[Remark]:
    """The odd lines around the tables, in the order of kinds."""
    for mark in preface.legend:
        for label, lines in preface.wordings.get(mark.symbol, {}).items():
            if label != mark.label:
                message = f"凡例「{mark.symbol}」の文言が他のページと異なります。"
                for no in lines:
                    yield Remark(Place(f"{no}行目"), Code.LEGEND_WORDING, label, message)
    for no, text in preface.repeated.items():
        yield Remark(Place(f"{no}行目"), Code.LINE_SKIPPED, text, "繰り返されたページ見出しです。")
    for no, text in preface.unread.items():
        yield Remark(Place(f"{no}行目"), Code.LINE_SKIPPED, text, "表の外の文です。")


def _items(scan: _Scan) -> tuple[Item, ...]:
    shapes = [
        heading_runs.OutlineRow(r.name, bool(r.marks), bool(r.description)) for r in scan.rows
    ]
    _remark_slid_descriptions(scan, heading_runs.headings(shapes))
    width = range(len(scan.roles))
    return tuple(
        Item(
            new_uid(),
            level,
            row.number,
            row.name,
            row.description,
            tuple(row.marks.get(index, "") for index in width),
        )
        for row, level in zip(scan.rows, heading_runs.levels(shapes), strict=True)
    )


def _remark_slid_descriptions(scan: _Scan, headings: Sequence[bool]) -> None:
    for row, heading in zip(scan.rows, headings, strict=True):
        if heading and row.description_place:
            message = f"見出しの行（項番{row.number}、{row.line}行目）に作業内容があります。"
            scan.remark(row.description_place, Code.HEADING_DESCRIPTION, row.description, message)


def _check_numbers(scan: _Scan) -> None:
    before: int | None = None
    for row in scan.rows:
        number = int(row.number) if row.number.isascii() and row.number.isdigit() else None
        if before is not None and number is not None and number != before + 1:
            message = f"項番が直前の{before}に続いていません。"
            scan.remark(row.place, Code.NUMBER_ORDER, row.number, message)
        before = number


def _account(scan: _Scan, document: Document) -> CellAccount:
    nonblank = sum(bool(c) for table in document.tables for row in table.rows for c in row.cells)
    return CellAccount(nonblank, scan.imported, scan.header, scan.skipped)
