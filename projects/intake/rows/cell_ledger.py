"""A row of the matrix as found, and the account of all cells on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from projects.intake.files.book import Position, Sheet
from projects.intake.text.remarks import Code, Place, Problem, Remark


@dataclass(slots=True)
class Record:
    """One row of the matrix as found. `names` are its names by level column, 0 for the only one.

    `marks` holds (cell, raw text) by role, `unknown` the roles with a formula nobody computed;
    `spaces` counts the leading spaces of the name.
    """

    sheet: Sheet
    row: int
    last: int = 0
    number: str = ""
    names: dict[int, str] = field(default_factory=dict)
    name_at: Position = (0, 0)
    description: str = ""
    description_at: Position = (0, 0)
    depth: str = ""
    indent: int = 0
    spaces: int = 0
    marks: dict[int, list[tuple[Position, str]]] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The name of the deepest level that the row gives."""
        return self.names[max(self.names)] if self.names else ""


@dataclass(slots=True)
class Ledger:
    """How every nonblank cell ended, with the remarks and problems on the way."""

    imported: int = 0
    header: int = 0
    preface: int = 0
    skipped: int = 0
    asked: int = 0
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    outside: list[tuple[Position, Sheet, str]] = field(default_factory=list)

    def remark(self, place: Place, code: Code, raw: str, message: str) -> None:
        self.remarks.append(Remark(place, code, raw, message))
