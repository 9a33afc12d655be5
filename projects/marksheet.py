"""A worksheet that writes a row's marks in one go; XlsxWriter takes a call and a tag per cell.

Stands on three inner names of the pinned XlsxWriter: the table of the current row, the writer of
one cell and the index of a format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet


class _Run(NamedTuple):
    """Neighbouring cells, each as what follows the row in its tag."""

    starts: Sequence[str]
    tails: Sequence[str]


class MarkSheet(Worksheet):  # type: ignore[misc]
    """A worksheet in constant memory with `write_marks` besides the usual."""

    def write_marks(
        self, row: int, column: int, marks: Sequence[str], styles: Mapping[str, Format]
    ) -> None:
        """The marks from that cell to the right, "" as a blank cell.

        `styles` has a format per symbol. Another cell of the row must be written first, and one
        to the right of the marks at some time.
        """
        tails = [self._tail(mark, styles[mark]) for mark in marks]
        self.table[row][column] = _Run(self._starts(column, len(marks)), tails)

    def _write_cell(self, row: int, col: int, cell: object) -> None:
        if isinstance(cell, _Run):
            number = str(row + 1)
            pairs = zip(cell.starts, cell.tails, strict=True)
            self.fh.write("".join([f"{start}{number}{tail}" for start, tail in pairs]))
        else:
            super()._write_cell(row, col, cell)

    def _tail(self, mark: str, style: Format) -> str:
        kept: dict[tuple[str, int], str] = self.__dict__.setdefault("_tails", {})
        key = (mark, style._get_xf_index())
        if key not in kept:
            text = f' t="inlineStr"><is><t>{escape(mark, quote=False)}</t></is></c>'
            kept[key] = f'" s="{key[1]}"{text if mark else "/>"}'
        return kept[key]

    def _starts(self, column: int, count: int) -> list[str]:
        kept: dict[tuple[int, int], list[str]] = self.__dict__.setdefault("_cell_starts", {})
        if (column, count) not in kept:
            names = (xl_col_to_name(place) for place in range(column, column + count))
            kept[column, count] = [f'<c r="{name}' for name in names]
        return kept[column, count]
