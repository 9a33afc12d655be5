"""One sheet of an Excel file, cell by cell: the second reader, and the careful one.

It takes rows in any order, cells without an address, any prefix or encoding, and says of
formulas and errors what they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from projects.intake.files.book import Merge, Sheet
from projects.intake.files.xlsx_package import Part, Parts, rich_text, unescaped
from projects.intake.text.cell_values import shown_date, shown_number
from projects.intake.text.remarks import IntakeError, Problem

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_TRUE = ("1", "true", "on")
MAX_COLUMN = 16_384
MAX_ROW = 1_048_576


def read_sheet(part: Part, xml: bytes, parts: Parts) -> Sheet:
    """The sheet with its looks. IntakeError when its XML is broken or leaves Excel's limits."""
    reader = _Reader(part, parts)
    try:
        for _, element in iterparse(BytesIO(xml), events=("end",)):
            reader.take(element)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        message = f"シート「{part.name}」が壊れています。Excelで開き、.xlsxで保存し直してください。"
        raise IntakeError(Problem(message)) from error
    return reader.sheet()


@lru_cache(1024)
def column_number(letters: str) -> int:
    """3 for "C"."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def merge_of(reference: str) -> Merge | None:
    """The range of "B2:D4"; None for anything else."""
    ends = [_ADDRESS.fullmatch(end) for end in reference.split(":")]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        return None
    (left, top), (right, bottom) = ((column_number(e[1]), int(e[2])) for e in ends if e)
    return Merge(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


class _Reader:
    """Takes the elements of a sheet as they end."""

    def __init__(self, part: Part, parts: Parts) -> None:
        self._parts = parts
        self._cells: dict[int, dict[int, str]] = {}
        self._sheet = Sheet(part.name, [], visible=part.visible)
        self._row, self._column = 1, 0
        self._pending: list[Element] = []

    def take(self, element: Element) -> None:
        name = element.tag.rpartition("}")[2]
        if name == "c":
            self._pending.append(element)
        elif name == "row":
            self._take_row(element)
            element.clear()
        elif name == "col":
            self._take_column(element.attrib)
        elif name == "mergeCell" and (merge := merge_of(element.get("ref", ""))):
            self._sheet.merges.append(merge)

    def sheet(self) -> Sheet:
        last = max(self._cells, default=0)
        for row in range(1, last + 1):
            cells = self._cells.get(row, {})
            width = max(cells, default=0)
            self._sheet.rows.append([cells.get(column, "") for column in range(1, width + 1)])
        return self._sheet

    def _take_row(self, element: Element) -> None:
        number = element.get("r", "")
        row = int(number) if number.isdecimal() else self._row
        _check(row, 1)
        if element.get("hidden") in _TRUE:
            self._sheet.hidden_rows.add(row)
        column = 0
        for cell in self._pending:
            address = _ADDRESS.fullmatch(cell.get("r", ""))
            column = column_number(address[1]) if address else column + 1
            at = int(address[2]) if address else row
            _check(at, column)
            self._take_cell(cell, at, column)
        self._pending = []
        self._row = row + 1

    def _take_column(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self._sheet.hidden_columns.update(range(first, min(last, MAX_COLUMN) + 1))

    def _take_cell(self, cell: Element, row: int, column: int) -> None:
        style = int(cell.get("s") or 0)
        text, kept = self._value(cell, row, column, style)
        styles, at = self._parts.styles, (row, column)
        if style in styles.indents:
            self._sheet.indents[at] = styles.indents[style]
        if text:
            self._cells.setdefault(row, {})[column] = text
            if style in styles.struck:
                self._sheet.struck[at] = ""
            elif kept != text:
                self._sheet.struck[at] = kept

    def _value(self, cell: Element, row: int, column: int, style: int) -> tuple[str, str]:
        """The text of the cell, and what of it is not struck."""
        children = {child.tag.rpartition("}")[2]: child for child in cell}
        kind, value = cell.get("t", "n"), children.get("v")
        raw = (value.text or "") if value is not None else ""
        if kind == "inlineStr" and "is" in children:
            shared = rich_text(children["is"])
            return shared.text, shared.kept
        if kind == "s" and raw.strip().isdecimal():
            index = int(raw)
            if index >= len(self._parts.shared):
                raise ValueError(f"shared string {index}")
            found = self._parts.shared[index]
            return found.text, found.kept
        if kind == "e":
            self._sheet.errors[row, column] = raw
            return raw, raw
        if "f" in children and not raw and kind != "str":
            self._sheet.uncached.add((row, column))
        text = self._typed(kind, raw, row, column, style)
        return text, text

    def _typed(self, kind: str, raw: str, row: int, column: int, style: int) -> str:
        if kind == "b":
            return "TRUE" if raw in _TRUE else "FALSE"
        if kind != "n":
            return unescaped(raw)
        if not raw.strip():
            return ""
        pattern = self._parts.styles.patterns.get(style, "")
        if pattern == "date":
            text = shown_date(float(raw), from_1904=self._parts.from_1904)
            self._sheet.dates[row, column] = text
            return text
        return shown_number(float(raw), pattern)


def _check(row: int, column: int) -> None:
    if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
        raise ValueError(f"row {row}, column {column}")
