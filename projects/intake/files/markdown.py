"""A Markdown file → its tables and the lines around them, nothing dropped.

A Markdown library would drop cells beyond the header's width and change text that looks like
markup; a scan must keep both, so rows are split here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from projects.intake.files.book import Book, Sheet
from projects.intake.text.remarks import IntakeError, Problem

_CELL_BREAK = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SIGNS = re.compile(r"^(?:#{1,6}\s+|[-*+]\s+|>\s*)+|\s+#+$")
_DELIMITER = re.compile(r"^:?-+:?$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file outside tables; `no` counts from 1."""

    no: int
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its line in the file, and its cells as found, ASCII spaces trimmed."""

    no: int
    found: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells without the wide spaces by which some documents indent."""
        return tuple(cell.strip() for cell in self.found)


@dataclass(frozen=True, slots=True)
class Table:
    """The n-th table of the file (`index` from 1), without its delimiter line."""

    index: int
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Document:
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]


def looks_like_markdown(text: str) -> bool:
    """Whether some line begins with the bar of a table's row."""
    return any(line.lstrip().startswith("|") for line in text.splitlines())


def parse(text: str) -> Document:
    """The document of a Markdown file. IntakeError without a table."""
    lines = [
        Line(no, line.strip()) for no, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1)
    ]
    tables = tuple(_tables(lines))
    if not tables:
        raise IntakeError(Problem("表が見つかりません。「| 項番 | 作業項目 | …」の表が必要です。"))
    return Document(tuple(line for line in lines if _is_prose(line)), tables)


def as_book(document: Document) -> Book:
    """The tables as sheets, numbered in the order of the file."""
    sheets = [
        Sheet(
            f"表{table.index}",
            [[_BREAK.sub("\n", cell) for cell in row.found] for row in table.rows],
            table=table.index,
        )
        for table in document.tables
    ]
    return Book(sheets, [(line.no, _plain(line.text)) for line in document.lines])


def _plain(text: str) -> str:
    """A line without the signs of a heading, a list, a quotation or bold print."""
    return _SIGNS.sub("", text).replace("**", "").strip()


def _is_prose(line: Line) -> bool:
    return bool(line.text) and not line.text.startswith("|")


def _tables(lines: list[Line]) -> Iterator[Table]:
    index = 0
    rows: list[TableRow] = []
    for line in [*lines, Line(0, "")]:
        if line.text.startswith("|"):
            rows.append(TableRow(line.no, _cells(line.text)))
        elif rows:
            index += 1
            yield Table(index, tuple(row for row in rows if not _is_delimiter(row)))
            rows = []


def _cells(text: str) -> tuple[str, ...]:
    inner = text.removeprefix("|")
    parts = _CELL_BREAK.split(inner)
    if inner.endswith("|") and not inner.endswith("\\|"):
        parts = parts[:-1]
    return tuple(part.strip(" \t").replace("\\|", "|") for part in parts)


def _is_delimiter(row: TableRow) -> bool:
    return all(_DELIMITER.match(cell) for cell in row.found)
