"""How far the cells of a part reach, found in its bytes without parsing it.

The readers hold every cell between A1 and the last row and column with a value. Nearly every
sheet is shown to be small enough by one quick search; only the others are gone through cell by
cell. A scanner is fed buffers that end with an unfinished tag, which comes again in the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from projects.intake.files import limits
from projects.intake.text.cell_address import a1
from projects.intake.text.remarks import IntakeError, Place, Problem

SPREAD = (
    f"値のあるセルが離れすぎています（A1から数えて{limits.BOX_CELLS:,}セルまで）。"
    "表から離れた行・列の値を消し、.xlsxで保存し直してください。"
)
OUTSIDE = (
    f"Excelの範囲（{limits.ROWS:,}行×{limits.COLUMNS:,}列）の外にセルがあります。"
    "Excelで開き、.xlsxで保存し直してください。"
)
MANY_MERGES = (
    f"結合セルが多すぎます（{limits.MERGES:,}個まで）。結合を解除して保存し直してください。"
)
LONG_STRING = "長すぎる文字列（約1MB以上）があります。短くして保存し直してください。"

_NAME = rb"(?:[\w.-]+:)?"
_ATTRIBUTES = rb"((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)"

# Columns to ZZ and rows to 13,999: 9.8 million cells.
_NOT_NEAR = re.compile(rb'<c(?! r="[A-Z]{1,2}(?:1[0-3][0-9]{3}|[0-9]{1,4})")[\s/>]')
_NOT_PLAIN_ROW = re.compile(rb'<row(?! r="[0-9]{1,6}")[\s/>]')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")

_PLAIN_ROW = re.compile(rb'<row r="([0-9]+)"')
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*+(?<!/)>(?!</)')
_NOT_PLAIN_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}"[^<>]*+>)[\s/>]')
_TAG = re.compile(rb"<" + _NAME + rb"(row|c)(?=[\s/>])" + _ATTRIBUTES + rb">(?=(</)?)")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]*)([0-9]*)")
_MERGE = re.compile(rb"<" + _NAME + rb"mergeCell[\s/>]")


# A number or a column that is longer is outside of every sheet all the same.
_DIGITS, _LETTERS = 12, 8


class Scanner(Protocol):
    """Looks at a part, buffer by buffer; what is from `cut` on comes again in the next one."""

    def feed(self, buffer: bytes, cut: int) -> None: ...


class InconclusiveSearchError(Exception):
    """The quick search cannot tell; the part must be gone through cell by cell."""


def column_number(letters: bytes) -> int:
    """3 for C."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class Box:
    """The rows and columns that the values of a sheet reach, and the cells that say so."""

    def __init__(self, place: Callable[[str], Place]) -> None:
        self.place = place
        self.row = self.column = 0
        self._lowest = self._rightmost = ""

    def add(self, row: int, column: int) -> None:
        self.inside(row, column)
        if row > self.row:
            self.row, self._lowest = row, a1(row, column)
        if column > self.column:
            self.column, self._rightmost = column, a1(row, column)
        if self.row * self.column > limits.BOX_CELLS:
            cells = dict.fromkeys((self._rightmost, self._lowest))
            raise IntakeError(*(Problem(SPREAD, self.place(cell)) for cell in cells))

    def inside(self, row: int, column: int = 1) -> None:
        if row > limits.ROWS or column > limits.COLUMNS:
            raise IntakeError(Problem(OUTSIDE, self.place(a1(row, column))))


class NearCells:
    """Raises InconclusiveSearchError at the first cell written unusually or lying far away."""

    def feed(self, buffer: bytes, cut: int) -> None:
        if any(odd.search(buffer, 0, cut) for odd in (_NOT_NEAR, _NOT_PLAIN_ROW, _PREFIXED)):
            raise InconclusiveSearchError


class FarCells:
    """The exact box, also for cells that leave their place to be counted."""

    def __init__(self, place: Callable[[str], Place]) -> None:
        self.box = Box(place)
        self._row = self._column = 0
        self._plain = True

    def feed(self, buffer: bytes, cut: int) -> None:
        odd = (_NOT_PLAIN_CELL, _NOT_PLAIN_ROW, _PREFIXED)
        self._plain = self._plain and not any(one.search(buffer, 0, cut) for one in odd)
        if self._plain:
            self._feed_plain(buffer)
        else:
            self._feed_tags(buffer, cut)

    def _feed_plain(self, buffer: bytes) -> None:
        rows = set(_PLAIN_ROW.findall(buffer))
        if rows:
            self._row = max(self._row, *map(int, rows))
            self.box.inside(self._row)
        found = _PLAIN_CELL.findall(buffer)
        if not found:
            return
        letters, digits = zip(*found, strict=True)
        right = max(set(letters), key=column_number)
        low = max(set(digits), key=int)
        self.box.add(int(digits[letters.index(right)]), column_number(right))
        self.box.add(int(low), column_number(letters[digits.index(low)]))

    def _feed_tags(self, buffer: bytes, cut: int) -> None:
        for tag in _TAG.finditer(buffer):
            if tag.start() >= cut:
                break
            name, attributes, closed = tag.groups()
            written = _REFERENCE.search(attributes)
            if name == b"row":
                self._row = _whole(written[2]) if written else self._row + 1
                self._column = 0
                self.box.inside(self._row)
            else:
                self._cell(written, valued=not (closed or attributes.endswith(b"/")))

    def _cell(self, written: re.Match[bytes] | None, *, valued: bool) -> None:
        row, self._column = max(self._row, 1), self._column + 1
        if written:
            row, self._column = _whole(written[2]), column_number(written[1][:_LETTERS])
        if valued:
            self.box.add(row, self._column)
        else:
            self.box.inside(row, self._column)


def _whole(digits: bytes) -> int:
    return int(digits[:_DIGITS] or 0)


class Merges:
    """Counts the merged ranges."""

    def __init__(self, place: Callable[[str], Place]) -> None:
        self._place = place
        self._count = 0

    def feed(self, buffer: bytes, cut: int) -> None:
        if b"mergeCell" not in buffer:
            return
        self._count += sum(tag.start() < cut for tag in _MERGE.finditer(buffer))
        if self._count > limits.MERGES:
            raise IntakeError(Problem(MANY_MERGES, self._place("A1")))


class Strings:
    """The shared strings: none may be longer than a megabyte, whatever it is made of."""

    def __init__(self) -> None:
        self._length = 0

    def feed(self, buffer: bytes, cut: int) -> None:
        first = buffer.find(b"si>", 0, cut)
        if first < 0:
            self._length += cut
        else:
            self._check(self._length + first)
            self._length = cut - buffer.rfind(b"si>", 0, cut)
        self._check(self._length)

    def _check(self, length: int) -> None:
        if length > limits.TEXT_BYTES:
            raise IntakeError(Problem(LONG_STRING))
