"""Bytes of .ods → Book: values by calamine; merges, indents and hidden rows by content.xml."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError

import python_calamine
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from projects.intake.files.book import Book, Merge, Sheet
from projects.intake.files.xlsx import text_of
from projects.intake.text.remarks import IntakeError, Problem

_LENGTH = re.compile(r"([0-9.]+)(cm|mm|in|pt|px)?")
_POINTS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "px": 0.75, None: 1.0}
# LibreOffice writes one step of an indent as 0.353 cm.
_POINTS_PER_INDENT = 10.0
_MOST_REPEATED = 1_000


def read_ods(data: bytes) -> Book:
    """The sheets of an OpenDocument file. IntakeError when it cannot be opened."""
    try:
        values = python_calamine.CalamineWorkbook.from_object(io.BytesIO(data))
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            content = fromstring(package.read("content.xml"))
        sheets = [_sheet(values, name) for name in values.sheet_names]
        _take_looks(sheets, content)
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        ParseError,
        DefusedXmlException,
        KeyError,
        OSError,
        ValueError,
    ) as error:
        message = "OpenDocumentファイルとして開けません。壊れていないか確認してください。"
        raise IntakeError(Problem(message)) from error
    return Book(sheets)


def _take_looks(sheets: Sequence[Sheet], content: Element) -> None:
    styles = _Styles(content)
    tables = {_attribute(t, "name"): t for t in content.iter() if _local(t) == "table"}
    for sheet in sheets:
        if sheet.name in tables:
            _take(sheet, tables[sheet.name], styles)


def _sheet(values: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    found = values.get_sheet_by_name(name)
    left = found.start[1] if found.start else 0
    return Sheet(name, [[""] * left + [text_of(v) for v in row] for row in found.iter_rows()])


class _Styles:
    """The automatic styles: indent steps, struck text, tables that are not displayed."""

    def __init__(self, content: Element) -> None:
        self.indents: dict[str, int] = {}
        self.struck: set[str] = set()
        self.hidden: set[str] = set()
        for style in (e for e in content.iter() if _local(e) == "style"):
            name = _attribute(style, "name")
            for properties in style:
                self._take(name, properties)

    def _take(self, name: str, properties: Element) -> None:
        margin = _LENGTH.fullmatch(_attribute(properties, "margin-left") or "0")
        if margin:
            steps = round(float(margin[1]) * _POINTS[margin[2]] / _POINTS_PER_INDENT)
            if steps:
                self.indents[name] = steps
        if _attribute(properties, "text-line-through-style") not in ("", "none"):
            self.struck.add(name)
        if (
            _local(properties) == "table-properties"
            and _attribute(properties, "display") == "false"
        ):
            self.hidden.add(name)


def _take(sheet: Sheet, table: Element, styles: _Styles) -> None:
    """Adds the looks to a sheet whose values are there."""
    sheet.visible = _attribute(table, "style-name") not in styles.hidden
    row = 0
    for element in _rows(table):
        count = int(_attribute(element, "number-rows-repeated") or 1)
        hidden = _attribute(element, "visibility") in ("collapse", "filter")
        for at in range(row + 1, row + min(count, _MOST_REPEATED) + 1):
            if hidden:
                sheet.hidden_rows.add(at)
            _take_cells(sheet, element, at, styles)
        row += count


def _take_cells(sheet: Sheet, row: Element, at: int, styles: _Styles) -> None:
    column = 0
    for cell in row:
        if _local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        count = int(_attribute(cell, "number-columns-repeated") or 1)
        style = _attribute(cell, "style-name")
        for place in range(column + 1, column + min(count, _MOST_REPEATED) + 1):
            if style in styles.indents:
                sheet.indents[at, place] = styles.indents[style]
            if style in styles.struck and sheet.text(at, place):
                sheet.struck[at, place] = ""
        right = int(_attribute(cell, "number-columns-spanned") or 1)
        down = int(_attribute(cell, "number-rows-spanned") or 1)
        if right > 1 or down > 1:
            sheet.merges.append(Merge(at, column + 1, at + down - 1, column + right))
        column += count


def _rows(table: Element) -> Iterator[Element]:
    """The rows in order, also those inside groups and headers."""
    for child in table:
        name = _local(child)
        if name == "table-row":
            yield child
        elif name in ("table-header-rows", "table-row-group", "table-rows"):
            yield from _rows(child)


def _attribute(element: Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
