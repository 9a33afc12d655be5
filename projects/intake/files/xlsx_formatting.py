"""What calamine does not tell of a sheet: indents, strikes, hidden rows, formats, errors.

One search over the XML per question, for sheets written plainly, as every common writer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from projects.intake.files.book import Position, Sheet
from projects.intake.files.xlsx_package import Parts
from projects.intake.files.xlsx_second_reader import column_number
from projects.intake.text.cell_values import shown_number

_ODD_CELL = re.compile(rb'<c(?! r=")[\s/>]')
_ESCAPE = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_ROW = re.compile(rb"<row\s([^>]*)>")
_NUMBER = re.compile(rb'(?:^|\s)r="([0-9]+)"')
_TEXT_TYPE = re.compile(rb'\st="(?:s|str|inlineStr|b|e|d)"')
_HIDDEN = re.compile(rb'(?:^|\s)hidden="(?:1|true)"')
_COLUMN = re.compile(
    rb'<col\s(?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="([0-9]+)")[^>]*\bmax="([0-9]+)"'
)
_ERROR = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?=[^>]*\st="e")[^>]*>(?:<f\b[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)'
)
_UNCACHED = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?![^>]*\st="str")[^>]*>\s*'
    rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_NUMERIC = re.compile(r"-?[0-9.]+(?:e[+-]?[0-9]+)?")
_LAST_COLUMN = 16_384


def is_plain(xml: bytes, parts: Parts) -> bool:
    """Whether the searches below and calamine can be trusted with this sheet.

    Addresses first in each cell, rows in order, UTF-8, no escapes that calamine undoes twice.
    """
    texts = (xml, parts.shared_xml)
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or _has_odd_tags(xml):
        return False
    if any(b"<strike" in text for text in texts):
        return False
    if any(b"_" in text and b"_x" in text and _ESCAPE.search(text) for text in texts):
        return False
    return _rows_ascend(xml)


def _has_odd_tags(xml: bytes) -> bool:
    """Comments, cells whose address is not first, and rows with a prefix.

    A single rare sign is found twenty times as fast as two.
    """
    cells = max(xml.find(b"<sheetData"), 0)
    comments = b"!" in xml and b"<!" in xml
    prefixes = xml.find(b":", cells) >= 0 and b":row" in xml
    return comments or prefixes or bool(_ODD_CELL.search(xml))


def _rows_ascend(xml: bytes) -> bool:
    last = 0
    for attributes in _ROW.findall(xml):
        number = _NUMBER.search(attributes)
        if number is None or int(number[1]) <= last:
            return False
        last = int(number[1])
    return True


def take(sheet: Sheet, xml: bytes, parts: Parts) -> None:
    """Adds the looks to a sheet whose values are there."""
    styles = parts.styles
    wanted = styles.indents.keys() | styles.struck | styles.patterns.keys()
    for row, column, style, tag in _styled(xml, wanted):
        if style in styles.indents:
            sheet.indents[row, column] = styles.indents[style]
        if style in styles.struck and sheet.text(row, column):
            sheet.struck[row, column] = ""
        if style in styles.patterns and not _TEXT_TYPE.search(tag):
            _take_pattern(sheet, row, column, styles.patterns[style])
    _take_hidden(sheet, xml)
    if b't="e"' in xml:
        for letters, digits, text in _ERROR.findall(xml):
            _take_error(sheet, (int(digits), column_number(letters.decode())), text.decode())
    if b"<f" in xml:
        sheet.uncached = {
            (int(digits), column_number(letters.decode()))
            for letters, digits in _UNCACHED.findall(xml)
        }


def _take_pattern(sheet: Sheet, row: int, column: int, pattern: str) -> None:
    """A date is noted, and a number shown as its format shows it."""
    text = sheet.text(row, column)
    if text and pattern == "date":
        sheet.dates[row, column] = text
    elif _NUMERIC.fullmatch(text):
        sheet.rows[row - 1][column - 1] = shown_number(float(text), pattern)


def _take_hidden(sheet: Sheet, xml: bytes) -> None:
    if b"hidden=" not in xml:
        return
    for attributes in _ROW.findall(xml):
        number = _NUMBER.search(attributes)
        if number and _HIDDEN.search(attributes):
            sheet.hidden_rows.add(int(number[1]))
    for first, last in _COLUMN.findall(xml):
        sheet.hidden_columns.update(range(int(first), min(int(last), _LAST_COLUMN) + 1))


def _take_error(sheet: Sheet, at: Position, text: str) -> None:
    """calamine leaves an error blank; it stands in the rows as Excel shows it."""
    row, column = at
    sheet.errors[at] = text
    sheet.rows += [[] for _ in range(row - len(sheet.rows))]
    cells = sheet.rows[row - 1]
    cells += [""] * (column - len(cells))
    cells[column - 1] = text


def _styled(xml: bytes, styles: Iterable[int]) -> Iterator[tuple[int, int, int, bytes]]:
    """(row, column, style, attributes) of the cells with one of these styles."""
    wanted = b"|".join(b"%d" % style for style in styles)
    if not wanted:
        return
    pattern = re.compile(  # possessive: of the many other cells each character is seen once
        rb'<c r="([A-Z]++)([0-9]++)"((?:\s(?!s=)[^\s>]*+)*+\ss="(' + wanted + rb')"[^>]*+)'
    )
    for letters, digits, tag, style in pattern.findall(xml):
        yield int(digits), column_number(letters.decode()), int(style), tag
