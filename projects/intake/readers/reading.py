"""What came out of a file: the grid it asks for, the remarks, and the account of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from projects.domain.grid import Grid, column_counts
from projects.intake.tables.layout import Layout
from projects.intake.text.remarks import Place, Remark


@dataclass(frozen=True, slots=True)
class CellAccount:
    """How the nonblank cells of the file ended; `nonblank` is their plain count.

    `preface` stand around the tables, `asked` wait for a person's answer.
    """

    nonblank: int = 0
    imported: int = 0
    header: int = 0
    skipped: int = 0
    preface: int = 0
    asked: int = 0

    @property
    def unaccounted(self) -> int:
        """0 when every cell ended somewhere."""
        return self.nonblank - sum(
            (self.imported, self.header, self.skipped, self.preface, self.asked)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as understood.

    `project`, `revision` and `part` (the uid of a subtree) name what an exported workbook was
    made from, else "", None and "". `known_uids` are rows whose identity the file carries.
    `kept` are the cells (uid, index of the role) that stay as the project has them: their texts
    are in `asked`, or a person said so. `counted` is a plain count: role → text → cells.
    """

    grid: Grid
    remarks: tuple[Remark, ...] = ()
    cells: CellAccount = CellAccount()
    project: str = ""
    revision: int | None = None
    part: str = ""
    known_uids: frozenset[str] = field(default=frozenset())
    kept: frozenset[tuple[str, int]] = field(default=frozenset())
    asked: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    has_descriptions: bool = True

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
                "preface": self.cells.preface,
                "asked": self.cells.asked,
            },
            "counted": {role: dict(counts) for role, counts in self.counted.items()},
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
            "layout": self.layout.as_json(),
            "questions": [
                {"raw": raw, "count": len(places), "places": [str(p) for p in places]}
                for raw, places in self.asked.items()
            ],
            "totals": self.totals(),
        }
