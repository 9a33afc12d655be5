"""What a person corrected in the understanding of a file; nothing set means: find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Levels(StrEnum):
    """What the levels of the rows were taken from."""

    COLUMN = "column"
    COLUMNS = "columns"
    INDENT = "indent"
    SPACES = "spaces"
    NUMBERS = "numbers"
    HEADINGS = "headings"
    FLAT = "flat"


LEVELS_IN_WORDS = {
    Levels.COLUMN: "階層の列",
    Levels.COLUMNS: "大・中・小の列",
    Levels.INDENT: "セルの字下げ",
    Levels.SPACES: "先頭の空白",
    Levels.NUMBERS: "番号の形",
    Levels.HEADINGS: "見出し行の並び",
    Levels.FLAT: "階層なし",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Corrections, all by the file's own names.

    `sheets`: the sheets to take, in order. `headers`: sheet → header row from 1.
    `columns`: sheet → column from 1 → meaning: number, name, description, level, level:N,
    ignore, party:NAME or new:NAME. `marks`: raw text → symbol, "" for blank, or SKIP to leave
    the cell as it is in the project. With `ask_unknown` a symbol outside the legend is asked
    like any other doubt, and does not refuse the file.
    """

    sheets: tuple[str, ...] | None = None
    headers: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    levels: Levels | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    ask_unknown: bool = False

    @property
    def about_layout(self) -> bool:
        """Whether anything but marks was corrected."""
        return bool(self.sheets is not None or self.headers or self.columns or self.levels)

    def as_json(self) -> dict[str, Any]:
        return {
            "sheets": None if self.sheets is None else list(self.sheets),
            "headers": dict(self.headers),
            "columns": {s: {str(c): m for c, m in cs.items()} for s, cs in self.columns.items()},
            "levels": self.levels.value if self.levels else None,
            "marks": dict(self.marks),
            "ask_unknown": self.ask_unknown,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Choices:
        """ValueError, TypeError or KeyError for anything that `as_json` did not write."""
        sheets = value.get("sheets")
        levels = value.get("levels")
        return cls(
            None if sheets is None else tuple(str(name) for name in sheets),
            {str(name): int(row) for name, row in value.get("headers", {}).items()},
            {
                str(name): {int(column): str(meaning) for column, meaning in columns.items()}
                for name, columns in value.get("columns", {}).items()
            },
            Levels(levels) if levels else None,
            {str(raw): str(symbol) for raw, symbol in value.get("marks", {}).items()},
            bool(value.get("ask_unknown")),
        )


# What a cell means that is to stay as it is in the project.
SKIP = "keep"
NO_CHOICES = Choices()
