"""Bytes of .xlsx and .xlsm → Book: values by calamine, the looks by the parts of the zip.

calamine is fast and knows no indents, strikes, hidden rows or errors; `looks` finds those.
What calamine cannot be trusted with goes through `slow`, which reads the XML cell by cell, and
small sheets are read by both: where they disagree, a remark says so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

import python_calamine

from projects.intake.files import xlsx_formatting, xlsx_second_reader
from projects.intake.files.book import Book, Merge, Sheet
from projects.intake.files.xlsx_package import Part, Parts
from projects.intake.text.cell_values import shown_number
from projects.intake.text.remarks import Code, Place, Remark

SECOND_OPINION_BYTES = 1_500_000
_ONLY_TEXT = {str}


def read_xlsx(data: bytes) -> Book:
    """The sheets of a workbook, hidden ones too. IntakeError when it cannot be opened."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = Parts(package)
        values = _open(data)
        book = Book([])
        for part in parts.sheets:
            book.sheets.append(_sheet(values, part, parts, book))
        if parts.has_macros:
            message = "マクロは取り込みません（実行もしません）。"
            book.remarks.append(Remark(Place("ブック"), Code.MACROS_IGNORED, "", message))
    return book


def _open(data: bytes) -> python_calamine.CalamineWorkbook | None:
    try:
        return python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
    except (python_calamine.CalamineError, ValueError, OSError):
        return None


def _sheet(
    values: python_calamine.CalamineWorkbook | None,
    part: Part,
    parts: Parts,
    book: Book,
) -> Sheet:
    xml = parts.read(part.path)
    fast = values and xlsx_formatting.is_plain(xml, parts) and _fast(values, part)
    if not fast:
        return xlsx_second_reader.read_sheet(part, xml, parts)
    xlsx_formatting.take(fast, xml, parts)
    if len(xml) <= SECOND_OPINION_BYTES:
        _compare(fast, xlsx_second_reader.read_sheet(part, xml, parts), book)
    return fast


def _fast(values: python_calamine.CalamineWorkbook, part: Part) -> Sheet | None:
    try:
        found = values.get_sheet_by_name(part.name)
        left = found.start[1] if found.start else 0
        rows = [_texts(row) for row in found.iter_rows()]
        merges = found.merged_cell_ranges or []
    except (python_calamine.CalamineError, ValueError, OSError):
        return None
    if left:  # calamine leaves out the columns before the first with a value, but not the rows
        rows = [[""] * left + row for row in rows]
    sheet = Sheet(part.name, rows, visible=part.visible)
    sheet.merges = [Merge(t + 1, lf + 1, b + 1, r + 1) for (t, lf), (b, r) in merges]
    return sheet


def _texts(row: Sequence[Any]) -> list[str]:
    kinds = list(map(type, row))
    texts = row if isinstance(row, list) else list(row)
    for kind in set(kinds) - _ONLY_TEXT:
        at = -1
        for _ in range(kinds.count(kind)):
            at = kinds.index(kind, at + 1)
            texts[at] = text_of(texts[at])
    return texts


def text_of(value: Any) -> str:
    """A typed value as a person reads it; dates as ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return shown_number(float(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _compare(fast: Sheet, second: Sheet, book: Book) -> None:
    """Remarks the first cells that the two readers see differently."""
    message = "2つの読み取り方で値が異なります。元のファイルで確かめてください。"
    rows = zip_longest(fast.rows, second.rows, fillvalue=())
    for row, (cells, others) in enumerate(rows, 1):
        for column, (one, other) in enumerate(zip_longest(cells, others, fillvalue=""), 1):
            if one != other and (one.strip() or other.strip()):
                remark = Remark(
                    fast.place(row, column),
                    Code.READERS_DISAGREE,
                    f"{one} / {other}",
                    message,
                )
                book.remarks.append(remark)
                return
