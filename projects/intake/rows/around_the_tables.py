"""What stands around the tables, on covers too: title, number, date, issuer, legend, notes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from projects.domain.grid import DEFAULT_LEGEND, Mark
from projects.intake.files.book import Book
from projects.intake.rows.cell_ledger import Ledger
from projects.intake.tables.column_meanings import Understanding
from projects.intake.tables.sheet_choice import Taken
from projects.intake.text.column_definitions import Party
from projects.intake.text.mark_symbols import VARIANTS
from projects.intake.text.remarks import Code, Place, Remark
from projects.intake.text.title_block import Preface, read_cells

_COVER_ROWS = 60


def preface_of(
    book: Book, taken: Sequence[Taken], meanings: Understanding, ledger: Ledger
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
    below = [(sheet.place(*at), text) for at, sheet, text in ledger.outside]
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


def add_cover(preface: Preface, sheets: Sequence[Taken]) -> None:
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


def legend_of(
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
            ledger.remark(Place("凡例"), Code.SYMBOL_VARIANT, mark.symbol, message)
            mark = Mark(plain, mark.label, mark.leads)
        own.append(mark)
    if not any(mark.leads for mark in own):
        own[0] = Mark(own[0].symbol, own[0].label, leads=True)
    used = {t.strip() for cs in meanings.columns for c in cs.values() for t in c.values}
    more = [m for m in legend if m.symbol in used and m.symbol not in {o.symbol for o in own}]
    return tuple(sorted((*own, *more), key=lambda mark: not mark.leads))
