"""What the file was taken to be, for a person to see and to correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from projects.domain.grid import Role
from projects.intake.files.book import Sheet
from projects.intake.tables.column_profile import Column
from projects.intake.tables.header_search import Table
from projects.intake.text.cell_address import a1
from projects.intake.text.column_definitions import Level, Meaning, Party
from projects.intake.text.corrections import LEVELS_IN_WORDS, Levels


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """A column: its letters, header, meaning as in `Choices`, how that was found, some texts."""

    at: int
    letters: str
    text: str
    meaning: str
    how: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet: why it is not taken ("" when it is), its first header's rows, its columns."""

    name: str
    visible: bool
    reason: str
    top: int
    bottom: int
    columns: tuple[ColumnLayout, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheets in the order of the file, and what the levels were taken from."""

    sheets: tuple[SheetLayout, ...] = ()
    levels: Levels = Levels.FLAT

    @property
    def levels_in_words(self) -> str:
        return LEVELS_IN_WORDS[self.levels]

    def as_json(self) -> dict[str, Any]:
        return {"levels": self.levels.value, "sheets": [asdict(sheet) for sheet in self.sheets]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Layout:
        """The layout that `as_json` wrote."""
        sheets = []
        for sheet in value["sheets"]:
            columns = tuple(
                ColumnLayout(**{**column, "samples": tuple(column["samples"])})
                for column in sheet["columns"]
            )
            sheets.append(SheetLayout(**{**sheet, "columns": columns}))
        return cls(tuple(sheets), Levels(value["levels"]))


def sheet_layout(
    sheet: Sheet,
    reason: str,
    table: Table | None,
    columns: Mapping[int, Column],
    roles: Sequence[Role],
) -> SheetLayout:
    """The layout of one sheet, of its first table."""
    return SheetLayout(
        sheet.name,
        sheet.visible,
        reason,
        table.top if table else 0,
        table.bottom if table else 0,
        tuple(_column(column, roles) for column in columns.values()),
    )


def _column(column: Column, roles: Sequence[Role]) -> ColumnLayout:
    return ColumnLayout(
        column.at,
        a1(1, column.at)[:-1],
        column.text,
        meaning_text(column.meaning, roles),
        column.how.value,
        tuple(text[:40] for text in column.samples),
    )


def meaning_text(meaning: Meaning | None, roles: Sequence[Role]) -> str:
    """The meaning as `Choices` writes it; "ignore" for a column without one."""
    match meaning:
        case None:
            return "ignore"
        case Party(index):
            return f"party:{roles[index].name}"
        case Level(rank):
            return f"level:{rank}"
        case _:
            return meaning.value
