"""What came out of a file: the grid it asks for, the remarks, and the account of its cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from projects.grid import Grid, column_counts
from projects.intake.remarks import Remark


@dataclass(frozen=True, slots=True)
class CellAccount:
    """How the nonblank cells of the tables ended; `nonblank` is their plain count."""

    nonblank: int = 0
    imported: int = 0
    header: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as understood.

    `project`, `revision` and `part` (the uid of a subtree) name what an exported workbook was
    made from, else "", None and "". `known_uids` are rows whose identity the file carries.
    """

    grid: Grid
    remarks: tuple[Remark, ...] = ()
    cells: CellAccount = CellAccount()
    project: str = ""
    revision: int | None = None
    part: str = ""
    known_uids: frozenset[str] = field(default=frozenset())

    def totals(self) -> dict[str, object]:
        """Counts derived from the grid and the account of cells."""
        grid = self.grid
        per_role = column_counts(grid.items, len(grid.roles))
        marks = sum(per_role, Counter[str]())
        levels = Counter(item.level for item in grid.items)
        return {
            "items": len(grid.items),
            "roles": len(grid.roles),
            "levels": {str(level): levels[level] for level in sorted(levels)},
            "marks": {symbol: marks[symbol] for symbol in grid.symbols},
            "marks_by_role": {
                role.name: {symbol: counts[symbol] for symbol in grid.symbols}
                for role, counts in zip(grid.roles, per_role, strict=True)
            },
            "cells": {
                "nonblank": self.cells.nonblank,
                "imported": self.cells.imported,
                "header": self.cells.header,
                "skipped": self.cells.skipped,
            },
            "remarks": len(self.remarks),
        }

    def as_json(self) -> dict[str, object]:
        """{"roles", "items", "remarks", "totals"}, as `import_matrix --format json` prints it."""
        names = [role.name for role in self.grid.roles]
        return {
            "roles": names,
            "items": [
                {
                    "number": item.number,
                    "level": item.level,
                    "name": item.name,
                    "description": item.description,
                    "marks": {n: m for n, m in zip(names, item.marks, strict=True) if m},
                }
                for item in self.grid.items
            ],
            "remarks": [remark.as_json() for remark in self.remarks],
            "totals": self.totals(),
        }
