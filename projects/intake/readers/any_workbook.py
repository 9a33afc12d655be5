"""Sheets of cells → Reading: tables, meanings, records, levels, marks. The heart of the intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from projects.domain.grid import Grid, Item, Mark, Role, new_uid
from projects.intake.files.book import Book
from projects.intake.readers.reading import CellAccount, Reading
from projects.intake.rows import heading_runs
from projects.intake.rows.around_the_tables import add_cover, legend_of, preface_of
from projects.intake.rows.cell_ledger import Ledger, Record
from projects.intake.rows.final_remarks import (
    remark_order,
    remark_sheets,
    remark_slid,
    remark_uncached,
)
from projects.intake.rows.levels import take_levels
from projects.intake.rows.marks import Marks
from projects.intake.rows.records import Rows
from projects.intake.tables.column_meanings import Understanding, understand
from projects.intake.tables.column_profile import Column
from projects.intake.tables.header_search import Spread, Table
from projects.intake.tables.layout import Layout, SheetLayout, sheet_layout
from projects.intake.tables.sheet_choice import Taken, look, no_table, select
from projects.intake.text.column_definitions import Party
from projects.intake.text.corrections import NO_CHOICES, Choices, Levels
from projects.intake.text.remarks import Code, IntakeError
from projects.intake.text.title_block import Preface
from projects.intake.text.vocabulary import Field


@dataclass(slots=True)
class _Rows:
    """The records of all tables, each with the table it comes from."""

    records: list[Record] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)


def interpret(
    book: Book,
    *,
    roles: Sequence[Role] = (),
    fixed: bool = False,
    legend: Sequence[Mark] = (),
    choices: Choices = NO_CHOICES,
) -> Reading:
    """The reading of a book. `roles` are known ones, all there are when `fixed`.

    `legend` is what marks mean where the file does not say. IntakeError with every cause.
    """
    sheets = [look(sheet, roles, choices) for sheet in book.sheets]
    taken = _taken(sheets, roles, choices, fixed=fixed)
    tables = [table for each in taken for table in each.tables]
    spreads = [each.spread for each in taken for _ in each.tables]
    meanings = understand(tables, roles, choices, fixed=fixed)
    ledger = Ledger(remarks=[*book.remarks, *meanings.remarks], problems=[*meanings.problems])
    rows = _records(tables, spreads, meanings, ledger)
    preface = preface_of(book, taken, meanings, ledger)
    add_cover(preface, sheets)
    marks = legend_of(preface, legend, meanings, ledger)
    found_roles, used = _roles_used(meanings)
    reader = Marks(tuple(m.symbol for m in marks), choices.marks, ledger, choices.ask_unknown)
    levels, source = take_levels(rows.records, choices.levels)
    items, kept = _items(rows, levels, source, reader, spreads, meanings, used)
    _remark_oddities(sheets, taken, rows.records, source, ledger)
    if ledger.problems:
        raise IntakeError(*ledger.problems)
    return Reading(
        _grid(preface, marks, found_roles, items),
        tuple(ledger.remarks),
        _account(sheets, ledger),
        kept=frozenset(kept),
        asked={raw: tuple(places) for raw, places in reader.asked.items()},
        layout=_layout(sheets, taken, meanings, source),
        counted=_counted(tables, meanings, found_roles, ledger),
        has_descriptions=_has_descriptions(meanings),
    )


def _taken(
    sheets: Sequence[Taken], roles: Sequence[Role], choices: Choices, *, fixed: bool
) -> list[Taken]:
    """The sheets that are taken. IntakeError when there is none."""
    select(sheets, choices)
    taken = [each for each in sheets if not each.reason]
    if not taken:
        raise IntakeError(no_table(sheets))
    if choices.sheets is None and len(taken) > 1:
        return _with_parties(taken, roles, choices, fixed=fixed)
    return taken


def _remark_oddities(
    sheets: Sequence[Taken],
    taken: Sequence[Taken],
    records: Sequence[Record],
    source: Levels,
    ledger: Ledger,
) -> None:
    remark_sheets(sheets, ledger)
    remark_order(records, ledger)
    remark_uncached(taken, ledger)
    if source is Levels.HEADINGS:
        remark_slid(records, ledger)


def _grid(
    preface: Preface, marks: tuple[Mark, ...], roles: tuple[Role, ...], items: tuple[Item, ...]
) -> Grid:
    return Grid(
        preface.title,
        preface.document_number,
        preface.issuer,
        preface.date,
        marks,
        roles,
        items,
    )


def _with_parties(
    taken: Sequence[Taken], roles: Sequence[Role], choices: Choices, *, fixed: bool
) -> list[Taken]:
    """The sheets with columns of parties, if there are any: the others are lists of something."""
    for each in taken:
        found = understand(each.tables, roles, choices, fixed=fixed)
        if not any(isinstance(c.meaning, Party) for cs in found.columns for c in cs.values()):
            each.reason = "関連業者の列が見つからない"
    kept = [each for each in taken if not each.reason]
    for each in () if kept else taken:
        each.reason = ""
    return kept or list(taken)


def _records(
    tables: Sequence[Table],
    spreads: Sequence[Spread],
    meanings: Understanding,
    ledger: Ledger,
) -> _Rows:
    found = _Rows()
    for index, (table, spread) in enumerate(zip(tables, spreads, strict=True)):
        cells = [
            bool(text.strip())
            for row in table.sheet.rows[table.top - 1 : table.bottom]
            for text in row
        ]
        ledger.header += sum(cells)
        if index and tables[index - 1].sheet is table.sheet:
            message = "表の途中の見出し行です。"
            first = next(iter(table.sheet.filled(table.top)), (1, ""))
            place = table.sheet.place(table.top, first[0])
            ledger.remark(place, Code.HEADER_REPEATED, first[1], message)
        rows = list(Rows(table, spread, meanings.columns[index], ledger).records())
        found.records += rows
        found.tables += [index] * len(rows)
    return found


def _roles_used(meanings: Understanding) -> tuple[tuple[Role, ...], dict[int, int]]:
    """The roles in the order of the file's columns (all, as given, when they are fixed).

    The second value leads from the understanding's indices to the grid's.
    """
    if meanings.fixed:
        return tuple(meanings.roles), {i: i for i in range(len(meanings.roles))}
    order: dict[int, None] = {}
    for columns in meanings.columns:
        for column in columns.values():
            if isinstance(column.meaning, Party):
                order.setdefault(column.meaning.index)
    return tuple(meanings.roles[i] for i in order), {old: new for new, old in enumerate(order)}


def _items(
    rows: _Rows,
    levels: Sequence[int],
    source: Levels,
    reader: Marks,
    spreads: Sequence[Spread],
    meanings: Understanding,
    used: Mapping[int, int],
) -> tuple[tuple[Item, ...], list[tuple[str, int]]]:
    """The rows of the grid, and (uid, role) of the cells that stay as the project has them."""
    items: list[Item] = []
    kept: list[tuple[str, int]] = []
    ranks: list[int] = []
    path: dict[int, str] = {}
    blank = ("",) * len(used)
    for record, level, at in zip(rows.records, levels, rows.tables, strict=True):
        if source is Levels.COLUMNS:
            for rank, name in _headings_made(record, path, reader.ledger):
                items.append(Item(new_uid(), 1, "", name, "", blank))
                ranks.append(rank)
        ranks.append(max(record.names) if source is Levels.COLUMNS else level)
        record.marks = {used[i]: cells for i, cells in record.marks.items()}
        record.unknown = {used[i] for i in record.unknown}
        found, stays = reader.read(record, spreads[at], meanings.columns[at], len(used))
        uid = new_uid()
        items.append(Item(uid, 1, record.number, record.name, record.description, found))
        kept += [(uid, role) for role in stays]
    depths = heading_runs.depths(ranks)
    placed = (
        item
        if depth == 1
        else Item(item.uid, depth, item.number, item.name, item.description, item.marks)
        for item, depth in zip(items, depths, strict=True)
    )
    return tuple(placed), kept


def _headings_made(
    record: Record, path: dict[int, str], ledger: Ledger
) -> Iterator[tuple[int, str]]:
    """(rank, name) of the headings above a row that are not open yet; keeps the path."""
    own = max(record.names)
    for rank in sorted(record.names):
        name = record.names[rank]
        if rank != own and path.get(rank) == name:
            continue
        for deeper in [r for r in path if r >= rank]:
            del path[deeper]
        path[rank] = name
        if rank != own:
            message = f"「{name}」の見出しの行を作りました。"
            place = record.sheet.place(*record.name_at)
            ledger.remark(place, Code.HEADING_MADE, name, message)
            yield rank, name


def _account(sheets: Sequence[Taken], ledger: Ledger) -> CellAccount:
    return CellAccount(
        nonblank=sum(each.sheet.nonblank() for each in sheets),
        imported=ledger.imported,
        header=ledger.header,
        skipped=ledger.skipped,
        preface=ledger.preface,
        asked=ledger.asked,
    )


def _has_descriptions(meanings: Understanding) -> bool:
    return any(c.meaning is Field.DESCRIPTION for cs in meanings.columns for c in cs.values())


def _counted(
    tables: Sequence[Table], meanings: Understanding, roles: Sequence[Role], ledger: Ledger
) -> dict[str, dict[str, int]]:
    """Role → text → how many cells of its columns hold exactly that; a plain count.

    What stands around the tables, such as a legend below, is not counted.
    """
    counts: dict[str, Counter[str]] = {role.name: Counter() for role in roles}
    for table, columns in zip(tables, meanings.columns, strict=True):
        around = [
            at
            for at, sheet, _ in ledger.outside
            if sheet is table.sheet and at[0] in table.rows and at[0] not in table.legend_rows
        ]
        for column in columns.values():
            if not isinstance(column.meaning, Party):
                continue
            count = counts[meanings.roles[column.meaning.index].name]
            for text, times in column.values.items():
                count[text.strip()] += times
            count.subtract(table.sheet.text(*at).strip() for at in around if at[1] == column.at)
    return {name: dict((+count).most_common(20)) for name, count in counts.items()}


def _layout(
    sheets: Sequence[Taken], taken: Sequence[Taken], meanings: Understanding, source: Levels
) -> Layout:
    """What was understood, for a person to correct; of each sheet its first table."""
    columns = iter(meanings.columns)
    of_sheet = {}
    for each in taken:
        of_sheet[id(each)], *_ = islice(columns, len(each.tables))
    return Layout(
        tuple(_of_sheet(each, of_sheet.get(id(each), {}), meanings.roles) for each in sheets),
        source,
    )


def _of_sheet(each: Taken, columns: Mapping[int, Column], roles: Sequence[Role]) -> SheetLayout:
    return sheet_layout(
        each.sheet, each.reason, each.tables[0] if each.tables else None, columns, roles
    )
