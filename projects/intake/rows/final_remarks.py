"""What a person should know of sheets, numbers and formulas once everything is read."""

from __future__ import annotations

from collections.abc import Sequence

from projects.intake.rows import heading_runs
from projects.intake.rows.cell_ledger import Ledger, Record
from projects.intake.tables.sheet_choice import Taken
from projects.intake.text.remarks import Code, Place


def remark_sheets(sheets: Sequence[Taken], ledger: Ledger) -> None:
    for each in sheets:
        if each.reason:
            count = each.sheet.nonblank()
            ledger.skipped += count
            message = f"{each.reason}シートのため取り込みません（セル{count}個）。"
            if each.reason.endswith("ない") or each.reason.endswith("含む"):
                message = f"{each.reason}ため、このシートは取り込みません（セル{count}個）。"
            place = Place("A1", sheet=each.sheet.name)
            ledger.remark(place, Code.SHEET_SKIPPED, each.sheet.name, message)


def remark_uncached(taken: Sequence[Taken], ledger: Ledger) -> None:
    message = "計算結果のない数式です。Excelで開いて保存すると、値を読み取れます。"
    for each in taken:
        for row, column in sorted(each.sheet.uncached):
            place = each.sheet.place(row, column)
            ledger.remark(place, Code.FORMULA_UNCACHED, "", message)


def remark_order(records: Sequence[Record], ledger: Ledger) -> None:
    before: int | None = None
    for record in records:
        number = record.number
        now = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
        if before is not None and now is not None and now != before + 1:
            message = f"項番が直前の{before}に続いていません。"
            place = record.sheet.place(record.row, 1)
            ledger.remark(place, Code.NUMBER_ORDER, number, message)
        before = now


def remark_slid(records: Sequence[Record], ledger: Ledger) -> None:
    shapes = [heading_runs.OutlineRow(r.name, bool(r.marks), bool(r.description)) for r in records]
    for record, heading in zip(records, heading_runs.headings(shapes), strict=True):
        if heading and record.description:
            message = f"見出しの行（項番{record.number}）に作業内容があります。"
            place = record.sheet.place(*record.description_at)
            ledger.remark(place, Code.HEADING_DESCRIPTION, record.description, message)
