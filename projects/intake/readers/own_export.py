"""A workbook that this application exported, perhaps edited since → Reading.

The visible sheet is what counts; the hidden one gives rows their identity back and keeps what
the visible one cannot show. Rows are found again by number, name and place, so a copy whose
rows were inserted, sorted or renumbered still matches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from projects.domain.grid import Grid, Item, Role, clean_line, clean_text, new_uid
from projects.domain.row_alignment import Key, align
from projects.domain.text.match_key import match_key
from projects.excel.hidden_sheet import HIDDEN_SHEET
from projects.excel.workbook import DESCRIPTION_HEADER, NAME_HEADER, NUMBER_HEADER
from projects.intake.files.book import Book
from projects.intake.readers.own_export_identity import Hidden, read_hidden
from projects.intake.readers.own_export_sheet import (
    Visible,
    data_rows,
    find_header,
    preface_text,
    read_date,
    read_legend,
)
from projects.intake.readers.reading import CellAccount, Reading
from projects.intake.rows.cell_ledger import Ledger
from projects.intake.rows.heading_runs import depths
from projects.intake.rows.marks import Marks
from projects.intake.tables.header_search import Spread
from projects.intake.text.corrections import Choices
from projects.intake.text.remarks import Code, IntakeError, Problem, Remark


def read_returned(book: Book, choices: Choices) -> Reading:
    """The reading of an exported workbook; of the choices only those about marks count.

    IntakeError when its own sheets are damaged.
    """
    sheets = {sheet.name: sheet for sheet in book.sheets}
    hidden = read_hidden(sheets.pop(HIDDEN_SHEET))
    if not sheets:
        raise IntakeError(Problem("役割分担表のシートがありません。"))
    visible = find_header(list(sheets.values()))
    visible.remarks += book.remarks
    reading = _read_visible(visible, hidden, choices)
    problems = visible.problems or [Problem(error) for error in reading.grid.errors()]
    if problems:
        raise IntakeError(*problems)
    return reading


def _read_visible(visible: Visible, hidden: Hidden, choices: Choices) -> Reading:
    roles, columns = _read_roles(visible, hidden.grid.roles)
    legend = read_legend(visible, hidden.grid)
    rows = list(data_rows(visible))
    ledger = Ledger(remarks=visible.remarks, problems=visible.problems)
    symbols = tuple(mark.symbol for mark in legend)
    reader = Marks(symbols, choices.marks, ledger, choices.ask_unknown)
    items, known, kept = _read_items(visible, hidden.grid.items, rows, columns, reader)
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
        kept=kept,
        asked={raw: tuple(places) for raw, places in reader.asked.items()},
        counted=_counted(visible, rows, columns),
        has_descriptions=DESCRIPTION_HEADER in visible.columns,
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
    reader: Marks,
) -> tuple[tuple[Item, ...], frozenset[str], frozenset[tuple[str, int]]]:
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
    spread = Spread(visible.sheet.merges)
    items, kept = [], []
    for row, (num, text), partner, level in zip(rows, texts, partners, levels, strict=True):
        marks, stays = _marks(visible, row, columns, reader, spread)
        shown = clean_text(visible.text(row, description)) if description else ""
        uid = partner.uid if partner else new_uid()
        items.append(Item(uid, level, num, text, shown, marks))
        kept += [(uid, role) for role in stays]
    known = frozenset(partner.uid for partner in partners if partner)
    return tuple(items), known, frozenset(kept)


def _levels(
    visible: Visible, rows: Sequence[int], column: int, partners: Sequence[Item | None]
) -> list[int]:
    """Levels by the indents of the names; a new row without one stands beside the row above."""
    ranks: list[int] = []
    for row, partner in zip(rows, partners, strict=True):
        indent = visible.sheet.indents.get((row, column), 0)
        if partner is None and indent == 0 and ranks:
            message = "字下げがないため、上の行と同じ階層に置きました。"
            place = visible.place(row, column)
            visible.remarks.append(Remark(place, Code.LEVEL_TAKEN, "", message))
            ranks.append(ranks[-1])
        else:
            ranks.append(indent + 1)
    return depths(ranks)


def _marks(
    visible: Visible, row: int, columns: Mapping[str, int], reader: Marks, spread: Spread
) -> tuple[tuple[str, ...], list[int]]:
    """The symbols of a row, and the roles whose cell stays as the project has it."""
    found, kept = [], []
    for index, column in enumerate(columns.values()):
        raw = visible.text(row, column)
        if (row, column) in visible.sheet.uncached:
            kept.append(index)
        if raw and (raw not in reader.symbols or visible.sheet.struck):
            symbol = reader.of_cell(visible.sheet, (row, column), raw, spread, {})
            kept += [index] if symbol is None else []
            raw = symbol or ""
        found.append(raw)
    return tuple(found), kept


def _skipped(visible: Visible, rows: Sequence[int]) -> list[Remark]:
    """What stands in the rows under no header."""
    read = set(visible.columns.values())
    message = "見出しのない列のため取り込みません。"
    return [
        Remark(visible.place(row, column), Code.CELL_SKIPPED, text, message)
        for row in rows
        for column, text in visible.filled[row].items()
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


def _counted(
    visible: Visible, rows: Sequence[int], columns: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Role → text → how many cells of its column hold exactly that; a plain count."""
    return {
        name: dict(Counter(visible.filled[r][column] for r in rows if column in visible.filled[r]))
        for name, column in columns.items()
    }
