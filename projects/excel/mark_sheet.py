"""Write a row's marks in one go; XlsxWriter takes a call and a tag per cell.

Stands on four inner names of the pinned XlsxWriter: the table of the current row, the writer of
one cell, the escaping of control characters and the index of a format. XlsxWriter takes a text
between <r> and </r> for its own markup and would write it as such; here it stays a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet


class _Run(NamedTuple):
    """Neighbouring cells, each as what follows the row in its tag."""

    starts: Sequence[str]
    tails: Sequence[str]


def _is_markup(text: object) -> bool:
    return isinstance(text, str) and text.startswith("<r>") and text.endswith("</r>")


def _as_text(cell: Any) -> Any:
    """The cell; a plain text that XlsxWriter would take for markup as markup of that text."""
    if type(cell).__name__ != "String" or not _is_markup(cell.string):
        return cell
    text = escape(Worksheet._escape_control_characters(cell.string), quote=False)
    return cell._replace(string=f'<r><t xml:space="preserve">{text}</t></r>')


class MarkSheet(Worksheet):
    """A worksheet in constant memory with `write_marks` besides the usual."""

    def write_marks(
        self, row: int, column: int, marks: Sequence[str], styles: Mapping[str, Format]
    ) -> None:
        """Write the marks from that cell to the right, "" as a blank cell.

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
            super()._write_cell(row, col, _as_text(cell))

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        """Pieces of a rich string were escaped when they were put together, and not again."""
        return data if _is_markup(data) else Worksheet._escape_control_characters(data)

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
