"""Every kind of file as the same value: sheets of cells as text, with what a look tells beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from projects.intake.text.cell_address import a1
from projects.intake.text.remarks import Place, Remark

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, ends included; rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet of a workbook, or one table of a text.

    `rows` holds the texts as found, "" for blank; rows may differ in length. Rows and columns
    count from 1 in everything else. `uncached` are formulas without a stored value, `dates`
    cells that the file holds as a date, `struck` what of a struck text is not struck.
    """

    name: str
    rows: list[list[str]]
    table: int | None = None
    visible: bool = True
    merges: list[Merge] = field(default_factory=list)
    indents: dict[Position, int] = field(default_factory=dict)
    struck: dict[Position, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    uncached: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    dates: dict[Position, str] = field(default_factory=dict)

    def text(self, row: int, column: int) -> str:
        """The text of a cell as found; "" outside the sheet."""
        if 1 <= row <= len(self.rows):
            cells = self.rows[row - 1]
            if 1 <= column <= len(cells):
                return cells[column - 1]
        return ""

    def place(self, row: int, column: int) -> Place:
        if self.table is not None:
            return Place(a1(row, column), self.table)
        return Place(a1(row, column), sheet=self.name)

    def filled(self, row: int) -> Iterator[tuple[int, str]]:
        """(column, text) of the cells of a row that are not blank."""
        yield from self.cells(row).items()

    def cells(self, row: int) -> dict[int, str]:
        """Column → text of the cells of a row that are not blank."""
        texts = self.rows[row - 1] if 1 <= row <= len(self.rows) else ()
        return {at: text for at, text in enumerate(texts, 1) if text and not text.isspace()}

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def nonblank(self) -> int:
        """The plain count of the cells that hold anything."""
        return sum(
            len(row) - row.count("") - sum(map(str.isspace, row)) for row in self.rows if row
        )


@dataclass(slots=True)
class Book:
    """A file as sheets. `lines` are (line, text) of a text outside its tables."""

    sheets: list[Sheet]
    lines: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
