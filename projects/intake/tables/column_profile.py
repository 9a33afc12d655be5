"""Each column of a table with what stands in it, before anyone says what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import zip_longest

from projects.intake.tables.header_search import Head, Table
from projects.intake.text.column_definitions import Meaning
from projects.intake.text.legend import is_legend_row
from projects.intake.text.mark_symbols import is_symbol, looks_like_mark
from projects.intake.text.number_shapes import shape
from projects.intake.text.vocabulary import (
    PAGE,
)

_MARK_SHARE = 0.6
_NUMBER_SHARE = 0.9
_SAMPLES = 3
_LOOKED_AT = 300
_LONGEST_PAGE = 20
_SOME = 3
_LONGEST_MARK = 6
_LEGEND_ROWS = 30
_COUNTED_ROWS = 1_000


class How(StrEnum):
    """How a column's meaning was found."""

    WORD = "word"
    NAME = "name"
    ALIAS = "alias"
    SIMILAR = "similar"
    SHAPE = "shape"
    CHOSEN = "chosen"
    UNKNOWN = "unknown"


@dataclass
class Column:
    """A column as understood; `values` counts its texts below the header."""

    at: int
    head: Head | None
    values: Counter[str]
    meaning: Meaning | None = None
    how: How = How.UNKNOWN

    @property
    def text(self) -> str:
        return self.head.text if self.head else ""

    @property
    def above(self) -> tuple[str, ...]:
        return self.head.above if self.head else ()

    @cached_property
    def is_marks(self) -> bool:
        """Whether most of what stands in it looks like marks."""
        values = self.values.most_common(_LOOKED_AT)
        filled = sum(count for _, count in values)
        marks = sum(count for text, count in values if looks_like_mark(text))
        return bool(filled) and marks >= _MARK_SHARE * filled

    @property
    def is_drawn(self) -> bool:
        """Whether some cells are filled, all with drawn signs."""
        filled = sum(self.values.values())
        return filled >= _SOME and all(is_symbol(text.strip()) for text in self.values)

    @property
    def is_texts(self) -> bool:
        """Whether nothing in it is a mark, and most of it too long to be one."""
        filled = sum(self.values.values())
        long = sum(n for text, n in self.values.items() if len(text.strip()) > _LONGEST_MARK)
        return long > _MARK_SHARE * filled and not any(map(looks_like_mark, self.values))

    def shares_head(self, other: Column) -> bool:
        """Whether both stand below the same header cell."""
        return bool(self.head and other.head and self.head.at == other.head.at)

    @property
    def samples(self) -> tuple[str, ...]:
        return tuple(text for text, _ in self.values.most_common(_SAMPLES))


def profile(table: Table) -> dict[int, Column]:
    """Every column with a head or with anything below it."""
    data = _without_legend(table)
    width = max([*map(len, data), *table.heads], default=0)
    columns = {}
    for at, values in enumerate(_counts(data, width), 1):
        for text in [t for t in values if not t or t.isspace() or _is_page_line(t)]:
            del values[text]
        head = table.heads.get(at)
        if head or values:
            columns[at] = Column(at, head, values)
    return columns


def _counts(data: Sequence[Sequence[str]], width: int) -> list[Counter[str]]:
    """How often each text stands in each column."""
    counts = [Counter[str]() for _ in range(width)]
    for start in range(0, len(data), _COUNTED_ROWS):
        rows = data[start : start + _COUNTED_ROWS]
        for count, cells in zip(counts, zip_longest(*rows, fillvalue=""), strict=False):
            count.update(cells)
    return counts


def _without_legend(table: Table) -> list[list[str]]:
    """The rows without a legend below them, which would make columns of marks of others."""
    rows = table.sheet.rows[: table.last]
    for row in range(max(table.bottom, table.last - _LEGEND_ROWS) + 1, table.last + 1):
        cells = table.sheet.cells(row)
        if cells and is_legend_row(cells):
            table.legend_rows.add(row)
            rows[row - 1] = []
    return rows[table.bottom :]


def _is_page_line(text: str) -> bool:
    short = 2 < len(text) <= _LONGEST_PAGE
    return short and bool(PAGE.match(text.strip())) and not looks_like_mark(text)


def are_numbers(column: Column) -> bool:
    filled = sum(column.values.values())
    numbers = sum(n for text, n in column.values.items() if len(text) <= 12 and shape(text))
    return bool(filled) and numbers >= _NUMBER_SHARE * filled
