"""Sheets of cells → Reading: tables, meanings, records, levels, marks. The heart of the intake."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from projects.grid import DEFAULT_LEGEND, Grid, Item, Mark, Role, new_uid
from projects.intake import outline
from projects.intake.choices import NO_CHOICES, Choices, Levels
from projects.intake.columns import Party, role_keys
from projects.intake.layout import Layout, SheetLayout, sheet_layout
from projects.intake.levels import take_levels
from projects.intake.marks import Marks
from projects.intake.meanings import Column, Understanding, understand
from projects.intake.preface import Preface, read_cells
from projects.intake.reading import CellAccount, Reading
from projects.intake.records import Ledger, Record, Rows
from projects.intake.remarks import Code, Place, Problem, Refused, Remark
from projects.intake.sheets import Book, Sheet
from projects.intake.symbols import VARIANTS
from projects.intake.tables import Spread, Table, find_tables
from projects.intake.words import Field
from projects.keys import match_key

_SAME_SHARE = 0.5
_COVER_ROWS = 60


@dataclass(slots=True)
class _Taken:
    """A sheet with its tables, and why it is not taken if it is not."""

    sheet: Sheet
    spread: Spread
    tables: list[Table]
    reason: str = ""


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

    `legend` is what marks mean where the file does not say. Refused with every cause.
    """
    sheets = [_look(sheet, roles, choices) for sheet in book.sheets]
    _select(sheets, choices)
    taken = [each for each in sheets if not each.reason]
    if not taken:
        raise Refused(_no_table(sheets))
    tables = [table for each in taken for table in each.tables]
    spreads = [each.spread for each in taken for _ in each.tables]
    meanings = understand(tables, roles, choices, fixed=fixed)
    ledger = Ledger(remarks=[*book.remarks, *meanings.remarks], problems=[*meanings.problems])
    rows = _records(tables, spreads, meanings, ledger)
    preface = _preface(book, taken, meanings, ledger)
    _add_cover(preface, sheets)
    marks = _legend(preface, legend, meanings, ledger)
    found_roles, used = _roles_used(meanings)
    reader = Marks(tuple(m.symbol for m in marks), choices.marks, ledger, choices.ask_unknown)
    levels, source = (
        take_levels(rows.records, choices.levels) if rows.records else ([], Levels.FLAT)
    )
    items, kept = _items(rows, levels, source, reader, spreads, meanings, used)
    _remark_sheets(sheets, ledger)
    _remark_order(rows.records, ledger)
    _remark_uncached(taken, ledger)
    if source is Levels.HEADINGS:
        _remark_slid(rows.records, ledger)
    if ledger.problems:
        raise Refused(*ledger.problems)
    grid = Grid(
        preface.title,
        preface.document_number,
        preface.issuer,
        preface.date,
        marks,
        found_roles,
        items,
    )
    return Reading(
        grid,
        tuple(ledger.remarks),
        _account(sheets, ledger),
        kept=frozenset(kept),
        asked={raw: tuple(places) for raw, places in reader.asked.items()},
        layout=_layout(sheets, taken, meanings, source),
        counted=_counted(meanings, found_roles),
        has_descriptions=_has_descriptions(meanings),
    )


def _look(sheet: Sheet, roles: Sequence[Role], choices: Choices) -> _Taken:
    spread = Spread(sheet.merges)
    header = choices.headers.get(sheet.name)
    if header is not None and not 1 <= header <= len(sheet.rows):
        raise Refused(Problem(f"見出しの行{header}はシート「{sheet.name}」にありません。"))
    return _Taken(sheet, spread, find_tables(sheet, spread, role_keys(roles), header=header))


def _select(sheets: Sequence[_Taken], choices: Choices) -> None:
    """Says of each sheet why it is not taken; "" for those that are."""
    kept: list[_Taken] = []
    for each in sheets:
        if choices.sheets is not None:
            each.reason = "" if each.sheet.name in choices.sheets else "選ばれていない"
            if not each.reason and not each.tables:
                message = "作業項目の見出しが見つかりません。見出しの行を指定してください。"
                raise Refused(Problem(message, each.sheet.place(1, 1)))
        elif not each.tables:
            each.reason = "役割分担表が見つからない"
        elif not each.sheet.visible:
            each.reason = "非表示の"
        elif any(_alike(each, other) for other in kept):
            each.reason = "前のシートと同じ行を多く含む"
        else:
            kept.append(each)


def _alike(one: _Taken, other: _Taken) -> bool:
    """Whether two sheets seem to be versions of the same table."""
    texts, others = (
        {match_key(t) for row in each.sheet.rows for t in row if len(t) > 5}
        for each in (one, other)
    )
    heads = {
        match_key(h.text) for each in (one, other) for t in each.tables for h in t.heads.values()
    }
    texts, others = texts - heads, others - heads
    return bool(texts) and len(texts & others) > _SAME_SHARE * min(len(texts), len(others))


def _no_table(sheets: Sequence[_Taken]) -> Problem:
    hidden = [each.sheet.name for each in sheets if each.tables]
    if hidden:
        names = "」「".join(hidden)
        return Problem(
            f"表のあるシートがすべて非表示です（「{names}」）。再表示するか選択してください。"
        )
    message = "「項番」「作業項目」の見出し行が見つかりません。見出しのある表か確認してください。"
    return Problem(message, sheets[0].sheet.place(1, 1) if sheets else None)


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
            ledger.remarks.append(Remark(place, Code.HEADER_REPEATED, first[1], message))
        rows = list(Rows(table, spread, meanings.columns[index], ledger).records())
        found.records += rows
        found.tables += [index] * len(rows)
    return found


def _preface(
    book: Book, taken: Sequence[_Taken], meanings: Understanding, ledger: Ledger
) -> Preface:
    """What stands around the tables: title, number, date, issuer, legend, notes."""
    used = frozenset(
        form
        for columns in meanings.columns
        for column in columns.values()
        if isinstance(column.meaning, Party)
        for text in column.values
        if len(text) <= 4
        for form in (text.strip(), unicodedata.normalize("NFKC", text).strip())
    )
    above: list[tuple[Place, str]] = [(Place(f"{no}行目"), text) for no, text in book.lines]
    for each in taken:
        for row in range(1, each.tables[0].top):
            for column, text in each.sheet.filled(row):
                above.append((each.sheet.place(row, column), text))
                ledger.preface += 1
    below = [(sheet.place(*at), text) for at, sheet, text in ledger.around]
    preface = read_cells([(i, text) for i, (_, text) in enumerate(above)], used)
    after = read_cells([(i, text) for i, (_, text) in enumerate(below)], used)
    for symbol, labels in after.wordings.items():
        for label, places in labels.items():
            known = preface.wordings.setdefault(symbol, {}).setdefault(label, [])
            known += [len(above) + place for place in places]
    preface.document_number = preface.document_number or after.document_number
    preface.date = preface.date or after.date
    _remark_preface(preface, after, above, below, ledger)
    return preface


def _add_cover(preface: Preface, sheets: Sequence[_Taken]) -> None:
    """Title, number and date from a cover sheet, where the tables' sheets do not say them."""
    cells = [
        text
        for each in sheets
        if each.sheet.visible and not each.tables
        for row in range(1, min(len(each.sheet.rows), _COVER_ROWS) + 1)
        for _, text in each.sheet.filled(row)
        if text.strip() != "表紙"
    ]
    cover = read_cells(enumerate(cells), frozenset())
    preface.title = preface.title or cover.title
    preface.document_number = preface.document_number or cover.document_number
    preface.date = preface.date or cover.date
    preface.issuer = preface.issuer or cover.issuer


def _remark_preface(
    preface: Preface,
    after: Preface,
    above: Sequence[tuple[Place, str]],
    below: Sequence[tuple[Place, str]],
    ledger: Ledger,
) -> None:
    """The odd lines around the tables: other wordings, repeated headings, notes."""
    places = [place for place, _ in (*above, *below)]
    told = [
        (no, Code.LEGEND_WORDING, label, f"凡例「{mark.symbol}」の文言が他のページと異なります。")
        for mark in preface.legend
        for label, numbers in preface.wordings.get(mark.symbol, {}).items()
        if label != mark.label
        for no in numbers
    ]
    again, other = "繰り返されたページ見出しです。", "表の外の文です。"
    told += [(no, Code.LINE_SKIPPED, t, again) for no, t in sorted(preface.repeated.items())]
    told += [(no, Code.LINE_SKIPPED, t, other) for no, t in sorted(preface.unread.items())]
    known = {preface.title, preface.document_number}
    used = {no for labels in after.wordings.values() for nos in labels.values() for no in nos}
    told += [
        (len(above) + no, Code.LINE_SKIPPED, text, again if text.strip() in known else other)
        for no, (_, text) in enumerate(below)
        if no not in used
    ]
    ledger.remarks += [Remark(places[no], code, text, words) for no, code, text, words in told]


def _legend(
    preface: Preface, legend: Sequence[Mark], meanings: Understanding, ledger: Ledger
) -> tuple[Mark, ...]:
    """The file's legend with what the project adds; the project's, or the usual one, without."""
    if not preface.wordings:
        return tuple(legend) or DEFAULT_LEGEND
    own = []
    symbols = {mark.symbol for mark in preface.legend}
    for mark in preface.legend:
        plain = VARIANTS.get(mark.symbol, mark.symbol)
        if plain != mark.symbol and plain not in symbols:
            message = f"凡例の記号「{mark.symbol}」を「{plain}」として読み取りました。"
            ledger.remarks.append(Remark(Place("凡例"), Code.SYMBOL_VARIANT, mark.symbol, message))
            mark = Mark(plain, mark.label, mark.leads)
        own.append(mark)
    if not any(mark.leads for mark in own):
        own[0] = Mark(own[0].symbol, own[0].label, leads=True)
    used = {t.strip() for cs in meanings.columns for c in cs.values() for t in c.values}
    more = [m for m in legend if m.symbol in used and m.symbol not in {o.symbol for o in own}]
    return tuple(sorted((*own, *more), key=lambda mark: not mark.leads))


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
    depths = outline.depths(ranks)
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
            ledger.remarks.append(Remark(place, Code.HEADING_MADE, name, message))
            yield rank, name


def _remark_sheets(sheets: Sequence[_Taken], ledger: Ledger) -> None:
    for each in sheets:
        if each.reason:
            count = each.sheet.nonblank()
            ledger.skipped += count
            message = f"{each.reason}シートのため取り込みません（セル{count}個）。"
            if each.reason.endswith("ない") or each.reason.endswith("含む"):
                message = f"{each.reason}ため、このシートは取り込みません（セル{count}個）。"
            place = Place("A1", sheet=each.sheet.name)
            ledger.remarks.append(Remark(place, Code.SHEET_SKIPPED, each.sheet.name, message))


def _remark_uncached(taken: Sequence[_Taken], ledger: Ledger) -> None:
    message = "計算結果のない数式です。Excelで開いて保存すると、値を読み取れます。"
    for each in taken:
        for row, column in sorted(each.sheet.uncached):
            place = each.sheet.place(row, column)
            ledger.remarks.append(Remark(place, Code.FORMULA_UNCACHED, "", message))


def _remark_order(records: Sequence[Record], ledger: Ledger) -> None:
    before: int | None = None
    for record in records:
        number = record.number
        now = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        if before is not None and now is not None and now != before + 1:
            message = f"項番が直前の{before}に続いていません。"
            place = record.sheet.place(record.row, 1)
            ledger.remarks.append(Remark(place, Code.NUMBER_ORDER, number, message))
        before = now


def _remark_slid(records: Sequence[Record], ledger: Ledger) -> None:
    shapes = [outline.OutlineRow(r.name, bool(r.marks), bool(r.description)) for r in records]
    for record, heading in zip(records, outline.headings(shapes), strict=True):
        if heading and record.description:
            message = f"見出しの行（項番{record.number}）に作業内容があります。"
            place = record.sheet.place(*record.description_at)
            remark = Remark(place, Code.HEADING_DESCRIPTION, record.description, message)
            ledger.remarks.append(remark)


def _account(sheets: Sequence[_Taken], ledger: Ledger) -> CellAccount:
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


def _counted(meanings: Understanding, roles: Sequence[Role]) -> dict[str, dict[str, int]]:
    """Role → text → how many cells of its columns hold exactly that; a plain count."""
    counts: dict[str, Counter[str]] = {role.name: Counter() for role in roles}
    for columns in meanings.columns:
        for column in columns.values():
            if isinstance(column.meaning, Party):
                counts[meanings.roles[column.meaning.index].name] += Counter(
                    {text.strip(): n for text, n in column.values.items()}
                )
    return {name: dict(count.most_common(20)) for name, count in counts.items()}


def _layout(
    sheets: Sequence[_Taken], taken: Sequence[_Taken], meanings: Understanding, source: Levels
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


def _of_sheet(each: _Taken, columns: Mapping[int, Column], roles: Sequence[Role]) -> SheetLayout:
    return sheet_layout(
        each.sheet, each.reason, each.tables[0] if each.tables else None, columns, roles
    )
